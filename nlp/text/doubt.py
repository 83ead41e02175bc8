"""What stands in the mark 请核对 of an issue file, written and read in one place: the column, how sure, and the second.

Knows the words of the mark; nothing of articles, models or of what is done about the doubt.
"""

from __future__ import annotations

import re

from .terminal import percent

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")


def doubt_mark(column: str, confidence: float, second: str, other: float) -> str:
    """``doubt_mark("标准化", 0.41, "知识产权", 0.38) -> "标准化 41%，次选 知识产权 38%"``."""
    return f"{column} {percent(confidence)}，次选 {second} {percent(other)}"


def confidence_in(mark: str) -> float:
    """How sure the mark is of its column, 0-1: ``confidence_in("标准化 41%") -> 0.41``; without a mark 1, without a figure 0."""
    if not mark:
        return 1.0
    found = _PERCENT.search(mark)
    return float(found[1]) / 100 if found else 0.0
