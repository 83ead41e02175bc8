"""One PDF to the lines of its pages with their places and sizes, as plain values. Runs in the worker process.

Everything the library knows of the file is asked here; what a line means is not decided here.
"""

from __future__ import annotations

import base64
import io
import time
from typing import Any

PAGES = 300
SECONDS = 6.0  # for all pages; what was not read by then is said
PICTURES = 60
SMALLEST = 60.0  # points on the page, of a picture's sides
LARGEST = 6_000_000  # pixels of a picture; larger ones are reduced
BREAKS = (10, 13)
_WIDE = 1.2  # times the size: the gap between two cells
_JOINED = 0.16  # of the type's size: a narrower gap is no space


def read_layout(data: bytes) -> dict[str, Any]:
    """The pages of a PDF, or what is wrong with it under "error": password, pages, broken."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return {"error": "password" if "password" in str(error).lower() else "broken"}
    if len(document) > PAGES:
        return {"error": "pages"}
    began = time.process_time()
    pages: list[dict[str, Any] | None] = []
    pictures = 0
    for number in range(len(document)):
        if time.process_time() - began > SECONDS:
            pages.append(None)
            continue
        try:
            page = document[number]
            read = _read_page(page, PICTURES - pictures)
            pictures += len(read["pictures"])
            pages.append(read)
        except pypdfium2.PdfiumError:
            pages.append(None)
    try:
        title = document.get_metadata_dict().get("Title") or ""
    except pypdfium2.PdfiumError:
        title = ""
    return {"pages": pages, "title": title[:500]}


def _read_page(page, pictures: int) -> dict[str, Any]:
    import pypdfium2.raw as raw

    text = page.get_textpage()
    lines = _lines(text)
    width, height = page.get_size()
    images = sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)) if not lines else 0
    return {"width": width, "height": height, "lines": lines, "images": images, "pictures": _pictures(page, pictures), "rules": _rules(page)}


def _lines(text) -> list[list[Any]]:
    """[text, left, right, bottom, top, size, cells] of each line, in the order of the page.

    Cells are [text, left, right] where wide gaps part a line, else there are none.
    """
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    codes = [raw.FPDFText_GetUnicode(text, i) for i in range(text.count_chars())]
    lines: list[list[Any]] = []
    line: list[int] = []

    def extent(i: int) -> tuple[float, float, float, float]:
        raw.FPDFText_GetLooseCharBox(text, i, box)
        return box.left, box.right, box.bottom, box.top

    def end_line() -> None:
        ink = [i for i in line if codes[i] > 32 and codes[i] not in (0xA0, 0x3000)]
        if not ink:
            return
        left, _, bottom, top = extent(ink[0])
        _, right, last_bottom, last_top = extent(ink[-1])
        wide = [i for i in ink if codes[i] >= 0x2E80][:12] or ink[:12]
        heights = sorted(b - a for _, _, a, b in map(extent, wide))
        size = heights[len(heights) // 2]
        shown: list[str] = []
        cells: list[list[Any]] = [["", left, left]]
        for at, i in enumerate(line):
            if codes[i] in (32, 0xA0) and 0 < at < len(line) - 1 and codes[line[at - 1]] > 32 and codes[line[at + 1]] > 32:
                gap = extent(line[at + 1])[0] - extent(line[at - 1])[1]
                if 0 <= gap < _JOINED * size and max(codes[line[at - 1]], codes[line[at + 1]]) >= 0x2E80:
                    continue
                if gap > _WIDE * size:
                    shown.append(" ")  # two spaces: another column, and no gap between scripts
                    cells[-1][2] = round(extent(line[at - 1])[1], 1)
                    cells.append(["", round(extent(line[at + 1])[0], 1), 0.0])
            shown.append(_character(codes[i]))
            cells[-1][0] += shown[-1]
        rounded = [round(v, 1) for v in (left, right, min(bottom, last_bottom), max(top, last_top), size)]
        cells[-1][2] = round(right, 1)
        lines.append(["".join(shown), *rounded, cells if len(cells) > 1 else []])

    for i, code in enumerate(codes):
        if code in BREAKS:
            end_line()
            line = []
        else:
            line.append(i)
    end_line()
    return _rejoined(lines)


def _character(code: int) -> str:
    if code == 2:  # the library's sign for a hyphen at a line's end
        return "-"
    return chr(code) if (code and not 0xD800 <= code <= 0xDFFF and code < 0xFFFE) or code > 0xFFFF else ""


def _rejoined(lines: list[list[Any]]) -> list[list[Any]]:
    """Put together what stands on one baseline and was parted by a change of type."""
    joined: list[list[Any]] = []
    for line in lines:
        if joined:
            before = joined[-1]
            overlap = min(before[4], line[4]) - max(before[3], line[3])
            lower = min(before[4] - before[3], line[4] - line[3])
            gap = line[1] - before[2]
            if lower > 0 and overlap > 0.6 * lower and -0.3 * before[5] <= gap <= 0.4 * before[5]:
                if before[6] or line[6]:
                    cells, more = before[6] or [before[:3]], line[6] or [line[:3]]
                    cells[-1] = [cells[-1][0] + more[0][0], cells[-1][1], more[0][2]]
                    before[6] = cells + more[1:]
                before[0] += line[0]
                before[2], before[3], before[4] = line[2], min(before[3], line[3]), max(before[4], line[4])
                continue
        joined.append(line)
    return joined


def _pictures(page, most: int) -> list[list[Any]]:
    """[left, bottom, right, top, PNG or JPEG in base64] of the pictures that fill a part of the page."""
    import pypdfium2
    import pypdfium2.raw as raw

    width, height = page.get_size()
    found: list[list[Any]] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        if len(found) >= most:
            break
        try:
            left, bottom, right, top = item.get_bounds()
            if min(right - left, top - bottom) < SMALLEST or (right - left) * (top - bottom) > 0.85 * width * height:
                continue
            image = item.get_bitmap(render=False).to_pil()
        except (pypdfium2.PdfiumError, ValueError, MemoryError):
            continue
        if image.width * image.height > LARGEST:
            image.thumbnail((2400, 2400))
        out = io.BytesIO()
        image.convert("L" if image.mode in ("1", "L") else "RGB").save(out, "PNG")
        found.append([left, bottom, right, top, base64.b64encode(out.getvalue()).decode()])
    return found


def _rules(page) -> list[list[float]]:
    """[left, bottom, right, top] of the thin bars and lines that may rule a table."""
    import pypdfium2
    import pypdfium2.raw as raw

    rules: list[list[float]] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2):
        try:
            left, bottom, right, top = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        if len(rules) >= 4000:
            break
        rules.append([round(v, 1) for v in (left, bottom, right, top)])
    return rules
