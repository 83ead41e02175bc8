"""A published bulletin (.txt, .docx, .pdf) to ``Issue``: what an archive holds, in the program's own form.

Every line of the file is either in the issue or listed with the reason why not. What a line is, is told in
``documents.styled`` and ``documents.unstyled``; fields that were not printed stay empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .bulletin import RESERVE, Article, House, Issue
from .documents import Document, Line, check_size, read_document
from .documents.kinds import check_kind
from .documents.outline import TITLE_LINES, Part, Place, Sheet, key_of, read_source, without_bullet
from .documents.paragraphs import close_up
from .documents.printed import read_runs
from .documents.provenance import parse_date
from .documents.styled import outline_styled
from .documents.unstyled import find_running, outline_unstyled
from .errors import UnreadableFile
from .text import normalise

LEFT_OVER = Place.LEFT_OVER  # why a line is unplaced that an editor should look at
KINDS = ("txt", "docx", "pdf")
LONGEST, LINES = 2_000_000, 50_000  # characters and lines of one issue
MARKS = 30  # combining marks in a row: no script has more, and ordering a million of them takes minutes
NO_TITLE = "（无标题）"  # what is printed for an article without a title
NO_COLUMN = "原刊没有栏目"  # what is to be checked of an article whose column is not known

_NUMBER = re.compile(r"第\s*(\d{1,5})\s*期")
_WHOLE_NUMBER = re.compile(r"总\s*第\s*(\d{1,5})\s*期")  # beside the number within the year
_UNUSUAL_NUMBER = re.compile(r"^第 (.+) 期$")
_DATE_AT_END = re.compile(r"\s*[，,]\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)?$")
_INSTITUTION = re.compile(
    r"(?:(?:主办|编印|编制)(?:单位)?\s*[:：]\s*)?(\S{3,30}(?:院|所|中心|局|委|办|部|会|公司|大学|社|室))(?:\s+(?:主办|编印|编制|编))?"
)
_UNUSUAL = re.compile(f"[^\0-\u02ff\u2010-\u2027\u3000-\u3029\u3105-\u9fff\uff00-\uffef]{{{MARKS}}}")


@dataclass(frozen=True)
class Placed:
    """A line of the file that is in the issue, and as what."""

    line: int  # from 1
    text: str
    place: str


@dataclass(frozen=True)
class Unplaced:
    """A line of the file that is not in the issue, and why: one of ``Place.UNPLACED``."""

    line: int  # from 1
    text: str
    why: str


@dataclass(frozen=True)
class Published:
    """The issue, and for each line of the file that is not blank where it went; lines are whole, as in the file."""

    issue: Issue
    unplaced: tuple[Unplaced, ...]
    placed: tuple[Placed, ...]


def read_published(data: bytes, name: str, house: House) -> Published:
    """Read one published bulletin; ``name`` is its place as the editor knows it and tells its kind.

    Raises:
        UnreadableFile: no file that can be read, or no bulletin of this house.
    """
    check_size(len(data), name)
    if check_kind(data, name) not in KINDS:
        raise UnreadableFile(name, "不是已出版的一期", "可读 .txt .docx .pdf；稿件请用 subao sort")
    printed, running = _printed_lines(read_document(data, name))
    _check_text(printed, name)
    lines = [replace(line, text=normalise(line.text).replace("\n", " ")) for line in printed]
    sheet = Sheet(lines, house, running)
    parts = outline_styled(sheet)
    if styled := parts is not None:
        bodies = _styled_bodies(lines, sheet.places, parts)
    else:
        sheet = Sheet(lines, house, find_running(lines, house.name, running))
        parts = outline_unstyled(sheet)
        bodies = _joined_bodies(printed, lines, sheet.places, parts)
    if not parts or (Place.COLUMN not in sheet.places and sum(bool(p.source or p.listed) for p in parts) < 2):
        remedy = "请看是不是选错了文件；栏目名以 --house 的刊物设定为准"
        raise UnreadableFile(name, "里面没有找到栏目和文章，不像一期刊物", remedy)
    articles = [_article(part, body, lines, styled) for part, body in zip(parts, bodies, strict=True)]
    articles.sort(key=lambda article: (*house.column_names, RESERVE).index(article.column))
    issue = Issue(tuple(articles), **_masthead(sheet, house), highlights=_highlights(sheet, articles))
    texts = [(n, line.text.strip()) for n, line in enumerate(printed, 1)]
    places = [(n, text, sheet.places[n - 1] or Place.LEFT_OVER) for n, text in texts if text]
    return Published(
        issue,
        tuple(Unplaced(*place) for place in places if place[2] in Place.UNPLACED),
        tuple(Placed(*place) for place in places if place[2] not in Place.UNPLACED),
    )


def unplaced_text(published: Published) -> str:
    """The lines that are not in the issue with their numbers, first those that an editor should look at."""
    blocks = []
    for why in Place.UNPLACED:
        lines = [line for line in published.unplaced if line.why == why]
        if lines or why == Place.LEFT_OVER:
            head = f"【{why}】{len(lines)} 行"
            if why == Place.LEFT_OVER:
                head += "，不在稿件文件里，请核对" if lines else "：全部归入，下面只是封面、目录、声明之类"
            blocks.append("\n".join([head, *(f"第 {line.line} 行：{line.text}" for line in lines)]))
    return "\n\n".join(blocks) + "\n"


def _printed_lines(document: Document) -> tuple[list[Line], set[int]]:
    """All lines of the pages, with the running heads that were taken out back in their places, and where these are."""
    lines: list[Line] = []
    running: set[int] = set()
    heads = list(reversed(document.running))
    for i in range(len(document.lines) + 1):
        while heads and heads[-1][0] <= i:
            running.add(len(lines))
            lines.append(Line(heads.pop()[1]))
        lines += document.lines[i : i + 1]
    return lines, running


def _check_text(lines: Sequence[Line], name: str) -> None:
    if sum(len(line.text) for line in lines) > LONGEST or sum(bool(line.text) for line in lines) > LINES:
        size = f"{LONGEST // 10_000} 万字或 {LINES // 10_000} 万行"
        raise UnreadableFile(name, f"超过 {size}，不像一期刊物", "请一期一个文件")
    for line in lines:
        if any(all(map(unicodedata.combining, run)) for run in _UNUSUAL.findall(line.text)):
            raise UnreadableFile(name, "含有成串的附加符号，不是正常文字", "请用原来的软件打开后另存")


def _styled_bodies(lines: Sequence[Line], places: Sequence[str], parts: Sequence[Part]) -> list[str]:
    """Each article's lines as they are; an empty paragraph counts where it has the style of the text."""
    bodies = []
    for part in parts:
        inside = range(part.text[0], part.text[-1] + 1) if part.text else ()
        texts = [_marked(lines[i].text, places[i]) for i in inside if lines[i].text or lines[i].style == "Body Text"]
        bodies.append("\n".join(texts))
    return bodies


def _joined_bodies(
    printed: Sequence[Line], lines: Sequence[Line], places: Sequence[str], parts: Sequence[Part]
) -> list[str]:
    """Each article's paragraphs, joined where lines or pages broke them."""
    stream: list[Line | None] = []
    starts: dict[int, int] = {}  # a run's first line -> its number among the runs
    walls, open_run = 0, False
    for i, line in enumerate(lines):
        if places[i] in ("", Place.RUNNING):
            stream.append(Line(""))
        elif places[i] == Place.TEXT and not line.fixed:
            indent = "\u3000\u3000" if re.match(r"\u3000|[ \xa0]{2}|\t", printed[i].text) else ""
            stream.append(Line(indent + line.text))
            if not open_run:
                starts[i] = walls
            open_run = True
        else:
            stream.append(None)
            walls, open_run = walls + 1, False
    runs = read_runs(stream)
    bodies = []
    for part in parts:
        paragraphs: list[str] = []
        for i in part.text:
            if i in starts:
                paragraphs += runs[starts[i]]
            elif stream[i] is None:
                paragraphs.append(_marked(close_up(lines[i].text), places[i]))
        bodies.append("\n".join(paragraphs))
    return bodies


def _marked(text: str, place: str) -> str:
    return f"### {text}" if place == Place.SUBHEADING else text


def _article(part: Part, body: str, lines: Sequence[Line], styled: bool) -> Article:
    rows = [lines[i].text for i in part.title]
    title = " ".join(rows) if styled else _title(rows, part.listed.text if part.listed else "")
    title = "" if title == NO_TITLE else title
    source = read_source("".join(lines[i].text for i in part.source)) or ""
    ending = _DATE_AT_END.search(source)
    date = parse_date(ending[1]) if ending and ending[1] else ""
    if ending and (date or not ending[1]):
        source = source[: ending.start()]
    return Article(title, body, source, date, column=part.column or RESERVE, doubt="" if part.column else NO_COLUMN)


def _title(rows: Sequence[str], listed: str) -> str:
    """A title as the text has it; where a line ended, the contents tell whether a space belongs."""
    title = rows[0] if rows else without_bullet(listed)
    for row in rows[1:]:
        before = re.match(rf"(?:\s*\S){{{len(''.join(title.split()))}}}\s", listed)
        title += f" {row}" if before else row
    return title if title == without_bullet(listed) else close_up(title)


def _masthead(sheet: Sheet, house: House) -> dict[str, str]:
    """Number, date and institution from the cover; the lines that give them are placed."""
    values = {"number": "", "date": "", "institution": ""}
    for i in [i for i, place in enumerate(sheet.places) if place == Place.COVER]:
        text, style = unicodedata.normalize("NFKC", sheet.lines[i].text[:200]), sheet.lines[i].style
        number = _WHOLE_NUMBER.search(text) or _NUMBER.search(text)
        institution = _INSTITUTION.fullmatch(text)
        named = "单位" in style or key_of(text) == key_of(house.institution)
        found = {
            "number": number[1] if number else _UNUSUAL_NUMBER.sub(r"\1", text) * ("期号" in style),
            "date": parse_date(text),
            "institution": sheet.lines[i].text if named else institution[1] if institution else "",
        }
        new = {field: value for field, value in found.items() if value and not values[field]}
        if new:
            values |= new
            sheet.places[i] = Place.MASTHEAD
    return values


def _highlights(sheet: Sheet, articles: Sequence[Article]) -> tuple[str, ...]:
    """The titles that the highlights name, each as its article has it; what names none, as it is written."""
    titles = {key_of(without_bullet(article.title)): article.title for article in reversed(articles)}
    exact = {article.title for article in articles}
    rows = [sheet.lines[i].text for i, place in enumerate(sheet.places) if place == Place.HIGHLIGHT][1:]
    found: list[str] = []
    while rows:
        for n in range(min(TITLE_LINES, len(rows)), 0, -1):
            text = close_up("".join(rows[:n]))
            key = key_of(without_bullet(text))
            if n == 1 or key in titles:
                bare = without_bullet(text)
                found.append(next((t for t in (text, bare) if t in exact), titles.get(key, bare)))
                del rows[:n]
                break
    return tuple(found)
