"""A PDF's pages to one document: paragraphs marked, running heads taken out, title by its type.

Refused where the text is missing or means nothing; what may be lost in a damaged file is said.
"""

from __future__ import annotations

import base64
import collections
import itertools
import re
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...errors import UnreadableFile
from ...text.characters import HAN
from ..document import Document, Line
from ..encodings import PLAUSIBLE, plausibility
from ..illustrations import Illustrations, is_caption
from .grid import Table, find_tables
from .process import ask_worker

LARGER = 1.12  # times the size of most of the text: a title's type
HAN_SHARE = 0.6  # of letters; a Chinese text has more unless its characters are mapped wrongly
SPACED = 1.35  # times the usual step from line to line: a blank line
REMADE = 32 << 20  # bytes of unpacked streams that are looked at for damage

_GAP = re.compile(  # that Word sets between scripts; the one before a number that ends a line may part a page number
    rf"(?<=[{HAN}]) (?=[A-Za-z0-9])(?!\d{{1,3}} *$)|(?<=[A-Za-z0-9%]) (?=[{HAN}])", re.M
)
_STREAM = re.compile(rb"stream\r?\n")
PAGES = 300


class _Row(NamedTuple):
    """A line on its page, in points."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float


def read_pdf(data: bytes, name: str) -> Document:
    """Read a PDF; scanned, encrypted, English and garbled ones raise ``UnreadableFile``, each with its own line."""
    found = ask_worker(data, name)
    if error := found.get("error"):
        raise {
            "password": UnreadableFile(name, "PDF 有密码", "请去掉密码后另存"),
            "pages": UnreadableFile(name, f"PDF 超过 {PAGES} 页，不像一篇稿件", "请只留需要的几页"),
        }.get(error, UnreadableFile(name, "文件损坏或格式异常", "请用原来的软件打开后另存一份"))
    pages = [_rows(page) for page in found["pages"]]
    _check_text("\n".join(row.text for page in pages for row in page), name)
    illustrations = Illustrations()
    lines: list[Line] = []
    running: list[tuple[int, str]] = []
    marked = mark_running_heads(["\n".join(row.text for row in page) for page in pages])
    for rows, marks, page in zip(pages, marked, found["pages"], strict=True):
        heads = [i for i, (_, runs) in enumerate(marks) if runs]
        body = [row for i, row in enumerate(rows) if i not in heads]
        for i in (i for i in heads if i < len(rows) / 2):
            running.append((len(lines), rows[i].text))
        lines += _page_lines(body, page, illustrations, len(lines))
        for i in (i for i in heads if i >= len(rows) / 2):
            running.append((len(lines), rows[i].text))
        lines.append(Line(""))
    notes = _damage(data, found["pages"]) + illustrations.notes()
    title = _largest(pages[0]) if pages else ""
    return Document(tuple(lines), title, found["title"], notes=notes, running=tuple(running), pictures=tuple(illustrations.pictures))


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


def _rows(page: dict[str, Any] | None) -> list[_Row]:
    rows = [_Row(_GAP.sub("", re.sub(r"[\x00-\x1f]", "", text)), *place) for text, *place in (page or {"lines": []})["lines"]]
    return [row for row in rows if row.text.strip()]


def _check_text(text: str, name: str) -> None:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        raise UnreadableFile(name, "PDF 没有文字层（像是扫描件）", "请用文字识别软件转成 .docx 或 .txt")
    share = len(re.findall(f"[{HAN}]", text)) / len(letters)
    if share < HAN_SHARE and _reads_as_english(text):
        raise UnreadableFile(name, "PDF 里主要是英文", "请附中文稿（.docx 或 .txt）")
    if share < HAN_SHARE or plausibility(text) < PLAUSIBLE:
        raise UnreadableFile(name, "PDF 的文字编码异常，读出来是乱码", "请向来稿单位要 .docx")


def _reads_as_english(text: str) -> bool:
    return len(re.findall(r"\b(?:the|of|and|to|in|a|is|for|on)\b", text, re.I)) >= max(2, len(text) // 150)


def _page_lines(rows: list[_Row], page: dict[str, Any], illustrations: Illustrations, before: int) -> list[Line]:
    """A page's lines: indented ones begin with a space, wider steps are blank lines, pictures and tables in place."""
    tables = find_tables(page["rules"], [tuple(row) for row in rows]) if page else []
    taken = {i for table in tables for i in table.rows}
    pictures = sorted(page["pictures"], key=lambda p: -p[3]) if page else []
    margin = _margin([row for i, row in enumerate(rows) if i not in taken])
    steps = [a.bottom - b.bottom for a, b in itertools.pairwise(rows) if 0 < a.bottom - b.bottom < 3 * a.size]
    edge = _edge(rows)
    usual = sorted(steps)[len(steps) // 4] if steps else 0.0
    lines: list[Line] = []
    waiting: list[Table] = list(tables)
    skip: set[int] = set()

    def place_pictures(above: float) -> None:
        while pictures and pictures[0][1] > above:
            left, bottom, right, top, code = pictures.pop(0)
            under = [i for i, row in enumerate(rows) if row.top <= bottom + row.size and bottom - row.top < 3 * row.size]
            caption = next((i for i in under[:2] if is_caption(rows[i].text) and i not in taken), None)
            where = f"第 {before + len(lines)} 行后"
            line = illustrations.line(base64.b64decode(code), rows[caption].text if caption is not None else "", where)
            if line:
                lines.extend([Line(""), line, Line("")])
                if caption is not None:
                    skip.add(caption)

    for i, row in enumerate(rows):
        place_pictures(row.top - 0.5 * row.size)
        if i in taken:
            table = next((t for t in waiting if i in t.rows), None)
            if table:
                waiting.remove(table)
                lines += [Line(""), *(Line(text, fixed=True) for text in table.lines), Line("")]
            continue
        if i in skip:
            continue
        if i and usual and rows[i - 1].bottom - row.bottom > SPACED * max(usual, row.size):
            lines.append(Line(""))
        indent = "\u3000\u3000" if 1.2 * row.size < row.left - margin < 12 * row.size else ""
        following = rows[i + 1] if i + 1 < len(rows) else None
        full = bool(edge and following and row.right + _first_width(following) > edge and row.left < margin + 7 * row.size)
        lines.append(Line(indent + row.text.strip(), full=full, size=row.size))
    place_pictures(-1e9)
    return lines


def _margin(rows: Sequence[_Row]) -> float:
    """The left edge of most of the lines."""
    counts = collections.Counter(round(row.left) for row in rows)
    best = max(counts, key=lambda left: (counts[left] + counts[left + 1], -left), default=0)
    smaller = [left for left in counts if left < best - 3 and counts[left] + counts[left + 1] >= max(2, 0.15 * len(rows))]
    return min([best, *smaller])


def _edge(rows: Sequence[_Row]) -> float:
    """The right edge at which a page's lines were broken, 0 where they were not."""
    if len(rows) < 4:
        return 0.0
    rights = sorted(row.right for row in rows)
    edge, size = rights[-1 - len(rights) // 50], sorted(row.size for row in rows)[len(rows) // 2]
    near = [row for row in rows if row.right > edge - 2.5 * size]
    ragged = [row for row in near if not re.search("[。！？；：]$", row.text)]
    return edge if len(near) >= max(3, 0.12 * len(rows)) and len(ragged) >= 0.4 * len(near) else 0.0


def _first_width(row: _Row) -> float:
    """About how wide the first word or character of a line is, with the sign that stands after it."""
    match = re.match(r"[A-Za-z0-9.,%+/-]+", row.text)
    width = 0.55 * row.size * len(match[0]) if match else row.size
    return width + (row.size if re.match(r"(?:[A-Za-z0-9.,%+/-]+|.)[，。、；：！？）》”’]", row.text) else 0.0)


def _largest(rows: list[_Row]) -> str:
    """Return what a page's first text in its largest type says, "" if no type stands out."""
    weights: collections.Counter[float] = collections.Counter()
    for row in rows:
        weights[row.size] += len(row.text)
    if not weights:
        return ""
    usual = weights.most_common(1)[0][0]
    top = max(weights)
    if top < LARGER * usual:
        return ""
    start = next(i for i, row in enumerate(rows) if row.size >= 0.93 * top)
    title = ""
    for before, row in itertools.pairwise([rows[start], *rows[start:]]):
        if row.size < 0.93 * top or before.bottom - row.bottom > 2.6 * top:
            break
        title += row.text.strip()
    return title if 4 <= len(title) <= 120 else ""


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
