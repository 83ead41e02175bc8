"""The tables of a printed page, found by the lines that rule them: a grid of at least two rows and two columns.

It knows rectangles and lines of text with their places; a table without rules is left as lines of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..text.markup import table_lines

THIN = 3.0  # points: a bar no thicker is a line
NEAR = 3.0  # points that edges may differ by
Row = Sequence[Any]  # text, left, right, bottom, top, size, and the cells of a line that wide gaps part


class Table(NamedTuple):
    """A table as Markdown and the numbers of the lines of text that it holds."""

    lines: list[str]
    rows: tuple[int, ...]


def find_tables(rules: Sequence[Sequence[float]], rows: Sequence[Row]) -> list[Table]:
    """Find the ruled tables of a page.

    >>> bars = [[0, y, 100, y] for y in (0, 20, 40)] + [[x, 0, x, 40] for x in (0, 50, 100)]
    >>> pieces = [(5, 25, "项目"), (55, 25, "投资"), (5, 5, "整车"), (55, 5, "30亿")]
    >>> find_tables(bars, [(text, x, x + 20, y, y + 10, 10) for x, y, text in pieces])[0].lines
    ['| 项目 | 投资 |', '| --- | --- |', '| 整车 | 30亿 |']
    """
    across, upright = _edges(rules)
    tables = []
    for group in _groups(across, upright):
        levels = _merged([y for y, *_ in group[0]])
        columns = _merged([x for x, *_ in group[1]])
        if len(levels) < 3 or len(columns) < 3:
            continue
        cells: dict[tuple[int, int], list[str]] = {}
        held: list[int] = []
        broken = False
        for i, (text, left, right, bottom, top, _, *parted) in enumerate(rows):
            row = _slot(levels, (bottom + top) / 2)
            pieces = parted[0] if parted and parted[0] else [(text, left, right)]
            slots = [_slot(columns, start + min(2.0, (end - start) / 2)) for _, start, end in pieces]
            if row is None or None in slots or right > columns[-1] + NEAR:
                continue
            for (piece, _, end), column in zip(pieces, slots, strict=True):
                cells.setdefault((row, column), []).append(piece.strip())
                broken |= end > columns[column + 1] + 2 * NEAR
            held.append(i)
        if len({row for row, _ in cells}) < 2 or len({column for _, column in cells}) < 2:
            continue
        if broken:
            continue  # a line of text runs over several columns: its cells cannot be told
        order = range(len(levels) - 2, -1, -1)
        texts = [["".join(cells.get((row, column), [])) for column in range(len(columns) - 1)] for row in order]
        tables.append(Table(table_lines([row for row in texts if any(row)]), tuple(held)))
    return tables


def _edges(rules: Sequence[Sequence[float]]) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    """Lines across (level, from, to) and upright (place, from, to); a box gives its four sides."""
    across, upright = [], []
    for left, bottom, right, top in rules:
        wide, high = right - left, top - bottom
        if high <= THIN and wide > 4 * THIN:
            across.append(((bottom + top) / 2, left, right))
        elif wide <= THIN and high > 2 * THIN:
            upright.append(((left + right) / 2, bottom, top))
        elif wide > 6 * THIN and high > 3 * THIN:
            across += [(bottom, left, right), (top, left, right)]
            upright += [(left, bottom, top), (right, bottom, top)]
    return across[:1000], upright[:1000]


def _groups(across, upright):
    """Lines that touch one another, as one table each."""
    boxes = [(x1, y, x2, y) for y, x1, x2 in across] + [(x, y1, x, y2) for x, y1, y2 in upright]
    order = sorted(range(len(boxes)), key=lambda i: -boxes[i][3])
    groups: list[tuple[list[float], list[int]]] = []  # the box around, and its lines
    for i in order:
        box = list(boxes[i])
        members = [i]
        rest = []
        for around, inside in groups:
            if (around[0] - NEAR <= box[2] and box[0] <= around[2] + NEAR and around[1] - NEAR <= box[3] and box[1] <= around[3] + NEAR):  # fmt: skip
                box = [min(box[0], around[0]), min(box[1], around[1]), max(box[2], around[2]), max(box[3], around[3])]
                members += inside
            else:
                rest.append((around, inside))
        groups = [*rest, (box, members)]
    for _, members in groups:
        yield [across[i] for i in members if i < len(across)], [upright[i - len(across)] for i in members if i >= len(across)]


def _merged(values: list[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > 2 * NEAR:
            kept.append(value)
    return kept


def _slot(edges: list[float], value: float) -> int | None:
    return next((i for i in range(len(edges) - 1) if edges[i] - NEAR / 2 <= value < edges[i + 1]), None)
