"""An archive in parts: so many lines or rows of a file each, settled before the work begins; and the articles of a part.

Knows files; nothing of what is asked of an article, nor of who asks.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..bulletin import Article
from ..documents.articles import STDIN, article_of
from ..documents.folder import list_files
from ..documents.kinds import check_kind
from ..documents.rows import bad_row, encoding_of
from ..documents.tables import FIELDS, Row, fields_of, read_jsonl
from ..errors import SubaoError, UnreadableFile, need, system_reason

LARGEST = 32 << 20  # bytes of JSONL after which a part ends, however few its lines
PIECE = 1 << 20  # bytes read at once
BATCH = 64  # rows of parquet in memory at once
KINDS = (".jsonl", ".parquet")

_READ = {alias for aliases in FIELDS.values() for alias in aliases}
_TEXT = {alias for field in ("title", "body") for alias in FIELDS[field]}


@dataclass(frozen=True)
class Source:
    """One file of the archive."""

    path: str  # absolute: every machine opens it under this name
    name: str  # as messages call it
    prefix: str  # before the ids of its rows
    size: int  # bytes
    changed: int  # nanoseconds since 1970
    encoding: str = ""  # of JSONL

    @property
    def is_parquet(self) -> bool:
        return self.path.lower().endswith(".parquet")


@dataclass(frozen=True)
class Part:
    """So many lines (rows) of a source from the ``first`` on, counted from 1; of JSONL also the bytes where they stand."""

    source: int  # which of the sources
    first: int
    rows: int
    begin: int = 0
    end: int = 0


def find_sources(inputs: Sequence[str], on_error: Callable[[UnreadableFile], object]) -> list[Source]:
    """The files of the archive in the order of ``inputs``, folders in natural order; what cannot be read is told.

    Rows are named as ``read_articles`` names them: by the bare id in a single file, else after the file and a ``#``.
    """
    found: list[tuple[Path, str]] = []
    for name in inputs:
        path = Path(name)
        if name == STDIN or not path.exists():
            gone = f"找不到 {name}；请检查路径，文件名中有空格时要加引号"
            raise SubaoError("--ray 要几处同时读，不能读标准输入；请先存成文件" if name == STDIN else gone)
        if path.is_dir():
            above = f"{name.rstrip('/')}/" if len(inputs) > 1 else ""
            found += [(file, above + place) for file, place in list_files(path, on_error)]
        else:
            found.append((path, name if len(inputs) > 1 else path.name))
    alone = len(inputs) == 1 and Path(inputs[0]).is_file()
    sources = []
    for path, name in found:
        try:
            sources.append(_source(path, name, "" if alone else f"{name}#"))
        except UnreadableFile as error:
            on_error(error)
        except OSError as error:
            on_error(UnreadableFile(name, f"打不开（{system_reason(error)}）", "请检查权限"))
    if not sources:
        raise SubaoError(f"{'、'.join(inputs)}：没有可读的文件；--ray 读 .jsonl（每行一篇）和 .parquet")
    return sources


def _source(path: Path, name: str, prefix: str) -> Source:
    if path.suffix.lower() not in KINDS:
        raise UnreadableFile(name, "--ray 只读 .jsonl（每行一篇）和 .parquet", "请另存，或不加 --ray 单独分栏")
    with path.open("rb") as stream:
        head = stream.read(4096)
    encoding = ""
    if path.suffix.lower() == ".jsonl":
        check_kind(head, name)
        encoding = encoding_of(head)
        if not encoding.startswith(("utf-8", "gb")):
            raise UnreadableFile(name, f"编码是 {encoding}，不能分段读", "请另存为 UTF-8")
    elif not _TEXT & {column.strip().lower() for column in _open(path, name).schema_arrow.names}:
        raise UnreadableFile(name, "没有“标题”（title）或“正文”（body）一列", "请改列名")
    state = path.stat()
    return Source(str(path.resolve()), name, prefix, state.st_size, state.st_mtime_ns, encoding)


def cut(source: Source, number: int, rows: int) -> Iterator[Part]:
    """The parts of a source, the ``number``-th of the archive: ``rows`` lines or rows each, the last one what is left."""
    if source.is_parquet:
        count = _open(Path(source.path), source.name).metadata.num_rows
        yield from (Part(number, first + 1, min(rows, count - first)) for first in range(0, count, rows))
        return
    first, lines, begin, at, piece = 1, 0, 0, 0, b"\n"
    with open(source.path, "rb", buffering=PIECE) as stream:
        while piece := stream.readline(PIECE):
            at += len(piece)
            ended = piece.endswith(b"\n")
            lines += ended
            if ended and (lines == rows or at - begin >= LARGEST):
                yield Part(number, first, lines, begin, at)
                first, lines, begin = first + lines, 0, at
    if at > begin:
        yield Part(number, first, max(1, lines + (not ended)), begin, at)


def read(source: Source, part: Part) -> Iterator[Article | UnreadableFile]:
    """The articles of a part in their order; for a row that is none, what is wrong with it, under the row's id."""
    for number, row in (_rows if source.is_parquet else _lines)(source, part):
        try:
            yield article_of(number, row, source.prefix)
        except UnreadableFile as error:
            path = f"{source.prefix}{number}" if isinstance(row, UnreadableFile) else error.path
            yield UnreadableFile(path, error.reason, error.remedy)


def _lines(source: Source, part: Part) -> Iterator[Row]:
    with open(source.path, "rb") as file:
        stream = io.BufferedReader(_Piece(file, part.begin, part.end), PIECE)
        yield from read_jsonl(stream, source.name, source.encoding, part.first)


def _rows(source: Source, part: Part) -> Iterator[Row]:
    import pyarrow

    number, stop = part.first, part.first + part.rows
    try:
        with _open(Path(source.path), source.name) as file:
            groups, at = [], 1  # the row groups that the part touches, and the number of their first row
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if at + rows <= number and not groups:
                    at += rows
                elif at + sum(file.metadata.row_group(g).num_rows for g in groups) < stop:
                    groups.append(group)
            columns = [name for name in file.schema_arrow.names if name.strip().lower() in _READ]
            for batch in file.iter_batches(BATCH, row_groups=groups, columns=columns):
                for i in range(max(0, number - at), min(batch.num_rows, stop - at)):
                    yield number, _row(batch, i, source.name, number)
                    number += 1
                at += batch.num_rows
                if at >= stop:
                    return
    except (pyarrow.ArrowException, UnreadableFile) as error:
        yield number, bad_row(source.name, number, f"从这一行到第 {stop - 1} 行读不出，文件已损坏（{' '.join(str(error).split())[:80]}）")


def _row(batch, i: int, name: str, number: int) -> dict[str, str] | UnreadableFile:
    try:
        return fields_of({column: batch.column(column)[i].as_py() for column in batch.schema.names}, name, number)
    except (ValueError, OverflowError):  # bytes that are no UTF-8, a date beyond Python's
        return bad_row(name, number, "不是有效的 UTF-8 文字，或日期无效")


def _open(path: Path, name: str):
    """A ``pyarrow.parquet.ParquetFile``."""
    need("pyarrow", extra="scale")
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        return parquet.ParquetFile(path)
    except pyarrow.ArrowException as error:
        raise UnreadableFile(name, "不是有效的 .parquet 文件", "请检查文件是否完整") from error


class _Piece(io.RawIOBase):
    """The bytes of a file from ``begin`` to before ``end``, as if they were all of it."""

    def __init__(self, file: io.BufferedReader, begin: int, end: int) -> None:
        self.file, self.left = file, end - begin
        file.seek(begin)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self.file.read(min(len(buffer), self.left))
        buffer[: len(data)] = data
        self.left -= len(data)
        return len(data)
