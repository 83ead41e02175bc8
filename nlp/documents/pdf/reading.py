"""A PDF to one document: what its worker says of it, refused with the reason, and what a damaged file may have lost."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import Any

from ...errors import UnreadableFile
from ..document import Document
from ..pages import read_pages
from .process import ask_worker

REMADE = 32 << 20  # bytes of unpacked streams that are looked at for damage
PAGES = 300
_STREAM = re.compile(rb"(?<!end)stream\r?\n")


def read_pdf(data: bytes, name: str) -> Document:
    """Read a PDF; scanned, encrypted, English and garbled ones raise ``UnreadableFile``, each with its own line."""
    found = ask_worker(data, name)
    if error := found.get("error"):
        raise {
            "password": UnreadableFile(name, "PDF 有密码", "请去掉密码后另存"),
            "pages": UnreadableFile(name, f"PDF 超过 {PAGES} 页，不像一篇稿件", "请只留需要的几页"),
        }.get(error, UnreadableFile(name, "文件损坏或格式异常", "请用原来的软件打开后另存一份"))
    document = read_pages(found["pages"], name, "PDF")
    return replace(document, property_title=found["title"], notes=_damage(data, found["pages"]) + document.notes)


def _damage(data: bytes, pages: list[dict[str, Any] | None]) -> tuple[str, ...]:
    """What may be lost: pages that did not open or have no text, an end that is missing, streams that do not unpack."""
    lost = [str(n) for n, page in enumerate(pages, 1) if page is None]
    blank = [str(n) for n, page in enumerate(pages, 1) if page and page["images"] and not page["lines"]]
    notes = [f"PDF 第 {'、'.join(lost[:8])} 页读不出，请核对原文"] if lost else []
    notes += [f"PDF 第 {'、'.join(blank[:8])} 页是图片，没有文字，请核对原文"] if blank else []
    if b"%%EOF" not in data[-2048:] or _is_torn(data):
        notes.append("PDF 文件不完整，可能少了文字，请核对原文")
    return tuple(notes)


def _is_torn(data: bytes) -> bool:
    """Tell whether a deflated stream does not unpack to its end."""
    left = REMADE
    for match in _STREAM.finditer(data):
        head = data[max(0, match.start() - 400) : match.start()]
        head = head[head.rfind(b"obj") :] if b"obj" in head else head
        if b"FlateDecode" not in head or b"/Crypt" in head or b"/Image" in head or b"/Encrypt" in data[-4096:]:
            continue
        end = data.find(b"endstream", match.end())
        if 0 <= end - match.end() <= 8:
            continue  # of an empty page
        unpack = zlib.decompressobj()
        try:
            left -= len(unpack.decompress(data[match.end() : end if end >= 0 else len(data)], max(1, left)))
        except zlib.error:
            return True
        if left <= 0:
            return False
        if not unpack.eof:
            return True
    return False
