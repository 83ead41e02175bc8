"""Incoming articles of every kind to ``Article``: the door of the house, where all checking of input is done.

It opens files, folders and the files that hold files; what in them is title or source is decided in ``article``.
"""

from __future__ import annotations

import io
import re
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..bulletin import Article
from ..errors import SubaoError, UnreadableFile, system_reason
from ..text.characters import normalise
from . import check_size, read_document, read_text
from .article import LONGEST, make_article
from .containers import DEPTH, Folder, fetch_from, open_mail, open_zip
from .document import Document, Fetch, Line
from .folder import list_files, saved_beside
from .kinds import SUFFIXES, check_kind, kind_of
from .splitting import split_document
from .tables import Row, read_csv, read_jsonl, read_xlsx

STDIN = "-"
LONGEST_JSONL = 256 << 20  # bytes; read line by line
BAD_LINES = 20  # reported one by one for each file
WITH_OTHERS = "同一文件里有几篇，已拆开"  # in the notes of each; --no-split reads the file as one

OnError = Callable[[UnreadableFile], None]


def read_articles(source: str | Path, on_error: OnError, split: bool = True) -> list[Article]:
    """Read a folder, a file or, for "-", standard input; articles keep the order of the input.

    ``on_error`` is told of every file and line that cannot be used, and the others go on. Each article's
    ``path`` is unique: the file's place in the folder, ``file.jsonl#id`` for a row of a file in it, the bare
    id (or line number) for a row of a file given by itself, ``file.docx#1`` where one file holds several.

    Raises:
        SubaoError: ``source`` does not exist, or is no file.
    """
    path = Path(source)
    if str(source) == STDIN:
        found = _read_stdin(on_error, split)
    elif path.is_dir():
        files = list_files(path, on_error)
        found = (article for file, name in files for article in _read(file, name, f"{name}#", on_error, split))
    elif not path.exists():
        raise SubaoError(f"找不到 {source}；请检查路径，文件名中有空格时要加引号")
    elif not stat.S_ISREG(path.stat().st_mode):
        raise SubaoError(f"{source}：不是普通文件；请给来稿文件夹或文件")
    else:
        found = _read(path, path.name, "", on_error, split)
    return _with_unique_paths(found)


def _read(file: Path, name: str, prefix: str, on_error: OnError, split: bool) -> Iterator[Article]:
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
        yield from _read_bytes(file.read_bytes(), name, prefix, on_error, split, saved_beside(file))
    except UnreadableFile as error:
        on_error(error)
    except OSError as error:
        on_error(UnreadableFile(name, f"打不开（{system_reason(error)}）", "请检查权限，或关闭正在使用它的程序"))


def _read_bytes(
    data: bytes, name: str, prefix: str, on_error: OnError, split: bool, fetch: Fetch | None, depth: int = 0
) -> Iterator[Article]:
    kind = check_kind(data, name)
    if kind in ("csv", "xlsx"):
        yield from _from_rows((read_csv if kind == "csv" else read_xlsx)(data, name), name, prefix, on_error)
    elif kind in ("zip", "eml"):
        if depth == DEPTH:
            raise UnreadableFile(name, "压缩包或邮件套得太深，没有打开", "请先解压，再放入其中的文件")
        yield from _read_folder((open_zip if kind == "zip" else open_mail)(data, name), name, on_error, split, depth + 1)
    else:
        yield from make_articles(read_document(data, name, fetch), name, split)


def _read_folder(folder: Folder, name: str, on_error: OnError, split: bool, depth: int) -> Iterator[Article]:
    """Read the files inside a file as those of a folder; a page's own pictures belong to it."""
    taken = {place for file in folder.files if file.lower().endswith((".html", ".htm")) for place in _beside(file, folder)}
    told = folder.notes  # with the first of the attachments
    for file, data in folder.files.items():
        if file in taken:
            continue
        is_text = file == folder.main
        path = name if is_text else f"{name}/{file}"
        try:
            check_size(len(data), path)
            if is_text:
                articles = list(_read_mail_text(data, file, name, folder, split))
            else:
                fetch = fetch_from({**folder.places, **_beside(file, folder)})
                articles = list(_read_bytes(data, path, f"{path}#", on_error, split, fetch, depth))
            if told and not is_text and articles:
                articles[0] = replace(articles[0], notes=(*articles[0].notes, *told))
                told = ()
            yield from articles
        except UnreadableFile as error:
            if not is_text or len(folder.files) == 1:
                on_error(UnreadableFile(path, error.reason, error.remedy))
    if not folder.files:
        on_error(UnreadableFile(name, "里面没有文件", "请重新打包"))


def _read_mail_text(data: bytes, file: str, name: str, folder: Folder, split: bool) -> Iterator[Article]:
    """The text of a message under its subject; a covering note to attachments is no article."""
    if len(folder.files) == 1 or not folder.notes:
        document = read_document(data, file, fetch_from(folder.places))
        sent = (f"邮件发于 {folder.date}",) if folder.date else ()
        yield from make_articles(replace(document, title=folder.title, notes=document.notes + sent), name, split)


def _beside(file: str, folder: Folder) -> dict[str, bytes]:
    """The pictures that a page in a folder may name, by their place relative to it."""
    base = PurePosixPath(file).parent
    found = {}
    for other, data in folder.files.items():
        if PurePosixPath(other).suffix.lower() in (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp") and PurePosixPath(other).is_relative_to(base):
            relative = PurePosixPath(other).relative_to(base).as_posix()
            found[relative] = found[f"./{relative}"] = found[other] = data
    return found


def make_articles(document: Document, path: str, split: bool = True) -> list[Article]:
    """The articles of one document, which are nearly always one."""
    parts = split_document(document) if split else [document]
    if len(parts) == 1:
        return [make_article(document, path)]
    made = [make_article(part, f"{path}#{n}") for n, part in enumerate(parts, 1)]
    return [replace(article, notes=(WITH_OTHERS, *article.notes)) for article in made]


def _read_stdin(on_error: OnError, split: bool) -> Iterator[Article]:
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
        yield from make_articles(read_text(data, "标准输入"), STDIN, split)
    except UnreadableFile as error:
        on_error(error)


def _from_rows(rows: Iterator[Row], name: str, prefix: str, on_error: OnError) -> Iterator[Article]:
    bad = number = 0
    for number, row in rows:
        try:
            yield article_of(number, row, prefix)
        except UnreadableFile as error:
            bad += 1
            if bad <= BAD_LINES:
                on_error(error)
            elif bad == BAD_LINES + 1:
                on_error(UnreadableFile(name, f"读不了的行超过 {BAD_LINES} 行，以下不再一一列出"))
    if not number:
        on_error(UnreadableFile(name, "里面没有稿件", "请在列名下面一行一篇地填写"))


def article_of(number: int, row: dict[str, str] | UnreadableFile, prefix: str = "") -> Article:
    """The article of one row of a file: its path is ``prefix`` and the row's id, else its number. UnreadableFile: it has none."""
    if isinstance(row, UnreadableFile):
        raise row
    key = " ".join(normalise(row.get("id", "")).split())[:200] or str(number)
    lines = tuple(Line(line) for line in re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", row.get("body", "")))
    return make_article(Document(lines), prefix + key, row)


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
