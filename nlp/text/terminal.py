"""Text on a terminal: the columns it takes, filled, cut, in tables; shares in percent.

Knows widths; nothing of what the text says.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns that text takes on a terminal: ``width("栏目 F1") -> 7``."""
    shown = (c for c in text if not unicodedata.combining(c))
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)


def pad(text: str, columns: int, right: bool = False) -> str:
    """Fill text with spaces to so many columns: ``pad("栏", 4) -> "栏  "``; ``right`` puts them before it."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def shorten(text: str, columns: int) -> str:
    """Cut text to so many terminal columns, with … where something was left out: ``shorten("常州市", 5) -> "常州…"``."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept + "…"


def percent(share: float, decimals: int = 0) -> str:
    """A share in percent, cut and not rounded, so that what is below a limit never looks like it: ``percent(.879) -> "87%"``."""
    scale = 10**decimals
    return f"{math.floor(share * 100 * scale + 1e-6) / scale:.{decimals}f}%"


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right, two spaces between."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(pad(cell, w, right=i > 0) for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]
