"""A .docx to lines: paragraphs, tables, pictures and text boxes in the order of the body. Knows nothing of articles."""

from __future__ import annotations

import collections
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..text.characters import HAN
from ..text.markup import table_lines
from .document import Document, Line
from .guard import guarded
from .illustrations import Illustrations, is_caption, is_credit
from .provenance import take_provenance
from .zip_limits import check_archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_VML = "{urn:schemas-microsoft-com:vml}imagedata"
_GRAPHIC = "{http://schemas.openxmlformats.org/drawingml/2006/main}graphicData"
_PROPERTIES = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # repeats the text box before it
_GONE = {_W + "del", _W + "moveFrom", _W + "pPr", _W + "rPr", _FALLBACK}  # struck out, or no text
_HEADING = re.compile(r"title|heading|subtitle|标题", re.I)
_TITLE = re.compile(r"title|heading 1|标题( 1)?", re.I)
_BROKEN = re.compile(r"heading 2|toc 2|重点条目", re.I)  # titles that this program, or an editor, breaks over lines
_GAP = "表格间隔"  # this program's paragraph before and behind a table
_OWN_NAME = re.compile(r"图/([^/\\)\s]+)")  # of a picture that this program has printed: its bytes may have been reduced
_MOVED = re.compile(r"([前后])移(\d)段")
_CAPTION_STYLE = re.compile(r"caption|题注|图注|图题", re.I)
_KICKER = re.compile(r"(?:强调|指出|表示|要求|提出|宣布|透露|认为|号召|呼吁|时|上)$")  # it goes on in the line below
TITLE_LINES = 5  # a title style further down is a heading
LARGER = 1.15  # times the size of most of the text: a title's type
MOST_OF_CAPTION = 120  # characters of a paragraph over the line that says who took the picture
CELL = 400  # characters of a table's cell; longer ones hold the text itself


@dataclass
class _Block:
    """A paragraph, a table or a picture of the body."""

    text: str = ""
    style_id: str = ""
    size: float = 0.0
    centred: bool = False
    rows: list[list[str]] | None = None
    picture: str | None = None  # the id of its relation; "" for a drawing that is no picture
    caption: str = ""
    name: str = ""  # the picture's name, where this program printed it
    moved: int = 0  # how far down this program put the picture, in paragraphs, so that no page was half empty


def read_docx(data: bytes, name: str) -> Document:
    """Read a .docx: content controls, smart tags and insertions included, deletions and footnotes left out."""
    return guarded(name, lambda: _read(data, name))


def _read(data: bytes, name: str) -> Document:
    import docx

    check_archive(data, name)
    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    sizes = _style_sizes(document)
    found = Illustrations()
    lines: list[Line] = []
    blocks = list(_blocks(document.element.body, sizes))
    named_so: list[tuple[str, str]] = []
    skip = paragraph = 0
    early: list[tuple[Line, int]] = []  # pictures that stand so many paragraphs too early
    for block, following, after in zip(blocks, [*blocks[1:], _Block()], [*blocks[2:], _Block(), _Block()], strict=False):
        style = styles.get(block.style_id, block.style_id) if block.style_id else ""
        if skip:
            skip -= 1
        elif block.picture is not None:
            named = bool(_CAPTION_STYLE.search(styles.get(following.style_id, "") if following.style_id else ""))
            captioned = bool(following.text.strip()) and (named or is_caption(following.text))
            signed = not captioned and is_credit(after.text) and 0 < len(following.text) <= MOST_OF_CAPTION
            caption = f"{following.text} {after.text}" if signed else following.text if captioned else block.caption
            reason = "图表或外部链接的图" if not block.picture else "图片不在文件里"
            line = found.line(_part(document, block.picture), caption, f"第 {paragraph} 段后", reason)
            if line:
                named_so += [(found.pictures[-1].name, block.name)] * bool(block.name)
                lines.insert(max(0, len(lines) - max(0, block.moved)), line)
                early += [(line, -block.moved)] * (block.moved < 0)
                skip = 2 if signed else int(captioned)
        elif block.rows is not None:
            lines += [Line(text, True) for text in table_lines(block.rows)]
        else:
            if style == _GAP and not block.text.strip():
                continue
            paragraph += bool(block.text.strip())
            fixed = block.style_id == _ROW or bool(_HEADING.match(style))
            style = "" if block.style_id == _ROW else style
            text = block.text
            if _BROKEN.fullmatch(style):
                text = re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", text).replace("\n", "")
            lines += [Line(piece, fixed, style, size=block.size, centred=block.centred) for piece in text.split("\n")]
    for line, after in reversed(early):
        place = next(i for i, one in enumerate(lines) if one is line)
        lines.insert(place + after, lines.pop(place))
    core = document.core_properties
    return Document(tuple(lines), _title(lines), core.title or "", notes=found.notes(), pictures=tuple(found.pictures), names=tuple(named_so))


def _title(lines: list[Line]) -> str:
    """What a title style says, else the first lines in the largest type, with the line over them that they finish."""
    filled = [line for line in lines if line.text.strip() and not line.text.startswith(("![", "|"))][:12]
    top = filled[:TITLE_LINES]
    styled = next((i for i, line in enumerate(top) if _TITLE.fullmatch(line.style)), None)
    if styled is not None:
        end = styled + 1
        while end < len(top) and top[end].style == top[styled].style and len(top[styled].text) + len(top[end].text) <= 120:
            end += 1
        return _joined(top[styled:end])
    weights: collections.Counter[float] = collections.Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    usual = weights.most_common(1)[0][0] if weights else 0.0
    largest = max((line.size for line in top), default=0.0)
    if not usual or largest < LARGER * usual:
        return ""
    start = next(i for i, line in enumerate(top) if line.size == largest)
    if take_provenance([top[start].text])[0].notes:
        return ""
    end = start + 1
    while end < len(top) and top[end].size == largest and not take_provenance([top[end].text])[0].notes:
        end += 1
    if start == 1 and top[0].centred and _KICKER.search(top[0].text.strip()):
        start = 0
    title = _joined(top[start:end])
    return title if 4 <= len(title) <= 150 and "。" not in title else ""


def _joined(lines: list[Line]) -> str:
    """A title of several lines: a space parts clauses that could stand alone, nothing parts what belongs together."""
    title = ""
    for line in lines:
        text = " ".join(line.text.split())
        alone = len(text) >= 8 and len(title) >= 8 and not re.match(r"的|[，、）》”]", text) and not re.search(r"[，、（《“的和与及关于]$", title)
        open_quote = any(title.count(a) > title.count(b) for a, b in ("《》", "（）", "“”"))
        title += (" " if alone and not open_quote and re.search(rf"[{HAN}”》]$", title) else "") + text
    return title


_ROW = "\0row"  # stands for the style of a table's row that is kept as a line


def _blocks(parent, sizes: dict[str, float]) -> Iterator[_Block]:
    """Yield the paragraphs, tables and pictures under ``parent``."""
    for child in parent:
        if child.tag == _W + "p":
            yield from _paragraph(child, sizes)
        elif child.tag == _W + "tbl":
            yield from _table(child, sizes)
        elif child.tag == _W + "tr":
            yield from _row(child, sizes)
        elif isinstance(child.tag, str) and child.tag not in _GONE:
            yield from _blocks(child, sizes)  # content controls, custom XML


def _paragraph(element, sizes: dict[str, float]) -> Iterator[_Block]:
    properties = element.find(f"{_W}pPr/{_W}pStyle")
    style_id = "" if properties is None else properties.get(_W + "val", "")
    aligned = element.find(f"{_W}pPr/{_W}jc")
    centred = aligned is not None and aligned.get(_W + "val") == "center"
    text = "".join(_pieces(element))
    pictures = list(_pictures(element))
    if text.strip() or not pictures:
        yield _Block(text, style_id, _size(element, style_id, sizes), centred)
    yield from pictures
    for box in element.iter(_W + "txbxContent"):
        if not any(a.tag in (_FALLBACK, _W + "txbxContent") for a in box.iterancestors()):
            yield from _blocks(box, sizes)


def _pictures(element) -> Iterator[_Block]:
    for drawing in element.iter(_W + "drawing", _W + "pict"):
        if any(a.tag in (_FALLBACK, _W + "txbxContent", _W + "del") for a in drawing.iterancestors()):
            continue
        described = drawing.find(f".//{_PROPERTIES}")
        caption = "" if described is None else described.get("descr") or ""
        own = _OWN_NAME.fullmatch("" if described is None else described.get("name") or "")
        caption = caption if re.search(f"[{HAN}]", caption) and not re.search(r"自动生成|图片\s*\d*$|\.\w{3,4}$", caption) else ""
        moved = _MOVED.fullmatch("" if described is None else described.get("title") or "")
        ids = [b.get(_R + "embed") or (b.get(_R + "link") and "") for b in drawing.iter(_BLIP)]
        ids += [i.get(_R + "id") for i in drawing.iter(_VML)]
        if not ids and any("chart" in g.get("uri", "") or "diagram" in g.get("uri", "") for g in drawing.iter(_GRAPHIC)):
            ids = [""]
        for number in ids[:20]:
            if number is not None:
                yield _Block(picture=number, caption=caption, name=own[1] if own else "", moved=int(f"{'-' * (moved[1] == '前')}{moved[2]}") if moved else 0)


def _part(document, number: str) -> bytes | None:
    relation = document.part.rels.get(number)
    return None if relation is None or relation.is_external else relation.target_part.blob


def _table(element, sizes: dict[str, float]) -> Iterator[_Block]:
    """A table of two rows and columns or more is one block; what only lays out the page is its paragraphs."""
    grid = [_cells(row) for row in element.iter(_W + "tr") if row.getparent() is element or row.getparent().tag != _W + "tc"]
    nested = next(element.iterfind(f".//{_W}tc//{_W}tbl"), None) is not None
    boxed = any(True for _ in element.iter(_W + "drawing", _W + "pict", _W + "txbxContent"))
    rows = [[text for text, _ in row] for row in grid]
    rows = [row for row in rows if any(row)]
    whole = len(rows) >= 2 and max(map(len, rows)) >= 2 and max(len(c) for row in rows for c in row) <= CELL
    long = any(parts > 4 for row in grid for _, parts in row)
    if whole and not nested and not boxed and not long and any(sum(map(bool, row)) >= 2 for row in rows):
        yield _Block(rows=rows)
    else:
        for child in element:
            if isinstance(child.tag, str) and child.tag not in _GONE:
                yield from _row(child, sizes) if child.tag == _W + "tr" else _blocks(child, sizes)


def _cells(row) -> list[tuple[str, int]]:
    """The text and the number of paragraphs of each column of a row; what is merged stands once."""
    cells: list[tuple[str, int]] = []
    for cell in row.findall(_W + "tc") + row.findall(f"{_W}sdt/{_W}sdtContent/{_W}tc"):
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        goes_on = merged is not None and merged.get(_W + "val", "continue") == "continue"
        texts = [] if goes_on else [t for p in cell.iter(_W + "p") if (t := "".join(_pieces(p)).strip())]
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        width = int(v) if span is not None and (v := span.get(_W + "val", "1")).isdecimal() and len(v) < 3 else 1
        cells += [(" ".join(texts), len(texts))] + [("", 0)] * (width - 1)
    return cells


def _row(row, sizes: dict[str, float]) -> Iterator[_Block]:
    found = row.findall(_W + "tc") + row.findall(f"{_W}sdt/{_W}sdtContent/{_W}tc")
    cells = [[b for b in _blocks(cell, sizes) if b.text.strip() or b.rows or b.picture is not None] for cell in found]
    if all(len(cell) <= 1 and all(b.text for b in cell) for cell in cells):
        if text := "  ".join(block.text for cell in cells for block in cell):
            yield _Block(text, _ROW)
    else:
        yield from (block for cell in cells for block in cell)


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


def _style_sizes(document) -> dict[str, float]:
    """Points of each style's type, "" for the document's own; 0 where nothing is said."""
    sizes: dict[str, float] = {}
    based: dict[str, str] = {}
    root = document.styles.element
    default = root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr/{_W}sz")
    normal = _points(default) or 10.0
    for style in root.iter(_W + "style"):
        key = style.get(_W + "styleId", "")
        sizes[key] = _points(style.find(f"{_W}rPr/{_W}sz"))
        over = style.find(_W + "basedOn")
        based[key] = "" if over is None else over.get(_W + "val", "")
        if style.get(_W + "default") == "1" and style.get(_W + "type") == "paragraph":
            normal = sizes[key] or normal
    for key in sizes:
        at, steps = key, 0
        while not sizes[key] and based.get(at) and steps < 20:
            at, steps = based[at], steps + 1
            sizes[key] = sizes.get(at, 0.0)
        sizes[key] = sizes[key] or normal
    sizes[""] = normal
    return sizes


def _size(element, style_id: str, sizes: dict[str, float]) -> float:
    """The size of most of a paragraph's text."""
    usual = sizes.get(style_id, sizes[""])
    weights: collections.Counter[float] = collections.Counter()
    for run in element.iter(_W + "r"):
        length = sum(len(t.text or "") for t in run.iter(_W + "t"))
        weights[_points(run.find(f"{_W}rPr/{_W}sz")) or usual] += length
    return weights.most_common(1)[0][0] if weights else usual


def _points(element) -> float:
    value = "" if element is None else element.get(_W + "val", "")
    return int(value) / 2 if value.isdecimal() and len(value) < 5 else 0.0
