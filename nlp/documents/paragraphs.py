"""Lines to paragraphs: joins what a page's width or a page's end broke, and nothing else.

Whether lines are wrapped is measured from their widths, never assumed. It knows nothing of titles or sources.
"""

from __future__ import annotations

import collections
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..text.characters import HAN, normalise, without_han_gaps
from .document import Line

SLACK = 5  # columns by which full lines may differ: 。at the margin, narrow letters
WIDEST = 130  # columns; nothing is wrapped wider
LONG = 30  # characters; a line of this length with a comma and no full stop is no heading
NUMBERED = 40  # the same for one that begins with a number

_HARD_END = re.compile(r"[。！？!?…][”’」』）)】]*$")
_SOFT_END = re.compile(r"[；：;:”’」』）)】》〕—]$")
_OPEN_END = re.compile(r"[，,、（(《〈“‘「『【〔的和与及或]$")
_CLOSER = re.compile(r"[，。、；：！？,;!?）)》〉”’」』】〕%％‰℃]|\d[\d.,]*\s?[%％‰℃]")
_ITEM = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．)）](?!\d)"
    r"|第[一二三四五六七八九十百\d]{1,4}[章节条款]|[●■◆★▲▪·•※①-⑳-]|[\u4e00-\u9fff]{2,8}[：:]|[一二三四五六七八九十]{1,3}\s*$"
)
_AFTER_NUMBER = re.compile(  # 二、 工作目标; 1 、开展
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]是|\d{1,2} 、) ?(?=[\u4e00-\u9fff\d“《])"
)
# ⼀ ⽤ ⽂: radicals that PDF programs put for the characters 一 用 文
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | str.maketrans(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟"
)
_FIRST_UNIT = re.compile(r"[A-Za-z0-9.,%％+/-]+|.", re.S)


def measure_columns(text: str) -> int:
    """Count columns as a fixed-width screen does: two for a Chinese character, one for a Latin letter."""
    return len(text.encode("gbk", "replace"))  # which spends a byte where a screen spends a column


def measure_characters(text: str) -> int:
    """Count two columns for every character, as programs do that break lines after so many characters."""
    return 2 * len(text)


def join_lines(lines: Sequence[Line]) -> list[str]:
    """Return the paragraphs of the lines.

    >>> join_lines([Line("2021年，我国研发投入强度达"), Line(""), Line("2.44%，比上年增加。")])
    ['2021年，我国研发投入强度达2.44%，比上年增加。']
    """
    filled, gaps, blank = [], [], False
    for line in lines:
        if line.text.strip():
            filled.append(line)
            gaps.append(blank)
        blank = not line.text.strip()
    layout = _measure(filled, gaps)
    paragraphs: list[list[str]] = []  # the pieces of each: adding to one long text again and again would take for ever
    for i, line in enumerate(filled):
        text, before = line.text.strip(), filled[i - 1]
        so_far = "".join(paragraphs[-1][-8:]) if i else ""
        if i and not line.fixed and not before.fixed and _continues(before, line.text, gaps[i], layout, i == 1, so_far):
            glue = " " if re.search(r"[A-Za-z,;]$", paragraphs[-1][-1][-1:]) and re.match(r"[A-Za-z]", text) else ""
            paragraphs[-1].append(glue + text)
        else:
            paragraphs.append([text])
    return [close_up("".join(pieces)) for pieces in paragraphs]


def close_up(text: str, headline: bool = False) -> str:
    """Normalise a line and remove typesetting's spaces between Chinese characters.

    In a headline, however long, a space may part two clauses and stays.

    >>> close_up("数字政府提速 产业布局深化"), close_up("关于试点的通 知"), close_up("研发 投入增长。")
    ('数字政府提速 产业布局深化', '关于试点的通知', '研发投入增长。')
    """
    text = _AFTER_NUMBER.sub(lambda number: "".join(number[0].split()), normalise(text).translate(_RADICALS))
    sentence = not headline and (_HARD_END.search(text) or len(text) > 60)
    return without_han_gaps(text) if sentence or re.search(rf"(?:^| )[{HAN}](?: |$)", text) else text


def find_edge(texts: Sequence[str], measure: Callable[[str], int] = measure_columns) -> tuple[int, int]:
    """Return the column at which a text's lines were broken and how many reach it, (0, 0) if they were not."""
    widths = [measure(text.rstrip()) for text in texts]
    counts = collections.Counter(widths)
    edge = max(counts, key=lambda w: (sum(counts[w - d] for d in range(SLACK + 1)), w), default=0)
    full = [text.strip() for text, width in zip(texts, widths, strict=True) if edge - SLACK <= width <= edge + 2]
    wider = sum(width > edge + 2 for width in widths)
    ragged = sum(not _HARD_END.search(text) for text in full)
    prose = sum(bool(re.search("[，。、；]", text)) for text in full)
    regular = 24 <= edge <= WIDEST and len(full) >= max(2, 0.3 * len(widths)) and wider <= 0.1 * len(widths)
    broken = regular and ragged >= 0.45 * len(full) and prose >= 0.5 * len(full)
    return (edge, len(full)) if broken else (0, 0)


class _Layout(NamedTuple):
    """How a text shows its paragraphs."""

    edge: int  # the column where lines were broken, 0 if they were not
    measure: Callable[[str], int]  # how the columns of that edge are counted
    indented: bool  # paragraphs begin with an indented line
    spaced: bool  # paragraphs end with a blank line


def _measure(lines: Sequence[Line], gaps: Sequence[bool]) -> _Layout:
    texts = [line.text for line in lines[1:] if not line.fixed]  # the first line is the title
    measure = max(measure_columns, measure_characters, key=lambda measure: find_edge(texts, measure)[1])
    edge, _ = find_edge(texts, measure)
    ends = [
        gaps[i]
        for i in range(2, len(lines))
        if _HARD_END.search(lines[i - 1].text) and not _is_full(lines[i - 1].text, lines[i].text, edge, measure)
    ]
    indents = sum(_is_indented(line.text) for line in lines)
    return _Layout(edge, measure, 2 <= indents < 0.8 * len(lines), len(ends) >= 2 and sum(ends) >= 0.8 * len(ends))


def _continues(before: Line, following: str, gap: bool, layout: _Layout, first: bool, so_far: str = "") -> bool:
    """Judge whether ``following`` goes on with the sentence or paragraph of the line before it; ``so_far`` is how that
    paragraph reads, its last lines at least."""
    line = before.text
    text, new = line.strip(), following.strip()
    hard, soft = bool(_HARD_END.search(text)), bool(_SOFT_END.search(text))
    if hard and re.match("[”’」』）)】]", new):
        return True
    if not hard and _CLOSER.match(new) and not (soft and new[0].isdigit()):
        return True
    full = before.full or (layout.edge and _is_full(line, following, layout.edge, layout.measure))
    if full and not (first and gap):
        if first and not re.search("[，。；]", text):  # a title; it goes on where a short line without an end follows
            if not layout.edge:
                return len(new) < len(text) - SLACK and not re.search("[，。；：]", new) and not _is_indented(following)
            short = layout.measure(new) < layout.edge - SLACK and not re.search("[，。；：]", new)
            return short and not _is_indented(following)
        if layout.indented:
            return not _is_indented(following) and not (hard and gap)
        if layout.spaced and not gap:
            return True
        return not hard and not _ITEM.match(new)
    if hard or soft:
        return False
    if _OPEN_END.search(text) or _left_open(text, new):
        return True
    if _ITEM.match(new) or (layout.indented and _is_indented(following)):
        return False
    if layout.edge:  # a line that was broken before, and again where this page is narrower
        return not first and bool(re.search("[，。；：、！？]", new)) and _breaks_off(so_far)
    inner, long = text[:-1], len(text) >= LONG
    if first:
        return long and "。" in inner
    goes_on = bool(re.search("[，。；：、！？]", new))
    if _ITEM.match(text) and len(text) < 60 and not (goes_on and _breaks_off(text)):
        return False  # a heading with a number
    return _breaks_off(text) or (goes_on and _breaks_off(so_far))


def _breaks_off(text: str) -> bool:
    """Tell whether a text without an end is a sentence that was broken, not a heading.

    >>> _breaks_off("3月2日，某省一辆客车与货车相撞；3月7日，某市仁寿县边沟施工时"), _breaks_off("加强领导，落实责任")
    (True, False)
    """
    long = len(text) >= (NUMBERED if _ITEM.match(text) else LONG)
    return "。" in text[:-1] or (long and bool(re.search("[，；：！？]", text[:-1])))


def _is_full(line: str, following: str, edge: int, measure: Callable[[str], int]) -> bool:
    """Tell whether the first word or character of ``following`` would not have fitted on ``line``."""
    return measure(line.rstrip()) + measure(_unit(following.strip())) > edge - SLACK


def _unit(text: str) -> str:
    """What cannot be parted at the start of a line: a word or one character, with the punctuation after it."""
    match = _FIRST_UNIT.match(text)
    end = match.end() if match else 0
    while end < len(text) and text[end] in "，。、；：！？）》”’":
        end += 1
    return text[:end]


def _left_open(text: str, new: str) -> bool:
    """Tell whether a bracket or quotation mark opened in ``text`` is closed in ``new``."""
    for opening, closing in ("（）", "《》", "“”", "()"):
        if text.count(opening) > text.count(closing) and closing in new.split(opening)[0]:
            return True
    return False


def _is_indented(text: str) -> bool:
    return bool(re.match(r"\u3000|[ \xa0]{2}|\t", text))
