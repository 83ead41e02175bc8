"""Incoming articles of every kind to ``Article``: the door of the house, where all checking of input is done.

It decides what is title, text, source and date, and says in the notes where it is not sure. It sorts nothing.
"""

from __future__ import annotations

import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..bulletin import Article
from ..documents import Document, Line, check_size, read_document, read_text
from ..errors import SubaoError, UnreadableFile, system_reason
from ..text.characters import han_share, normalise
from ..text.sentences import split_sentences
from .folder import list_files
from .furniture import blank_furniture
from .kinds import SUFFIXES, check_kind, kind_of
from .paragraphs import close_up, join_lines
from .provenance import clean_source, parse_date, take_provenance
from .tables import Row, read_csv, read_jsonl, read_xlsx

STDIN = "-"
LONGEST = 1_000_000  # characters of one article
LONGEST_JSONL = 256 << 20  # bytes; read line by line
TITLE = 60  # characters of a line that may be a title
FIELD = 500  # characters of a title, source or other field that are read
GUESS = 40  # characters of a guessed title
MARKS = 30  # combining marks on one character; no script has more
BAD_LINES = 20  # reported one by one for each file
GUESSED = "标题为推测"

OnError = Callable[[UnreadableFile], None]

_NO_TITLE = re.compile(r"[。；;，,、：:]$|^附件|^[（(].*[）)]$|^本报讯|^\W*$")
_ABOVE_TITLE = re.compile(  # what may stand over a title: 文号, a letterhead, a label, a day
    r"\S{2,20}[〔\[(（]\d{4}[〕\])）]\s*第?\d+号|\S{2,30}文件|[【\[].{1,10}[】\]]|内部(?:参考|资料).{0,10}"
    r"|附件\s*\d*[:：]?|\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[\s\d:：]*"
)
_IDLE_NAME = re.compile(
    r"新建|未命名|未标题|文档|文稿|附件|下载|稿件?\d*$|正文|来稿|index|article|document|untitled|img|image|scan|news|^\W*\d*\W*$", re.I
)
_IDLE_PROPERTY = re.compile(r"microsoft|word|untitled|未命名|无标题|文档\s*\d*$|模板|幻灯片|powerpoint|\.\w{2,5}$", re.I)
_DATELINE = re.compile(r"^[^，。]{2,25}?\d{1,2}日(?:电|讯)(?:\s*[（(][^）)]{1,40}[）)])?\s*")
_UNUSUAL = re.compile(f"[^\0-\u02ff\u2010-\u2027\u3000-\u3029\u3105-\u9fff\uff00-\uffef]{{{MARKS + 1}}}")


def read_articles(source: str | Path, on_error: OnError) -> list[Article]:
    """Read a folder, a file or, for "-", standard input; articles keep the order of the input.

    ``on_error`` is told of every file and line that cannot be used, and the others go on. Each article's
    ``path`` is unique: the file's place in the folder, ``file.jsonl#id`` for a row of a file in it, the bare
    id (or line number) for a row of a file given by itself.

    Raises:
        SubaoError: ``source`` does not exist.
    """
    path = Path(source)
    if str(source) == STDIN:
        found = _read_stdin(on_error)
    elif path.is_dir():
        files = list_files(path, on_error)
        found = (article for file, name in files for article in _read(file, name, f"{name}#", on_error))
    elif path.exists():
        found = _read(path, path.name, "", on_error)
    else:
        raise SubaoError(f"找不到 {source}；请检查路径，文件名中有空格时要加引号")
    return _with_unique_paths(found)


def _read(file: Path, name: str, prefix: str, on_error: OnError) -> Iterator[Article]:
    """Yield the articles of one file; ``prefix`` goes before the ids of rows."""
    try:
        if SUFFIXES.get(file.suffix.lower()) == "jsonl":
            with file.open("rb") as stream:
                if file.stat().st_size > LONGEST_JSONL:
                    raise UnreadableFile(name, f"文件超过 {LONGEST_JSONL >> 20} MB", "请拆成几个文件")
                check_kind(stream.peek(4096), name)
                yield from _from_rows(read_jsonl(stream, name), name, prefix, on_error)
            return
        check_size(file.stat().st_size, name)
        data = file.read_bytes()
        kind = check_kind(data, name)
        if kind in ("csv", "xlsx"):
            yield from _from_rows((read_csv if kind == "csv" else read_xlsx)(data, name), name, prefix, on_error)
        else:
            yield make_article(read_document(data, name), name)
    except UnreadableFile as error:
        on_error(error)
    except OSError as error:
        on_error(UnreadableFile(name, f"打不开（{system_reason(error)}）", "请检查权限，或关闭正在使用它的程序"))


def _read_stdin(on_error: OnError) -> Iterator[Article]:
    stream = sys.stdin.buffer
    if not isinstance(stream, io.BufferedReader):
        stream = io.BufferedReader(stream)  # type: ignore[unreachable]
    try:
        head = stream.peek(4096)[:4096]
        if head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"{"):
            yield from _from_rows(read_jsonl(stream, "标准输入"), "标准输入", "", on_error)
            return
        data = stream.read(LONGEST * 4 + 1)
        check_size(len(data), "标准输入")
        if kind_of(data) or not data.strip():
            raise UnreadableFile("标准输入", "不是文字" if data.strip() else "是空的", "请给文字或 JSONL（每行一篇）")
        yield make_article(read_text(data, "标准输入"), STDIN)
    except UnreadableFile as error:
        on_error(error)


def _from_rows(rows: Iterator[Row], name: str, prefix: str, on_error: OnError) -> Iterator[Article]:
    bad = number = 0
    for number, row in rows:
        try:
            if isinstance(row, UnreadableFile):
                raise row
            key = " ".join(normalise(row.get("id", "")).split())[:200] or str(number)
            lines = tuple(Line(line) for line in re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", row.get("body", "")))
            yield make_article(Document(lines), prefix + key, row)
        except UnreadableFile as error:
            bad += 1
            if bad <= BAD_LINES:
                on_error(error)
            elif bad == BAD_LINES + 1:
                on_error(UnreadableFile(name, f"读不了的行超过 {BAD_LINES} 行，以下不再一一列出"))
    if not number:
        on_error(UnreadableFile(name, "里面没有稿件", "请在列名下面一行一篇地填写"))


def make_article(document: Document, path: str, row: Mapping[str, str] | None = None) -> Article:
    """Make an article of a document's lines; what a labelled ``row`` says wins over what the text says.

    Raises:
        UnreadableFile: there is no text, or far too much.
    """
    if sum(len(line.text) for line in document.lines) > LONGEST:
        raise UnreadableFile(path, f"超过 {LONGEST // 10_000} 万字，不像一篇稿件", "请拆成几个文件")
    document = replace(document, title=document.title[:FIELD], property_title=document.property_title[:FIELD])
    row = row and {key: value if key == "body" else value[:FIELD] for key, value in row.items()}
    notes = list(document.notes)
    known = clean_source(row.get("source", "") if row else document.source)
    texts = blank_furniture([_even(line.text) for line in document.lines])
    found, texts = take_provenance(texts, source=known)
    paragraphs = join_lines([replace(line, text=text) for text, line in zip(texts, document.lines, strict=True)])
    stated = (row.get("date", "") if row else document.date).strip()
    date = parse_date(stated)
    if stated and not date:
        notes.append(f"日期“{stated[:20]}”无效，未采用")
    if not row:
        notes += [f"{label}：网页信息" for label, value in (("来源", known), ("日期", date)) if value]
    notes += [note for note in found.notes if not (date and note.startswith("日期"))]
    if row:
        title = close_up(row.get("title", "").replace("\n", " "))
        paragraphs = [p for i, p in enumerate(paragraphs) if i or p != title]
        if not title and paragraphs:
            title = _guess_title(paragraphs, "")
            notes.append(GUESSED)
    else:
        title, paragraphs, remark = find_title(document, paragraphs, path)
        notes += [remark] if remark else []
    body = "\n".join(paragraphs)
    if not title and not body:
        raise UnreadableFile(path, "里面没有文字（可能全是图片）", "请改用文字稿")
    if len(body) > 40 and han_share(body[:2000]) < 0.05:
        notes.append("几乎没有汉字，分栏不可靠")
    return Article(
        title,
        body,
        normalise(known or found.source),
        date or found.date,
        path,
        column=normalise(row.get("column", "")) or None if row else None,
        part=normalise(row.get("part", "")) if row else "",
        second=normalise(row.get("second", "")) if row else "",
        confidence=int(sure) if (sure := (row or {}).get("confidence", "").strip()) in ("1", "2", "3") else 0,
        also=normalise(row.get("also", "")) if row else "",
        notes=tuple(notes),
    )


def find_title(document: Document, paragraphs: list[str], path: str) -> tuple[str, list[str], str]:
    """Return the title, the paragraphs without it, and a remark if it was guessed or comes from elsewhere."""
    for stated in filter(_letters, (document.title, document.property_title)):
        for start in range(5):
            for end in range(start + 1, min(start + 3, len(paragraphs)) + 1):  # a title may take several lines
                if _letters("".join(paragraphs[start:end])) == _letters(stated):
                    title = paragraphs[start] if end == start + 1 else close_up(stated.replace("\n", " "))
                    return title, paragraphs[:start] + paragraphs[end:], ""
    if document.title:
        return close_up(document.title.replace("\n", " ")), paragraphs, ""
    for i, paragraph in enumerate(paragraphs[:4]):
        if _ABOVE_TITLE.fullmatch(paragraph) and len(paragraphs) > i + 1:
            continue
        if len(paragraph) <= TITLE and not _NO_TITLE.search(paragraph):
            return paragraph, paragraphs[:i] + paragraphs[i + 1 :], ""
        break
    stated = close_up(document.property_title.replace("\n", " "))
    if 6 <= len(stated) <= TITLE and han_share(stated) > 0.4 and not _IDLE_PROPERTY.search(stated):
        return stated, paragraphs, "标题：文件属性"
    return (_guess_title(paragraphs, path), paragraphs, GUESSED) if paragraphs else ("", [], "")


def _guess_title(paragraphs: list[str], path: str) -> str:
    stem = re.sub(r"^[\d\s._、-]+|[\s_]*[（(]\d+[)）]$", "", normalise(Path(path).stem))
    if 6 <= len(stem) <= TITLE and han_share(stem) > 0.5 and not _IDLE_NAME.search(stem):
        return close_up(stem.replace("_", " "))
    sentences = split_sentences(_DATELINE.sub("", paragraphs[0][:400])) or [paragraphs[0]]
    first = sentences[0].rstrip("。；;：:，,")
    if len(first) <= GUESS:
        return first
    comma = max(first.rfind(mark, 8, GUESS + 1) for mark in "，；：")
    return first[: comma if comma > 0 else GUESS].rstrip("，；：、")


def _letters(text: str) -> str:
    return "".join(close_up(text).split())


def _even(text: str) -> str:
    """Normalise a line but keep a sign of its indentation, which tells paragraphs apart."""
    text = _without_runs_of_marks(text)
    return ("\u3000\u3000" if re.match(r"\u3000|[ \xa0]{2}|\t", text) else "") + normalise(text)


def _without_runs_of_marks(text: str) -> str:
    """Cut what is more than ``MARKS`` combining marks in a row: normalising a long run takes minutes."""
    if not _UNUSUAL.search(text):
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MARKS:
            kept.append(character)
    return "".join(kept)


def _with_unique_paths(articles: Iterator[Article]) -> list[Article]:
    unique: list[Article] = []
    taken: set[str] = set()
    for article in articles:
        path, count = article.path, 1
        while path in taken:
            count += 1
            path = f"{article.path}#{count}"
        taken.add(path)
        unique.append(article if path == article.path else replace(article, path=path))
    return unique
