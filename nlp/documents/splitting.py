"""One document that holds several articles, cut where each begins; nearly every document holds one and stays whole.

Signs, strongest first: labels (标题：…), heading styles, a source under each, numbers that run on, rules and wide gaps.
A sign counts only where every part it makes has a title and a text of its own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from .document import Document, Line
from .provenance import take_provenance

MOST = 60  # articles of one file
TEXT = 40  # characters at least of each article's text
TITLE = range(8, 61)  # characters of a title
COVER = 200  # characters that may stand above the first article

_LABEL = re.compile(r"\s*[【\[]?(?:标\s*题|题\s*目)[】\]]?\s*[:：]\s*\S")
_END = re.compile(r"[。！？!?；;，,、：:…][”’」』）)】]*$")
_HEADING = re.compile(r"(?:title|heading [12]|标题( [12])?)", re.I)
_SECTION = re.compile(r"第[一二三四五六七八九十百\d]+[章节条部]|[（(][一二三四五六七八九十\d]+[)）]|附件|附录|参考文献|目\s*录")
_NUMBER = re.compile(r"\s*(?:(?P<arabic>\d{1,2})\s*[.．、)）]|[【\[](?P<boxed>\d{1,2})[】\]]|(?P<han>[一二三四五六七八九十]{1,3})\s*[、.．])\s*(?=\S)(?!\d)")
_RULE = re.compile(r"\s*([-—=*＊_~～#※★☆])(?:\s*\1){4,}\s*")
_NEWS = re.compile(  # how a report begins
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|近日|日前|昨[日天]|今[日天]|连日来|本报讯|讯\s|电\s?[（(]|记者|消息|近期|据悉|据.{2,14}(?:报道|消息|介绍)"
)
_DIGEST = re.compile(r"周报|要闻|动态|快报|简讯|简报|汇总|摘编|摘要|选编|资讯|每周|一周|本周|每日|速递|速览|来稿|稿件|供稿|信息|各位|您好|你好|老师|编辑")
_HAN = {n: i for i, n in enumerate(("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十"), 1)}  # fmt: skip


def split_document(document: Document) -> list[Document]:
    """The articles of a document as documents; the document itself where it holds one.

    >>> text = ["标题：常州召开氢能推进会", "会议" * 30 + "。", "标题：镇江发布新政策", "政策" * 30 + "。"]
    >>> [part.lines[0].text for part in split_document(Document(tuple(map(Line, text))))]
    ['标题：常州召开氢能推进会', '标题：镇江发布新政策']
    """
    lines = document.lines
    filled = [i for i, line in enumerate(lines) if line.text.strip()]
    if len(filled) < 4:
        return [document]
    for find in (_by_labels, _by_styles, _by_sources, _by_numbers, _by_gaps):
        starts = find(lines, filled)
        if 2 <= len(starts) <= MOST and _are_articles(lines, filled, starts):
            return _cut(document, starts)
    return [document]


def _by_labels(lines: Sequence[Line], filled: list[int]) -> list[int]:
    return [i for i in filled if _LABEL.match(lines[i].text)]


def _by_styles(lines: Sequence[Line], filled: list[int]) -> list[int]:
    """Paragraphs of one heading style, the first of them at the top: titles, not the sections under a title."""
    styled = [i for i in filled if _HEADING.fullmatch(lines[i].style) and _is_title(lines[i].text)]
    if not styled:
        return []
    style = lines[styled[0]].style
    starts = [i for i in styled if (lines[i].style == style and lines[max(0, i - 1)].style != style) or i == styled[0]]
    cover = "".join(lines[i].text for i in filled if i < styled[0])
    named = all(not _NUMBER.match(lines[i].text) and not _SECTION.match(lines[i].text) for i in starts)
    return starts if named and (not cover.strip() or (len(cover) <= 40 and _DIGEST.search(cover))) and _are_news(lines, filled, starts, 0.5) else []


def _by_sources(lines: Sequence[Line], filled: list[int]) -> list[int]:
    """Each article has its source under the title, or all of them at the end."""
    sources = [n for n, i in enumerate(filled) if len(lines[i].text) <= 120 and "源" in lines[i].text and take_provenance([lines[i].text])[0].source]
    if not 2 <= len(sources) <= MOST:
        return []
    under = [filled[n - 1] for n in sources if n and _is_title(lines[filled[n - 1]].text) and (n < 2 or n - 1 not in sources)]
    if len(under) == len(sources) and filled.index(under[0]) <= 1:
        return under
    ends = [n for n in sources if n + 1 < len(filled)]
    after = [filled[n + 1] for n in ends if _is_title(lines[filled[n + 1]].text)]
    last = sources[-1] == len(filled) - 1
    return [filled[0], *after] if last and len(after) == len(ends) >= 1 and _is_title(lines[filled[0]].text) else []


def _by_numbers(lines: Sequence[Line], filled: list[int]) -> list[int]:
    """Titles numbered from one without a gap, over texts that begin as reports do."""
    for group in ("arabic", "boxed", "han"):
        starts: list[int] = []
        for i in filled:
            match = _NUMBER.match(lines[i].text)
            written = match[group] if match else None
            if written and (_HAN.get(written, 0) if group == "han" else int(written)) == len(starts) + 1 and _is_title(lines[i].text[match.end() :]):
                starts.append(i)
        if len(starts) < 2:
            continue
        cover = [lines[i].text.strip() for i in filled if i < starts[0]]
        short = sum(map(len, cover)) <= COVER and (not cover or any(map(_DIGEST.search, cover)))
        if short and _are_news(lines, filled, starts, 0.7):
            return starts
    return []


def _by_gaps(lines: Sequence[Line], filled: list[int]) -> list[int]:
    """Articles parted by rules or by two blank lines and more, each with a title over a text."""
    starts = [filled[0]]
    for before, i in itertools.pairwise(filled):
        if i - before > 2 or _RULE.fullmatch(lines[before].text):
            starts.append(i)
    starts = [i for i in starts if not _RULE.fullmatch(lines[i].text)]
    if len(starts) < 2 or not all(_is_title(lines[i].text) and not _SECTION.match(lines[i].text) and not _NUMBER.match(lines[i].text) for i in starts):
        return []
    return starts if _are_news(lines, filled, starts, 0.7) else []


def _is_title(text: str) -> bool:
    text = text.strip()
    return len(text) in TITLE and not _END.search(text) and bool(re.search(r"[\u4e00-\u9fff]{3}", text)) and not take_provenance([text])[0].notes


def _sections(filled: list[int], starts: list[int]) -> list[list[int]]:
    return [[i for i in filled if start <= i < end] for start, end in zip(starts, [*starts[1:], filled[-1] + 1], strict=True)]


def _are_articles(lines: Sequence[Line], filled: list[int], starts: list[int]) -> bool:
    for section in _sections(filled, starts):
        text = "".join(lines[i].text for i in section[1:])
        if len(text) < TEXT or not re.search("[。！？]", text):
            return False
    return True


def _are_news(lines: Sequence[Line], filled: list[int], starts: list[int], share: float) -> bool:
    """Tell whether so many of the sections begin as reports do, or state their source."""
    news = 0
    for section in _sections(filled, starts):
        opening = "".join(lines[i].text.strip() for i in section[1:4])[:80]
        stated = any(take_provenance([lines[i].text])[0].source for i in [*section[1:3], *section[-2:]] if len(lines[i].text) <= 200)
        news += bool(_NEWS.search(opening)) or stated
    return news >= share * len(starts)


def _cut(document: Document, starts: list[int]) -> list[Document]:
    """The parts with their own pictures; what stands above the first is told in its notes, or is an article if long."""
    lines = document.lines
    above = [line for line in lines[: starts[0]] if line.text.strip() and not _RULE.fullmatch(line.text)]
    cover = " ".join(line.text.strip() for line in above)
    bounds = list(zip(starts, [*starts[1:], len(lines)], strict=True))
    if len(cover) > COVER:
        bounds.insert(0, (0, starts[0]))
        cover = ""
    parts = []
    for n, (start, end) in enumerate(bounds):
        inside = tuple(_unnumbered(line) if i == 0 else line for i, line in enumerate(lines[start:end]) if not _RULE.fullmatch(line.text))
        named = {line.text[line.text.rfind("/") + 1 : -1] for line in inside if line.text.startswith("![")}
        notes = document.notes + ((f"文件开头：{cover}",) if cover and n == 0 else ())
        pictures = tuple(picture for picture in document.pictures if picture.name in named)
        parts.append(Document(inside, date=document.date, notes=notes, pictures=pictures))
    return parts


def _unnumbered(line: Line) -> Line:
    return replace(line, text=_NUMBER.sub("", line.text, count=1))
