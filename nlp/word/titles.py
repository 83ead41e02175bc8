"""Where a title that takes several lines turns over: at words and by sense, its lines balanced (GB/T 9704, 7.3.1).

A line ends where a reader draws breath; never in a word, a name, a number with its unit or a pair of 《》 while that can
be helped. Knows a title and the width of its lines; nothing of issues, styles and XML.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..text.sentences import tagged_words, words
from .widths import at_most as ems

SLACK = 0.3  # ems that a line may be wider than reckoned
NEARLY = 0.9  # share of a line from which a headline in two parts is set on two
LONGEST = 160  # characters; what is longer is no title, and turns over wherever it comes to

# What it costs to end a line at a place; about what a reader minds, tuned by eye on printed titles.
NEVER, INSIDE, STUCK, POOR, FAIR, GOOD, BEST = 1000.0, 60.0, 30.0, 8.0, 3.5, 1.0, -12.0
UNEVEN = 24.0  # the cost of a line that is twice as long as the mean, or empty
LONELY, SHORT = 2.5, 4.5  # ems of a line that must not, and should not be
NUMBER = 2.5  # ems of the dots and the number behind a title in the contents
ONE_MORE = 9.0  # a line more than needed

# The space of a headline in two parts, not those around "AI".
_HEADLINES = re.compile(r"(?:(?<=[^\0-~]{3})|(?<=\d[^\0-~]{2})) (?=\d*[^\0-~，、；：！？。…”’》）】·][^\0-~](?:[^\0-~]|\d))")
_SET_APART = re.compile(r"(?<=[0-9A-Za-z]) (?=[^\0-~])|(?<=[^\0-~]) (?=[A-Za-z]|\d+ )")  # a space for looks: "约 30 年"
_NO_START = re.compile(r"[，、；：！？。…”’》）】％%·・•/&]|[的地得之了着过们等者性化式型级率类]")
_NO_END = re.compile(r"[“‘《（【·・•/&-]$|第$")
_NAMES = re.compile(
    "工业和信息化|发展和改革|住房和城乡建设|人力资源和社会保障|规划和自然资源|文化和旅游|[一二三四五六七八九十]次[一二三四五六七八九十]中全会"
)
_PAIRS = "《》", "“”", "（）", "‘’", "【】"
_RUNS = ("——", "……")
_LINKS = {"p", "c", "u", "uj"}  # prepositions and conjunctions lead the next words
_LEADING = ("关于", "对于", "围绕", "通过", "以", "为", "在", "与", "和", "及", "对", "从", "向", "由", "将", "把", "被", "让", "于", "并", "或", "到", "至")
_MODAL = ("要", "需", "应", "可", "能", "会", "须", "拟", "将", "已", "正", "所", "如何", "怎么", "怎样", "可以", "应当", "必须")
_SUFFIX = re.compile("[省市区县镇乡村州盟旗局部厅委院所站处办社会厂校团队员家人化型级力展]")
_AMOUNT = re.compile(r"[\d一二三四五六七八九十百千万亿两几多数首][\d.,，%％一二三四五六七八九十百千万亿余多]*$")


@dataclass(frozen=True)
class Room:
    """The page's text (twips), and how many characters wide a line is in each place where titles are printed."""

    width: int
    height: int
    title: float  # over the article, centred
    highlight: float  # in 本期重点
    entry: float  # in 目录


def break_title(title: str, line: float, centred: bool = True, behind: float = 0) -> list[str]:
    """Cut a title into its printed lines; joined they are the title. ``behind``: ems kept free at the end of the last.

    >>> break_title("某省公布科研经费负面清单 十一类支出不得列支", 16)
    ['某省公布科研经费负面清单 ', '十一类支出不得列支']
    """
    whole, line = ems(title), line - SLACK
    if whole <= line - behind and not (centred and whole > NEARLY * line and headlines(title)):
        return [title]
    if len(title) > LONGEST or line < 2 * SHORT:
        return [title]
    needed = max(2, math.ceil(whole / line))
    breaks = costs(title, line)
    found = []
    for count in (needed, needed + 1):
        if best := _best(title, breaks, count, line, centred, behind):
            found.append((best[0] + ONE_MORE * (count - needed), best[1]))
    if not found:
        return [title]
    ends = min(found)[1]
    return [title[a:b] for a, b in itertools.pairwise((0, *ends, len(title)))]


def break_entry(title: str, line: float) -> list[str]:
    """The same for a title in the contents, behind which the dots and the page's number stand."""
    return break_title(title, line, centred=False, behind=NUMBER)


def headlines(title: str) -> set[int]:
    """Where the parts of a headline in several parts end, behind the space; where Latin words and figures are set apart
    from Chinese by spaces, one before a figure says nothing.

    >>> headlines("某省公布清单 11类支出不得列支"), headlines("AI 公司今年用去 20亿元"), headlines("判赔480万元 首批6套上岸")
    ({7}, set(), {8})
    """
    apart = _SET_APART.search(title)
    return {found.end() for found in _HEADLINES.finditer(title) if not (apart and title[found.end()].isdecimal())}


def _best(
    title: str, breaks: Mapping[int, float], count: int, line: float, centred: bool, behind: float
) -> tuple[float, tuple[int, ...]] | None:
    """The cheapest ends of all lines but the last, and what they cost; None where so few lines do not hold the title."""
    reach = [ems(title[:end]) for end in range(len(title) + 1)]
    ends, whole = sorted(breaks), len(title)
    mean = (reach[-1] + behind) / count

    @functools.cache
    def rest(start: int, left: int, before: float) -> tuple[float, tuple[int, ...]] | None:
        if left == 1:
            width = reach[whole] - reach[start]
            if width + behind > line:
                return None
            read = ems("".join(filter(str.isalnum, title[start:])))  # marks do not keep a word company
            lonely = NEVER if read < LONELY else STUCK if width < SHORT else 0
            return lonely + _unevenness(width + behind, mean, line, centred, last=True), ()
        if reach[whole] - reach[start] > left * line:
            return None
        best = None
        for end in ends[bisect.bisect_right(ends, start) :]:
            width = reach[end] - reach[start] - (reach[end] - reach[end - 1] if title[end - 1] == " " else 0)
            if width < LONELY:
                continue
            if width > line:
                break
            short = STUCK if width < SHORT else 0
            waist = FAIR if before and width < before - 2 and reach[whole] - reach[end] > width + 2 else 0
            below = rest(end, left - 1, round(width, 1) if centred and left == 3 else 0.0)
            if below is None:
                continue
            cost = breaks[end] + _unevenness(width, mean, line, centred) + waist + short + below[0]
            if best is None or cost < best[0]:
                best = cost, (end, *below[1])
        return best

    return rest(0, count, 0.0)


def _unevenness(width: float, mean: float, line: float, centred: bool, last: bool = False) -> float:
    """Centred lines are as long as each other; in a list they are full, and the last as it comes."""
    if centred:
        return UNEVEN * (width / mean - 1) ** 2
    return 0 if last else UNEVEN / 4 * (1 - width / line) ** 2


@functools.lru_cache(maxsize=1024)  # a title is printed three times, and all again once the pages are known
def costs(title: str, line: float = math.inf) -> Mapping[int, float]:
    """What it costs to end a line (so many ems long) after so many characters, for each point where one may end at all."""
    tagged = tagged_words(title)
    ends = list(itertools.accumulate(len(word) for word, _ in tagged))
    guessed = {*itertools.accumulate(map(len, words(title, guess=True)))}
    inside, parts = _inside(title, line), headlines(title)
    named = {at for found in _NAMES.finditer(title) for at in range(found.start() + 1, found.end())}
    found = {}
    for at in range(1, len(title)):
        if at not in ends:
            cost = NEVER
        else:
            i = ends.index(at)
            before = title[:at].rstrip(" ")  # what stands on both sides of a space counts
            one = tagged[i - (at > len(before) > 0)]
            cost = _between(one, tagged[i + 1], before, title[at:])
            if at in parts and (cost < STUCK or not title[at].isdecimal()):  # but not "第 4财季"
                cost = BEST
            cost += (INSIDE if at not in guessed else 0) + (STUCK if at in named else 0)
        if title[at - 1 : at + 1] in _RUNS:
            cost = NEVER
        if title[at - 1].isascii() and title[at].isascii() and " " not in title[at - 1 : at + 1]:
            cost = 3 * NEVER
        if title[at] == " ":
            continue  # a line ends after its space
        found[at] = max(cost, cost + inside[at]) if cost > BEST else cost if not inside[at] else inside[at]
    return found


def _inside(title: str, line: float) -> list[float]:
    """For each place, what it costs that a pair of brackets stands open there; little where no line can hold the pair."""
    open_at = [0.0] * (len(title) + 1)
    for opening, closing in _PAIRS:
        depth, start = 0, 0
        for i, character in enumerate(title):
            if character == opening:
                start = i if not depth else start
                depth += 1
            elif character == closing and depth:
                depth -= 1
                if not depth:
                    price = 4 * INSIDE if opening == "《" else INSIDE if i - start <= 14 else POOR
                    price = price if ems(title[start : i + 1]) <= line else POOR
                    for at in range(start + 1, i + 1):
                        open_at[at] += price
    return open_at


def _between(one: tuple[str, str], two: tuple[str, str], before: str, after: str) -> float:
    """What a reader minds of a line that ends between two words."""
    (word, tag), (following, kind) = one, two
    if _NO_START.match(after) and not (following[0] in "地过化类率级" and len(following) > 1):
        return STUCK * 2 if after[0] in "的地得之了着过们等者性化式型级率类" else NEVER
    if _NO_END.search(before):
        return NEVER
    if word in "，：；！？——":
        return GOOD / 2
    if after.startswith("——"):
        return BEST / 2
    if before.endswith(("——", "…")):
        return STUCK
    if word == "、":
        return FAIR
    if tag == "m" or _AMOUNT.search(word) or word in ("第", "每", "近", "超", "约", "逾", "达", "至"):
        return NEVER if kind in ("m", "q", "n", "t", "eng") or tag == "m" or len(following) == 1 else STUCK
    if kind == "q" or (kind == "m" and tag in ("m", "x", "t")):
        return NEVER
    if tag.startswith("nr") and kind.startswith("nr"):
        return NEVER
    if word in _MODAL or (len(word) == 1 and tag[0] == "d"):
        return STUCK
    if tag == "q":
        return POOR
    if kind == "m" and re.match("[一二三四五六七八九十]+[号期届]", after):
        return STUCK
    if (tag in _LINKS and word in _LEADING) or tag == "c" or word in _LEADING:
        return STUCK
    if word in ("的", "之"):
        return FAIR - GOOD
    if kind in ("p", "c") or following in ("与", "和", "及", "以", "并", "关于", "对", "为", "在"):
        return GOOD if kind != "c" and following not in ("与", "和", "及") else FAIR - GOOD
    if word in ("”", "》", "）", "】"):
        return GOOD if kind[0] in "vdp" else FAIR
    if following == "（" and re.fullmatch("（[^（）]{4,}）", after):
        return GOOD / 2
    if following in ("“", "《", "（", "【"):
        return FAIR if tag[0] != "n" else GOOD
    if len(following) == 1 and (_SUFFIX.match(following) or tag.startswith("ns") or kind[0] in "nkg"):
        return STUCK
    if len(word) == 1 and tag[0] not in "v" and not word.isascii():
        return STUCK
    if tag[0] == "d" or tag[0] in "ab":
        return POOR
    if tag.startswith("nr") or kind.startswith("nr"):
        return FAIR if kind[0] == "v" else POOR
    if tag.startswith("ns") and kind.startswith(("ns", "nt")):
        return POOR
    if tag[0] in "nrstlijz" or tag == "eng":
        return GOOD if kind[0] in "vd" and kind != "vn" else POOR
    if tag[0] == "v":
        return FAIR if kind[0] in "mrn" and tag != "vn" else POOR - GOOD
    return FAIR + GOOD
