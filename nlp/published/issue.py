"""A published bulletin (.txt, .docx, .pdf) to ``Issue``: what an archive holds, in the program's own form.

Every line of the file is either in the issue or listed with the reason why not. What a line is, is told in
``documents.styled`` and ``documents.unstyled``; fields that were not printed stay empty.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..bulletin import NO_TITLE, RESERVE, Article, Issue
from ..documents import Document, Line, check_size, read_document
from ..documents.kinds import check_kind
from ..documents.paragraphs import close_up
from ..documents.provenance import parse_date
from ..errors import UnreadableFile
from ..house import House
from ..text.characters import normalise, read_number
from .outline import TITLE_LINES, Part, Role, Sheet, key_of, read_source, split_source, without_bullet
from .paragraphs import read_runs
from .styled import outline_styled
from .unstyled import find_running, outline_unstyled

PICTURE_NAME = re.compile(r"\]\(图/([^/)\s]+)\)")
LEFT_OVER = Role.LEFT_OVER  # why a line is unplaced that an editor should look at
KINDS = ("txt", "docx", "pdf")
LONGEST, LINES = 2_000_000, 50_000  # characters and lines of one issue
MARKS = 30  # combining marks in a row: no script has more, and ordering a million of them takes minutes
NO_COLUMN = "原刊没有栏目"  # what is to be checked of an article whose column is not known

_UNUSUAL_NUMBER = re.compile(r"第 ([\w -]{1,20}) 期|([\w -]{1,20})")  # 45-46, 增刊; it may become a file's name
_DAY = r"(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)"
_DATE_AT_END = re.compile(rf"\s*[，,]\s*{_DAY}?$")
_DATE_AFTER_SPACE = re.compile(rf"\s+{_DAY}$")  # only where no source was printed by this program
_INSTITUTION = re.compile(
    r"(?:(?:主办|编印|编制)(?:单位)?\s*[:：]\s*)?(\S{3,30}(?:院|所|中心|局|委|办|部|会|公司|大学|社|室))(?:\s+(?:主办|编印|编制|编))?"
)
_UNUSUAL = re.compile(f"[^\0-\u02ff\u2010-\u2027\u3000-\u3029\u3105-\u9fff\uff00-\uffef]{{{MARKS}}}")


@dataclass(frozen=True)
class Placed:
    """A line of the file that is in the issue, and as what; one that ends with its article's source is two."""

    line: int  # from 1
    text: str
    role: str


@dataclass(frozen=True)
class Unplaced:
    """A line of the file that is not in the issue, and why: one of ``Role.UNPLACED``."""

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
    document = read_document(data, name)
    raw, running, tails = _printed_lines(document)
    _check_text(raw, name)
    lines = [replace(line, text=normalise(line.text).replace("\n", " ")) for line in raw]
    sheet = Sheet(lines, house, running)
    parts = outline_styled(sheet)
    if styled := parts is not None:
        _mend(tails, raw, lines, sheet.roles)
        _leave_out_headlines(parts, lines, sheet.roles)
        bodies = _styled_bodies(lines, sheet.roles, parts)
    else:
        sheet = Sheet(lines, house, find_running(lines, house.name, running))
        parts = outline_unstyled(sheet)
        _mend(tails, raw, lines, sheet.roles)
        _leave_out_headlines(parts, lines, sheet.roles)
        bodies = _joined_bodies(raw, lines, sheet.roles, parts)
    if not parts or (Role.COLUMN not in sheet.roles and sum(bool(p.source or p.listed) for p in parts) < 2):
        remedy = "请看是不是选错了文件；栏目名以 --house 的刊物设定为准"
        raise UnreadableFile(name, "里面没有找到栏目和文章，不像一期刊物", remedy)
    articles = [_article(part, body, lines, styled) for part, body in zip(parts, bodies, strict=True)]
    articles = [_illustrated(article, document) for article in articles]
    articles.sort(key=lambda article: (*house.column_names, RESERVE).index(article.column))
    issue = Issue(tuple(articles), **_masthead(sheet, house), highlights=_highlights(sheet, articles, styled))
    numbers = itertools.accumulate(i not in tails for i in range(len(raw)))
    texts = zip(numbers, (line.text.strip() for line in raw), sheet.roles, strict=True)
    roles = [(n, text, role or Role.LEFT_OVER) for n, text, role in texts if text]
    return Published(
        issue,
        tuple(Unplaced(*role) for role in roles if role[2] in Role.UNPLACED),
        tuple(Placed(*role) for role in roles if role[2] not in Role.UNPLACED),
    )


def unplaced_text(published: Published) -> str:
    """The lines that are not in the issue with their numbers, first those that an editor should look at."""
    blocks = []
    for why in Role.UNPLACED:
        lines = [line for line in published.unplaced if line.why == why]
        if lines or why == Role.LEFT_OVER:
            head = f"【{why}】{len(lines)} 行"
            if why == Role.LEFT_OVER:
                head += "，不在稿件文件里，请核对" if lines else "：全部归入，下面只是封面、目录、声明之类"
            blocks.append("\n".join([head, *(f"第 {line.line} 行：{line.text}" for line in lines)]))
    return "\n\n".join(blocks) + "\n"


def _printed_lines(document: Document) -> tuple[list[Line], set[int], set[int]]:
    """All lines of the pages, with the running heads that were taken out back in their places, and where these are.

    A source that ends a paragraph is a line by itself, a tail; the third value says where these are.
    """
    lines: list[Line] = []
    running: set[int] = set()
    tails: set[int] = set()
    heads = list(reversed(document.running))
    for i in range(len(document.lines) + 1):
        while heads and heads[-1][0] <= i:
            running.add(len(lines))
            lines.append(Line(heads.pop()[1]))
        for line in document.lines[i : i + 1]:
            text, source = ("", "") if line.fixed or "来源" in line.style else split_source(line.text)
            lines.append(replace(line, text=text) if source else line)
            if source:
                tails.add(len(lines))
                lines.append(Line(source))
    return lines, running, tails


def _mend(tails: set[int], raw: list[Line], lines: list[Line], roles: list[str]) -> None:
    """Put every tail that is no article's source back to its paragraph."""
    for i in tails:
        if roles[i] != Role.SOURCE:
            for texts in (raw, lines):
                texts[i - 1 : i + 1] = replace(texts[i - 1], text=texts[i - 1].text + texts[i].text), Line("")


def _illustrated(article: Article, document: Document) -> Article:
    """The article with the pictures its lines name, under the names this program had printed them by."""
    held = {picture.name: picture for picture in document.pictures}
    own = dict(document.names)
    found = [held[name] for name in PICTURE_NAME.findall(article.body) if name in held]
    body = PICTURE_NAME.sub(lambda match: f"](图/{own.get(match[1], match[1])})", article.body)
    return replace(article, body=body, pictures=tuple(replace(p, name=own.get(p.name, p.name)) for p in found))


def _leave_out_headlines(parts: Sequence[Part], lines: Sequence[Line], roles: list[str]) -> None:
    """Place as title what prints a headline once more, on one line or several, where its text begins."""
    for part in parts:
        key = key_of("".join(lines[i].text for i in part.title)) or (key_of(without_bullet(part.listed.text)) if part.listed else "")
        for n in range(1, min(TITLE_LINES, len(part.text) - 1) + 1):
            if key and key_of("".join(lines[i].text for i in part.text[:n])) == key:
                for i in part.text[:n]:
                    roles[i] = Role.TITLE
                del part.text[:n]
                break


def _check_text(lines: Sequence[Line], name: str) -> None:
    if sum(len(line.text) for line in lines) > LONGEST or sum(bool(line.text) for line in lines) > LINES:
        size = f"{LONGEST // 10_000} 万字或 {LINES // 10_000} 万行"
        raise UnreadableFile(name, f"超过 {size}，不像一期刊物", "请一期一个文件")
    for line in lines:
        if any(all(map(unicodedata.combining, run)) for run in _UNUSUAL.findall(line.text)):
            raise UnreadableFile(name, "含有成串的附加符号，不是正常文字", "请用原来的软件打开后另存")


def _styled_bodies(lines: Sequence[Line], roles: Sequence[str], parts: Sequence[Part]) -> list[str]:
    """Each article's lines as they are; an empty paragraph counts where it has the style of the text."""
    bodies = []
    for part in parts:
        inside = range(part.text[0], part.text[-1] + 1) if part.text else ()
        texts = [_marked(lines[i].text, roles[i]) for i in inside if lines[i].text or lines[i].style == "Body Text"]
        bodies.append("\n".join(texts))
    return bodies


def _joined_bodies(
    raw: Sequence[Line], lines: Sequence[Line], roles: Sequence[str], parts: Sequence[Part]
) -> list[str]:
    """Each article's paragraphs, joined where lines or pages broke them."""
    stream: list[Line | None] = []
    starts: dict[int, int] = {}  # a run's first line -> its number among the runs
    walls, open_run = 0, False
    for i, line in enumerate(lines):
        if roles[i] in ("", Role.RUNNING):
            stream.append(Line(""))
        elif roles[i] == Role.TEXT and not line.fixed:
            indent = "\u3000\u3000" if re.match(r"\u3000|[ \xa0]{2}|\t", raw[i].text) else ""
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
                paragraphs.append(_marked(close_up(lines[i].text), roles[i]))
        bodies.append("\n".join(paragraphs))
    return bodies


def _marked(text: str, role: str) -> str:
    return f"### {text}" if role == Role.SUBHEADING else text


def _article(part: Part, body: str, lines: Sequence[Line], styled: bool) -> Article:
    rows = [lines[i].text for i in part.title]
    title = " ".join(rows) if styled else _title(rows, part.listed.text if part.listed else "")
    title = "" if title == NO_TITLE else title
    source = read_source("".join(lines[i].text for i in part.source)) or ""
    ending = _DATE_AT_END.search(source) or (None if styled else _DATE_AFTER_SPACE.search(source))
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
    cover = {i: sheet.lines[i].text[:200] for i, role in enumerate(sheet.roles) if role == Role.COVER}
    whole = read_number("\n".join(cover.values()))  # beside it there may be the number within the year
    for i, found in cover.items():
        text, style = unicodedata.normalize("NFKC", found), sheet.lines[i].style
        number = read_number(text)
        unusual = _UNUSUAL_NUMBER.fullmatch(text) if "期号" in style and not number else None
        institution = _INSTITUTION.fullmatch(text)
        named = "单位" in style or key_of(text) == key_of(house.institution)
        found = {
            "number": number * (number == whole) or (unusual[1] or unusual[2] if unusual else ""),
            "date": parse_date(text),
            "institution": sheet.lines[i].text if named else institution[1] if institution else "",
        }
        new = {field: value for field, value in found.items() if value and not values[field]}
        if new:
            values |= new
            sheet.roles[i] = Role.MASTHEAD
    return values


def _highlights(sheet: Sheet, articles: Sequence[Article], styled: bool) -> tuple[str, ...]:
    """The titles that the highlights name, each as its article has it; what names none, as it is written.

    A line in this program's style is a highlight as it is; without styles a title may take several lines.
    """
    titles = {key_of(without_bullet(article.title)): article.title for article in reversed(articles)}
    titles.pop("", None)  # of signs alone
    exact = {article.title for article in articles}
    rows = [sheet.lines[i] for i, role in enumerate(sheet.roles) if role == Role.HIGHLIGHT][1:]
    found: list[str] = []
    while rows:
        for n in range(1 if styled else min(TITLE_LINES, len(rows)), 0, -1):
            text = close_up("".join(row.text for row in rows[:n]))
            bare = without_bullet(text) or text
            if n > 1 and not (key_of(bare) in titles and all(key_of(row.text) for row in rows[:n])):
                continue
            if styled and "重点" in rows[0].style:
                found.append(rows[0].text)
            else:
                found.append(next((t for t in (text, bare) if t in exact), titles.get(key_of(bare), bare)))
            del rows[:n]
            break
    return tuple(found)
