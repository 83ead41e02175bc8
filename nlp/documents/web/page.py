"""A web page to lines: the article alone, without the page around it, and what the page states about it.

Scripts are never run; a page that draws its text with them yields nothing, which is an error and not an empty article.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from ...errors import UnreadableFile
from ..document import Document, Fetch, Line
from ..encodings import decode
from ..guard import guarded
from ..illustrations import Illustrations, is_caption
from .blocks import SENTENCE, Block, cut_blocks
from .content import find_content, mark_beside
from .stated import around, stated_date, stated_source
from .title import page_title

LIMIT = 3_000_000  # characters of a page, pictures within it not counted; libxml2 drops texts over 10 MB
TAGS = 200_000
DEPTH = 200  # open tags; libxml2 silently drops what lies deeper than 256
INLINE = "data:#"  # stands for a picture that the page holds itself

_PICTURE = re.compile(r"data:([\w/+.-]{1,40});base64,([\w+/=%\s]*)")
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_END = re.compile(r"</(?:html|body)\s*>", re.I)
# Never nested in themselves: empty, or closed by what follows.
_FLAT = {
    "area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li", "link",
    "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
}  # fmt: skip


def read_html(data: bytes, name: str, fetch: Fetch | None = None) -> Document:
    """Read a page; its encoding is found by decoding it, what it declares only settles what decoding cannot.

    ``fetch`` gives the pictures that were saved with it, by the address the page names.
    """
    declared = _DECLARED.search(data[:4096])
    text, notes = decode(data, name, declared[1].decode("ascii") if declared else "")
    inline: list[str] = []

    def keep(match: re.Match[str]) -> str:
        inline.append(match[2] if match[1].startswith("image/") else "")
        return f"{INLINE}{len(inline) - 1}"

    page = re.sub(r"^\s*<\?xml[^>]*>", "", _PICTURE.sub(keep, text.replace("\0", "")))
    page = _END.sub("", page)  # a page may end in its middle; browsers go on
    if len(page) > LIMIT or page.count("<") > TAGS:
        raise UnreadableFile(name, "网页过大", "请在浏览器中复制正文，另存为 .txt")
    if _is_deep(page):
        raise UnreadableFile(name, "网页标签嵌套过深，没有打开", "请在浏览器中复制正文，另存为 .txt")

    def bytes_of(address: str) -> bytes | None:
        if address.startswith(INLINE):
            return _inline(inline[int(number)]) if (number := address[len(INLINE) :]).isdecimal() and int(number) < len(inline) else None
        return fetch(address) if fetch else None

    document = guarded(name, lambda: _read(page, notes, bytes_of))
    if document is None:
        raise UnreadableFile(name, "网页里没有提取到正文", "请在浏览器中复制正文，另存为 .txt")
    return document


def _inline(written: str) -> bytes | None:
    try:
        return base64.b64decode(unquote_to_bytes(written))
    except (binascii.Error, ValueError):
        return None


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


def _read(page: str, notes: tuple[str, ...], fetch: Fetch) -> Document | None:
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except etree.ParserError:  # nothing in it
        return None
    body = root.find("body")
    if body is None:
        return None
    meta = {
        (m.get("name") or m.get("property") or m.get("itemprop") or "").strip().lower(): (m.get("content") or "").strip()[:1000]
        for m in root.iter("meta")
    }
    title = page_title(root, meta)
    blocks, spans = cut_blocks(body)
    mark_beside(blocks, spans, title)
    start, end = spans[find_content(body, blocks, spans)]
    while start and blocks[start - 1].weight and blocks[start - 1].text.rstrip().endswith("。"):
        start -= 1  # a lead that stands above the text proper
    lines, illustrations = _lines(blocks[start:end], fetch)
    if not any(SENTENCE.search(line.text) for line in lines):
        return None
    surroundings = around(blocks, start, end, title)
    return Document(
        tuple(lines), title, source=stated_source(root, meta, surroundings), date=stated_date(root, meta, surroundings),
        notes=notes + illustrations.notes(), pictures=tuple(illustrations.pictures),
    )  # fmt: skip


def _lines(blocks: list[Block], fetch: Fetch) -> tuple[list[Line], Illustrations]:
    """The lines of the article; a picture takes the caption that follows it, or its own."""
    kept = [block for block in blocks if not block.is_menu or block.picture]
    while kept and (kept[-1].picture and len(kept) > 1 and not kept[-2].picture and not kept[-2].weight):
        kept.pop()
    lines: list[Line] = []
    found = Illustrations()
    skip = False
    paragraph = 0
    for block, following in zip(kept, [*kept[1:], Block()], strict=False):
        if skip:
            skip = False
            continue
        if not block.picture:
            paragraph += bool(block.text.strip())
            lines += [Line(text, block.fixed) for text in block.text.split("\n")]
            continue
        caption = block.caption if len(block.caption) > 3 else ""
        captioned = is_caption(following.text)
        data = next((data for address in block.picture if (data := fetch(address))), None)
        line = found.line(data, following.text.strip() if captioned else caption, f"第 {paragraph} 段后", "网页没有连同图片一起存下")
        if line:
            lines.append(line)
            skip = captioned
    return lines, found
