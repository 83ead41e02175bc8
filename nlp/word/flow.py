"""Pictures that leave a page half empty, and what fills it: the text behind them goes first, or they are set smaller.

It reads the .docx that was set and the PDF that LibreOffice made of it; it knows nothing of issues. Lines have fixed
heights, so what fits there fits in Word.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .stylesheet import BODY, HEIGHT, LINE, TOP, WIDTH
from .widths import ems

POINTS = 20  # twips in one
EMPTY = 2 * LINE // POINTS  # points at a page's end that a reader minds
LITTLE, LOWEST = 0.85, 0.7  # shares of its size: of a picture set a little smaller, and that it always keeps
FURTHEST = 4  # paragraphs that a picture is moved
SPARE = 6  # points
CLOSE = 0.97  # of the reckoned length of a text: marks at a line's end are set closer
EMU = 12_700  # in a point
BESIDE = (LINE // 4 + LINE // 8 + LINE // 4) // POINTS  # points over and under a picture and its caption
CAPTION = 20  # points a line

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")


class Placement(NamedTuple):
    """How a picture is set: after so many of the paragraphs that follow it (less than 0: before so many of those over
    it), at that share of its size."""

    after: int = 0
    share: float = 1.0


class _Picture(NamedTuple):
    number: int  # by which the document tells it apart
    high: float  # points
    caption: float  # points, with what stays free over and under
    over: tuple[int, ...]  # the lines of the paragraphs over it, from the nearest, that may come behind it
    under: tuple[int, ...]  # those of the paragraphs behind it that may go first


def fill_page(docx: bytes, pdf: bytes, placements: Mapping[int, Placement]) -> dict[int, Placement]:
    """``placements`` with one more: of the first picture that begins a page and left the one before it empty at its end.

    A picture that was moved and is no better off is set where it was; each is tried once.
    """
    pictures, boxes = _pictures(docx), _boxes(pdf)
    if len(pictures) == len(boxes):  # otherwise it cannot be told which is which
        for picture, empty in zip(pictures, boxes, strict=True):
            tried = placements.get(picture.number)
            if empty > EMPTY and tried and tried.after:
                return {**placements, picture.number: Placement()}  # it did not help: as it was, for good
            if empty > EMPTY and tried is None and (placement := _placement(picture, empty)):
                return {**placements, picture.number: placement}
    return dict(placements)


def _placement(picture: _Picture, empty: float) -> Placement | None:
    """Set a little smaller if that will do; else below the next paragraphs, above the last ones, or much smaller."""
    share = (empty - picture.caption - SPARE) / max(picture.high, 1)
    if share >= LITTLE:
        return Placement(share=round(min(share, 1), 2))
    lines = 0
    for after, count in enumerate(picture.under[:FURTHEST], 1):
        lines += count
        if lines * LINE >= empty * POINTS:
            return Placement(after=after)
    lines = 0
    for before, count in enumerate(picture.over[:FURTHEST], 1):
        lines += count
        if lines * LINE + empty * POINTS > HEIGHT - LINE // 2:
            break  # it would be on the page before
        fits = (lines * LINE / POINTS + empty - picture.caption - SPARE) / max(picture.high, 1)
        if fits >= LITTLE:
            return Placement(-before, round(min(fits, 1), 2))
    if share >= LOWEST:
        return Placement(share=round(share, 2))
    return Placement(after=min(FURTHEST, len(picture.under))) if picture.under else None


def _pictures(docx: bytes) -> list[_Picture]:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        elements = list(etree.fromstring(archive.read("word/document.xml"))[0])
    found = []
    for i, element in enumerate(elements):
        drawn = element.find(f".//{_DRAWN}inline")
        if drawn is None or element.tag != f"{_W}p":
            continue
        behind, caption = i + 1, BESIDE
        if behind < len(elements) and _style(elements[behind]) == "PictureCaption":
            caption += CAPTION * int(max(1, -(-ems(_text(elements[behind])) * 10.5 * POINTS // WIDTH)))
            behind += 1
        high = int(drawn.find(f"{_DRAWN}extent").get("cy")) / EMU
        number = int(drawn.find(f"{_DRAWN}docPr").get("id"))
        under = _lines(elements[behind:])
        if _style(elements[behind + len(under)]).startswith("Table"):
            under = under[:-1]  # the last one leads the table
        found.append(_Picture(number, high, caption, _lines(elements[:i][::-1]), under))
    return found


def _lines(elements: Sequence) -> tuple[int, ...]:
    """How many lines each of the first paragraphs takes at least, up to one that leads another or is no text."""
    lines = []
    for element in elements[:FURTHEST]:
        text = _text(element)
        kept = element.find(f"{_W}pPr/{_W}keepNext") is not None or _NUMBERED.match(text)
        if _style(element) != "BodyText" or kept:
            break
        lines.append(int(-(-(ems(text) + 2) * CLOSE * BODY * POINTS // WIDTH)))
    return tuple(lines)


def _style(element) -> str:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else style.get(f"{_W}val", "")


def _text(element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_W}t"))


def _boxes(pdf: bytes) -> list[float]:
    """For each picture, in order: the points that stay empty at the end of the page before it, 0 if text stands over it."""
    import pypdfium2
    import pypdfium2.raw as raw

    found: list[float] = []
    empty = 0.0
    for page in pypdfium2.PdfDocument(pdf, autoclose=True):
        down = page.get_height()
        top, end = down - TOP / POINTS, down - (TOP + HEIGHT) / POINTS
        texts, images = [], []
        for item in page.get_objects(max_depth=4):
            if item.type in (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE):
                _, low, _, high = item.get_bounds()
                if end - 2 <= low and high <= top + 2:
                    (images if item.type == raw.FPDF_PAGEOBJ_IMAGE else texts).append((high, low))
        first = max((high for high, _ in texts), default=0.0)
        images.sort(reverse=True)
        found += [empty if i == 0 and high > first else 0.0 for i, (high, _) in enumerate(images)]
        empty = min((low for _, low in texts + images), default=end) - end
    return found
