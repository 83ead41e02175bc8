"""Labelled rows, one article each: JSONL, CSV and XLSX to dictionaries with the keys of ``FIELDS``.

It knows the headings in English and Chinese, and nothing of what makes a good article.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator

from ..errors import UnreadableFile
from .encodings import decode
from .guard import guarded
from .rows import bad_row, json_lines
from .zip_limits import check_archive

FIELDS = {
    "id": ("id", "编号", "序号"),
    "title": ("title", "标题", "题名", "题目"),
    "body": ("body", "text", "正文", "内容", "全文"),
    "source": ("source", "来源", "出处", "媒体"),
    "date": ("date", "日期", "时间", "发布日期", "发布时间", "成文日期"),
    "column": ("column", "栏目", "分类", "类别"),
    "part": ("part",),  # train or test, where labelled data fix it
    "second": ("second", "次选"),
    "confidence": ("confidence",),
    "also": ("also", "也可"),
}
_NAMES = {alias: field for field, aliases in FIELDS.items() for alias in aliases}
ROWS = 50_000
HEADING_WITHIN = 10  # rows that may stand above the headings

Row = tuple[int, "dict[str, str] | UnreadableFile"]  # the line or row number, and what stands there


def read_jsonl(stream: io.BufferedReader, name: str, encoding: str = "", first: int = 1) -> Iterator[Row]:
    """Yield each line's number with its fields, or with what is wrong with it; as in ``json_lines``."""
    for number, row in json_lines(stream, name, encoding, first):
        yield number, row if isinstance(row, UnreadableFile) else fields_of(row, name, number)


def read_csv(data: bytes, name: str) -> Iterator[Row]:
    """Yield each row's number (headings are part of the count) with its fields; comma, tab or semicolon."""
    text, _ = decode(data, name)
    text = text.replace("\0", "").removeprefix("\ufeff")
    head = text[:4096].split("\n", 1)[0]
    csv.field_size_limit(len(data) + 1)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=head.count), strict=True)
    yield from _fields(_csv_rows(rows, name), name)


def read_xlsx(data: bytes, name: str) -> Iterator[Row]:
    """Yield the rows of every sheet that has headings, with their numbers; formulas give their last value."""
    sheets = guarded(name, lambda: _read_sheets(data, name))
    if not any(_headings(cells) for sheet in sheets for _, cells in sheet[:HEADING_WITHIN]):
        raise _no_headings(name)
    for sheet in sheets:
        if any(_headings(cells) for _, cells in sheet[:HEADING_WITHIN]):
            yield from _fields(sheet, name)


def fields_of(row: dict, name: str, number: int) -> dict[str, str] | UnreadableFile:
    """What an object says under the names of ``FIELDS``, or what is wrong with it."""
    fields: dict[str, str] = {}
    for key, value in row.items():
        field = _NAMES.get(key.strip().lower(), "")
        if field and isinstance(value, (list, dict)):
            return bad_row(name, number, f"字段 {key} 应是文字")
        if field and value is not None:
            fields.setdefault(field, _sound(_text(value)))
    return _checked(fields, name, number)


def _sound(text: str) -> str:
    """Replace the half characters that JSON may spell (``"\\ud800"``) and that no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _csv_rows(rows: Iterable[list[str]], name: str) -> Iterator[tuple[int, list[str] | UnreadableFile]]:
    number = 0
    while True:
        number += 1
        try:
            yield number, next(rows)  # type: ignore[call-overload]
        except StopIteration:
            return
        except csv.Error as error:
            ended = "unexpected end" in str(error)
            yield number, bad_row(name, number, "引号不成对，这一行" + ("及以后的内容没有读" if ended else "没有读"))


def _fields(rows: Iterable[tuple[int, list[str] | UnreadableFile]], name: str) -> Iterator[Row]:
    headings: list[str] = []
    seen = 0
    for number, cells in rows:
        if isinstance(cells, UnreadableFile):
            yield number, cells
        elif not headings:
            headings = _headings(cells)
            seen += 1
            if not headings and seen == HEADING_WITHIN:
                break
        elif any(cell.strip() for cell in cells):
            fields: dict[str, str] = {}
            for field, cell in zip(headings, cells, strict=False):
                if field and cell.strip():
                    fields.setdefault(field, _day(cell.strip()) if field == "date" else cell)
            yield number, _checked(fields, name, number)
    if not headings:
        raise _no_headings(name)


def _headings(cells: list[str]) -> list[str]:
    names = [_NAMES.get("".join(cell.split()).strip("*：:").lower(), "") for cell in cells]
    return names if "title" in names or "body" in names else []


def _no_headings(name: str) -> UnreadableFile:
    return UnreadableFile(name, "没有认出列名", "第一行应有“标题”或“正文”（可另有编号、来源、日期、栏目）")


def _read_sheets(data: bytes, name: str) -> list[list[tuple[int, list[str]]]]:
    import openpyxl

    check_archive(data, name)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = []
    for sheet in book.worksheets:
        rows = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=64), 1):
            if number > ROWS:
                raise UnreadableFile(name, f"超过 {ROWS:,} 行", "请拆成几个文件")
            if any(cell is not None for cell in cells):
                rows.append((number, [_text(cell) for cell in cells]))
        sheets.append(rows)
    return sheets


def _text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _day(text: str) -> str:
    """Give a day that Excel stored as its number since 1900 (``"44696" -> "2022-05-15"``); leave others alone."""
    if not re.fullmatch(r"[2-6]\d{4}(?:\.\d+)?", text):
        return text
    return (datetime.date(1899, 12, 30) + datetime.timedelta(int(text[:5]))).isoformat()


def _checked(fields: dict[str, str], name: str, number: int) -> dict[str, str] | UnreadableFile:
    if fields.get("title", "").strip() or fields.get("body", "").strip():
        return fields
    return bad_row(name, number, "既没有标题也没有正文")
