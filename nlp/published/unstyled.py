"""The outline of a bulletin from its text alone: its 目录, its columns' names and its （来源：…） lines.

A title or a column's name counts where an article can open; elsewhere only if the contents or the lines around it
ask for it, since texts repeat titles and names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ..documents.document import Line
from ..text.characters import with_figures
from .contents import find_titles, is_ragged
from .outline import SHORT, Entry, Part, Role, Sheet, key_of, without_bullet, without_page

LONG = 24  # characters; a line of text, if it has a comma

_PAGE_NUMBER = re.compile(r"[-—–·•]\s*\d{1,4}\s*[-—–·•]|第\s*\d{1,4}\s*页.{0,12}|\d{1,4}\s*/\s*\d{1,4}\s*页?")
_CONTACT = re.compile(r"(?:电\s*话|地\s*址|邮\s*编|网\s*址|邮\s*箱|传\s*真)\s*[:：]")


def find_running(lines: Sequence[Line], house_name: str, known: set[int]) -> set[int]:
    """The lines that number pages, or repeat the bulletin's name and number after the cover; ``known`` ones besides."""
    name = re.escape(key_of(house_name))
    head = re.compile(rf"\d{{0,3}}{name}(?:\d{{4}}年)?(?:总?第?\d+期){{0,2}}\d{{0,3}}|第\d+期{name}\d{{0,3}}")
    marked, bare, heads = [], [], []
    for i, line in enumerate(lines):
        if i in known or not 0 < len(line.text) <= SHORT:
            continue
        if _PAGE_NUMBER.fullmatch(line.text):
            marked.append(i)
        elif line.text.isdecimal() and len(line.text) < 4:
            bare.append(i)
        elif head.fullmatch(key_of(with_figures(line.text))):
            heads.append(i)
    if len(bare) < 3 or any(int(lines[j].text) - int(lines[i].text) != 1 for i, j in pairwise(bare)):
        bare = []
    return known.union(marked, bare, heads[1:])


def outline_unstyled(sheet: Sheet) -> list[Part]:
    """Place every row by what it says and where it stands; return the articles."""
    contents, start = _find_start(sheet)
    entries, found = find_titles(sheet, start, sheet.read_front(start, contents))
    end = _find_end(sheet, start, found)
    for row in range(end, len(sheet)):
        sheet.put(row, Role.TAIL)
    return _walk(sheet, start, end, entries, found)


def _find_start(sheet: Sheet) -> tuple[int, int]:
    """The rows where the contents begin (-1: there are none) and where the first column or article begins."""
    rows = range(len(sheet))
    numbered = [without_page(sheet.text(row)) != sheet.text(row) for row in rows]
    source = next((row for row in rows if sheet.source_rows(row)), len(sheet))
    highlights = next((row for row in rows[:source] if sheet.is_highlights(row)), -1)
    contents = next(
        (row for row in rows[:source] if sheet.is_contents(row)
         and any(numbered[k] or sheet.column(k) for k in rows[row + 1 : row + 4])), -1,
    )  # fmt: skip
    prose = next((row for row in rows[max(contents, highlights) + 1 :] if sheet.is_prose(row)), len(sheet))
    if contents < 0 and sum(numbered[:prose]) > 1:  # contents without their heading
        first = numbered.index(True)
        contents = next((row for row in rows[highlights + 1 : first] if sheet.column(row)), first)
    if contents < 0:
        column = next((row for row in rows[highlights + 1 :] if sheet.column(row)), len(sheet))
        above = prose - (prose - 1 > highlights and sheet.may_be_title(prose - 1))
        return -1, above if min(source, len(sheet) - 1) < column else column
    return contents, _find_end_of_contents(sheet, contents, prose, numbered)


def _find_end_of_contents(sheet: Sheet, contents: int, prose: int, numbered: Sequence[bool]) -> int:
    """The first row that repeats what the contents named, after the last page number in them."""
    seen: set[str] = set()
    again: dict[int, str] = {}  # row -> the column it names, if any
    last = contents
    for row in range(contents, prose):
        key = key_of(without_bullet(sheet.text(row)))
        if key in seen:
            again[row] = sheet.column(row)
        elif numbered[row]:
            last = row
        seen.add(key_of(without_bullet(without_page(sheet.text(row)))))
    last_column = max((row for row in range(contents, prose) if sheet.column(row)), default=contents)
    for row, column in again.items():
        if row > last and (not column or row + 1 in again or row == last_column):
            return row
    if sum(numbered[contents:prose]) > 1:
        return last + 1
    start = prose - (prose - 1 > contents and sheet.may_be_title(prose - 1))
    return start - (start - 1 > contents and bool(sheet.column(start - 1)))


def _find_end(sheet: Sheet, start: int, found: dict[int, tuple[int, int]]) -> int:
    """The row where the statement and the institution's address begin, below the last article."""
    last = max([start, *found, *(row for row in range(start, len(sheet)) if sheet.source_rows(row))])
    rows = range(last + 1, len(sheet))
    institution = key_of(sheet.house.institution)
    return next(
        (row for row in rows if sheet.is_statement(row)),
        next(
            (row for row in rows if _CONTACT.search(sheet.text(row)[:SHORT])
             or (institution and key_of(sheet.text(row)).startswith(institution) and sheet.may_be_title(row))),
            len(sheet),
        ),
    )  # fmt: skip


def _walk(sheet: Sheet, start: int, end: int, entries: list[Entry], found: dict[int, tuple[int, int]]) -> list[Part]:
    """Go down the rows from the first column on; ``found`` are the titles of the contents' ``entries``."""
    missing = set(range(len(entries))) - {k for _, k in found.values()}
    headings: set[str] = set()
    parts: list[Part] = []
    column, part, last = "", None, -1  # ``part`` is None where an article can open, ``last`` the entry before

    def is_heading(row: int, name: str) -> bool:
        """Tell whether a column's name in the middle of a text begins that column."""
        if row + 1 in found or (sheet.column(row + 1) and row + 2 in found):
            return not is_ragged(sheet.text(row - 1))
        if name in headings or is_ragged(sheet.text(row - 1)) or (entries and not missing):
            return False
        title, text = sheet.text(row + 1), sheet.text(row + 2)
        return sheet.may_be_title(row + 1) and ("，" not in title or len(title) < LONG) and len(text) >= LONG

    def closes(row: int) -> bool:
        """Tell whether an article has ended where a row follows its source."""
        if row >= end or row in found or last + 1 in missing or sheet.column(row):
            return True
        return bool(sheet.source_rows(row)) or sheet.may_be_title(row) or sheet.is_aside(row)

    row = start
    while row < end:
        name, rows = sheet.column(row), 1
        if row in found and row + found[row][0] not in found:
            rows, last = found[row]
            part = Part(column, [sheet.put(row + n, Role.TITLE) for n in range(rows)], listed=entries[last])
            parts.append(part)
        elif name and (part is None or is_heading(row, name)):
            column, part = name, None
            headings.add(column)
            sheet.put(row, Role.COLUMN)
        elif part and name and name == column and is_ragged(sheet.text(row - 1)):
            sheet.put(row, Role.RUNNING)
        elif sheet.source_rows(row):
            rows = sheet.source_rows(row)
            ends = part and closes(row + rows)
            given = part and not part.source and (ends or not part.text)  # at the end, or below the title
            role = Role.SOURCE if given else Role.TEXT if part and not ends else Role.LEFT_OVER
            put = [sheet.put(row + n, role) for n in range(rows)]
            if given:
                part.source = put
            elif role == Role.TEXT:
                part.text += put
            part = None if ends else part
        elif part:
            part.text.append(sheet.put(row, Role.SUBHEADING if sheet.level(row) else Role.TEXT))
        elif sheet.is_aside(row):
            sheet.put(row, Role.LEFT_OVER)
        elif row + 1 in found and sheet.may_be_title(row):  # a column that the house does not have: no text follows
            column = ""
            sheet.put(row, Role.LEFT_OVER)
        elif sheet.may_be_title(row):
            parts.append(part := Part(column, [sheet.put(row, Role.TITLE)]))
        else:  # a text whose title is only in the contents, or nowhere
            part = Part(column, text=[sheet.put(row, Role.TEXT)])
            parts.append(part)
            if last + 1 in missing:
                last += 1
                missing.remove(last)
                part.listed = entries[last]
        row += rows
    for part in parts:
        if part.listed and part.listed.column and part.listed.column not in headings:
            part.column = part.listed.column
    return parts
