"""What a body holds beside sentences: a picture's line, a table's rows, subheadings; told by their form alone.

It knows the marks, not what a picture shows or how either is printed.
"""

from __future__ import annotations

import re

PICTURE = re.compile(r"!\[(?P<caption>[^\]\n]*)\]\(图/(?P<name>[^/\\)\s]+)\)")
_RULE = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+")


def picture_line(name: str, caption: str = "") -> str:
    """The line of a picture in a body.

    >>> picture_line("0123456789ab.png", "图1 厂房[外景]")
    '![图1 厂房（外景）](图/0123456789ab.png)'
    """
    caption = " ".join(caption.split()).translate(str.maketrans("[]", "（）"))
    return f"![{caption}](图/{name})"


def is_picture(line: str) -> bool:
    """Tell a picture's line: ``is_picture("![厂房](图/0123456789ab.png)") -> True``."""
    return bool(PICTURE.fullmatch(line.strip()))


def is_table_row(line: str) -> bool:
    """Tell a row of a table, its rule included: ``is_table_row("| 项目 | 投资 |") -> True``."""
    line = line.strip()
    return len(line) > 2 and line.startswith("|") and line.endswith("|") and not line.endswith("\\|")


def table_lines(rows: list[list[str]]) -> list[str]:
    r"""A table's rows as Markdown; the first is its head, short rows are filled up.

    >>> table_lines([["项目", "投资"], ["整车|客车", "30亿"]])
    ['| 项目 | 投资 |', '| --- | --- |', '| 整车\\|客车 | 30亿 |']
    """
    width = max(map(len, rows), default=0)
    lines = []
    for row in rows:
        cells = [" ".join(cell.split()).replace("|", r"\|") for cell in row] + [""] * (width - len(row))
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")  # single spaces, as in an issue file
    return [*lines[:1], f"|{' --- |' * width}", *lines[1:]]


def table_cells(line: str) -> list[str]:
    r"""The cells of a table's row: ``table_cells(r"| 整车\|客车 | 30亿 |") -> ["整车|客车", "30亿"]``."""
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


def plain_text(body: str) -> str:
    """A body for whoever reads it as sentences: no pictures, a table's rows as words, no marks.

    >>> plain_text("甲。\\n![厂房](图/0123456789ab.png)\\n| 项目 | 投资 |\\n| --- | --- |\\n| 整车 | 30亿 |")
    '甲。\\n项目 投资\\n整车 30亿'
    """
    if "|" not in body and "](图/" not in body:
        return body
    kept = []
    for line in body.split("\n"):
        if is_picture(line) or _RULE.fullmatch(line.strip()):
            continue
        kept.append(" ".join(table_cells(line)).strip() if is_table_row(line) else line)
    return "\n".join(kept)
