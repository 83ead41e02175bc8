"""Where an issue's text departs from the house's ways: names, figures, marks, punctuation, dates, labels of web pages.

It reads the lines of an issue file that are printed and says what it found in which; it changes nothing. Slips of the
file itself (a lost heading, a title twice) are looked for in ``checks``.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from ..bulletin import HIGHLIGHTS
from ..house import House
from ..text.characters import HAN, normalise
from ..text.markup import PICTURE, is_table_row
from ..text.sentences import tagged_words
from ..text.terminal import shorten
from .checks import Remark

SHOWN = 3  # examples in a remark
ALIKE = 0.5  # from which a line of 本期重点 is about an article

_BRACKETS = (("《", "》"), ("（(", "）)"), ("【", "】"))
_NUMBERING = re.compile(r"(?:^|[，；。：、\s])\w{1,3}$")  # 1）
_ENDED = re.compile(r"[。！？!?…；;：:]\W*$")
_HALF = re.compile(rf"(?<=[{HAN}”》）])[,;:?!](?!\d)|(?<![\d:/])[,;:?!](?=[{HAN}“《])|\((?=[{HAN}])|(?<=[{HAN}])\)|(?<=[{HAN}])\.(?=$|[{HAN}])")
_KINDS = (
    ("半角标点", _HALF, "中文里用全角"),
    ("半角引号", re.compile(rf"(?<=[{HAN}，。：])[\"']|[\"'](?=[{HAN}])"), "请改成“ ”"),
    ("全角数字或字母", re.compile("[０-９Ａ-Ｚａ-ｚ]+"), "请改成半角"),
    ("重叠的标点", re.compile(r"([，。；：、])\1|[，、；：][，。；：、]"), "请删去多余的"),
    ("省略号或破折号", re.compile(rf"\.{{3,}}|。{{3,}}|(?<=[{HAN}])--+|--+(?=[{HAN}])"), "请写成“……”“——”"),
    ("汉字之间的空格", re.compile(rf"(?<=[{HAN}，。；：])(?<![条章节款]) +(?=[{HAN}])"), "请看是不是多余的"),
)
_LABEL = re.compile(
    r"(?:责任编辑|责编|编辑|校对|审核|监制|原标题|相关阅读|延伸阅读|上一篇|下一篇|浏览次数|阅读量|字号|字体|打印|关闭窗口|分享到)\s*[:：]?.{0,30}"
    r"|.{0,12}(?:扫一扫|扫码|点击(?:查看|阅读|下方|图片)|阅读原文|关注公众号|微信公众号|长按识别).{0,30}"
)
_NO_SOURCE = re.compile(r"[（(]来源：，[^（）()]*[）)]")  # a day alone, as the file has it
_PAPER = re.compile(  # what a paper or an agency puts in for its own readers
    r"^(?:新华社|中新社|中新网|人民网|央视网|本报)[^，。！？；：\s]{2,8}\d{1,2}日[电讯](?:\s*[（(][^）)]{1,40}[）)])?|[（(][^（）()]{0,12}(?:全文|下转|上接)[^（）()]{0,8}版[）)]"
)
_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_AHEAD = re.compile("起|将|前|至|截[至止]|施行|实施|生效|到期|计划|预计|拟|有效|期限|届满|之后|完成|举办|召开时间|报名|申报|提交|报送")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9\-]+")
_TITLED = re.compile("《[^《》]+》")
_KEY = re.compile(r"<!--\s*要点\s*[:：]\s*(.*?)\s*-->")


@dataclass
class _Printed:
    """An article as the file has it: its column, title, lines with their numbers, and key sentences with theirs."""

    column: str
    title: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join([self.title, *(line for _, line in self.lines)])


def check_house(text: str, house: House, today: datetime.date | None = None) -> list[Remark]:
    """Every departure found in the printed part of an issue file, by line; a wrong name and a figure are errors.

    ``today``: what the future is counted from where the issue has no date.
    """
    front, highlights, articles = _read(text, house)
    found = list(_names(house, [*front, *highlights, *((a.line, a.title) for a in articles), *(p for a in articles for p in a.lines)]))
    found += _key_sentences(highlights, articles)
    day = next((parsed for _, line in front if line.startswith("日期") and (parsed := _day(*re.findall(r"\d+", line)[:3]))), today)
    for article in articles:
        found += _marks(article)
        found += _punctuation(article)
        found += _labels(article)
        found += _dates(article, day)
    return sorted(found, key=lambda remark: (remark.line, not remark.error))


def _read(text: str, house: House) -> tuple[list[tuple[int, str]], list[tuple[int, str]], list[_Printed]]:
    """The lines before the first heading, those of 本期重点, and the articles that are printed."""
    front: list[tuple[int, str]] = []
    highlights: list[tuple[int, str]] = []
    articles: list[_Printed] = []
    column, open_article = None, None
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = normalise(raw)
        heading = re.fullmatch(r"([#＃]{1,2})(?![#＃])\s*(.*)", line)
        if heading and len(heading[1]) == 1:
            column, open_article = re.sub(r"\s|[:：]$", "", heading[2]), None
        elif heading:
            open_article = _Printed(column or "", heading[2], number) if column in house.column_names else None
            articles += [open_article] if open_article else []
        elif found := _KEY.fullmatch(line):
            if open_article:
                open_article.keys.append((number, found[1].strip('"')))
        elif line.startswith("<!--") or not line:
            continue
        elif column is None:
            front += [(number, line)] * (not line.startswith("#"))
        elif column == HIGHLIGHTS:
            highlights.append((number, re.sub(r"^(?:[-*•·]\s*|\d+(?:[.．]\s|、)\s*)", "", line)))
        elif open_article:
            open_article.lines.append((number, line.removeprefix("\\")))
    return front, highlights, articles


def _names(house: House, lines: Sequence[tuple[int, str]]) -> Iterator[Remark]:
    for number, line in lines:
        for wrong, right in house.names:
            if wrong in (line.replace(right, "") if wrong in right else line):
                way = f"应为“{right}”" if right else "请改成规范的名称"
                yield Remark(number, f"“{wrong}”{way}（刊物设定的 [names]）", True)


def _key_sentences(highlights: Sequence[tuple[int, str]], articles: Sequence[_Printed]) -> Iterator[Remark]:
    """Figures and names of a key sentence, a line of 本期重点 or a title that its article does not have."""
    for number, line in highlights:
        same = [article for article in articles if article.title == line]
        near = same or sorted(articles, key=lambda article: -_alike(article.title, line))[:1]
        if not same and near and _alike(near[0].title, line) >= ALIKE:
            yield from _untold(number, "本期重点", line, near[0].text, True)
    for article in articles:
        body = "\n".join(line for _, line in article.lines)
        for number, sentence in article.keys:
            yield from _untold(number, "要点", sentence, body, True)
        if body:
            yield from _untold(article.line, "标题", article.title, body, False)


def _untold(number: int, what: str, line: str, text: str, error: bool) -> Iterator[Remark]:
    figures, there = _figures(line), set(_figures(text))
    if missing := [figure for figure in dict.fromkeys(figures) if figure not in there]:
        yield Remark(number, f"{what}里的数字 {'、'.join(missing)} 正文里没有；请与原文核对", error)
    names = [*_TITLED.findall(line), *_LATIN.findall(line)] + [w for w, tag in tagged_words(line) if tag == "nr" and len(w) > 2]
    plain = re.sub(r"\s", "", text).casefold()
    if missing := [name for name in dict.fromkeys(names) if re.sub(r"\s", "", name).casefold() not in plain]:
        yield Remark(number, f"{what}里的“{'”“'.join(missing[:SHOWN])}”正文里没有；请与原文核对")


def _figures(text: str) -> list[str]:
    """The figures of a text in one form: ``_figures("１,234.50万、8%") -> ["1234.5", "8"]``."""
    plain = re.sub(r"(?<=\d)[,，](?=\d{3})", "", unicodedata.normalize("NFKC", text))
    return [re.sub(r"\.?0+$", "", figure) if "." in figure else figure.lstrip("0") or "0" for figure in _FIGURE.findall(plain)]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _marks(article: _Printed) -> Iterator[Remark]:
    """Brackets without their other half. A line that breaks off goes on in the next one; a quotation may go over
    several paragraphs, each of which may open it again, and close once.
    """
    lines = [(article.line, article.title + "。")]
    lines += [(number, line) for number, line in article.lines if not PICTURE.fullmatch(line) and not is_table_row(line)]
    quoted: tuple[int, str, int] | None = None  # where the quotation that is open began
    stacks: dict[str, list[tuple[int, str, int]]] = {opening: [] for opening, _ in _BRACKETS}
    for number, line in lines:
        for at, character in enumerate(line):
            here = (number, line, at)
            if character == "“":
                if quoted and at:
                    yield _alone(quoted, "“", "”")
                quoted = here
            elif character == "”":
                if not quoted:
                    yield _alone(here, "”", "“")
                quoted = None
            for opening, closing in _BRACKETS:
                if character in opening:
                    stacks[opening].append(here)
                elif character in closing:
                    if not stacks[opening] and not _NUMBERING.search(line[:at]):
                        yield _alone(here, closing[0], opening[0])
                    stacks[opening][-1:] = []
        if _ENDED.search(line):
            for opening, closing in _BRACKETS:
                yield from (_alone(here, opening[0], closing[0]) for here in stacks[opening])
                stacks[opening] = []
    left = [(here, opening[0], closing[0]) for opening, closing in _BRACKETS for here in stacks[opening]]
    for here, one, other in [*left, *([(quoted, "“", "”")] if quoted else [])]:
        yield _alone(here, one, other)


def _alone(here: tuple[int, str, int], mark: str, other: str) -> Remark:
    number, line, at = here
    around = line[max(0, at - 8) : at + 12].removesuffix("。")
    lacking = "前面没有" if mark in "》”）】" else "后面没有"
    return Remark(number, f"“{around}”里的 {mark} {lacking} {other}；请补上或删去")


def _punctuation(article: _Printed) -> Iterator[Remark]:
    """One remark for each kind of slip in an article, with its lines: a page copied from the web has dozens."""
    slips: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, line in article.lines:
        if PICTURE.fullmatch(line) or is_table_row(line) or _NO_SOURCE.fullmatch(line):
            continue
        for kind, pattern, _ in _KINDS:
            if kind == "汉字之间的空格" and "。" not in line:
                continue  # a heading in two parts
            for match in pattern.finditer(line):
                slips[kind].append((number, line[max(0, match.start() - 3) : match.end() + 3]))
    for kind, _, way in _KINDS:
        if found := slips[kind]:
            lines = list(dict.fromkeys(number for number, _ in found))
            where = f"（第 {'、'.join(map(str, lines[:8]))} 行{'等' * (len(lines) > 8)}）" if len(lines) > 1 else ""
            samples = "、".join(f"“{text}”" for text in dict.fromkeys(text for _, text in found[:SHOWN]))
            yield Remark(lines[0], f"{kind} {len(found)} 处{where}：{samples}；{way}")


def _labels(article: _Printed) -> Iterator[Remark]:
    for number, line in article.lines:
        if len(line) <= 50 and _LABEL.fullmatch(line):
            yield Remark(number, f"“{shorten(line, 40)}”像是网页上留下的；不登的话请删去")
        elif found := _PAPER.search(line):
            yield Remark(number, f"“{shorten(found[0], 40)}”是报社、通讯社的电头或版面提示；不登的话请删去")


def _dates(article: _Printed, today: datetime.date | None) -> Iterator[Remark]:
    """Days that do not exist, and days to come of which the sentence speaks as past."""
    for number, line in article.lines:
        for match in _DAY.finditer(line):
            day = _day(*match.groups())
            around = re.split("[。！？；]", line[: match.start()])[-1] + re.split("[。！？；]", line[match.start() :])[0]
            if day is None:
                yield Remark(number, f"“{match[0]}”没有这一天；请核对")
            elif today and day > today and not _AHEAD.search(around):
                yield Remark(number, f"“{match[0]}”在本期日期之后；请核对年份")


def _day(*parts: str) -> datetime.date | None:
    try:
        return datetime.date(*map(int, parts))
    except (ValueError, TypeError):
        return None
