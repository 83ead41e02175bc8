"""Printed lines to paragraphs and subheadings: what a page's end broke is joined, short lines between texts head them.

It builds on ``paragraphs``, which joins what a page's width broke; it knows nothing of titles, sources or columns.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from ..documents.document import Line
from ..documents.paragraphs import join_lines, measure_columns
from ..text.characters import HAN

WIDE = 46  # columns; a line of text that wide without an end was broken by a page, a heading is rarely that wide
WIDEST = 60  # columns of a heading
QUESTION = range(6, 21)  # characters of a heading that asks or exclaims

_ENDED = re.compile(r"[。！？!?…；;：:—][”’」』）)】]*$")
_CLAUSES = re.compile(rf"[{HAN}”》] [{HAN}“《]")
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．](?!\d)|第[一二三四五六七八九十\d]{1,3}[章节条]")
_NO_HEADING = re.compile(
    r"[。；;，,、：:…—]$|[。！？!?…；][”’」』）)】]$|^(?:——|[（(【\[“].*[）)】\]”]$)|^[\d\W年月日]+$|^(?:本[报刊])?(?:记者|通讯员|作者|编辑)"
)


def read_runs(lines: Sequence[Line | None]) -> list[list[str]]:
    """Return the paragraphs of each run of lines between walls (None), one run more than walls; ``### `` heads.

    How the lines were broken is measured over all runs together.
    """
    used = {character for line in lines if line for character in line.text}
    wall = next(c for c in map(chr, range(0xE000, 0xF900)) if c not in used)
    runs: list[list[str]] = [[]]
    for paragraph in join_lines([Line(wall, fixed=True) if line is None else line for line in lines]):
        if paragraph == wall:
            runs.append([])
        else:
            runs[-1].append(paragraph)
    return [mark_subheadings(join_pages(run)) for run in runs]


def join_pages(paragraphs: Sequence[str]) -> list[str]:
    """Join what a page's end broke in mid-sentence, also within the first line of a paragraph.

    >>> join_pages(["数字政府建设极大带动了相关软件、网络、芯片等软硬件设", "施的需求。"])
    ['数字政府建设极大带动了相关软件、网络、芯片等软硬件设施的需求。']
    """
    joined: list[str] = []
    for paragraph in paragraphs:
        if joined and _is_broken(joined[-1]) and _ENDED.search(paragraph) and not _NUMBERED.match(paragraph):
            joined[-1] += paragraph
        else:
            joined.append(paragraph)
    return joined


def _is_broken(paragraph: str) -> bool:
    if _ENDED.search(paragraph) or measure_columns(paragraph) < WIDE:
        return False
    return "，" in paragraph or not _CLAUSES.search(paragraph)


def mark_subheadings(paragraphs: Sequence[str]) -> list[str]:
    """Write ``### `` before the short lines that head a text; a list of them heads nothing.

    >>> mark_subheadings(["导语。", "为城市经济发展计", "自2016年以来，常州成功举办了六届创新创业大赛。"])[1]
    '### 为城市经济发展计'
    """
    marked: list[str] = []
    for may_head, group in itertools.groupby(paragraphs, _may_head):
        lines = list(group)
        followed = len(marked) + len(lines) < len(paragraphs)
        heads = may_head and followed and len(lines) <= 2
        marked += [f"### {line}" if heads else line for line in lines]
    return marked


def _may_head(text: str) -> bool:
    if measure_columns(text) > WIDEST or _NO_HEADING.search(text):
        return False
    return text[-1] not in "？！?!" or (len(text) in QUESTION and "：" not in text)
