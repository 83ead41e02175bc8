"""A table as it is printed: a head that every page repeats, borders, columns as wide as what they hold. Knows no issues."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

from .runs import paragraph, run
from .stylesheet import HEI
from .widths import at_most, ems

EM, MARGIN = 210, 260  # twips: a character of a table, and what a cell has beside its text
PADDING, LINE, SPACE = 160, 360, 80  # twips: beside the text at least, a line, and over and under a cell's lines
TOGETHER = 6000  # twips: a table that is no higher is not spread over two pages
_LEFT = '<w:jc w:val="left"/>'
_EDGES = "".join(
    f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
    for side, size in (("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4))
)
LONG = 12  # ems of a cell whose column is read from the left


def set_table(rows: Sequence[Sequence[str]], width: int) -> str:
    """A table over the whole width (twips); its first row is the head, with the second where it says what is under one
    cell of the first: ``| 产业 | 产值 | |`` over ``| | 绝对额 | 同比 |``."""
    columns = max(map(len, rows))
    rows = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = _widths(rows, width)
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    table = (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{_EDGES}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
        '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    )
    left = [any(ems(cell) > LONG for cell in column[1:]) for column in zip(*rows, strict=True)]
    heads = 2 if _has_two_heads(rows) else 1
    lines, together = [], _height(rows, widths) <= TOGETHER
    for i, row in enumerate(rows):
        kept = i < len(rows) - 1 and (i < heads or i == len(rows) - 2 or together)
        parts = _spans(rows[0]) if i == 0 and heads == 2 else [1] * columns
        merge = ("restart", "continue")[i] if heads == 2 and i < 2 else ""
        down = [bool(merge) and not rows[1][column] for column in range(columns)]
        lines.append(_row(row, widths, left, parts, merge, down, head=i < heads, kept=kept))
    gap = paragraph("TableEnd", "", "<w:keepNext/>")
    return f"{gap}<w:tbl>{table}<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>{paragraph('TableEnd', '')}"


def _has_two_heads(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the second row says what stands under the wide cells of the first, and nothing else."""
    if len(rows) < 4 or not rows[0][0] or all(rows[0]) or any(re.fullmatch(r"[-\d.,%％]+", cell) for cell in rows[1]):
        return False
    column = 0
    for width in filter(None, _spans(rows[0])):
        under = rows[1][column : column + width]
        if width > 1 and not all(under) or width == 1 and under[0]:
            return False
        column += width
    return True


def _spans(head: Sequence[str]) -> list[int]:
    """How many columns each cell of a head takes, 0 where the one before it reaches: ``["甲", "乙", ""] -> [1, 2, 0]``."""
    spans: list[int] = []
    for i, cell in enumerate(head):
        spans.append(0 if i and not cell else 1 + sum(1 for _ in itertools.takewhile(lambda c: not c, head[i + 1 :])))
    return spans


def _height(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> int:
    """About how high a table is, in twips."""
    lines = (max(max(1, math.ceil(ems(cell) * EM / max(width - PADDING, EM))) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return sum(SPACE + LINE * n for n in lines)


def _row(
    cells: Sequence[str], widths: Sequence[int], left: Sequence[bool], spans: Sequence[int], merge: str, down: Sequence[bool],
    head: bool, kept: bool,
) -> str:
    """A row; one that is ``kept`` stays on a page with the next one, the cells that are ``down`` reach over two rows."""
    xml = ""
    for i, (cell, is_left, span) in enumerate(zip(cells, left, spans, strict=True)):
        if not span:
            continue
        text = run(cell, font=HEI, own=True) if head else run(cell)
        width = sum(widths[i : i + span])
        merged = f'<w:gridSpan w:val="{span}"/>' * (span > 1) + f'<w:vMerge w:val="{merge}"/>' * down[i]
        xml += (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}<w:vAlign w:val="center"/></w:tcPr>'
            f"{paragraph('TableText', text, '<w:keepNext/>' * kept + _LEFT * (is_left and not head))}</w:tc>"
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{xml}</w:tr>"


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns' widths, together the whole: as each needs; where that is too much, the wide ones share what is left.

    >>> _widths([["序号", "名称"], ["1", "甲" * 60]], 4000)
    [680, 3320]
    """
    needs = [int(max(map(at_most, column)) * EM + MARGIN) for column in zip(*rows, strict=True)]
    widths, left = [0] * len(needs), width
    for rank, i in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        widths[i] = min(needs[i], left // (len(needs) - rank))
        left -= widths[i]
    spare = left * 9 // 10 // len(needs) if left > 0 else 0
    widths = [one + spare for one in widths]
    widths[-1] += width - sum(widths)
    return widths
