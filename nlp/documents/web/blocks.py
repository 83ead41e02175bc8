"""A page's elements to the lines a reader would see, and which of them each element holds.

It judges no line; what is hidden, a script or a form is left out.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from ...text.markup import table_lines

_SKIPPED = {
    "button", "footer", "head", "iframe", "nav", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea", "video", "audio",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_APART = {  # as a class or id
    "cmt", "comment", "comment-list", "commentlist", "comments", "copyright", "foot", "footer", "pinglun", "recommend",
    "related", "share", "sidebar",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
SENTENCE = re.compile("[，。；！？]")
OVER = 60  # characters of a line over the rows
CELL = 400  # characters of a table's cell; longer ones hold the page's text
_SOURCES = ("data-src", "data-original", "data-actualsrc", "data-lazy-src", "src")  # where pages keep a picture's address


@dataclass
class Block:
    """One line of the page while it is being built; a picture's has its addresses and no text."""

    text: str = ""
    linked: int = 0  # characters inside links
    fixed: bool = False
    picture: tuple[str, ...] = ()
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)  # of a table that is one
    void: bool = False  # known to be none of the article

    @property
    def weight(self) -> int:
        """Characters of sentences."""
        if self.void or self.picture:
            return 0
        return len(self.text) if SENTENCE.search(self.text) and self.linked < 0.5 * len(self.text) else 0

    @property
    def is_menu(self) -> bool:
        return self.void or (self.linked > 0.8 * len(self.text) and not re.search("[。！？]", self.text))


def cut_blocks(body) -> tuple[list[Block], dict]:
    """Cut the page into lines, and say which of them (from, to) each element holds."""
    from lxml import etree

    blocks, spans, rows = [Block()], {}, []
    links, skipped = 0, None

    def add(text: str | None) -> None:
        text = re.sub(r"[ \t\r\n\f\v]+", " ", text or "")
        if text != " " or blocks[-1].text:
            blocks[-1].text += text
            blocks[-1].linked += len(text) if links else 0

    def end_line() -> None:
        if blocks[-1].text.strip() or blocks[-1].picture:
            blocks.append(Block())

    walker = etree.iterwalk(body, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if element is not body and _is_apart(element):
                skipped = element
                walker.skip_subtree()
                continue
            if tag == "img":
                if (block := _picture(element)) and not rows:
                    end_line()
                    blocks[-1:] = [block, Block()]
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
        elif tag != "img":
            links -= tag == "a"
            if tag in _BLOCKS:
                end_line()
                spans[element] = (spans[element][0], len(blocks) - 1)
            if tag in ("td", "th") and rows:
                rows[-1].append(spans[element])
            elif tag == "tr" and rows:
                _merge_row(blocks, rows.pop())
                spans[element] = (spans[element][0], len(blocks) - 1)
            elif tag == "table":
                _mark_table(blocks[spans[element][0] : spans[element][1]])
        add(element.tail if element is not body else None)
    end_line()
    return blocks, spans


def _is_apart(element) -> bool:
    """Tell whether an element is no part of what an article says: a script, hidden, a menu, readers' comments."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED or _HIDDEN.search(element.get("style") or ""):
        return True
    return bool(_APART & set(f"{element.get('class', '')} {element.get('id', '')}".lower().split()))


def _picture(element) -> Block | None:
    addresses = tuple(dict.fromkeys(a for name in _SOURCES if (a := (element.get(name) or "").strip())))
    sizes = [re.match(r"\d+", element.get(name) or "") for name in ("width", "height")]
    if not addresses or any(size and int(size[0][:6]) < 80 for size in sizes):
        return None
    caption = " ".join((element.get("alt") or element.get("title") or "").split())[:80]
    return Block(picture=addresses, caption="" if re.search(r"\.\w{3,4}$", caption) else caption)


def _merge_row(blocks: list[Block], cells: list[tuple[int, int]]) -> None:
    """Make one line of a table row whose cells are a line each; a table that lays out the page stays as it is."""
    filled = [cell for cell in cells if cell[1] > cell[0]]
    if len(filled) < 2 or any(to - start > 1 for start, to in filled) or filled[-1][1] != len(blocks) - 1:
        return
    first = filled[0][0]
    parts = blocks[first:-1]
    if any(part.rows or part.picture for part in parts):
        return
    row = ["".join(b.text.strip() for b in blocks[start:to]) for start, to in cells]
    merged = Block("  ".join(b.text.strip() for b in parts), sum(b.linked for b in parts), True, rows=[row])
    blocks[first:] = [merged, Block()]


def _mark_table(blocks: list[Block]) -> None:
    """Make Markdown of the rows of a table of at least two rows and columns; all others stay lines of text."""
    rows = [block.rows[0] for block in blocks if block.rows]
    filled = [block for block in blocks if block.text.strip()]
    over = sum(1 for _ in itertools.takewhile(lambda block: not block.rows and len(block.text) <= OVER, filled[:2]))  # its caption
    if len(rows) < 2 or len(rows) != len(filled) - over or max(len(c) for r in rows for c in r) > CELL:
        for block in blocks:
            block.rows = []
        return
    head, rule, *rest = table_lines(rows)
    for block, text in zip((b for b in blocks if b.rows), (f"{head}\n{rule}", *rest), strict=True):
        block.text, block.rows = text, []
