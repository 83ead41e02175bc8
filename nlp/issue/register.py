"""The register of an issue, 稿件清单.xlsx and .csv: one row an article, renewed by every verb, and read back.

Four columns are the editor's: 栏目, 登 (登, 备选, 不登), 次序 (place within its column) and 重点. Each row carries the four
as the tool wrote them (原来), so that any copy of the register, however old, tells what was changed in it. That is taken
into the issue; where the issue file was changed too, the file wins. It knows issues and tables, and opens no other file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..bulletin import ACCOUNT, HIGHLIGHTS, REGISTER, REJECTED, RESERVE, Article, Issue
from ..files import csv_bytes
from ..house import House
from ..text.terminal import percent
from .identity import key_of
from .memory import Memory, Record
from .sheet import Row, read_sheet, sheet_bytes

AS_WRITTEN = "原来"
EDITABLE = ("栏目", "登", "次序", "重点")
HEADER = ("编号", "标题", *EDITABLE, "安排", "请核对", "次选", "把握", "理由", "来源", "日期", "说明", "来稿", AS_WRITTEN)
PRINT, WAIT, LEAVE = "登", RESERVE, "不登"
COPY, WITHDRAWN, UNREADABLE = "重复", "已撤下", "读不出"

_PRINTED = {"登": PRINT, "是": PRINT, "1": PRINT, "√": PRINT, "备选": WAIT, "备": WAIT, "不登": LEAVE, "否": LEAVE, "0": LEAVE, "不收录": LEAVE}
_LEADS = {"": "", "0": "", "否": "", "1": "1", "是": "1", "√": "1", "重点": "1"}


@dataclass(frozen=True)
class Taken:
    """An issue with what was changed in the register, a line for each change, and the memory that goes with it."""

    issue: Issue
    memory: Memory
    lines: tuple[str, ...] = ()


def register_files(paths: Sequence[Path], issue: Issue, memory: Memory, house: House) -> dict[Path, bytes]:
    """The bytes of 稿件清单.xlsx and .csv for an issue."""
    rows = register_rows(issue, memory, house)[1]
    choices = {"栏目": (*house.column_names, REJECTED), "登": (PRINT, WAIT, LEAVE), "重点": ("1",)}
    book = sheet_bytes(HEADER, rows, EDITABLE, choices, hidden=(AS_WRITTEN,))
    return dict(zip(paths, (book, csv_bytes(HEADER, rows)), strict=True))


def register_rows(issue: Issue, memory: Memory, house: House) -> tuple[list[str], list[list[str]]]:
    """A row under ``HEADER`` for every article in the order of the issue, then for what was withdrawn and what could
    not be read; and the ids of the articles of the issue."""
    records = memory.of(issue.articles)
    ids, positions = ids_of(issue, records), _positions(issue)
    rows = []
    for i, article in enumerate(issue.articles):
        record = records.get(i) or Record(ids[i], article.path, article.title, article.body, column=article.column or "")
        rows.append(_row(article, record, ids[i], positions[i], issue, memory, house))
    here = {record.id for record in records.values()}
    for record in memory.records:
        if record.id not in here:
            rows.append(_row(record.article, record, record.id, 0, issue, memory, house, WITHDRAWN))
    blank = [""] * len(HEADER)
    rows += [[*blank[:6], UNREADABLE, *blank[7:13], reason, path, ""] for path, reason in memory.refused]
    return ids, rows


def ids_of(issue: Issue, records: Mapping[int, Record]) -> list[str]:
    """An id for each article, no two alike: its record's, or of its content where no draft brought it."""
    ids: list[str] = []
    for i, article in enumerate(issue.articles):
        name = records[i].id if i in records else key_of(article)
        while name in ids:
            name += "+"
        ids.append(name)
    return ids


def _positions(issue: Issue) -> list[int]:
    """The place of each article under its heading, from 1."""
    count: dict[str | None, int] = {}
    positions = []
    for article in issue.articles:
        count[article.column] = count.get(article.column, 0) + 1
        positions.append(count[article.column])
    return positions


def _row(
    article: Article, record: Record, name: str, position: int, issue: Issue, memory: Memory, house: House, state: str = ""
) -> list[str]:
    printed = article.column in house.column_names and not state
    leads = printed and article.title in issue.highlights
    if not state:
        copy = article.column == REJECTED and article.duplicate_of
        state = COPY if copy else HIGHLIGHTS if leads else "本期" if printed else article.column or ""
    column = article.column if printed else record.chosen or record.wanted or article.column
    reason = {HIGHLIGHTS: memory.reasons.get(article.title, ""), "本期": ""}.get(state, record.reason)
    decision = {"本期": PRINT, HIGHLIGHTS: PRINT, RESERVE: WAIT}.get(state, LEAVE)
    cells = [column or "", decision, str(position) if position else "", "1" if leads else ""]
    return [
        name, article.title, *cells, state, article.doubt and "是", record.second,
        percent(record.confidence, 1) if record.label else "", reason, article.source, article.date,
        "；".join(record.notes), article.path or record.path, " | ".join(cells),
    ]  # fmt: skip


def take_edits(folder: Path, issue: Issue, memory: Memory, house: House) -> Taken:
    """Take what an editor changed in the register since the tool wrote it; nothing where it was not touched.

    Of both files changed the .xlsx counts where they differ. A register that cannot be read is told in a line, and the
    issue stays.
    """
    found: dict[str, _Edit] = {}
    lines: list[str] = []
    for name in (ACCOUNT, REGISTER):
        rows, remark = read_sheet(folder / name)
        lines += [remark] if remark else []
        for row in rows:
            if (edit := _edit(row)) is None:
                continue
            earlier = found.get(row.id)
            for field in edit.changed.keys() & (earlier.changed.keys() if earlier else ()):
                if edit.changed[field] != earlier.changed[field]:
                    lines.append(f"{REGISTER} 与 {ACCOUNT} 里《{row.title}》的{field}不同，按 {REGISTER}：{edit.changed[field] or '空'}")
            found[row.id] = edit if earlier is None else replace(edit, changed={**earlier.changed, **edit.changed})
    if not found:
        return Taken(issue, memory, tuple(lines))
    return _apply(found, lines, issue, memory, house)


@dataclass(frozen=True)
class _Edit:
    """What was changed in one row, and what stood there before."""

    title: str
    changed: Mapping[str, str]
    base: Mapping[str, str]


def _edit(row: Row) -> _Edit | None:
    base = [cell.strip() for cell in row.cells.get(AS_WRITTEN, "").split("|")]
    if len(base) != len(EDITABLE):
        return None
    written = dict(zip(EDITABLE, base, strict=True))
    changed = {field: row.cells[field] for field in EDITABLE if field in row.cells and row.cells[field] != written[field]}
    return _Edit(row.title, changed, written) if changed else None


def _apply(found: Mapping[str, _Edit], lines: list[str], issue: Issue, memory: Memory, house: House) -> Taken:
    ids, rows = register_rows(issue, memory, house)
    now = {key: dict(zip(EDITABLE, row[2:6], strict=True)) for key, row in zip(ids, rows, strict=False)}
    articles = dict(zip(ids, issue.articles, strict=True))
    wishes: dict[str, float] = {}
    highlights, chosen = list(issue.highlights), {}
    for key, edit in found.items():
        if key not in articles:
            lines.append(f"清单改了《{edit.title}》，可是它已不在稿件文件里，没有采用；要登可用 subao undo，或从 历史/ 里找回")
            continue
        article = articles[key]
        title = article.title
        holds, said = _settled(edit, now[key], title, house)
        lines += said
        moved = _move(article, holds, now[key], house)
        if moved is None:
            lines.append(f"清单要登《{title}》，可是没有写登在哪一栏，没有采用；请在“栏目”里写一栏")
            continue
        if "栏目" in holds and moved.column in (RESERVE, REJECTED):
            chosen[key] = holds["栏目"]
            lines.append(f"按清单：《{title}》的栏目记为{holds['栏目']}（现在{moved.column}）")
        if moved.column != article.column:
            lines.append(f"按清单：《{title}》{article.column}→{moved.column}")
            del articles[key]  # to the end of its column
        articles[key] = moved
        if "次序" in holds:
            wishes[key] = float(holds["次序"])
            lines.append(f"按清单：《{title}》排到{moved.column}第 {holds['次序']}")
        if "重点" in holds and moved.column in house.column_names:
            highlights = [t for t in highlights if t != title] + [title] * bool(holds["重点"])
            lines.append(f"按清单：《{title}》{'列入' if holds['重点'] else '不列入'}{HIGHLIGHTS}")
        elif holds.get("重点"):
            lines.append(f"清单把《{title}》列入{HIGHLIGHTS}，可是它不登，没有采用；请同时把“登”写成 登")
        elif moved.column not in house.column_names and title in highlights:
            highlights.remove(title)
            lines.append(f"《{title}》不登了，也从{HIGHLIGHTS}里去掉")
    ordered = _ordered(articles, wishes, house)
    if sorted(highlights) != sorted(issue.highlights):
        ranks = {article.title: i for i, article in reversed(list(enumerate(ordered)))}
        highlights.sort(key=lambda title: ranks.get(title, -1))
    records = tuple(replace(record, chosen=chosen.get(record.id, record.chosen)) for record in memory.records)
    issue = replace(issue, articles=tuple(ordered), highlights=tuple(highlights))
    return Taken(issue, replace(memory, records=records), tuple(lines))


def _settled(edit: _Edit, now: Mapping[str, str], title: str, house: House) -> tuple[dict[str, str], list[str]]:
    """The edits that hold: understood, and not against what the issue file says meanwhile."""
    kept, lines = {}, []
    for field, cell in edit.changed.items():
        value = {"登": _PRINTED.get(cell), "重点": _LEADS.get(cell)}.get(field, cell)
        if field == "栏目" and cell not in (*house.column_names, REJECTED, RESERVE):
            value = None
        if field == "次序" and not _is_position(cell):
            value = None
        if value is None:
            lines.append(f"清单里《{title}》的{field}“{cell}”看不懂，没有采用；{_ALLOWED[field]}")
        elif field == "栏目" and cell in (REJECTED, RESERVE):
            kept["登"] = LEAVE if cell == REJECTED else WAIT
        elif value == now[field]:
            continue  # the issue file says so already
        elif field != "次序" and now[field] != edit.base[field]:
            lines.append(f"《{title}》的{field}两处都改了：稿件文件“{now[field] or '空'}”，清单“{cell or '空'}”；按稿件文件，改过的清单在 历史/")
        else:
            kept[field] = value
    return kept, lines


_ALLOWED = {
    "栏目": "请照别的行写栏目的全名", "登": "请写 登、备选 或 不登", "次序": "请写数字，如 1", "重点": "请写 1，或空着",
}  # fmt: skip


def _is_position(cell: str) -> bool:
    try:
        return 0 <= float(cell) < 1e6
    except ValueError:
        return False


def _move(article: Article, edits: Mapping[str, str], now: Mapping[str, str], house: House) -> Article | None:
    """The article where the edits put it; None if it is to be printed and no column is named."""
    state = edits.get("登", now["登"])
    column = edits.get("栏目", now["栏目"])
    if state == PRINT:
        if column not in house.column_names:
            return None
        doubt = "" if "栏目" in edits else article.doubt
        return replace(article, column=column, doubt=doubt, fresh=article.fresh and not edits)
    heading = RESERVE if state == WAIT else REJECTED
    return replace(article, column=heading, fresh=article.fresh and not edits)


def _ordered(articles: Mapping[str, Article], wishes: Mapping[str, float], house: House) -> list[Article]:
    """The articles by heading, those with a wish at their positions among the others, which keep their order."""
    result = []
    for heading in (*house.column_names, RESERVE, REJECTED):
        members = [key for key, article in articles.items() if article.column == heading]
        others = [key for key in members if key not in wishes]
        for key in sorted((key for key in members if key in wishes), key=wishes.__getitem__):
            others.insert(max(0, -int(-wishes[key] // 1) - 1), key)  # 1.5 stands behind 1
        result += [articles[key] for key in others]
    return result
