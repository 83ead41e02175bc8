"""A .docx to lines: paragraphs, table rows and text boxes in the order of the body. Knows nothing of articles."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from .document import Document, Line
from .guard import guarded
from .zip_limits import check_archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # repeats the text box before it
_GONE = {_W + "del", _W + "moveFrom", _W + "pPr", _W + "rPr", _FALLBACK}  # struck out, or no text
_HEADING = re.compile(r"title|heading|subtitle|标题", re.I)
_TITLE = re.compile(r"title|heading 1|标题( 1)?", re.I)
TITLE_LINES = 5  # a title style further down is a heading


def read_docx(data: bytes, name: str) -> Document:
    """Read a .docx: content controls, smart tags and insertions included, deletions and footnotes left out."""
    return guarded(name, lambda: _read(data, name))


def _read(data: bytes, name: str) -> Document:
    import docx

    check_archive(data, name)
    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    lines, title = [], ""
    for text, style_id in _blocks(document.element.body):
        style = styles.get(style_id, style_id) if style_id else ""
        if not title and len(lines) < TITLE_LINES and _TITLE.fullmatch(style):
            title = text.strip()
        fixed = style_id is None or bool(_HEADING.match(style))
        lines += [Line(piece, fixed, style) for piece in text.split("\n")]
    return Document(tuple(lines), title, document.core_properties.title or "")


def _blocks(parent) -> Iterator[tuple[str, str | None]]:
    """Yield (text, style id) for each paragraph under ``parent``; the style of a table row is None."""
    for child in parent:
        if child.tag == _W + "p":
            properties = child.find(f"{_W}pPr/{_W}pStyle")
            yield "".join(_pieces(child)), "" if properties is None else properties.get(_W + "val", "")
            for box in child.iter(_W + "txbxContent"):
                if not any(a.tag in (_FALLBACK, _W + "txbxContent") for a in box.iterancestors()):
                    yield from _blocks(box)
        elif child.tag == _W + "tr":
            found = child.findall(_W + "tc") + child.findall(f"{_W}sdt/{_W}sdtContent/{_W}tc")
            cells = [[text for text, _ in _blocks(cell) if text.strip()] for cell in found]
            if all(len(cell) <= 1 for cell in cells):
                yield "  ".join(text for cell in cells for text in cell), None
            else:  # a table that only lays out the page
                yield from ((text, "") for cell in cells for text in cell)
        elif isinstance(child.tag, str) and child.tag not in _GONE:
            yield from _blocks(child)  # tables, content controls, custom XML


def _pieces(element) -> Iterator[str]:
    for child in element:
        if child.tag in (_W + "t", _MATH):
            yield child.text or ""
        elif child.tag in (_W + "br", _W + "cr"):
            yield "\n"
        elif child.tag == _W + "tab":
            yield " "
        elif child.tag == _W + "noBreakHyphen":
            yield "-"
        elif isinstance(child.tag, str) and child.tag not in _GONE and child.tag != _W + "txbxContent":
            yield from _pieces(child)
