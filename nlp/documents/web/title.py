"""A page's title: its own headline, without the name of the site. It knows the head and the headings of a page."""

from __future__ import annotations

import re

_SITE = re.compile(
    r"(?:网|报|社|台|站|厅|局|委|部|院|所|会|中心|政府|频道|新闻|首页|门户|在线|搜狐|新浪|澎湃|知乎|微信.*|腾讯.*|头条"
    r"|资讯|公司|大学|[\w.]+\.(?:com|cn|net)|CSDN.*)$",
    re.I,
)
_TITLES = ("articletitle", "og:title")
_MARKS = "_|｜–—-"
LONGEST = 200  # characters of a title that are read


def page_title(root, meta: dict[str, str]) -> str:
    """Take the title from a heading that the page's own title repeats, else from meta, else from the page's title."""
    stated = next((" ".join(meta[key].split())[:LONGEST] for key in _TITLES if len(meta.get(key, "").strip()) >= 4), "")
    whole = " ".join((root.findtext(".//title") or "").split())[:LONGEST]
    headings = [(h.tag, text) for h in root.iter("h1", "h2", "h3") if 4 <= len(text := " ".join(h.text_content().split())) <= LONGEST]
    site = without_site(stated or whole)
    for heading in [text for tag, text in headings if tag == "h1"]:
        if heading in whole and not _is_site(heading, whole):
            return heading
    for heading in [text for _, text in headings]:  # a page's title may be cut, and lose the space between two clauses
        if len(heading) > 8 and _letters(site).startswith(_letters(heading)):
            return heading
    for heading in [text for _, text in headings]:
        if len(site) >= 8 and site.endswith(("…", "...")) and _letters(heading).startswith(_letters(site)):
            return heading
    first = [text for tag, text in headings if tag == "h1"]
    return site or (first[0] if len(first) == 1 else "")


def _is_site(heading: str, whole: str) -> bool:
    """Tell whether an h1 holds the site's name, which ends the page's title, and not the headline before it."""
    at = whole.find(heading)
    before = whole[:at].strip(_MARKS + " ")
    return at > 0 and len(before) >= 6 and bool(_SITE.search(heading)) and whole[:at].rstrip()[-1:] in _MARKS


def without_site(title: str) -> str:
    """Cut the site's name off a page's title.

    >>> without_site("常州召开推进会_常州市人民政府"), without_site("C919-首飞成功 | 新华网")
    ('常州召开推进会', 'C919-首飞成功')
    """
    title = title[:LONGEST]
    while True:
        at = max(title.rfind(mark) for mark in _MARKS)
        head, tail = title[: max(at, 0)].rstrip(_MARKS + " "), title[at + 1 :].strip()
        if at < 0 or not head or not (_SITE.search(tail) or (title[at] == "_" and len(tail) <= 12)):
            return title.strip()
        title = head


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
