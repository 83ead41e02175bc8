"""A web page to lines: the article alone, without the page around it, and what the page states about it.

The article is the smallest part of the page that holds nearly all of its sentences. Scripts are never run;
a page that draws its text with them yields nothing, which is an error and not an empty article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import UnreadableFile
from .document import Document, Line
from .encodings import decode
from .guard import guarded
from .provenance import clean_source, take_provenance

LIMIT = 3_000_000  # characters of a page, pictures within it not counted; libxml2 drops texts over 10 MB
TAGS = 200_000
DEPTH = 200  # open tags; libxml2 silently drops what lies deeper than 256
MOST = 0.85  # a part that holds this share of the sentences holds the article

_PICTURE = re.compile(r"data:[\w/+.-]{1,40};base64,[\w+/=%\s]*")
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Never nested in themselves: empty, or closed by what follows.
_FLAT = {
    "area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li", "link",
    "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
}  # fmt: skip
_SKIPPED = {
    "button", "footer", "head", "iframe", "nav", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_APART = {  # as a class or id
    "cmt", "comment", "comment-list", "commentlist", "comments", "copyright", "foot", "footer", "pinglun", "recommend",
    "related", "share", "sidebar",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_CONTENT = re.compile(
    r"zoom|ucap-content|trs_(?:ue)?editor|js_content|arti(?:cle)?[-_]?(?:content|body|text|bd)|artibody|rm_txt_con"
    r"|(?:pages|post|news|detail|main|text|view)[-_]?(?:content|text|body|con)"
    r"|content[-_]?(?:text|main|body|detail)|detail",
    re.I,
)
_SENTENCE = re.compile("[，。；！？]")
_SITE = re.compile(
    r"(?:网|报|社|台|站|厅|局|委|部|院|所|会|中心|政府|频道|新闻|首页|门户|在线|搜狐|新浪|澎湃|知乎|微信.*|腾讯.*"
    r"|资讯|公司|大学|[\w.]+\.(?:com|cn|net))$"
)
_SOURCES = ("contentsource", "source", "mediaid", "article:source")
_DATES = ("pubdate", "publishdate", "article:published_time", "og:published_time", "og:release_date", "publish_time",
          "weibo:article:create_at", "datepublished")  # fmt: skip
_TITLES = ("articletitle", "og:title")
_SOURCE_IDS, _DATE_IDS = ("js_name",), ("publish_time", "pubtime", "pub_time")  # elements that hold nothing else


@dataclass
class _Block:
    """One line of the page while it is being built."""

    text: str = ""
    linked: int = 0  # characters inside links
    fixed: bool = False

    @property
    def weight(self) -> int:
        return len(self.text) if _SENTENCE.search(self.text) and self.linked < 0.5 * len(self.text) else 0

    @property
    def is_menu(self) -> bool:
        return self.linked > 0.8 * len(self.text) and not re.search("[。！？]", self.text)


def read_html(data: bytes, name: str) -> Document:
    """Read a page; its encoding is found by decoding it, what it declares only settles what decoding cannot."""
    declared = _DECLARED.search(data[:4096])
    text, notes = decode(data, name, declared[1].decode("ascii") if declared else "")
    page = re.sub(r"^\s*<\?xml[^>]*>", "", _PICTURE.sub("", text.replace("\0", "")))
    if len(page) > LIMIT or page.count("<") > TAGS:
        raise UnreadableFile(name, "网页过大", "请在浏览器中复制正文，另存为 .txt")
    if _is_deep(page):
        raise UnreadableFile(name, "网页标签嵌套过深，没有打开", "请在浏览器中复制正文，另存为 .txt")
    document = guarded(name, lambda: _read(page, notes))
    if document is None:
        raise UnreadableFile(name, "网页里没有提取到正文", "请在浏览器中复制正文，另存为 .txt")
    return document


def _is_deep(page: str) -> bool:
    still_open: list[str] = []
    for closing, tag in _TAG.findall(page):
        tag = tag.lower()
        if tag in _FLAT:
            continue
        if not closing:
            still_open.append(tag)
            if len(still_open) > DEPTH:
                return True
        elif tag in still_open:
            while still_open.pop() != tag:
                pass
    return False


def _read(page: str, notes: tuple[str, ...]) -> Document | None:
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except etree.ParserError:  # nothing in it
        return None
    body = root.find("body")
    if body is None:
        return None
    blocks, spans = _blocks(body)
    start, end = spans[_content(body, blocks, spans)]
    while start and blocks[start - 1].weight and blocks[start - 1].text.rstrip().endswith("。"):
        start -= 1  # a lead that stands above the text proper
    lines = [Line(block.text, block.fixed) for block in blocks[start:end] if not block.is_menu]
    if not any(_SENTENCE.search(line.text) for line in lines):
        return None
    meta = {
        (m.get("name") or m.get("property") or m.get("itemprop") or "").lower(): (m.get("content") or "").strip()
        for m in root.iter("meta")
    }
    above, _ = take_provenance([block.text for block in blocks[max(0, start - 12) : start]], "网页")
    source = clean_source(next((meta[key] for key in _SOURCES if meta.get(key)), "")) or above.source
    date = next((meta[key] for key in _DATES if meta.get(key)), "") or above.date
    held = {e.get("id"): e.text_content().strip() for e in body.iter() if e.get("id") in _SOURCE_IDS + _DATE_IDS}
    source = source or next((clean_source(held[key]) for key in _SOURCE_IDS if key in held), "")
    date = date or next((held[key] for key in _DATE_IDS if key in held), "")
    return Document(tuple(lines), _title(root, meta), source=source, date=date, notes=notes)


def _blocks(body) -> tuple[list[_Block], dict]:
    """Cut the page into lines, and say which of them (from, to) each element holds."""
    from lxml import etree

    blocks, spans, rows = [_Block()], {}, []
    links, skipped = 0, None

    def add(text: str | None) -> None:
        text = re.sub(r"[ \t\r\n\f\v]+", " ", text or "")
        if text != " " or blocks[-1].text:
            blocks[-1].text += text
            blocks[-1].linked += len(text) if links else 0

    def end_line() -> None:
        if blocks[-1].text.strip():
            blocks.append(_Block())

    walker = etree.iterwalk(body, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if element is not body and _is_apart(element):
                skipped = element
                walker.skip_subtree()
                continue
            if tag in _BLOCKS or tag == "br":
                end_line()
            if tag in _BLOCKS:
                spans[element] = (len(blocks) - 1, 0)
            links += tag == "a"
            if tag == "tr":
                rows.append([])
            add(element.text)
            continue
        if element is skipped:
            skipped = None
        else:
            links -= tag == "a"
            if tag in _BLOCKS:
                end_line()
                spans[element] = (spans[element][0], len(blocks) - 1)
            if tag in ("td", "th") and rows:
                rows[-1].append(spans[element])
            elif tag == "tr" and rows:
                _merge_row(blocks, rows.pop())
        add(element.tail if element is not body else None)
    end_line()
    return blocks, spans


def _is_apart(element) -> bool:
    """Tell whether an element is no part of what an article says: a script, hidden, a menu, readers' comments."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED or _HIDDEN.search(element.get("style") or ""):
        return True
    return bool(_APART & set(f"{element.get('class', '')} {element.get('id', '')}".lower().split()))


def _merge_row(blocks: list[_Block], cells: list[tuple[int, int]]) -> None:
    """Make one line of a table row whose cells are a line each; a table that lays out the page stays as it is."""
    cells = [cell for cell in cells if cell[1] > cell[0]]
    if len(cells) < 2 or any(to - start > 1 for start, to in cells) or cells[-1][1] != len(blocks) - 1:
        return
    first = cells[0][0]
    parts = blocks[first:-1]
    blocks[first:] = [_Block("  ".join(b.text.strip() for b in parts), sum(b.linked for b in parts), True), _Block()]


def _content(body, blocks: list[_Block], spans: dict):
    """Find the smallest element that holds nearly all of the page's sentences."""
    totals = [0]
    for block in blocks:
        totals.append(totals[-1] + block.weight)

    def weight(element) -> int:
        start, end = spans.get(element, (0, 0))
        return totals[min(end, len(blocks))] - totals[min(start, len(blocks))]

    node, whole = body, weight(body)
    named = [e for e in spans if e.tag == "article" or _CONTENT.search(f"{e.get('id', '')} {e.get('class', '')}")]
    named = [e for e in named if weight(e) >= 0.6 * whole > 0]
    if named:
        node, whole = (best := min(named, key=weight)), weight(best)
    while whole:
        inner = [e for e in node if e in spans and weight(e) >= MOST * whole and spans[e][1] - spans[e][0] > 1]
        if not inner:
            break
        node = inner[0]
    return node


def _title(root, meta: dict[str, str]) -> str:
    """Take the title from h1 if the page's own title repeats it, else from meta, else from the page's title."""
    page_title = " ".join((root.findtext(".//title") or "").split())[:200]
    headings = [" ".join(h.text_content().split()) for h in root.iter("h1")]
    for heading in headings:
        if len(heading) >= 4 and heading in page_title:
            return heading
    stated = next((meta[key] for key in _TITLES if len(meta.get(key, "")) >= 4), "")
    return without_site(stated or page_title) or (headings[0] if len(headings) == 1 else "")


def without_site(title: str) -> str:
    """Cut the site's name off a page's title.

    >>> without_site("常州召开推进会_常州市人民政府"), without_site("C919-首飞成功 | 新华网")
    ('常州召开推进会', 'C919-首飞成功')
    """
    while True:
        head, mark, tail = re.match(r"(.*?)(?:\s*([_|｜]+|\s[-–—]+\s|[-–—]+)\s*([^_|｜–—-]*))?$", title, re.S).groups()
        if not mark or not head or not (_SITE.search(tail.strip()) or ("_" in mark and len(tail) <= 12)):
            return title.strip()
        title = head
