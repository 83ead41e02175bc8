"""An .ofd (the Chinese standard for fixed pages, a zip of XML) to lines: its signs with their places, page by page.

It reads text, pictures and ruled lines; seals, annotations and signatures are left out.
"""

from __future__ import annotations

import base64
import io
import posixpath
import re
import zipfile
from typing import Any

from ..errors import UnreadableFile
from .document import Document
from .guard import guarded
from .pages import Page, read_pages
from .zip_limits import check_archive

PAGES = 300
POINTS = 72 / 25.4  # in a millimetre
GAP = 0.6  # of the type's size: a wider gap on one line is a space
COLUMNS = 3.0  # times the size: a wider one parts two lines


def read_ofd(data: bytes, name: str) -> Document:
    """Read an .ofd by its pages."""
    pages = guarded(name, lambda: _read(data, name))
    return read_pages(pages, name, "OFD")


def _read(data: bytes, name: str) -> list[Page | None]:
    from lxml import etree

    check_archive(data, name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {n.lower().lstrip("/"): n for n in archive.namelist()}

        def part(place: str) -> bytes | None:
            found = names.get(posixpath.normpath(place).lstrip("/").lower())
            return None if found is None else archive.read(found)

        def tree(place: str):
            content = part(place)
            return None if content is None else etree.fromstring(content, parser)

        root = tree("OFD.xml")
        start = next((e.text.strip() for e in root.iter("{*}DocRoot") if e.text), "Doc_0/Document.xml") if root is not None else ""
        document = tree(start)
        if document is None:
            raise UnreadableFile(name, "不是完整的 .ofd 文件", "请用原来的软件打开后另存")
        base = posixpath.dirname(start)
        box = next((e.text for e in document.iter("{*}PhysicalBox") if e.text), "0 0 210 297")
        media = _media(document, base, tree, part)
        places = [p.get("BaseLoc", "") for p in document.iterfind(".//{*}Pages/{*}Page")][: PAGES + 1]
        if len(places) > PAGES:
            raise UnreadableFile(name, f"OFD 超过 {PAGES} 页，不像一篇稿件", "请只留需要的几页")
        found: list[Page | None] = []
        for place in places:
            page = tree(place if place.startswith("/") else posixpath.join(base, place))
            found.append(None if page is None else _page(page, box, media))
    return found


def _media(document, base: str, tree, part) -> dict[str, bytes]:
    """The bytes of the pictures by their ids."""
    media: dict[str, bytes] = {}
    for resource in [e.text.strip() for tag in ("{*}DocumentRes", "{*}PublicRes") for e in document.iter(tag) if e.text]:
        place = resource if resource.startswith("/") else posixpath.join(base, resource)
        root = tree(place)
        if root is None:
            continue
        folder = posixpath.join(posixpath.dirname(place), root.get("BaseLoc", ""))
        for item in root.iter("{*}MultiMedia"):
            file = next((e.text.strip() for e in item.iter("{*}MediaFile") if e.text), "")
            content = part(posixpath.join(folder, file)) or part(posixpath.join(base, file)) if file else None
            if content and item.get("Type", "Image") == "Image":
                media[item.get("ID", "")] = content
    return media


def _page(root, box: str, media: dict[str, bytes]) -> Page:
    own = next((e.text for e in root.iter("{*}PhysicalBox") if e.text), box)
    height = (_numbers(own) + [0.0] * 4)[3] or 297.0
    signs: list[tuple[float, float, float, str]] = []  # baseline from below, left, size, text
    pictures: list[list[Any]] = []
    rules: list[list[float]] = []
    for element in root.iter("{*}TextObject", "{*}ImageObject", "{*}PathObject"):
        x, y, w, h = (_numbers(element.get("Boundary", "")) + [0.0] * 4)[:4]
        kind = element.tag.rsplit("}", 1)[-1]
        sides = [x * POINTS, (height - y - h) * POINTS, (x + w) * POINTS, (height - y) * POINTS]
        if kind == "TextObject":
            signs += _signs(element, x, y, height)
        elif kind == "ImageObject" and (content := media.get(element.get("ResourceID", ""))) and min(w, h) > 20:
            if w * h < 0.85 * 210 * 297:
                pictures.append([*sides, base64.b64encode(content).decode()])
        elif kind == "PathObject" and len(rules) < 4000:
            rules.append(sides)
    return {"lines": _lines(signs), "pictures": pictures, "rules": rules, "images": len(pictures)}


def _signs(element, x: float, y: float, height: float) -> list[tuple[float, float, float, str]]:
    a, _, _, d, e, f = ([*_numbers(element.get("CTM", "")), 1.0, 0.0, 0.0, 1.0, 0.0, 0.0])[:6] if element.get("CTM") else (1, 0, 0, 1, 0, 0)
    size = float(element.get("Size") or 4) * abs(d or 1)
    found = []
    at_x = at_y = 0.0
    for code in element.iter("{*}TextCode"):
        text = code.text or ""
        at_x, at_y = _number(code.get("X"), at_x), _number(code.get("Y"), at_y)
        steps, down = _steps(code.get("DeltaX", "")), _steps(code.get("DeltaY", ""))
        left, base = at_x, at_y
        for i, sign in enumerate(text):
            at = (height - (y + d * base + f)) * POINTS, (x + a * left + e) * POINTS
            found.append((*at, size * POINTS, sign))
            left += steps[i] if i < len(steps) else (size / abs(a or 1) * (1 if ord(sign) > 0x2010 else 0.5))
            base += down[i] if i < len(down) else 0.0
    return found


def _lines(signs: list[tuple[float, float, float, str]]) -> list[list[Any]]:
    """Put signs on one baseline together, from the top of the page, left to right."""
    lines: list[list[tuple[float, float, float, str]]] = []
    for sign in sorted(signs, key=lambda s: (-s[0], s[1])):
        if lines and abs(lines[-1][0][0] - sign[0]) < 0.4 * max(sign[2], 1.0):
            lines[-1].append(sign)
        else:
            lines.append([sign])
    made: list[list[Any]] = []
    for line in lines:
        line.sort(key=lambda s: s[1])
        run: list[Any] = []
        for base, left, size, sign in line:
            wide = size * (1.0 if ord(sign) > 0x2010 else 0.55)
            if run and left - run[2] > COLUMNS * size:
                made.append(run)
                run = []
            if not run:
                run = ["", left, left, base - 0.15 * size, base + 0.85 * size, round(size, 1)]
            elif left - run[2] > GAP * size:
                run[0] += " "
            run[0] += sign
            run[2] = max(run[2], left + wide)
        if run and run[0].strip():
            made.append(run)
    return made


def _steps(written: str) -> list[float]:
    """The steps between signs; ``g 3 2.5`` stands for three equal ones."""
    steps: list[float] = []
    words = written.split()[:20_000]
    i = 0
    while i < len(words):
        if words[i] == "g" and i + 2 < len(words):
            steps += [_number(words[i + 2], 0.0)] * min(20_000, max(0, int(_number(words[i + 1], 0.0))))
            i += 3
        else:
            steps.append(_number(words[i], 0.0))
            i += 1
    return steps[:20_000]


def _numbers(written: str) -> list[float]:
    return [float(word) for word in re.findall(r"-?\d+(?:\.\d+)?", written[:200])]


def _number(written: str | None, otherwise: float) -> float:
    try:
        return float(written) if written else otherwise
    except ValueError:
        return otherwise
