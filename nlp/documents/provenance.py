"""Where a text says it comes from: explicit 来源 and 日期 lines, and dates in one form. It guesses nothing."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from ..text.characters import with_figures

HEAD, TAIL = 7, 5  # how many lines from either end may state source and date
LONGEST = 120  # characters of such a line

ORIGIN = r"(?:(?:文章|稿件|信息|新闻|本文|资料|内容)?来\s*源(?:单位|媒体)?|稿源|转自|转载自|摘自|发文(?:机构|单位|机关))"  # before a source
_SOURCE = rf"(?:{ORIGIN}|供稿(?:单位)?)"
_DATE = r"(?:(?:发布|发表|更新|成文|印发|发稿|刊发)?(?:日\s*期|时\s*间))"
_OTHER = (
    r"(?:作者|记者|通讯员|撰稿|(?:责任|本期|网络)?编辑|责编|审核|校对|浏览(?:次数|量)?|阅读(?:次数|量|数)?|点击(?:次数|率|量|数)?"
    r"|访问(?:次数|量)?|字体|字号|大小|打印|分享(?:到)?|栏目|分类|发布(?:人|者|单位|机构)|索引号|文号)"
)
_COLON = r"\s*[：:丨|｜]"
_LABEL = re.compile(rf"(?P<source>{_SOURCE}){_COLON}|(?P<date>{_DATE}){_COLON}|(?P<other>{_OTHER}){_COLON}")
_DAY = re.compile(r"(?<!\d)(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})(?!\d)\s*日?")
_PACKED = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_CLOCK = r"(?:\s*T?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ONLY_DAY = re.compile(rf"[\s\[【(（|｜]*(?:{_DAY.pattern})?{_CLOCK}[\s\]】)）|｜,，]*")
_OUTLET = (
    r"[\u4e00-\u9fffA-Za-z0-9·+《》]{1,24}(?:网|报|社|台|刊|署|新闻|客户端|公众号|微信|发布|杂志|在线|日报|晚报|时报|周刊|月刊|财经|头条|资讯"
    r"|中心|委员会|委|局|厅|部|办|政府|研究院|大学|院|会)"
)
_OUTLET_AND_DAY = re.compile(rf"[（(【\[]\s*(?P<outlet>{_OUTLET})[\s，,|｜/]*(?P<day>(?:19|20)\d{{2}}[-/.年][^（()）】\]]{{3,18}})\s*[）)】\]]\s*[。.]?$")
_BESIDE_DAY = re.compile(
    rf"(?:原创\s+|来自\s*)?(?P<outlet>{_OUTLET})\s+(?:19|20)\d{{2}}\s*[-/.年].{{0,40}}"
    rf"|(?:19|20)\d{{2}}\s?[-/.年]\s?\d{{1,2}}\s?[-/.月]\s?\d{{1,2}}日?(?:\s\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\s(?P<after>{_OUTLET})"
)
_PAPER = re.compile(  # 摘自《某报》2021.07.16 作者, 《某报》（2021年09月18日 01版）
    rf"(?:摘自|转自|原载|载)?\s*《\s*(?P<outlet>{_OUTLET})\s*》\s*[（(]?\s*(?P<day>(?:19|20)\d{{2}}\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}\s*日?)"
    r"(?:\s*第?\s*\d{1,2}\s*版)?\s*[)）]?[\u4e00-\u9fff·\s]{0,40}"
)
_CLOSING = re.compile(rf"[（(【\[]\s*({ORIGIN}\s*[：:][^（()）【】\[\]。]{{2,60}})[）)】\]]\s*[。.]?$")
_NOT_NAME = re.compile(  # what follows a name on its line
    r"\s+(?:举报|作者|记者|编辑|责编|责任编辑|分享|打印|字号|收藏|评论|点击|浏览|阅读|发布|时间|日期|我要|关注|微信|手机)|\s*(?:电话|热线|联系电话|邮箱|邮编|网址|地址)"
    r"|[\s，,]*\d{3,4}[-—－ ]?\d{7,8}|\s*1[3-9]\d{9}|https?:|www\."
)
_NOBODY = {"", "-", "--", "无", "本站", "本网", "本网站", "原创", "网络", "互联网", "未知", "本站原创", "转载"}


@dataclass(frozen=True)
class Provenance:
    """Source and date found, and remarks on where."""

    source: str = ""
    date: str = ""
    notes: tuple[str, ...] = ()


def parse_date(text: str) -> str:
    """Give a written date as YYYY-MM-DD, or "" if there is none or no such day.

    >>> parse_date("2022年5月15日 08:30"), parse_date("二〇二二年五月十五日"), parse_date("2022-13-45")
    ('2022-05-15', '2022-05-15', '')
    """
    match = _DAY.search(text := with_figures(text)) or _PACKED.search(text)
    if not match:
        return ""
    try:
        day = datetime.date(*map(int, match.groups()))
    except ValueError:
        return ""
    return day.isoformat() if 1949 <= day.year <= 2100 else ""


def take_provenance(lines: list[str], part: str = "正文", source: str = "") -> tuple[Provenance, list[str]]:
    """Take source and date from explicit lines near either end, and return them with the lines that remain.

    A taken line becomes "" so that the others keep their places. The first statement wins, or the ``source``
    that is known already; a line that says something else stays in the text.
    """
    date, notes, left = "", [], list(lines)
    filled = [i for i, line in enumerate(lines) if line.strip()]
    for i in dict.fromkeys(filled[:HEAD] + filled[-TAIL:]):
        line, where = lines[i].strip(), "首" if i in filled[:HEAD] else "末"
        tail = max(0, len(line) - LONGEST)
        closing = None
        if paper := _PAPER.fullmatch(line) if len(line) <= LONGEST else None:
            stated = (clean_source(paper["outlet"]), paper["day"]) if parse_date(paper["day"]) else None
        elif closing := _OUTLET_AND_DAY.search(line, tail):
            stated = (clean_source(closing["outlet"]), closing["day"]) if parse_date(closing["day"]) else None
        else:
            closing = _CLOSING.search(line, tail)
            stated = _read_line(closing[1] if closing else line, _next(lines, i))
        if stated is None or (source and stated[0] not in source and source not in stated[0]):
            continue
        left[i] = line[: closing.start()].rstrip() if closing else ""
        new_source, written = stated
        if new_source and not source:
            source = new_source
            notes.append(f"来源：{part}{where}行")
        if written and not date:
            date = parse_date(written)
            notes.append(f"日期：{part}{where}行" if date else f"日期“{written[:20]}”无效，未采用")
    return Provenance(source, date, tuple(notes)), left


def clean_source(text: str) -> str:
    """Strip a source's label, brackets and filler (``"来源：《科技日报》" -> "科技日报"``)."""
    text = re.sub(rf"^{_SOURCE}{_COLON}", "", text.strip()[:LONGEST])
    bodies = [part.strip() for part in re.split("[;；]", text)]
    if len(bodies) > 1 and all(re.fullmatch(_OUTLET, body) for body in bodies):  # a notice of several ministries
        text = "、".join(bodies) if sum(map(len, bodies)) + len(bodies) <= 40 else f"{bodies[0]}等"
    text = re.split(r"[|｜丨\n;；【\[】\]]|\s{2,}", text.strip(" \t|｜,，;；/【】[]（）()"))[0].strip()
    text = _NOT_NAME.split(text)[0].strip(" \t,，、/-—:：")
    text = re.sub(r"(?<=[\u4e00-\u9fff》])\s*[（(][^（()）]{0,20}[）)]?$", "", text).strip()  # a seat: 华夏时报(北京)
    if re.fullmatch(r"《[^《》]+》", text):
        text = text[1:-1]
    return "" if text in _NOBODY or len(text) > 40 or text.startswith("http") else text


def outlet_beside_day(line: str) -> str:
    """The outlet of a line that gives nothing but it and a day.

    >>> outlet_beside_day("南方都市报 2019-09-09 16:01:46"), outlet_beside_day("会议在北京举行 2022-05-15")
    ('南方都市报', '')
    """
    match = _BESIDE_DAY.fullmatch(" ".join(line.split())[:LONGEST])
    return clean_source(match["outlet"] or match["after"]) if match else ""


def outlet_alone(line: str) -> str:
    """The outlet that is all of a line: ``outlet_alone("新华社") -> "新华社"``."""
    return clean_source(line) if len(line) <= 14 and re.fullmatch(_OUTLET, line.strip()) else ""


def _read_line(line: str, following: str) -> tuple[str, str] | None:
    """Return (source, date as written) of a line made of nothing but such statements, else None."""
    if len(line) > LONGEST or "。" in line:
        return None
    line = re.sub(r"[ \t\u3000\xa0]", " ", line).strip(" 【[（(】])）")
    labels = list(_LABEL.finditer(line))
    if not any(m["source"] or m["date"] for m in labels):
        return None
    lead = line[: labels[0].start()]
    if not _ONLY_DAY.fullmatch(lead):
        return None
    source, written = "", parse_date(lead) and lead.strip()
    for match, after in zip(labels, [*labels[1:], None], strict=True):
        value = line[match.end() : after.start() if after else None].strip(" 【】[]（）()|｜;；,，/")
        if match["source"]:
            if "://" in value or value.startswith("www."):
                return None  # an address is no name, and a day in it states nothing
            day = _DAY.search(value)
            if day and day.start():
                written, value = written or day[0], value[: day.start()]
            source = source or clean_source(value)
            if len(value) > 40:
                return None
        elif match["date"]:
            if "地点" in line + following[:6] or not re.match(r"\d{4}", value):
                return None  # the time of an event
            written = written or value
    return source, written


def _next(lines: list[str], i: int) -> str:
    return next((line.strip() for line in lines[i + 1 : i + 3] if line.strip()), "")
