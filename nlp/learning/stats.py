"""What a newsroom received and printed, and how often the tool was right: counted from issue files and corrections.

Counts only what the files say: where a published issue was read back, nobody knows what else had come in. Refuses to know
pages, spreadsheets and models.
"""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..bulletin import REJECTED, RESERVE, Article
from ..errors import SubaoError
from ..house import House
from ..issue.archive import read_issues
from .decisions import CORRECTED, CORRECTIONS, Decision, key_of, read_decisions

UNKNOWN = "（不明）"
BY = {"month": "月份", "source": "来源", "column": "栏目"}
HEADER = ("收到", "登出", "备选", "不收录", "登出率", "占登出", "首选对", "次选对", "判过")


@dataclass(frozen=True)
class Item:
    """One article of one issue; ``first`` and ``second`` are what the tool said, empty where it was not asked."""

    issue: str
    month: str
    source: str
    column: str  # of an article kept back: what the tool took it for
    fate: str  # "printed", "reserve" or "rejected"
    received: bool  # False: an issue read back from print
    first: str = ""
    second: str = ""
    hours: float | None = None  # from the article's date to the issue's


@dataclass(frozen=True)
class Line:
    """One row of the table; shares are 0–1 and None where nothing is known."""

    name: str
    received: int
    printed: int
    reserve: int
    rejected: int
    accepted: float | None  # printed of those received, read-back issues left aside
    share: float | None  # of all printed
    first: float | None  # the tool's first choice was right
    second: float | None  # its second, where not the first
    judged: int  # articles on which the tool had an opinion

    def cells(self) -> list[object]:
        """The row under ``HEADER``, shares as they are."""
        return [self.received, self.printed, self.reserve, self.rejected, self.accepted, self.share, self.first, self.second, self.judged]


@dataclass(frozen=True)
class Stats:
    """All that ``subao stats`` tells."""

    by: str
    lines: list[Line]
    total: Line
    confused: list[tuple[str, str, int]]  # the tool's column, the newsroom's, how often; most often first
    hours: float | None  # the median
    hours_n: int
    issues: int

    def as_dict(self) -> dict:
        """The JSON of ``subao stats --json``."""
        return {
            "by": self.by, "issues": self.issues, "total": asdict(self.total), "lines": [asdict(line) for line in self.lines],
            "confused": [{"tool": tool, "newsroom": ours, "n": n} for tool, ours, n in self.confused],
            "hours": {"median": self.hours, "n": self.hours_n},
        }  # fmt: skip


def collect(paths: Sequence[Path], house: House, report: Callable[[str], object]) -> list[Item]:
    """Every article of every issue below the paths, with what the corrections say of it."""
    corrections = [d for d in read_decisions(paths, house, report) if d.origin == CORRECTED]
    items = []
    for path in paths:
        for file, issue in read_issues(path, house, lambda error: None):  # reported when the decisions were read
            if "历史" in file.parts:
                continue
            drafted = any(article.path for article in issue.articles)
            named = issue.number or file.stem
            known = _by_article(d for d in corrections if d.issue in ("", issue.number, file.stem, f"第{issue.number}期"))
            items += [
                _item(article, named, issue.date, drafted, known, house)
                for article in issue.articles if not (article.duplicate_of and article.column == REJECTED)
            ]  # fmt: skip
    if not items:
        raise SubaoError(f"{'、'.join(map(str, paths))}：没有稿件文件（第N期.md），也就没有可数的；请写存档文件夹")
    return items


def _by_article(corrections: Iterable[Decision]) -> dict[str, tuple[str, str]]:
    """The tool's first and second choice, by an article's place and by its text; of several corrections the first."""
    known: dict[str, tuple[str, str]] = {}
    for d in corrections:
        for key in filter(None, (d.article.path, key_of(d.article))):
            known.setdefault(key, (d.was, d.second))
    return known


def _item(article: Article, named: str, date: str, drafted: bool, known: dict[str, tuple[str, str]], house: House) -> Item:
    fate = {RESERVE: "reserve", REJECTED: "rejected"}.get(article.column, "printed")
    first, second = known.get(article.path) or known.get(key_of(article)) or ("", "")
    columns = (*house.column_names, REJECTED)
    if first not in columns:  # moved between 备选 and a column, or not corrected: the tool's column stood
        first, second = (article.column if drafted and article.column != RESERVE else ""), ""
    return Item(
        named, date[:7] or UNKNOWN, article.source or UNKNOWN, article.column, fate, drafted,
        first if article.column in columns else "", second, _hours(article.date, date) if fate == "printed" else None,
    )  # fmt: skip


def _hours(arrived: str, printed: str) -> float | None:
    """``_hours("2022-05-15", "2022-05-17") -> 48.0``; None where a date is missing or the order is wrong."""
    try:
        days = (datetime.date.fromisoformat(printed) - datetime.date.fromisoformat(arrived)).days
    except ValueError:
        return None
    return 24.0 * days if 0 <= days <= 366 else None


def count(items: Sequence[Item], by: str, house: House) -> Stats:
    """The table by month, source or column; rows in the order of time, of what was printed, or of the house."""
    names = list(dict.fromkeys(getattr(item, by) for item in items))
    printed = Counter(getattr(item, by) for item in items if item.fate == "printed")
    order = {name: i for i, name in enumerate((*house.column_names, RESERVE, REJECTED))}
    if by == "month":
        names.sort()
    elif by == "source":
        names.sort(key=lambda name: (name == UNKNOWN, -printed[name], name))
    else:
        names.sort(key=lambda name: order.get(name, len(order)))
    everything = sum(printed.values())
    lines = [_line(name, [item for item in items if getattr(item, by) == name], everything) for name in names]
    confused = Counter((item.first, item.column) for item in items if item.first and item.first != item.column)
    hours = [item.hours for item in items if item.hours is not None]
    return Stats(
        by, lines, _line("合计", items, everything), [(tool, ours, n) for (tool, ours), n in sorted(confused.items(), key=lambda row: (-row[1], row[0]))],
        statistics.median(hours) if hours else None, len(hours), len({item.issue for item in items}),
    )  # fmt: skip


def _line(name: str, items: Sequence[Item], everything: int) -> Line:
    fates = Counter(item.fate for item in items)
    came = [item for item in items if item.received]
    judged = [item for item in items if item.first]
    missed = [item for item in judged if item.first != item.column]
    return Line(
        name, len(came), fates["printed"], fates["reserve"], fates["rejected"],
        _share(sum(item.fate == "printed" for item in came), len(came)), _share(fates["printed"], everything),
        _share(len(judged) - len(missed), len(judged)), _share(sum(item.second == item.column for item in missed), len(judged)), len(judged),
    )  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def table(found: Stats) -> Iterator[list[str]]:
    """The rows as text, header first; what is not known is a dash."""
    yield [BY[found.by], *HEADER]
    for line in (*found.lines, found.total):
        yield [line.name, *(_text(cell) for cell in line.cells())]


def _text(cell: object) -> str:
    return "—" if cell is None else f"{100 * cell:.1f}%" if isinstance(cell, float) else str(cell)


def remarks(found: Stats) -> list[str]:
    """What the table does not show: confused columns, how long articles waited, what was not counted."""
    said = [f"共 {found.issues} 期"]
    if found.confused:
        said.append("最常改的：" + "；".join(f"{tool} → {ours} {n} 篇" for tool, ours, n in found.confused[:5]))
    if found.hours is not None:
        said.append(f"从来稿日期到出刊：中位数 {found.hours:.0f} 小时（{found.hours_n} 篇两个日期都有）")
    if found.total.printed > found.total.received:
        said.append("由 subao read 读回的各期只知道登了什么，不知道收到什么，不算在“收到”和“登出率”里")
    if not found.total.judged:
        said.append(f"没有工具起草的各期，也没有 {CORRECTIONS}，说不出工具判对多少")
    return said


def page(paths: Sequence[Path], house: House, report: Callable[[str], object] = lambda line: None) -> str:
    """One HTML page of pictures and tables, without scripts: what ``subao stats -o FILE.html`` writes."""
    from .stats_page import page as drawn

    return drawn(collect(paths, house, report), house)


def picture(archive: Path, house: House) -> bytes | None:
    """The four pictures of that page as one SVG; None where there is nothing to count yet."""
    from .stats_page import picture as drawn

    try:
        return drawn(collect([archive], house, lambda line: None), house).encode()
    except SubaoError:
        return None
