"""What a page states of itself: source and date, from its head, from beside the title, from its data. Never guessed.

An address with a date in it states nothing; neither does a day inside the text.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import NamedTuple

from ..provenance import clean_source, outlet_alone, outlet_beside_day, parse_date, take_provenance
from .blocks import Block

ABOVE, BELOW, INSIDE = 14, 8, 3  # lines around the article that may state something
LONGEST = 120
SCRIPT = 400_000  # characters of scripts that are searched

_SOURCES = ("contentsource", "source", "mediaid", "article:source", "og:source", "article:author_source")
_DATES = (
    "pubdate", "publishdate", "article:published_time", "og:published_time", "og:release_date", "publish_time", "publishtime",
    "weibo:article:create_at", "datepublished", "date.published", "pub_date", "release_date", "og:time", "apub:time",
    "article:create_time", "bytedance:published_time", "firstpublishedtime", "dc.date", "dc.date.issued", "date", "_pubtime",
)  # fmt: skip
_SOURCE_NAMES = {"js_name", "source", "a_source", "art_source", "article-source", "source_baidu", "ly", "media-name", "news-source", "info-source"}
_DATE_NAMES = {"publish_time", "pubtime", "pub_time", "pubtime_baidu", "publish-time", "pub-date", "span_time", "a_time", "article-time",
               "date-source", "publishtime", "pubdate", "news-time", "info-time", "post-time"}  # fmt: skip
_IN_SCRIPT = re.compile(
    r"[\"']?(?:pubtime|pub_time|publish_?time|publishDate|publish_date|newsTime|datePublished|createTime|create_time|\bct)[\"']?"
    r"\s*[:=]\s*[\"']?(\d{10}(?:\d{3})?(?!\d)|(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}[^\"',;]{0,20})", re.I
)  # fmt: skip
_SCRIPT_SOURCE = re.compile(r"[\"'](?:media|source|mediaName|source_name)[\"']\s*:\s*[\"']([^\"'\\]{2,20})[\"']")
_UTC = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+00:?00)")
_DAY_LINE = re.compile(r"(?:19|20)\d{2}\s*(?:年|[-/.])\s*\d{1,2}\s*(?:月|[-/.])\s*\d{1,2}")


class Surroundings(NamedTuple):
    """The lines around an article."""

    above: list[str]
    under_title: list[str]
    below: list[str]




def stated_source(root, meta: dict[str, str], around: Surroundings) -> str:
    """The source a page states, cleaned; "" if none."""
    for key in _SOURCES:
        if found := clean_source(meta.get(key, "")):
            return found
    for line in around.above:
        if found := take_provenance([line], "网页")[0].source:
            return found
    for i, line in enumerate(around.under_title):
        near = around.under_title[max(0, i - 1) : i + 2]
        if found := outlet_beside_day(line) or (outlet_alone(line) if any(map(_has_day, near)) else ""):
            return found
    for text in _named(root, _SOURCE_NAMES):
        if len(text) <= 40 and (found := clean_source(text)) and not parse_date(found):
            return found
    for line in around.below:
        if found := take_provenance([line], "网页")[0].source:
            return found
    match = _SCRIPT_SOURCE.search(_scripts(root))
    return clean_source(match[1]) if match and not match[1].isascii() else ""


def stated_date(root, meta: dict[str, str], around: Surroundings) -> str:
    """The day a page states, as written; "" if none."""
    for key in _DATES:
        if parse_date(found := local_day(meta.get(key, ""))):
            return found
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json" and (found := _linked_data(script.text or "")):
            return found
    for line in around.above:
        if found := take_provenance([line], "网页")[0].date:
            return found
    for line in around.under_title:
        if _has_day(line):
            return parse_date(line)
    for text in _named(root, _DATE_NAMES):
        if len(text) <= LONGEST and parse_date(text):
            return text
    for line in around.below:
        if found := take_provenance([line], "网页")[0].date:
            return found
    match = _IN_SCRIPT.search(_scripts(root))
    return _moment(match[1]) if match else ""


def _has_day(line: str) -> bool:
    return len(line) <= LONGEST and "。" not in line and bool(_DAY_LINE.search(line) and parse_date(line))


def local_day(written: str) -> str:
    """A moment in universal time as the day in China; anything else as it is.

    >>> local_day("2024-05-09T22:30:07.000Z"), local_day("2022年5月15日")
    ('2024-05-10', '2022年5月15日')
    """
    match = _UTC.match(written.strip())
    if not match or int(match[2]) < 16:
        return written.strip()
    try:
        return (datetime.date.fromisoformat(match[1]) + datetime.timedelta(1)).isoformat()
    except (ValueError, OverflowError):
        return ""


def around(blocks: list[Block], start: int, end: int, title: str) -> Surroundings:
    """The lines near the article that may state something; those between its title and its text need no label."""
    above = [b.text.strip() for b in blocks[max(0, start - ABOVE) : min(end, start + INSIDE)] if b.text.strip()]
    key = "".join(title.split())
    titles = [i for i, line in enumerate(above) if key and key in "".join(line.split())]
    before = sum(bool(b.text.strip()) for b in blocks[max(0, start - ABOVE) : start])
    under = above[titles[-1] + 1 : before + 2] if titles else above[max(0, before - 4) : before + 2]
    below = [re.sub(r"^\S{0,4}声明\s*", "", b.text.strip()) for b in blocks[end : end + BELOW] if b.text.strip()]
    return Surroundings(above, under, below)


def _named(root, names: set[str]):
    for element in root.iter():
        if isinstance(element.tag, str) and names & set(f"{element.get('class', '')} {element.get('id', '')}".lower().split()):
            yield " ".join(element.text_content().split())[:200]


def _scripts(root) -> str:
    texts, left = [], SCRIPT
    for script in root.iter("script"):
        texts.append((script.text or "")[:left])
        left -= len(texts[-1])
        if left <= 0:
            break
    return "\n".join(texts)


def _linked_data(text: str) -> str:
    try:
        found = json.loads(text[:SCRIPT])
    except (ValueError, RecursionError):
        match = re.search(r"\"datePublished\"\s*:\s*\"([^\"]{8,40})\"", text[:SCRIPT])
        return local_day(match[1]) if match and parse_date(match[1]) else ""
    waiting, seen = [found], 0
    while waiting and seen < 2000:
        value, seen = waiting.pop(0), seen + 1
        if isinstance(value, dict):
            written = value.get("datePublished") or value.get("pubDate")
            if isinstance(written, str) and parse_date(written):
                return local_day(written)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return ""


def _moment(written: str) -> str:
    if not written.isdigit():
        return local_day(written)
    seconds = int(written[:10])
    china = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.fromtimestamp(seconds, china).date().isoformat()
