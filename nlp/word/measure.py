"""How much room an editor's template gives: the text's width and height, and the characters in a line of each kind of title.

It knows a template's page and styles; nothing of titles, articles or issues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .package import add_styles, open_template, sections, text_area
from .stylesheet import styles
from .titles import Room

if TYPE_CHECKING:
    from docx.document import Document


def measure(template: bytes) -> Room:
    """How wide the text and the lines of titles are in a template's page and type."""
    document = open_template(template)
    _, body = sections(document)
    width, height = text_area(body)
    sheet = {style.name: style for style in styles(width, height)}
    add_styles(document, sheet.values(), width)
    lines = (_line(document, name, width) for name in ("heading 2", "重点条目", "toc 2"))
    return Room(width, height, *lines)


def _line(document: Document, name: str, width: int) -> float:
    """How many characters a line has in a style, as far as it and those it is based on tell."""
    element = document.styles.element
    style = next(style for style in element.style_lst if (style.name_val or "").lower() == name)
    size = indents = None
    while style is not None and (size is None or indents is None):
        found = style.xpath("./w:rPr/w:sz/@w:val")
        size = int(found[0]) / 2 if size is None and found else size
        given = style.xpath("./w:pPr/w:ind")
        if indents is None and given:
            sides = [given[0].xpath(f"./@w:{side}") for side in ("left", "start", "right", "end")]
            indents = sum(int(values[0]) for values in sides if values and values[0].lstrip("-").isdecimal())
        based = style.xpath("./w:basedOn/@w:val")
        style = element.get_by_id(based[0]) if based else None
    default = element.xpath("./w:docDefaults/w:rPrDefault/w:rPr/w:sz/@w:val")
    size = size or (int(default[0]) / 2 if default else 10)
    return (width - (indents or 0)) / (size * 20)
