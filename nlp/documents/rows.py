"""Rows of data as they stand in a file: the objects of JSONL, one a line, and the rows of parquet.

Knows encodings, damage and size; nothing of what a field means.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..errors import UnreadableFile, need
from .encodings import BOMS

LINE = 4 << 20  # characters in a line of JSONL
NESTING = 32
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')


def encoding_of(head: bytes) -> str:
    """The encoding of a file of JSON lines, told from its first bytes."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    whole = head[: head.rfind(b"\n") + 1] or head
    return "utf-8" if _decodes(whole, "utf-8") or not _decodes(whole, "gb18030") else "gb18030"


def json_lines(
    stream: io.BufferedReader, name: str, encoding: str = "", first: int = 1
) -> Iterator[tuple[int, dict | UnreadableFile]]:
    """Yield each line's number with its object, or with what is wrong with it; one line is in memory at a time.

    ``encoding`` and the number of the ``first`` line are given where the stream is a piece out of the middle of a file.
    """
    text = io.TextIOWrapper(stream, encoding or encoding_of(stream.peek(4096)[:4096]), errors="replace", newline="\n")
    try:
        number = first - 1
        while line := text.readline(LINE + 1):
            number += 1
            if len(line) > LINE:
                while line and not line.endswith("\n"):
                    line = text.readline(LINE)
                yield number, bad_row(name, number, f"这一行超过 {LINE >> 20} 百万字符，已跳过")
            elif line.strip("\ufeff\0 \t\r\n"):
                yield number, _object(line.lstrip("\ufeff"), name, number)
    finally:
        text.detach()  # the stream stays its owner's


def read_rows(path: Path, report: Callable[[str], object]) -> Iterator[tuple[int, dict]]:
    """Yield (number from 1, row) of a .jsonl or .parquet file; bad lines are reported and passed over."""
    if not path.is_file():
        raise UnreadableFile(path, "没有这个文件", "请检查路径，文件名中有空格时要加引号")
    if path.suffix.lower() == ".parquet":
        yield from enumerate(read_parquet(path), 1)
    elif path.suffix.lower() == ".jsonl":
        with path.open("rb") as stream:
            for number, row in json_lines(stream, str(path)):
                if isinstance(row, UnreadableFile):
                    report(f"跳过 {row}")
                elif row:
                    yield number, row
    else:
        raise UnreadableFile(path, "不是 .jsonl 或 .parquet 文件", "请换一个文件，或另存为每行一个 {…} 的 .jsonl")


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> list[dict]:
    """The rows of a .parquet file, of some columns or all; needs pyarrow, which comes with ``[train]``."""
    need("pyarrow")
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        return parquet.read_table(path, columns=columns and list(columns)).to_pylist()
    except (pyarrow.ArrowException, KeyError) as error:
        remedy = f"要有 {'、'.join(columns)} 这几列" if columns else "请检查文件是否完整"
        raise UnreadableFile(path, "不是有效的 .parquet 文件", remedy) from error


def bad_row(name: str, number: int, reason: str) -> UnreadableFile:
    """What is wrong with a row, said with the file's name and the row's number."""
    return UnreadableFile(f"{name} 第 {number} 行", reason)


def _object(line: str, name: str, number: int) -> dict | UnreadableFile:
    if _depth(line) > NESTING:
        return bad_row(name, number, f"嵌套超过 {NESTING} 层")
    try:
        row = json.loads(line)
    except ValueError:
        return bad_row(name, number, "不是有效的 JSON（每行应是一个 {…}）")
    return row if isinstance(row, dict) else bad_row(name, number, "不是 {…} 形式的一行")


def _depth(line: str) -> int:
    if line.count("[") + line.count("{") <= NESTING:
        return 0
    depth = deepest = 0
    for character in _STRING.sub("", line):
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    return deepest


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
