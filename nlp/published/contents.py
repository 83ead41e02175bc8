"""The titles that a bulletin's contents list, found again in its text: over line breaks, spaces, signs and widths."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from .outline import SHORT, TITLE_LINES, Entry, Sheet, key_of, without_bullet

FULL = 5  # characters at least of a line that goes on in the next one; a column's name is shorter

_ENDED = re.compile(r"[。！？!?…；;：:—”’」』）)】]$")
_Spans = dict[str, list[tuple[int, int]]]  # a title's key -> (row, how many rows) wherever it stands


def find_titles(sheet: Sheet, start: int, entries: Sequence[Entry]) -> tuple[list[Entry], dict[int, tuple[int, int]]]:
    """Return the entries, each with its whole title, and where they were found: row -> (how many rows, which entry).

    A title counts where an article can open; one that is found nowhere like that, between its neighbours.
    """
    spans = _spans(sheet, start)
    entries = _whole(entries, spans)
    found: dict[int, tuple[int, int]] = {}
    rows = [-1] * len(entries)
    alike = defaultdict(list)
    for k, entry in enumerate(entries):
        alike[entry.key].append(k)
    for key, group in alike.items():
        opening = [(row, n) for row, n in spans.get(key, ()) if _opens(sheet, start, row)]
        for k, (row, n) in zip(group, opening, strict=False):
            rows[k], found[row] = row, (n, k)
    limits = [len(sheet)] * (len(entries) + 1)  # the row of the next entry that was found
    for k in reversed(range(len(entries))):
        limits[k] = min(limits[k + 1], rows[k]) if rows[k] >= 0 else limits[k + 1]
    low = start
    for k, entry in enumerate(entries):
        if rows[k] < 0:
            starts = spans.get(entry.key, [])
            for row, n in islice(starts, bisect_left(starts, (low, 0)), None):
                if row >= limits[k]:
                    break
                if row not in found and not is_ragged(sheet.text(row - 1)):
                    rows[k], found[row] = row, (n, k)
                    break
        if rows[k] >= 0:
            low = max(low, rows[k] + found[rows[k]][0])
    return entries, found


def _opens(sheet: Sheet, start: int, row: int) -> bool:
    """Tell whether an article can open at a row: at the start, after a source or after a column's name."""
    after_source = sheet.source_rows(row - 1) == 1 or (row - 2 >= start and sheet.source_rows(row - 2) == 2)
    return row == start or after_source or bool(sheet.column(row - 1))


def is_ragged(text: str) -> bool:
    """Tell whether a line breaks off in mid-sentence."""
    return len(text) >= 20 and not _ENDED.search(text)


def _spans(sheet: Sheet, start: int) -> _Spans:
    spans: _Spans = defaultdict(list)
    keys = [key_of(sheet.text(row)) if _may_belong_to_title(sheet, row) else "" for row in range(start, len(sheet))]
    for i, key in enumerate(keys):
        if not key:
            continue
        spans[key].append((start + i, 1))
        bare = key_of(without_bullet(sheet.text(start + i)))
        if bare and bare != key:
            spans[bare].append((start + i, 1))
        for n in range(2, TITLE_LINES + 1):
            if not all(keys[i : i + n]) or i + n > len(keys) or len(keys[i + n - 2]) < FULL:
                break
            spans["".join(keys[i : i + n])].append((start + i, n))
    return spans


def _may_belong_to_title(sheet: Sheet, row: int) -> bool:
    text = sheet.text(row)
    return len(text) <= SHORT and "。" not in text and not sheet.source_rows(row)


def _whole(entries: Sequence[Entry], spans: _Spans) -> list[Entry]:
    """Join the lines of the contents that together are a title of the text."""
    whole: list[Entry] = []
    i = 0
    while i < len(entries):
        first, text, longest = entries[i], "", (1, entries[i])
        for n, entry in enumerate(entries[i : i + TITLE_LINES], 1):
            if entry.row != first.row + n - 1 or (n > 1 and len(entries[i + n - 2].text) < FULL):
                break
            text += entry.text
            joined = Entry(first.column, text, first.row)
            if joined.key in spans:
                longest = n, joined
        whole.append(longest[1])
        i += longest[0]
    return whole
