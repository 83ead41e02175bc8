"""The look of the printed bulletin: page, fonts, styles and settings, written as WordprocessingML.

It knows nothing of issues and packages. Lines have fixed heights, so that a page holds the same lines in Word, WPS
and LibreOffice, whichever fonts are installed: the page numbers in the contents depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .titles import Room
from .widths import ems

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
SONG, HEI, KAI, LATIN = "SimSun", "SimHei", "KaiTi", "Times New Roman"  # 宋体, 黑体 and 楷体 by LibreOffice's names
RED, GREY = "9B1B1E", "808080"  # of the masthead, of thin rules, and of nothing else
BODY, LINE = 14, 560  # points and twips: 四号 on 28 pt
TOP = 1700  # twips over the text
WIDTH, HEIGHT = 28 * BODY * 20, 24 * LINE  # twips: 28 characters across, 24 lines down
MASTHEAD, TITLE, HIGHLIGHT, LISTING = 52, 16, 14, 12  # points; the last two: a title in 本期重点 and in 目录
ENTRY, CLOSEST = 480, 320  # twips: the height of a line of the contents
UNBROKEN = 6 * 28 - 2  # characters, six lines: a last paragraph so short is not spread over two pages

OURS = Room(WIDTH, HEIGHT, WIDTH / (TITLE * 20), WIDTH / (HIGHLIGHT * 20), (WIDTH - 480) / (LISTING * 20))

# A4; the margins leave WIDTH and HEIGHT.
PAGE = (
    f'<w:sectPr {NAMESPACES}><w:pgSz w:w="11906" w:h="16838"/>'
    f'<w:pgMar w:top="{TOP}" w:right="2033" w:bottom="{16838 - TOP - HEIGHT}" w:left="2033"'
    ' w:header="1020" w:footer="960" w:gutter="0"/></w:sectPr>'
)


@dataclass(frozen=True)
class Style:
    """A paragraph style: its id here, the name Word and WPS know it by, its parent's name, its properties."""

    id: str
    name: str
    parent: str
    paragraph: str
    run: str
    follower: str = ""  # the name of the style of the next paragraph an editor types

    def write(self, own_id: str, ids: Mapping[str, str]) -> str:
        """The style as XML under an id; ``ids`` holds those of the styles that are there already, by name."""
        parent, follower = ids.get(self.parent.lower()), ids.get(self.follower.lower())
        priority = 9 if self.name.startswith("heading") else 39 if self.name.startswith("toc") else 1
        return (
            f'<w:style {NAMESPACES} w:type="paragraph" w:styleId="{own_id}"><w:name w:val="{self.name}"/>'
            + (f'<w:basedOn w:val="{parent}"/>' if parent else "")
            + (f'<w:next w:val="{follower}"/>' if follower else "")
            + f'<w:uiPriority w:val="{priority}"/><w:qFormat/>'
            + f"<w:pPr>{self.paragraph}</w:pPr><w:rPr>{self.run}</w:rPr></w:style>"
        )


def _paragraph(
    *, keep=False, new_page=False, rule="", tabs="", before=0, after=0, line=0, indent="", align="", level=0
) -> str:
    """Paragraph properties in the order the schema demands; lengths in twips, ``line`` exact, -1 as high as what stands in it."""
    return (
        ("<w:keepNext/><w:keepLines/>" if keep else "")
        + ("<w:pageBreakBefore/>" if new_page else "")
        + (f"<w:pBdr>{rule}</w:pBdr>" if rule else "")
        + (f"<w:tabs>{tabs}</w:tabs>" if tabs else "")
        + f'<w:spacing w:before="{before}" w:after="{after}"'
        + (' w:line="240" w:lineRule="auto"/>' if line < 0 else f' w:line="{line}" w:lineRule="exact"/>' if line else "/>")
        + (f"<w:ind {indent}/>" if indent else "")
        + (f'<w:jc w:val="{align}"/>' if align else "")
        + (f'<w:outlineLvl w:val="{level - 1}"/>' if level else "")
    )


def _run(points: float, font="", *, bold=False, color="", spacing=0) -> str:
    """Run properties in the order the schema demands; ``spacing`` between characters in twips."""
    return (
        (f'<w:rFonts w:eastAsia="{font}"/>' if font else "")
        + ("<w:b/><w:bCs/>" if bold else "")
        + (f'<w:color w:val="{color}"/>' if color else "")
        + (f'<w:spacing w:val="{spacing}"/>' if spacing else "")
        + f'<w:sz w:val="{points * 2:.0f}"/><w:szCs w:val="{points * 2:.0f}"/>'
    )


def _rule(side: str, kind="single", size=4, space=6, color="auto") -> str:
    """A line beside a paragraph; ``size`` in eighths of a point, ``space`` in points."""
    return f'<w:{side} w:val="{kind}" w:sz="{size}" w:space="{space}" w:color="{color}"/>'


TWO_CHARACTERS = f'w:firstLineChars="200" w:firstLine="{2 * BODY * 20}"'


def fit(name: str) -> str:
    """The size of a bulletin's name that is too long for one line of the masthead, down to 24 points."""
    size = min(MASTHEAD, max(24, WIDTH // 20 / max(ems(name), 1)))
    return "" if size == MASTHEAD else f'<w:sz w:val="{size * 2:.0f}"/><w:szCs w:val="{size * 2:.0f}"/>'


def styles(width: int = WIDTH, height: int = HEIGHT, entries: float = 0) -> tuple[Style, ...]:
    """The styles for pages of text so wide and high, each after those it names; Normal is in ``DEFAULTS``.

    ``entries``: the lines of the contents; they are set closer where it takes that to keep them on one page.
    """
    tab = f'<w:tab w:val="right" w:leader="dot" w:pos="{width}"/>'
    hanging = 'w:left="480" w:hanging="240"'  # where a long title turns over
    front = _paragraph(keep=True, new_page=True, before=560, after=440, line=640, align="center")
    entry = _entry_height(height - 560 - 640 - 440 - 40, entries)
    return (
        Style("BodyText", "Body Text", "Normal", _paragraph(indent=TWO_CHARACTERS), ""),
        Style("Heading1", "heading 1", "Normal",
              _paragraph(keep=True, rule=_rule("bottom", size=8, space=6), before=2 * LINE, after=LINE // 2, line=640,
                         align="left", level=1), _run(20, HEI, spacing=40), "heading 2"),
        Style("Heading2", "heading 2", "Normal",
              _paragraph(keep=True, before=LINE, after=LINE // 2, line=LINE, align="center", level=2),
              _run(TITLE, HEI), "Body Text"),
        Style("Heading3", "heading 3", "Normal",
              _paragraph(keep=True, before=LINE // 4, line=LINE, indent=TWO_CHARACTERS, align="left", level=3),
              _run(BODY, HEI), "Body Text"),
        Style("ArticleSource", "文章来源", "Normal", _paragraph(after=LINE, align="right"), _run(12)),
        Style("Signature", "落款", "Normal", _paragraph(line=LINE, indent='w:right="560"', align="right"), ""),
        Style("Picture", "插图", "Normal",
              _paragraph(keep=True, before=LINE // 4, after=LINE // 8, line=-1, align="center"), _run(BODY)),
        Style("PictureCaption", "图题", "Normal", _paragraph(after=LINE // 4, line=400, align="center"), _run(10.5, KAI)),
        Style("TableCaption", "表题", "Normal",
              _paragraph(keep=True, before=LINE // 4, line=480, align="center"), _run(12, HEI)),
        Style("TableText", "表格文字", "Normal", _paragraph(line=360, align="center"), _run(10.5)),
        Style("TableEnd", "表格间隔", "Normal", _paragraph(line=LINE // 4), _run(1)),
        Style("CoverNotice", "封面密级", "Normal", _paragraph(after=height * 22 // 100, line=480, align="left"),
              _run(14, HEI)),
        Style("CoverName", "封面刊名", "Normal",
              _paragraph(keep=True, rule=_rule("bottom", "thickThinSmallGap", 24, 16, RED), after=420, line=1240,
                         align="center"), _run(MASTHEAD, bold=True, color=RED)),
        Style("CoverNumber", "封面期号", "Normal", _paragraph(line=560, align="center"), _run(18)),
        Style("CoverInstitution", "封面单位", "Normal",
              _paragraph(before=height * 42 // 100, line=560, align="center"), _run(16, HEI)),
        Style("CoverDate", "封面日期", "Normal", _paragraph(before=120, line=560, align="center"), _run(16)),
        Style("HighlightsHeading", "重点栏题", "Normal", front, _run(22, HEI, spacing=80), "重点条目"),
        Style("Highlight", "重点条目", "Normal",
              _paragraph(rule=_rule("bottom", space=9, color=GREY) + _rule("between", space=9, color=GREY), before=180,
                         line=520, align="left"), _run(HIGHLIGHT)),
        Style("TOCHeading", "TOC Heading", "Normal", front, _run(22, HEI, spacing=80)),
        Style("TOC1", "toc 1", "Normal", _paragraph(keep=True, tabs=tab, before=entry // 3, line=entry, align="left"),
              _run(12, HEI)),
        Style("TOC2", "toc 2", "Normal", _paragraph(tabs=tab, line=entry, indent=hanging, align="left"), _run(12)),
        Style("ContentsEnd", "目录末行", "Normal", _paragraph(line=20), ""),
        Style("StatementHeading", "声明栏题", "Normal",
              _paragraph(keep=True, new_page=True, before=height // 2, after=240, line=560, align="center"),
              _run(14, HEI)),
        Style("Statement", "声明正文", "Normal",
              _paragraph(after=200, line=400, indent='w:firstLineChars="200" w:firstLine="420"'), _run(10.5)),
        Style("Contact", "联系方式", "Normal",
              _paragraph(rule=_rule("top", space=10, color=GREY), line=400, align="left"), _run(10.5)),
        Style("Header", "header", "Normal",
              _paragraph(rule=_rule("bottom", space=4, color=GREY), tabs=tab.replace("dot", "none"), line=240,
                         align="left"), _run(10.5)),
        Style("Footer", "footer", "Normal", _paragraph(line=240, align="center"), _run(12)),
    )  # fmt: skip


def _entry_height(room: int, entries: float) -> int:
    """The height of a line of the contents: generous, closer where so many lines then fit on the page."""
    close = room / max(entries, 1)
    return int(min(ENTRY, close)) if close >= CLOSEST else ENTRY


# What every document begins with. Hyperlinks look like text: the bulletin is printed.
DEFAULTS = (
    f'<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>'
    f'<w:rFonts w:ascii="{LATIN}" w:eastAsia="{SONG}" w:hAnsi="{LATIN}" w:cs="{LATIN}"/><w:kern w:val="2"/>'
    f'<w:sz w:val="{BODY * 2}"/><w:szCs w:val="{BODY * 2}"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    "</w:rPrDefault><w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    f'<w:pPr>{_paragraph(line=LINE, align="both")}</w:pPr></w:style>'
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
    '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
    '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
    '<w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="99"/></w:style></w:styles>'
)

SETTINGS = (
    f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
    '<w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
    "<w:useFELayout/>"
    + "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in (("compatibilityMode", 15), ("overrideTableStyleFontSizeAndJustification", 1),
                            ("enableOpenTypeFeatures", 1), ("doNotFlipMirrorIndents", 1),
                            ("differentiateMultirowTableHeaders", 1), ("useWord2013TrackBottomHyphenation", 0))
    )
    + '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/>'
    '<w:listSeparator w:val=","/></w:settings>'
)  # fmt: skip

# What stands in for a font that is missing: another name of it, then whatever the machine has of that kind.
FONTS = (
    f"<w:fonts {NAMESPACES}>"
    + "".join(
        f'<w:font w:name="{name}">' + (f'<w:altName w:val="{other}"/>' if other else "")
        + f'<w:panose1 w:val="{panose}"/><w:charset w:val="{charset}"/><w:family w:val="{family}"/>'
        f'<w:pitch w:val="{pitch}"/></w:font>'
        for name, other, panose, charset, family, pitch in (
            (LATIN, "", "02020603050405020304", "00", "roman", "variable"),
            (SONG, "宋体", "02010600030101010101", "86", "auto", "variable"),
            (HEI, "黑体", "02010609060101010101", "86", "modern", "fixed"),
            (KAI, "楷体", "02010609060101010101", "86", "modern", "fixed"),
        )
    )
    + "</w:fonts>"
)  # fmt: skip
