"""Texts unlike anything that a model of Chinese news was trained on: whatever it says of them is doubtful.

Knows characters and lines; nothing of labels or probabilities.
"""

from __future__ import annotations

import re
import statistics

from ..text.characters import HAN, han_share

FEWEST = 40  # Han characters of title and body together: less is a fragment
LEAST = 0.4  # share of Han among the visible characters of the beginning: less is another language, figures or code
BEGINNING = 600  # characters that are looked at
LINES, SHORT, CLOSED = 8, 24, 0.15  # a list of links: so many lines, half of them this short, hardly one with a full stop

_HAN = re.compile(f"[{HAN}]")


def strange(title: str, body: str) -> str:
    """Why a text is no ordinary article, in Chinese; "" if it is one.

    >>> strange("新标准发布", "")
    '没有正文'
    """
    if not body.strip():
        return "没有正文"
    start = f"{title}\n{body[:BEGINNING]}"
    if han_share(start) < LEAST:
        return "中文太少"
    if len(_HAN.findall(f"{title}{body[:BEGINNING]}")) < FEWEST:
        return "文字太短"
    lines = [line.strip() for line in body[: 4 * BEGINNING].split("\n") if line.strip()]
    closed = sum(line[-1] in "。！？；”" for line in lines)
    if len(lines) >= LINES and statistics.median(map(len, lines)) < SHORT and closed < CLOSED * len(lines):
        return "像一列链接或目录"
    return ""
