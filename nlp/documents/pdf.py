"""A PDF's text layer to lines, without running heads; refused where the text is missing or means nothing."""

from __future__ import annotations

import collections
import io
import itertools
import logging
import re
from typing import TYPE_CHECKING

from ..errors import UnreadableFile
from ..text.characters import HAN
from .document import Document, Line
from .encodings import PLAUSIBLE, plausibility
from .guard import guarded

if TYPE_CHECKING:
    import pypdf

PAGES = 300
OPENING, A_PAGE, READING = 4.0, 0.05, 6.0  # seconds at most; a real file opens in one, a full page takes up to 0.04
LARGER = 1.15  # times the size of most of the text: a title's type
HAN_SHARE = 0.6  # of letters; a Chinese text has more unless its characters are mapped wrongly

_GAP = re.compile(  # that Word sets between scripts; the one before a number that ends a line may part a page number
    rf"(?<=[{HAN}]) (?=[A-Za-z0-9])(?!\d{{1,3}} *$)|(?<=[A-Za-z0-9%]) (?=[{HAN}])", re.M
)


def read_pdf(data: bytes, name: str) -> Document:
    """Read a PDF; scanned, encrypted, English and garbled ones raise ``UnreadableFile``, each with its own line."""
    reader = guarded(name, lambda: _open(data, name), OPENING)
    seconds = min(READING, 2 + A_PAGE * len(reader.pages))
    pages, title, property_title = guarded(name, lambda: _extract(reader), seconds)
    pages, title = [_GAP.sub("", page) for page in pages], _GAP.sub("", title)
    text = "\n".join(pages)
    letters = [c for c in text if c.isalpha()]
    if not letters:
        raise UnreadableFile(name, "PDF 没有文字层（像是扫描件）", "请用文字识别软件转成 .docx 或 .txt")
    share = len(re.findall(f"[{HAN}]", text)) / len(letters)
    if share < HAN_SHARE and _reads_as_english(text):
        raise UnreadableFile(name, "PDF 里主要是英文", "请附中文稿（.docx 或 .txt）")
    if share < HAN_SHARE or plausibility(text) < PLAUSIBLE:
        raise UnreadableFile(name, "PDF 的文字编码异常，读出来是乱码", "请向来稿单位要 .docx")
    lines: list[Line] = []
    running: list[tuple[int, str]] = []
    for page in mark_running_heads(pages):
        for line, runs in page:
            if runs:
                running.append((len(lines), line))
            else:
                lines.append(Line(line))
        lines.append(Line(""))
    return Document(tuple(lines), title, property_title, running=tuple(running))


def mark_running_heads(pages: list[str]) -> list[list[tuple[str, bool]]]:
    """Cut pages into lines; true is with the first or last ones that most pages share, whatever number they carry.

    >>> mark_running_heads(["科技快报 1\\n甲。", "科技快报 2\\n乙。", "科技快报 3\\n丙。"])[0]
    [('科技快报 1', True), ('甲。', False)]
    """
    lined = [[line for line in page.split("\n") if line.strip()] for page in pages]
    seen: collections.Counter[str] = collections.Counter()
    for lines in lined:
        seen.update({_shape(line) for line in lines[:2] + lines[-2:]})
    shared = {shape for shape, count in seen.items() if count >= max(3, 0.6 * len(pages))}
    return [
        [(line, not 2 <= i <= len(lines) - 3 and _shape(line) in shared) for i, line in enumerate(lines)]
        for lines in lined
    ]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", "".join(line.split()))


def _reads_as_english(text: str) -> bool:
    return len(re.findall(r"\b(?:the|of|and|to|in|a|is|for|on)\b", text, re.I)) >= max(2, len(text) // 150)


def _largest(pieces: list[tuple[str, float]]) -> str:
    """Return what a page's first text in its largest type says, "" if no type stands out."""
    weights: collections.Counter[float] = collections.Counter()
    for text, size in pieces:
        weights[size] += len(text)
    if not weights or max(weights) < LARGER * weights.most_common(1)[0][0]:
        return ""
    start = next(i for i, (_, size) in enumerate(pieces) if size == max(weights))
    title = "".join(text for text, _ in itertools.takewhile(lambda piece: piece[1] == max(weights), pieces[start:]))
    return title if 4 <= len(title) <= 80 else ""


def _open(data: bytes, name: str) -> pypdf.PdfReader:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        try:
            opened = reader.decrypt("")  # what every viewer does: many files only forbid changes
        except (pypdf.errors.DependencyError, NotImplementedError):
            opened = 0
        if not opened:
            raise UnreadableFile(name, "PDF 有密码", "请去掉密码后另存")
    if len(reader.pages) > PAGES:
        raise UnreadableFile(name, f"PDF 超过 {PAGES} 页，不像一篇稿件", "请只留需要的几页")
    return reader


def _extract(reader: pypdf.PdfReader) -> tuple[list[str], str, str]:
    """The text of each page, what stands out on the first, and the title among the properties."""
    pages: list[str] = []
    pieces: list[tuple[str, float]] = []  # of the first page

    def note(text: str, matrix: list[float], text_matrix: list[float], font: object, size: float) -> None:
        if text.strip():
            pieces.append((text.strip(), round(abs(size * text_matrix[3] * matrix[3]), 1)))

    for page in reader.pages:
        pages.append(page.extract_text(visitor_text=None if pages else note))
    title = reader.metadata.title if reader.metadata else ""
    return pages, _largest(pieces), title if isinstance(title, str) else ""
