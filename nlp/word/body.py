"""An article's text to paragraphs: subheadings, “一、” and “（一）”, pictures, tables, to whom, who signed and when.

It knows what a line is by its form; how each kind looks is written in ``stylesheet``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..bulletin import Article
from ..house import House
from ..text.markup import PICTURE, is_table_row, table_cells
from .flow import Placement
from .pictures import drawing, fit_picture
from .runs import clean, paragraph, run
from .stylesheet import HEI, UNBROKEN
from .tables import set_table
from .titles import Room
from .widths import ems

HEADING = 40  # characters at most of what stands in another font after 一、 or （一）
SIGNATORY = 40  # characters at most of a line that says who signed
TITLE = 56  # ems at most of a line of the title of what a notice sends round
LEADS = 22  # ems at most of a line without an end that leads the text under it
KEPT, UNINDENTED, LEFT = "<w:keepNext/><w:keepLines/>", '<w:ind w:firstLineChars="0" w:firstLine="0"/>', '<w:jc w:val="left"/>'

_SUBHEADING = re.compile(r"### (\S.*)")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_NUMBERED = re.compile(rf"(?:(?P<first>{_NUMERAL}、)|[（(]{_NUMERAL}[)）])[^。！？；]*[。！？]?")
_CHAPTER = re.compile(rf"第{_NUMERAL}[章节编](?:\s*[^，。；：]{{1,30}})?|{_NUMERAL}")
_ANY_NUMBER = re.compile(rf"{_NUMERAL}、|[（(](?:{_NUMERAL}|\d+)[)）]|\d+\s*[.．、]|第{_NUMERAL}[条章节款]|[●■◆▲·•—]")
_TO_WHOM = re.compile(r"(?:各|尊敬的|有关)[^。！？；]{1,150}[：:]")
_ADDRESS = re.compile(r"[!-~]{24}")  # it has no place to turn over: the words before it would be stretched
_RULE = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+")
_TABLE_CAPTION = re.compile(r"附?表\s*[\d一二三四五六七八九十]*\s*[:：]?[^。]{0,40}")
_YEAR, _DAY = r"(?:\d{4}|[〇零○一二三四五六七八九]{4})", r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_SIGNED = re.compile(rf"{_YEAR}\s*年\s*{_DAY}\s*月\s*{_DAY}\s*日")
_SIGNATORY = re.compile(r"[^。，；：！？《》“”]+(?:局|厅|部|委|委员会|办公室|办|府|院|会|公司|中心|处|署|所|大学|学院|集团|社|组)")


def set_body(
    article: Article, house: House, room: Room, pictures: Mapping[str, bytes], number: int, kept: bool,
    placements: Mapping[int, Placement] | None = None,
) -> Iterator[str]:  # fmt: skip
    """The paragraphs of an article's text; ``kept``: a short last one stays with the source that follows.

    A picture whose bytes are not among ``pictures`` or cannot be printed is left out with its caption; ``number`` is
    the first of the numbers by which the document tells its pictures apart; ``placements``: how some of them are set.
    """
    parts = list(_parts(article, house, room, pictures, number, kept, placements or {}))
    for i in range(len(parts)):
        if parts[i][0].after < 0:
            parts.insert(max(0, i + parts[i][0].after), parts.pop(i))
    for i in reversed(range(len(parts))):
        if parts[i][0].after > 0:
            parts.insert(i + parts[i][0].after, parts.pop(i))
    for _, paragraphs in parts:
        yield from paragraphs


def _parts(
    article: Article, house: House, room: Room, pictures: Mapping[str, bytes], number: int, kept: bool, placements: Mapping[int, Placement]
) -> Iterator[tuple[Placement, list[str]]]:
    """The paragraphs of each line of a text, in its order; of a table's lines together."""
    lines = [line.strip() for line in article.body.splitlines()]
    signed = signature(lines) if house.signatures_right else set()
    i = 0
    while i < len(lines):
        line = lines[i]
        rows = table_at(lines, i)
        if rows:
            yield Placement(), [set_table([[clean(cell) for cell in row] for row in rows[1]], room.width)]
            i += rows[0]
            continue
        if found := PICTURE.fullmatch(line):
            placement = placements.get(number, Placement())
            yield placement, list(_picture(clean(found["name"]), clean(found["caption"]), room, pictures, number, placement))
            number += 1
        else:
            yield Placement(), [_line(lines, i, signed, house, kept and i == len(lines) - 1)]
        i += 1


def _line(lines: Sequence[str], i: int, signed: set[int], house: House, last: bool) -> str:
    """The paragraph of a line; ``last``: the source follows it."""
    line, before, following = lines[i], lines[i - 1] if i else "", next(filter(None, lines[i + 1 :]), "")
    if heading := _SUBHEADING.fullmatch(line):
        second = house.heading_fonts[1] if re.match(rf"[（(]{_NUMERAL}[)）]", heading[1]) else ""
        return paragraph("Heading3", run(heading[1], font=second or HEI, own=bool(second)))
    if i in signed:
        return paragraph("Signature", run(line), KEPT if last or i + 1 in signed else "")
    if table_at(lines, i + 1) and (_TABLE_CAPTION.fullmatch(line) or _is_short(line)):
        return paragraph("TableCaption", run(line, font=HEI))
    if _entitles(lines, i, signed):
        return paragraph("BodyText", run(line, font=HEI, own=True), KEPT + UNINDENTED + '<w:jc w:val="center"/>')
    if _CHAPTER.fullmatch(line) or _leads(line, before, following):
        font = house.heading_fonts[0]
        return paragraph("BodyText", run(line, font=font, own=True) if font else run(line), KEPT)
    if i < 2 and _TO_WHOM.fullmatch(line):
        return paragraph("BodyText", run(line), "<w:keepNext/>" + UNINDENTED)
    signed_next = i + 1 in signed and ems(line) <= UNBROKEN // 2  # a page of signatures alone is no page
    return _text(line, house, signed_next or (last and ems(line) <= UNBROKEN), before, following)


def _text(line: str, house: House, kept: bool, before: str, following: str) -> str:
    """A paragraph; after “一、” or “（一）” the heading, all of it or its first sentence, has the house's font. A
    sentence alone, with no text under it, is one item of a list and no heading."""
    found = _NUMBERED.match(line)
    font = found and len(found[0]) <= HEADING and house.heading_fonts[0 if found["first"] else 1]
    alone = bool(found) and found.end() == len(line)
    item = _is_sentence(line) and (not following or bool(_ANY_NUMBER.match(following)) or _is_sentence(before))
    if not found or not font or item:  # keepLines: Word alone would break a paragraph that is kept with the source
        return paragraph("BodyText", run(line), KEPT * kept + LEFT * bool(_ADDRESS.search(line)))
    runs = run(found[0], font=font, own=True) + run(line[found.end() :])
    return paragraph("BodyText", runs, KEPT if kept or alone else "")


def _is_sentence(line: str) -> bool:
    """Tell a line that is a number and one whole sentence: ``_is_sentence("（一）申请书原件。") -> True``."""
    found = _NUMBERED.match(line)
    return bool(found) and found.end() == len(line) and line[-1] in "。！？"


def _leads(line: str, before: str, following: str) -> bool:
    """Tell a subheading without a mark or number: short, without an end, between a finished sentence and a long text.

    >>> _leads("态势向好，外贸继续改善", "同比增长。", "外贸规模" + "增长" * 30 + "。"), _leads("李明", "参加会议。", "2022年5月")
    (True, False)
    """
    between = re.search("[。！？][”）]?$", before) and ems(following) > LEADS and re.search("[。！？：；][”）]?$", following)
    return bool(between) and _is_short(line)


def _entitles(lines: Sequence[str], i: int, signed: set[int]) -> bool:
    """Tell the title, on a line or two, of what a signed notice sends round: it stands under the day."""
    over = next((j for j in range(i - 1, max(-1, i - 3), -1) if j in signed), None)
    if over is None or not any(lines[i + 1 :]):
        return False
    title = filter(None, lines[over + 1 : i + 1])
    return all(ems(line) <= TITLE and not re.search("[。！；：，、]|^附|^（", line) and not _ANY_NUMBER.match(line) for line in title)


def _is_short(line: str) -> bool:
    """Tell a line that is no sentence and no item of a list."""
    return ems(line) <= LEADS and not re.search("[。！；：，、…]$", line) and not _ANY_NUMBER.match(line)


def _picture(
    name: str, caption: str, room: Room, pictures: Mapping[str, bytes], number: int, placement: Placement
) -> Iterator[str]:
    try:
        printed = fit_picture(pictures[name], room.width, room.height)
    except (KeyError, ValueError):  # said by whoever gathered the pictures
        return
    single = '<w:keepNext w:val="0"/>' if not caption else ""
    yield paragraph("Picture", drawing(name, caption, number, printed, placement.after, placement.share), single)
    if caption:
        yield paragraph("PictureCaption", run(caption))


def table_at(lines: Sequence[str], start: int) -> tuple[int, list[list[str]]] | None:
    """The table that begins at a line: how many lines it takes, and its rows without the rule; None if none does."""
    end = start
    while end < len(lines) and is_table_row(lines[end]):
        end += 1
    if end - start < 2 or not _RULE.fullmatch(lines[start + 1]):
        return None
    for row in range(start + 2, end - 1):  # a second rule: another table begins a line above it
        if _RULE.fullmatch(lines[row + 1]):
            end = row
            break
    return end - start, [table_cells(line) for i, line in enumerate(lines[start:end]) if i != 1]


def signature(lines: Sequence[str]) -> set[int]:
    """Which lines say who signed and when: a day alone, and over it who; or a day that ends the text.

    >>> sorted(signature(["各单位：", "请照办。", "某市科学技术局", "2022年5月15日"]))
    [2, 3]
    """
    found: set[int] = set()
    ends = max((i for i, line in enumerate(lines) if line), default=-1)
    for i, line in enumerate(lines):
        if not _SIGNED.fullmatch(line):
            continue
        who = []
        for j in range(i - 1, -1, -1):
            if lines[j] and not (len(lines[j]) <= SIGNATORY and _SIGNATORY.fullmatch(lines[j])):
                break
            who += [j] * bool(lines[j])
        if who or (i == ends and i > 0):
            found |= {i, *who}
    return found
