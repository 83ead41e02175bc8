"""What a merge did, in lines for the editor: 新增, 更新, 保留, 撤下, each with its count and titles.

It words what it is given; it knows nothing of how it came about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..bulletin import Article

SHOWN = 20  # titles of a kind that are listed one by one


@dataclass(frozen=True)
class Report:
    """Each article of the issue is in one of the four kinds; a reason stands beside its title."""

    added: tuple[tuple[Article, str], ...] = ()
    updated: tuple[tuple[str, str], ...] = ()
    kept: int = 0
    edited: tuple[str, ...] = ()  # of those that are kept: what an editor changed or confirmed
    withdrawn: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()

    def overview(self) -> Iterator[str]:
        """The four kinds with their titles."""
        new = [(article.title, "，".join(filter(None, (f"→{article.column}", why or article.doubt)))) for article, why in self.added]
        yield from _kind("新增", new)
        yield from _kind("更新", self.updated)
        yield f"保留（{self.kept}）" + (f"：其中 {len(self.edited)} 篇手工改过或核对过，照改过的" if self.edited else "")
        yield from _titles([(title, "") for title in self.edited])
        yield from _kind("撤下", self.withdrawn)
        yield from self.lines

    def last_line(self) -> str:
        """The four counts: ``新增 2 篇，更新 1 篇，保留 20 篇，撤下 0 篇``."""
        counts = (("新增", len(self.added)), ("更新", len(self.updated)), ("保留", self.kept), ("撤下", len(self.withdrawn)))
        return "，".join(f"{kind} {n} 篇" for kind, n in counts)


def _kind(name: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Iterator[str]:
    if rows:
        yield f"{name}（{len(rows)}）"
        yield from _titles(rows)


def _titles(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Iterator[str]:
    for title, why in rows[:SHOWN]:
        yield f"  {title}　　{why}".rstrip()
    if len(rows) > SHOWN:
        yield f"  其余 {len(rows) - SHOWN} 篇见清单"
