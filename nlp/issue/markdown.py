"""Issue files: the Markdown in which an issue waits between the steps, for the tool and for the editor's own editor.

It knows the format (front matter, headings, marks, the source line); it opens no files and judges no text.
A blank line between two paragraphs means nothing; one more blank line is kept. What would read as structure is
written with a backslash before it; lines that say 提醒 are the tool's own and no part of the issue. Values are in the
form that ``text.normalise`` gives.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import replace

from ..bulletin import HIGHLIGHTS, REJECTED, RESERVE, Article, Issue
from ..errors import SubaoError
from ..house import House
from ..text import characters

Numbered = tuple[int, str]  # a line with its number, from 1

_KEYS = {"期号": "number", "日期": "date", "编印": "institution"}
_ADVICE = (  # YAML comments at the head of every issue file
    "# 换栏目：把一篇文章（从“## 标题”到下一个“## ”之前）剪下来，贴到另一个“# 栏目”下面；不登的贴到“# 备选”下面。",
    "# 核对过的，删去“请核对”那一行；改了标题，“本期重点”里也照改。存盘以后运行 subao issue，就得到 Word 文件。",
)
_MARKS = {"新到": "fresh", "请核对": "doubt", "重复": "duplicate_of", "文件": "path", "要点": "key_sentence"}

_FENCE = re.compile(r"[-—－]{3,}")
_ENTRY = re.compile(rf"({'|'.join(_KEYS)})\s*[:：]\s*(.*)")
_NUMBER = re.compile(r"^第?\s*(\d+)\s*期$")
_HEADING = re.compile(r"([#＃]+)\s*(.*)")
_BULLET = re.compile(r"^(?:[-*•·]\s*|\d+(?:[.．]\s|、)\s*)")
_MARK = re.compile(rf"<!--\s*({'|'.join(_MARKS)})\s*[:：]?\s*(.*?)\s*-->")
_REMARK = re.compile(r"<!--\s*提醒.*?-->")
_SOURCE = re.compile(r"[（(]\s*来源\s*[:：]\s*(.*?)\s*[）)]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(0?[1-9]|1[0-2])\s*[-/.月]\s*(0?[1-9]|[12]\d|3[01])\s*日?")
_DATE_AT_END = re.compile(rf"\s*[，,]\s*(?:{_DATE.pattern})?$")
_READS_AS_STRUCTURE = re.compile(rf"\\|[#＃]|<!--|{_SOURCE.pattern}$")
_BETWEEN_PARAGRAPHS = re.compile(r"((?<!\|)\n+|\n{2,}|\n(?!\|))")  # the rows of a table stay together
_NEEDS_QUOTES = re.compile(r"^[\s\-?:,\[\]{}#&*!|>'\"%@`~]|: |:$| #|--|\s$")


normalise = functools.lru_cache(32_768)(characters.normalise)  # an issue is read again at every key on the desk


class BadIssueFile(SubaoError):
    """An issue file that cannot be read, with the line where it went wrong."""

    def __init__(self, name: str, line: int, what: str, remedy: str) -> None:
        self.name, self.line = name, line
        super().__init__(f"{name or '期刊文件'} 第 {line} 行：{what}；{remedy}")


def write(issue: Issue, house: House) -> str:
    """Write an issue as Markdown, its articles grouped by column; ``parse`` reads it back.

    Raises SubaoError for an article whose column the house does not have.
    """
    headings = (*house.column_names, RESERVE, REJECTED)
    for article in issue.articles:
        if article.column not in headings:
            raise SubaoError(f"文章“{article.title}”的栏目“{article.column}”不在刊物设定里；栏目有：{'、'.join(headings)}")
    values = (f"{key}: {_quote(getattr(issue, field))}".rstrip() for key, field in _KEYS.items())
    blocks = ["\n".join(["---", *values, *_ADVICE, "---"])]
    blocks.append(f"# {HIGHLIGHTS}")
    if issue.highlights:
        blocks.append("\n".join(f"- {_one_line(title)}" for title in issue.highlights))
    for heading in headings:
        blocks.append(f"# {heading}")
        blocks.extend(_write_article(article) for article in issue.articles if article.column == heading)
    return "\n\n".join(blocks) + "\n"


@functools.lru_cache(2048)  # of an issue that is written after every key press one article is new
def _write_article(article: Article) -> str:
    blocks = [f"## {_one_line(article.title)}".rstrip()]
    marks = [_mark(key, value) for key, field in _MARKS.items() if (value := getattr(article, field))]
    if marks:
        blocks.append("\n".join(marks))
    if body := characters.normalise(article.body):
        lines = (f"\\{line}" if _reads_as_structure(line) else line for line in body.split("\n"))
        blocks.append(_BETWEEN_PARAGRAPHS.sub(r"\1\n", "\n".join(lines)))
    source = _one_line(article.source)
    if article.date or _DATE_AT_END.search(source):
        source += f"，{article.date}"
    if source:
        blocks.append(f"（来源：{source}）")
    return "\n\n".join(blocks)


def _mark(key: str, value: str | bool) -> str:
    return f"<!-- {key} -->" if value is True else f"<!-- {key}: {_quote(value)} -->"


def parse(text: str, house: House, name: str = "") -> Issue:
    """Read an issue file; ``name`` is the file's, for messages. Articles come in the house's order of columns.

    A column that occurs twice is one column. Raises BadIssueFile: an unknown heading or mark, text or an article
    outside its place, broken front matter.
    """
    return parse_with_lines(text, house, name)[0]


def parse_with_lines(text: str, house: House, name: str = "") -> tuple[Issue, list[int]]:
    """``parse``, and the number of the line where each article begins."""
    headings = (HIGHLIGHTS, *house.column_names, RESERVE, REJECTED)
    known = {re.sub(r"\s", "", heading): heading for heading in headings}
    lines = lines_of(text)
    values, start = parse_front_matter(lines, name)
    highlights: list[str] = []
    articles: list[tuple[Article, int]] = []
    column = ""
    for number, level, title, content in sections(lines, start):
        if level == 2:
            if column in ("", HIGHLIGHTS):
                remedy = f"请把它移到某个栏目下面（{'、'.join(headings[1:])}）"
                raise BadIssueFile(name, number, f"文章“{title}”不在任何栏目里", remedy)
            articles.append((_parse_article(Article(title, "", column=column), content, name), number))
            continue
        if level == 1:
            column = known.get(re.sub(r"\s|[:：]$", "", title), "")
            if not column:
                remedy = f"“# ”后面只能是：{'、'.join(headings)}；文章标题写“## ”，正文以 # 开头的在行首加 \\"
                raise BadIssueFile(name, number, f"没有“{title}”这个栏目", remedy)
        for number, raw in content:
            line = normalise(raw)
            if column == HIGHLIGHTS and not _HEADING.match(line):
                highlights.append(_BULLET.sub("", line, count=1))
            elif line:
                remedy = "请在前面写上栏目（“# ”开头）和文章标题（“## ”开头）"
                raise BadIssueFile(name, number, f"这一行不属于任何文章：{line[:20]}", remedy)
    articles.sort(key=lambda pair: headings.index(pair[0].column))
    issue = Issue(tuple(article for article, _ in articles), highlights=tuple(filter(None, highlights)), **values)
    return issue, [number for _, number in articles]


def lines_of(text: str) -> list[Numbered]:
    """The lines of an issue file with their numbers, without those that the tool itself put in (提醒)."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, line) for number, line in enumerate(lines, 1) if not is_remark(line)]


def parse_front_matter(lines: list[Numbered], name: str = "") -> tuple[dict[str, str], int]:
    """The values between the first two lines of dashes, by field of Issue, and the index of the line after them."""
    first = next((i for i, (_, line) in enumerate(lines) if line.strip()), 0)
    if not lines or not _FENCE.fullmatch(lines[first][1].strip()):
        return {}, 0
    values = {}
    for i, (number, line) in enumerate(lines[first + 1 :], first + 1):
        line = line.strip()
        if _FENCE.fullmatch(line):
            return values, i + 1
        entry = _ENTRY.fullmatch(line)
        if entry:
            value = _unquote(entry[2])
            date = _DATE.fullmatch(value) if entry[1] == "日期" else None
            values[_KEYS[entry[1]]] = _iso(date) if date else _NUMBER.sub(r"\1", value)
        elif line and not (line.startswith("#") and line.endswith("。")):  # a comment, no heading
            remedy = f"两行 --- 之间只写 {'、'.join(_KEYS)}，如“期号: 46”"
            raise BadIssueFile(name, number, f"看不懂文件开头的“{line[:20]}”", remedy)
    raise BadIssueFile(name, lines[first][0], "文件开头的 --- 没有结束", "请在期号、日期、编印之后另起一行写 ---")


def sections(lines: list[Numbered], start: int) -> Iterator[tuple[int, int, str, list[Numbered]]]:
    """Cut at the headings of columns (level 1) and articles (2): line number, level, title, numbered lines below."""
    section: tuple[int, int, str, list[Numbered]] = (0, 0, "", [])
    for number, raw in lines[start:]:
        heading = _HEADING.fullmatch(normalise(raw))
        if heading and len(heading[1]) < 3:
            yield section
            section = (number, len(heading[1]), heading[2], [])
        else:
            section[3].append((number, raw))
    yield section


def _parse_article(article: Article, content: list[Numbered], name: str) -> Article:
    """Fill an article from the lines under its title: marks, body, and a last line with source and date."""
    values = {}
    lines = []
    for number, raw in content:
        line = normalise(raw)
        if not line.startswith("<!--"):
            heading = _HEADING.fullmatch(line)
            lines.append(f"### {heading[2]}" if heading and heading[2] else line)
        elif mark := _MARK.fullmatch(raw.strip()):
            values.setdefault(_MARKS[mark[1]], mark[1] == "新到" or _unquote(mark[2]))
        else:
            remedy = f"标记只有 {'、'.join(_MARKS)}，如 <!-- 请核对: 标准化 41% -->；如是正文，请在行首加 \\"
            raise BadIssueFile(name, number, f"看不懂的标记 {line[:40]}", remedy)
    body = "\n".join(lines).strip("\n")
    rest, _, last = body.rpartition("\n")
    if found := _SOURCE.fullmatch(last):
        body, source = rest.rstrip("\n"), found[1]
        ending = _DATE_AT_END.search(source)
        values["source"] = source[: ending.start()] if ending else source
        values["date"] = _iso(ending) if ending and ending[1] else ""
    return replace(article, body=_unescaped(body), **values)


@functools.lru_cache(2048)
def _unescaped(body: str) -> str:
    return characters.normalise(re.sub(r"(?m)^\\", "", re.sub(r"\n(\n+)", r"\1", body)))


def is_source(line: str) -> bool:
    """Whether a line reads as the last one of an article: （来源：…）."""
    return "来源" in line and bool(_SOURCE.fullmatch(normalise(line)))


def is_remark(line: str) -> bool:
    """Whether a line is one of the tool's own: <!-- 提醒: … -->."""
    return "提醒" in line and bool(_REMARK.fullmatch(line.strip()))


def remark(text: str) -> str:
    """A line of the tool's own, which ``parse`` leaves out."""
    return f"<!-- 提醒: {_one_line(text).replace('--', '－－')} -->"


def _iso(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


def _reads_as_structure(line: str) -> bool:
    return bool(_READS_AS_STRUCTURE.match(line)) and not re.match(r"### \S", line)


def _one_line(text: str) -> str:
    return normalise(text).replace("\n", " ")


def _quote(value: str) -> str:
    """Write a value as YAML and an HTML comment allow it: as it is, or in double quotes with escapes.

    >>> _quote("46"), _quote('"46" -->')
    ('46', '"\\\\"46\\\\" --\\\\u003e"')
    """
    if value.isprintable() and not _NEEDS_QUOTES.search(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False).replace("-->", "--\\u003e")
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in quoted)


def _unquote(value: str) -> str:
    """Undo ``_quote``; what only looks quoted stays as it is."""
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        try:
            return str(json.loads(value))
        except json.JSONDecodeError:
            return value
    if value[:1] == value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("''", "'")
    return value
