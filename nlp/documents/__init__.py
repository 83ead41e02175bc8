"""Files of an article or an issue to lines of text with pictures and tables; hostile input gets one clear line.

txt, docx, html, pdf and ofd are read here, old Word, WPS and RTF through LibreOffice; zip, eml and mht are opened as
folders. What is a title, a source or a paragraph is decided in ``articles``; of a published issue in ``nlp.published``.
"""

from __future__ import annotations

import re

from ..errors import UnreadableFile
from .containers import fetch_from, open_mht
from .document import Document, Fetch, Line
from .encodings import decode
from .kinds import check_kind
from .ofd import read_ofd
from .old_office import read_old_office
from .pdf import read_pdf
from .web import read_html
from .word import read_docx

__all__ = ["MAX_BYTES", "Document", "Line", "check_size", "read_document", "read_text"]

MAX_BYTES = 20 << 20  # a larger file is no article


def read_document(data: bytes, name: str, fetch: Fetch | None = None) -> Document:
    """Read the bytes of one file; ``name`` is its place as the editor knows it and tells its kind.

    ``fetch`` gives the pictures that lie beside a page.

    >>> read_document("常州\\n正文。".encode("gbk"), "a.txt").lines[0].text
    '常州'
    """
    check_size(len(data), name)
    kind = check_kind(data, name)
    if kind == "html":
        return read_html(data, name, fetch)
    if kind == "mht":
        folder = open_mht(data, name)
        return read_html(folder.files[folder.main], name, fetch_from(folder.places))
    if kind not in _READERS:
        raise UnreadableFile(name, "不是一篇文章", "请作为来稿读入，见 subao sort --help")
    return _READERS[kind](data, name)


def read_text(data: bytes, name: str) -> Document:
    """Read plain text in any of the usual encodings; the form feed of a page's end is a line end."""
    text, notes = decode(data, name)
    lines = re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", text.replace("\0", ""))
    return Document(tuple(Line(line) for line in lines), notes=notes)


def check_size(size: int, name: str) -> None:
    """Refuse what is too large to be read."""
    if size > MAX_BYTES:
        raise UnreadableFile(name, f"文件超过 {MAX_BYTES >> 20} MB，不像一篇稿件", "请去掉图片，只留文字后另存")


_READERS = {"txt": read_text, "docx": read_docx, "pdf": read_pdf, "ofd": read_ofd, "office": read_old_office}
