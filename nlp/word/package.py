"""The package around the pages: a .docx bound of paragraphs, on our own sheet or on an editor's template.

It knows parts, styles and sections of Word files, nothing of issues. The same paragraphs give the same bytes on
every machine and day: the zip is neither dated nor compressed, since compressors differ.
"""

from __future__ import annotations

import copy
import datetime
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..documents import check_size
from ..documents.guard import guarded
from ..documents.kinds import check_kind
from ..documents.zip_limits import check_archive
from ..errors import UnreadableFile
from .pictures import CONTENT_TYPES, fit_picture
from .seal import digest, repack
from .stylesheet import DEFAULTS, FONTS, HEIGHT, NAMESPACES, PAGE, SETTINGS, WIDTH, Style, styles

if TYPE_CHECKING:
    from docx.document import Document

TEMPLATE = "模板.docx"  # what messages call the bytes of a template
NO_DAY = datetime.datetime(1980, 1, 1)  # of an issue without a date

_HEAD, _FOOT = "header", "footer"
_AFTER_NUMBERS = ("cols", "formProt", "vAlign", "noEndnote", "titlePg", "textDirection", "bidi", "rtlGutter",
                  "docGrid", "printerSettings", "sectPrChange")  # in a section, after w:pgNumType  # fmt: skip
_STANDING = {"styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "theme", "numbering", "footnotes",
             "endnotes", "customXml"}  # what a document is related to besides its own text  # fmt: skip
_NOT_OURS = ("updateFields", "attachedTemplate", "mailMerge")  # settings that ask questions or reach outside
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_NUMBER = re.compile(r"第\s*\d+\s*期")


@dataclass(frozen=True)
class Pages:
    """What is to be bound: paragraphs and running lines as WordprocessingML, with the style ids of ``stylesheet``."""

    front: str  # cover and contents
    body: str  # begins again with page 1; "" if there is none
    head: str  # the running head and foot, for a template that has none
    foot: str
    entries: float = 0  # lines of the contents, which our own sheet keeps on one page
    number: str = ""  # "第 46 期", to stand for another number in a template's running head
    title: str = ""
    author: str = ""
    date: str = ""  # YYYY-MM-DD
    pictures: Mapping[str, bytes] = field(default_factory=dict)  # by the names in ``body``


def bind(pages: Pages, template: bytes | None = None) -> bytes:
    """Make the .docx. A template keeps its page, styles, head and foot; one that cannot be used is UnreadableFile."""
    document = _open(_blank()) if template is None else open_template(template)
    front, body = sections(document)
    ids = add_styles(document, styles(*text_area(body), pages.entries), text_area(body)[0])
    for kind, line in ((_HEAD, pages.head), (_FOOT, pages.foot)):
        if not body.xpath(f"./w:{kind}Reference"):
            body.insert(0, _add_story(document, kind, _paragraphs(line, ids)))
    text = _paragraphs(pages.body, ids)
    _add_pictures(document, text, pages.pictures, text_area(body))
    _fill(document, _paragraphs(pages.front, ids), front, text, body)
    if template is not None:
        _drop_remains(document)
        _renumber(document, pages.number)
    _sign(document, pages)
    document.core_properties.identifier = digest(_saved(document))
    return repack(_saved(document))


def title_of(data: bytes) -> str:
    """The title in the properties of a .docx that ``is_as_bound``: the bulletin's name and number."""
    return _open(data).core_properties.title or ""


def open_template(data: bytes) -> Document:
    """Open an editor's own .docx; bombs, damaged files and files with macros raise UnreadableFile."""
    check_size(len(data), TEMPLATE)
    check_kind(data, TEMPLATE)

    def work() -> Document:
        check_archive(data, TEMPLATE)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            types = archive.read("[Content_Types].xml")
        if b"template.main+xml" in types or b"macroEnabled" in types:
            raise UnreadableFile(TEMPLATE, "是 .dotx 或带宏的文件", "请用 Word 打开，另存为 .docx")
        return _open(data)

    return guarded(TEMPLATE, work)


def _open(data: bytes) -> Document:
    import docx

    return docx.Document(io.BytesIO(data))


def _blank() -> bytes:
    """An empty document on our own sheet."""
    office, word = "http://schemas.openxmlformats.org", "wordprocessingml"
    parts = {
        "document": ("document.main", f"<w:document {NAMESPACES}><w:body>{PAGE}</w:body></w:document>"),
        "styles": ("styles", DEFAULTS),
        "settings": ("settings", SETTINGS),
        "fontTable": ("fontTable", FONTS),
    }
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.{word}.{kind}'
        '+xml"/>'
        for name, (kind, _) in parts.items()
    )
    relation = f'<Relationship Id="rId%d" Type="{office}/officeDocument/2006/relationships/%s" Target="%s"/>'
    relations = f'<Relationships xmlns="{office}/package/2006/relationships">%s</Relationships>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        )
        archive.writestr("_rels/.rels", relations % (relation % (1, "officeDocument", "word/document.xml")))
        others = (relation % (i, name, f"{name}.xml") for i, name in enumerate(list(parts)[1:], 1))
        archive.writestr("word/_rels/document.xml.rels", relations % "".join(others))
        for name, (_, xml) in parts.items():
            archive.writestr(f"word/{name}.xml", xml)
    return out.getvalue()


def _xml(text: str):
    from docx.oxml import parse_xml

    return parse_xml(text)


def _remove(parent, *names: str) -> None:
    for element in parent.xpath(" | ".join(f"./w:{name}" for name in names)):
        parent.remove(element)


def sections(document: Document) -> tuple:
    """The front's and the body's section: a document's first and last, the last with the head and foot it shows."""
    found = document.element.body.xpath("./w:p/w:pPr/w:sectPr | ./w:sectPr") or [_xml(PAGE)]
    front, body = copy.deepcopy(found[0]), copy.deepcopy(found[-1])
    shown = {}
    for section in found:  # one without a head shows that of the section before it
        for reference in section.xpath("./w:headerReference | ./w:footerReference"):
            shown[reference.tag, reference.type_] = copy.deepcopy(reference)
    for section in (front, body):
        _remove(section, "type", "pgNumType", "sectPrChange")
        followers = [f"w:{name}" for name in _AFTER_NUMBERS]
        section.insert_element_before(_xml(f'<w:pgNumType {NAMESPACES} w:start="1"/>'), *followers)
    _remove(body, "headerReference", "footerReference")
    for i, reference in enumerate(shown.values()):
        body.insert(i, reference)
    if len(found) == 1:
        _remove(front, "headerReference", "footerReference", "titlePg", "cols")
    return front, body


def text_area(section) -> tuple[int, int]:
    """Width and height of a section's text in twips."""
    page, margins = section.pgSz, section.pgMar
    lengths = [] if page is None or margins is None else [
        page.w, margins.left, margins.right, page.h, margins.top, margins.bottom
    ]  # fmt: skip
    if not lengths or None in lengths:
        return WIDTH, HEIGHT
    lengths = [abs(length) // 635 for length in lengths]  # EMU in a twip; a fixed margin is negative
    return lengths[0] - lengths[1] - lengths[2], lengths[3] - lengths[4] - lengths[5]


def add_styles(document: Document, sheet: Iterable[Style], width: int) -> dict[str, str]:
    """Add the styles that are missing, by name; return this document's id for each id of ``stylesheet``."""
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Twips

    element = document.styles.element
    names = {style.name_val.lower(): style.styleId for style in element.style_lst if style.name_val}
    ids = {}
    for style in sheet:
        name = style.name.lower()
        if name not in names:
            own_id = style.id if element.get_by_id(style.id) is None else f"{style.id}Subao"
            element.append(_xml(style.write(own_id, names)))
            names[name] = own_id
        elif name.startswith("toc "):  # Word gives each entry a tab stop of its own; ours look to the style
            properties = element.get_by_id(names[name]).get_or_add_pPr()
            if properties.tabs is None:
                stops = properties.get_or_add_tabs()
                stops.insert_tab_in_order(Twips(width), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        ids[style.id] = names[name]
    return ids


def _paragraphs(xml: str, ids: dict[str, str]) -> list:
    """Parse paragraphs and name the document's own styles in them."""
    parsed = _xml(f"<w:body {NAMESPACES}>{xml}</w:body>")
    for style in parsed.xpath(".//w:pStyle"):
        style.val = ids[style.val]
    return list(parsed)


def _add_pictures(document: Document, paragraphs: list, pictures: Mapping[str, bytes], area: tuple[int, int]) -> None:
    """Add the pictures that the paragraphs name ``picture:NAME``, each once, in the order of the text."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    taken = {str(part.partname) for part in document.part.package.iter_parts()}
    relations: dict[str, str] = {}
    for blip in (blip for paragraph in paragraphs for blip in paragraph.iter(f"{{{_DRAWING}}}blip")):
        name = blip.get(_EMBED).removeprefix("picture:")
        if name not in relations:
            printed = fit_picture(pictures[name], *area)
            numbers = (f"/word/media/picture{n}.{printed.kind}" for n in itertools.count(len(relations) + 1))
            partname = next(number for number in numbers if number not in taken)
            taken.add(partname)
            part = Part(PackURI(partname), CONTENT_TYPES[printed.kind], printed.data, document.part.package)
            relations[name] = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        blip.set(_EMBED, relations[name])


def _add_story(document: Document, kind: str, paragraphs: list):
    """Add a header or footer to a document; return the section's reference to it."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.part import XmlPart

    root = _xml(f"<w:{'hdr' if kind == _HEAD else 'ftr'} {NAMESPACES}/>")
    root.extend(paragraphs)
    partname = document.part.package.next_partname(f"/word/{kind}%d.xml")
    part = XmlPart(partname, getattr(CONTENT_TYPE, f"WML_{kind.upper()}"), root, document.part.package)
    relation = document.part.relate_to(part, getattr(RELATIONSHIP_TYPE, kind.upper()))
    return _xml(f'<w:{kind}Reference {NAMESPACES} w:type="default" r:id="{relation}"/>')


def _fill(document: Document, front: list, front_section, body: list, body_section) -> None:
    """Replace the text; the front's section ends in its last paragraph."""
    element = document.element.body
    for child in list(element):
        element.remove(child)
    if body:
        front[-1].get_or_add_pPr().append(front_section)
    else:
        body_section = front_section
    element.extend([*front, *body, body_section])


def _drop_remains(document: Document) -> None:
    """Let go of the pictures, comments and links of a template's text, and of settings that are not the issue's."""
    _release(document.part, lambda kind: kind in _STANDING)
    for part in _related(document, "settings"):
        _remove(part.element, *_NOT_OURS)
        _release(part)


def _release(part, standing=lambda kind: False) -> None:
    """Drop the relations of a part that its text does not name."""
    named = set(part.element.xpath("//@r:*"))
    for name, relation in list(part.rels.items()):
        if name not in named and not standing(relation.reltype.rpartition("/")[2]):
            del part.rels[name]


def _related(document: Document, *kinds: str) -> list:
    """The parts that a document is related to as one of these kinds."""
    relations = document.part.rels.values()
    return [r.target_part for r in relations if not r.is_external and r.reltype.rpartition("/")[2] in kinds]


def _renumber(document: Document, number: str) -> None:
    """Put the issue's number for the one that stands in a template's head or foot: most are made of an older issue."""
    for part in _related(document, _HEAD, _FOOT):
        for paragraph in part.element.xpath(".//w:p"):
            texts = paragraph.xpath(".//w:t")
            if found := _NUMBER.search("".join(text.text or "" for text in texts)):
                _replace(texts, found.start(), found.end(), number)


def _replace(texts: list, start: int, end: int, new: str) -> None:
    """Replace the characters from start to end of a text that lies in several runs."""
    at = 0
    for text in texts:
        old = text.text or ""
        first, last = (min(max(edge - at, 0), len(old)) for edge in (start, end))
        at += len(old)
        if first < last:
            text.text, new = old[:first] + new + old[last:], ""


def _sign(document: Document, pages: Pages) -> None:
    properties = document.core_properties
    try:
        day = datetime.datetime.strptime(pages.date, "%Y-%m-%d")
    except ValueError:
        day = NO_DAY
    properties.title, properties.comments, properties.language = pages.title[:255], "", "zh-CN"
    properties.author = properties.last_modified_by = pages.author[:255]
    properties.created = properties.modified = day
    properties.revision = 1


def _saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
