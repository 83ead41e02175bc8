"""Pages of lines with their places to one document: paragraphs marked, running heads out, the title by its type.

A PDF and an OFD file come to this same form; it knows neither. Text that is missing or means nothing is refused.
"""

from __future__ import annotations

import base64
import collections
import itertools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import UnreadableFile
from ..text.characters import HAN
from .document import Document, Line
from .encodings import PLAUSIBLE, plausibility
from .grid import Table, find_tables
from .illustrations import Illustrations, is_caption

Page = dict[str, Any]  # "lines": [text, left, right, bottom, top, size, cells?]; "pictures": [left, bottom, right, top, base64]; "rules"

LARGER = 1.12  # times the size of most of the text: a title's type
HAN_SHARE = 0.6  # of letters; a Chinese text has more unless its characters are mapped wrongly
SPACED = 1.35  # times the usual step from line to line: a blank line

_GAP = re.compile(  # that Word sets between scripts; the one before a number that ends a line may part a page number
    rf"(?<=[{HAN}]) (?=[A-Za-z0-9])(?!\d{{1,3}} *$)|(?<=[A-Za-z0-9%]) (?=[{HAN}])", re.M
)


class _Row(NamedTuple):
    """A line on its page, in points."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    cells: Sequence[Sequence[Any]] = ()  # (text, left, right) where wide gaps part the line


def read_pages(pages: Sequence[Page | None], name: str, kind: str) -> Document:
    """Make a document of pages; ``kind`` is what the file is called, a page that could not be read is None.

    Raises:
        UnreadableFile: scanned, English or garbled, each with its own line.
    """
    rows = [_rows(page) for page in pages]
    _check_text("\n".join(row.text for page in rows for row in page), name, kind)
    illustrations = Illustrations()
    lines: list[Line] = []
    running: list[tuple[int, str]] = []
    marked = mark_running_heads(["\n".join(row.text for row in page) for page in rows])
    for here, marks, page in zip(rows, marked, pages, strict=True):
        heads = [i for i, (_, runs) in enumerate(marks) if runs]
        body = [row for i, row in enumerate(here) if i not in heads]
        running += [(len(lines), here[i].text) for i in heads if i < len(here) / 2]
        lines += _page_lines(body, page, illustrations, len(lines))
        running += [(len(lines), here[i].text) for i in heads if i >= len(here) / 2]
        lines.append(Line(""))
    title = _largest(rows[0]) if rows else ""
    return Document(tuple(lines), title, notes=illustrations.notes(), running=tuple(running), pictures=tuple(illustrations.pictures))


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


def _rows(page: Page | None) -> list[_Row]:
    rows = [_Row(_GAP.sub("", re.sub(r"[\x00-\x1f]", "", text)), *box) for text, *box in (page or {"lines": []})["lines"]]
    return [row for row in rows if row.text.strip()]


def _check_text(text: str, name: str, kind: str) -> None:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        raise UnreadableFile(name, f"{kind} 没有文字层（像是扫描件）", "请用文字识别软件转成 .docx 或 .txt")
    share = len(re.findall(f"[{HAN}]", text)) / len(letters)
    if share < HAN_SHARE and _reads_as_english(text):
        raise UnreadableFile(name, f"{kind} 里主要是英文", "请附中文稿（.docx 或 .txt）")
    if share < HAN_SHARE or plausibility(text) < PLAUSIBLE:
        raise UnreadableFile(name, f"{kind} 的文字编码异常，读出来是乱码", "请向来稿单位要 .docx")


def _reads_as_english(text: str) -> bool:
    return len(re.findall(r"\b(?:the|of|and|to|in|a|is|for|on)\b", text, re.I)) >= max(2, len(text) // 150)


def _page_lines(rows: list[_Row], page: Page | None, illustrations: Illustrations, before: int) -> list[Line]:
    """A page's lines: indented ones begin with a space, wider steps are blank lines, pictures and tables in place."""
    tables = find_tables(page["rules"], rows) if page else []
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
            _left, bottom, _right, _top, code = pictures.pop(0)
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
