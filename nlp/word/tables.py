"""A table as it is printed: a head that every page repeats, borders, columns as wide as what they hold. Knows no issues."""

from __future__ import annotations

from collections.abc import Sequence

from .runs import paragraph, run
from .stylesheet import HEI
from .widths import at_most, ems

EM, MARGIN = 210, 260  # twips: a character of a table, and what a cell has beside its text
TOGETHER = 15  # rows: a table so short is not spread over two pages
_LEFT = '<w:jc w:val="left"/>'
_EDGES = "".join(
    f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
    for side, size in (("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4))
)
LONG = 12  # ems of a cell whose column is read from the left


def set_table(rows: Sequence[Sequence[str]], width: int) -> str:
    """A table over the whole width (twips); its first row is the head."""
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
    lines = []
    for i, row in enumerate(rows):
        kept = i < len(rows) - 1 and (i == 0 or i == len(rows) - 2 or len(rows) <= TOGETHER)
        lines.append(_row(row, widths, left, head=i == 0, kept=kept))
    gap = paragraph("TableEnd", "", "<w:keepNext/>")
    return f"{gap}<w:tbl>{table}<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>{paragraph('TableEnd', '')}"


def _row(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool], head: bool, kept: bool) -> str:
    """A row; one that is ``kept`` stays on a page with the next one."""
    xml = ""
    for cell, width, is_left in zip(cells, widths, left, strict=True):
        text = run(cell, font=HEI, own=True) if head else run(cell)
        xml += (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
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
