"""The outline of a bulletin whose styles name every column and title, as in the Word files of this program."""

from __future__ import annotations

import itertools

from .outline import Entry, Part, Role, Sheet, key_of, read_source


def outline_styled(sheet: Sheet) -> list[Part] | None:
    """Place every row by its style alone and return the articles; None, and no row placed, if styles do not suffice.

    They suffice where heading 1 names a column, heading 2 every title that the contents list, and nothing stands
    where an editor has put a text in without styles.
    """
    levels = [sheet.level(row) for row in range(len(sheet))]
    start = next((row for row, level in enumerate(levels) if level == 1 and sheet.column(row)), -1)
    titles = [row for row, level in enumerate(levels) if level == 2]
    if start < 0 or not titles or titles[0] < start:
        return None
    end = _find_end(sheet, levels, titles[-1])
    named, sources, stray = _find_sources(sheet, levels, [*titles, end])
    contents = next((row for row in range(start) if sheet.style(row).startswith("toc")), -1)
    if contents < 0:
        contents = next((row for row in reversed(range(start)) if sheet.is_contents(row)), -1)
    before = list(sheet.roles)
    entries = sheet.read_front(start, contents)
    whole = _is_whole(sheet, levels, range(start, end), sources)
    if not whole or not (_agree(sheet, entries, titles) if entries else named or not stray):
        sheet.roles[:] = before
        return None
    parts: list[Part] = []
    column, part = "", None
    for row in range(start, len(sheet)):
        if row >= end:
            sheet.put(row, Role.TAIL)
        elif levels[row] == 1:
            column, part = sheet.column(row), None
            sheet.put(row, Role.COLUMN if column else Role.LEFT_OVER)
        elif levels[row] == 2:
            parts.append(part := Part(column, [sheet.put(row, Role.TITLE)]))
        elif part is None:
            sheet.put(row, Role.LEFT_OVER)
        elif row in sources:
            part.source.append(sheet.put(row, Role.SOURCE))
        else:
            part.text.append(sheet.put(row, Role.SUBHEADING if levels[row] else Role.TEXT))
    return parts


def _find_end(sheet: Sheet, levels: list[int], last: int) -> int:
    """The row of the statement's heading: by its style, or the last one that reads like it."""
    rows = range(last + 1, len(sheet))
    for row in rows:
        if "声明" in sheet.style(row) or (levels[row] == 1 and not sheet.column(row)):
            return row
    return next((row for row in reversed(rows) if sheet.is_statement(row)), len(sheet))


def _find_sources(sheet: Sheet, levels: list[int], bounds: list[int]) -> tuple[bool, set[int], bool]:
    """Whether a style names the sources; the rows of the sources, else each article's last; whether others look so."""
    named = {row for row in range(bounds[0], bounds[-1]) if "来源" in sheet.style(row)}
    if named:
        return True, named, False
    last, looks = set(), set()
    for first, after in itertools.pairwise(bounds):
        rows = [row for row in range(first + 1, after) if not levels[row]]
        looks |= {row for row in rows if read_source(sheet.text(row)) is not None}
        last |= {*rows[-1:]} & looks
    return False, last, last != looks


def _is_whole(sheet: Sheet, levels: list[int], rows: range, sources: set[int]) -> bool:
    """Tell whether a heading follows each source and column, and no column of the contents stands there unstyled."""
    listed = {sheet.column(row) for row in range(rows.start) if sheet.style(row) == "toc 1"}
    lost = listed - {sheet.column(row) for row in rows if levels[row] == 1} - {""}
    return not any(
        not levels[row] and (row - 1 in sources or levels[row - 1] == 1 or sheet.column(row) in lost) for row in rows
    )


def _agree(sheet: Sheet, entries: list[Entry], titles: list[int]) -> bool:
    """Tell whether every title of the contents is among the titles."""
    keys = {key_of(sheet.text(row)) for row in titles}
    return all({e.key, key_of(e.text), key_of(sheet.text(e.row))} & keys for e in entries if e.key)
