"""Text as WordprocessingML: runs, paragraphs, links, fields. Knows characters and fonts, nothing of issues."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from html import escape

from .stylesheet import SONG

_ILLEGAL = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_MARKS = re.compile(r"((?<=[A-Za-z])’(?=[A-Za-z]))|(…+)|((?:^|(?<=[!-~])|(?<=[!-~] ))[“”‘’—]+)")
_BREAK = "<w:r><w:br/></w:r>"
_NO_ROOM = '<w:sz w:val="2"/><w:szCs w:val="2"/>'  # of a space that ends a centred line: it must not push the line aside


def paragraph(style: str, runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def run(text: str, properties: str = "", font: str = SONG, own: bool = False) -> str:
    """Text as runs: quotation marks and dashes as wide as Chinese ones, an apostrophe in English narrow.

    ``own``: the font is not that of the paragraph's style. The hint is for Word. LibreOffice takes marks beside Latin
    letters for Latin, so those have a Chinese font and language; and it would part a …… in Chinese, but not in a
    language that never does.
    """
    chosen = f' w:eastAsia="{font}"' if own else ""
    hint = f'<w:rFonts w:hint="eastAsia"{chosen}/>'
    latin = f"<w:rFonts{chosen}/>" if own else ""
    wide = f'<w:rFonts w:hint="eastAsia" w:ascii="{font}"{chosen} w:hAnsi="{font}"/>'
    chinese, unparted = '<w:lang w:val="zh-CN"/>', '<w:lang w:val="zh-CN" w:eastAsia="en-US"/>'
    kinds = itertools.cycle(((hint, ""), (latin, ""), (wide, unparted), (wide, chinese)))  # as the groups of _MARKS
    return "".join(
        f"<w:r><w:rPr>{fonts}{properties}{language}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t></w:r>'
        for piece, (fonts, language) in zip(_MARKS.split(clean(text)), kinds, strict=False)
        if piece
    )


def broken(lines: Sequence[str], font: str = SONG) -> str:
    """A title as runs, over as many lines as it was cut into."""
    *above, last = lines
    cut = ""
    for line in above:
        text = line.rstrip(" ")
        cut += run(text, font=font) + run(line[len(text) :], _NO_ROOM, font) + _BREAK
    return cut + run(last, font=font)


def link(mark: str, runs: str) -> str:
    return f'<w:hyperlink w:anchor="{mark}" w:history="1">{runs}</w:hyperlink>'


def field(instruction: str, result: str) -> str:
    """A field of Word around what it shows until it is brought up to date."""
    edge = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return edge("begin") + code + edge("separate") + result + edge("end")


def clean(text: str) -> str:
    """One line without the characters that XML does not allow."""
    return _ILLEGAL.sub("", " ".join(text.splitlines()))
