"""A sorted inbox in the forms an editor asks for: a table, JSON lines, an issue, manifest rows.

Takes predictions and duplicates as they are; reads no file, loads no model, prints nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..bulletin import REJECTED, Article, Issue, Prediction
from ..errors import UnreadableFile
from ..house import House
from ..text.characters import read_number
from ..text.doubt import doubt_mark
from ..text.terminal import pad, percent, shorten
from ..text.terminal import width as cells

DOUBTFUL = "请核对"


@dataclass(frozen=True)
class Sorted:
    """Predictions for an inbox, in its order, and which of them repeat another (index -> index kept)."""

    predictions: Sequence[Prediction]
    copies: Mapping[int, int]
    earlier: Mapping[int, tuple[str, Article]] = field(default_factory=dict)  # the issue that printed it, and what

    @property
    def doubtful(self) -> int:
        """How many articles, copies left aside, an editor should look at."""
        return sum(p.doubtful for i, p in enumerate(self.predictions) if i not in self.copies)

    def original(self, i: int) -> Article | None:
        """The fuller article that article ``i`` repeats, if it does."""
        return self.predictions[self.copies[i]].article if i in self.copies else None


def json_lines(inbox: Sorted) -> Iterator[str]:
    """One JSON object for every article, in input order."""
    for i, p in enumerate(inbox.predictions):
        yield json.dumps(as_dict(p, inbox.original(i)), ensure_ascii=False)


def as_dict(p: Prediction, original: Article | None = None) -> dict:
    """One object of ``subao sort --json``; ``original`` is the fuller article that this one repeats."""
    return {
        "id": p.article.path, "title": p.article.title, "column": p.column,
        "confidence": round(p.confidence, 4), "scores": {k: round(v, 4) for k, v in p.scores.items()},
        "doubtful": p.doubtful, "duplicate_of": original.path if original else None,
    }  # fmt: skip


def by_column(inbox: Sorted, columns: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """The indices of each column's articles, copies left aside: the house's order, then the model's."""
    present = dict.fromkeys([*columns, *(label for p in inbox.predictions[:1] for label in p.scores)])
    for column in [*(c for c in present if c != REJECTED), REJECTED]:
        rows = [i for i, p in enumerate(inbox.predictions) if p.column == column and i not in inbox.copies]
        if rows:
            yield column, rows


def table(inbox: Sorted, house: House, width: int = 100) -> list[str]:
    """Lines for a terminal of ``width`` cells: the columns in print order, then the copies."""
    lines: list[str] = []
    for column, rows in by_column(inbox, house.column_names):
        lines += ["", f"{column}（{len(rows)}）"]
        doubts = {i: _doubt(inbox.predictions[i]) for i in rows}
        widest = max(map(cells, doubts.values()))
        for i in rows:
            p = inbox.predictions[i]
            title = pad(shorten(p.article.title, width // 2), width // 2)
            lines.append(f"  {percent(p.confidence):>4}  {title}  {pad(doubts[i], widest)}  {p.article.path}")
    if inbox.copies:
        lines += ["", f"重复（{len(inbox.copies)}）"]
        for i in sorted(inbox.copies):
            lines.append(f"  {inbox.predictions[i].article.path}  与 {inbox.original(i).path} 是同一篇，保留较全的后者")
    return lines[1:]


def _doubt(p: Prediction) -> str:
    return f"{DOUBTFUL}，或为{p.second} {percent(p.scores[p.second])}" if p.doubtful else ""


def summary(inbox: Sorted, refused: int) -> str:
    """The last line: how many articles, how many to check, what repeats, what could not be read."""
    parts = [f"共 {len(inbox.predictions)} 篇", f"{inbox.doubtful} 篇{DOUBTFUL}"]
    parts += [f"{len(inbox.copies)} 篇重复"] if inbox.copies else []
    parts += [f"{refused} 个文件或行读不出（原因见上）"] if refused else []
    return "，".join(parts)


def draft_issue(inbox: Sorted, house: House, name: str = "") -> Issue:
    """The inbox as an issue: doubtful articles marked, copies kept unprinted under 不收录.

    The number comes from a name such as 第46期; without one it stays empty, never invented.
    """
    placed = []
    for column, rows in by_column(inbox, house.column_names):
        for i in rows:
            placed.append(replace(inbox.predictions[i].article, column=column, doubt=doubt_of(inbox.predictions[i])))
    for i in sorted(inbox.copies):
        placed.append(replace(inbox.predictions[i].article, column=REJECTED, duplicate_of=inbox.original(i).title))
    return Issue(tuple(placed), read_number(name), "", house.institution)


def doubt_of(p: Prediction) -> str:
    """What the mark 请核对 says, "" where the model is sure: ``标准化 41%，次选 行业新闻 38%``."""
    return doubt_mark(p.column, p.confidence, p.second, p.scores[p.second]) if p.doubtful else ""


HEADER = ("编号", "标题", "栏目", "次选", "把握", DOUBTFUL, "来源", "日期", "重复于", "文件", "说明")


def manifest_row(inbox: Sorted, i: int, place: str) -> list[str]:
    """One row of the manifest under ``HEADER``: the decision on article ``i`` and where its copy lies."""
    p, original = inbox.predictions[i], inbox.original(i)
    return [
        p.article.path, p.article.title, p.column, p.second, percent(p.confidence, 1), "是" if p.doubtful else "",
        p.article.source, p.article.date, original.path if original else "", place, "；".join(p.article.notes),
    ]  # fmt: skip


def refused_row(error: UnreadableFile) -> list[str]:
    """The row of a file or line that could not be read."""
    return [error.path, *[""] * (len(HEADER) - 2), f"读不出：{error.reason}"]
