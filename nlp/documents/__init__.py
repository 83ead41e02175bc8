"""Files of an article or an issue (txt, docx, html, pdf) to lines of text; hostile input gets one clear line.

What is a title, a source or a paragraph is not decided here but in ``furniture``, ``provenance``, ``paragraphs``
and ``nlp.reading``; of a published issue in ``outline``, ``contents``, ``styled``, ``unstyled`` and ``nlp.published``.
"""

from __future__ import annotations

import re

from ..errors import UnreadableFile
from .document import Document, Line
from .encodings import decode
from .kinds import check_kind
from .pdf import read_pdf
from .web import read_html
from .word import read_docx

__all__ = ["MAX_BYTES", "Document", "Line", "check_size", "read_document", "read_text"]

MAX_BYTES = 20 << 20  # a larger file is no article


def read_document(data: bytes, name: str) -> Document:
    """Read the bytes of one file; ``name`` is its place as the editor knows it and tells its kind.

    >>> read_document("常州\\n正文。".encode("gbk"), "a.txt").lines[0].text
    '常州'
    """
    check_size(len(data), name)
    return _READERS[check_kind(data, name)](data, name)


def read_text(data: bytes, name: str) -> Document:
    """Read plain text in any of the usual encodings; the form feed of a page's end is a line end."""
    text, notes = decode(data, name)
    lines = re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", text.replace("\0", ""))
    return Document(tuple(Line(line) for line in lines), notes=notes)


def check_size(size: int, name: str) -> None:
    """Refuse what is too large to be read."""
    if size > MAX_BYTES:
        raise UnreadableFile(name, f"文件超过 {MAX_BYTES >> 20} MB，不像一篇稿件", "请去掉图片，只留文字后另存")


_READERS = {"txt": read_text, "docx": read_docx, "html": read_html, "pdf": read_pdf}
