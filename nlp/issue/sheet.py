"""A table for Excel and WPS and back: bytes of a .xlsx with lists to choose from, and the cells an editor left in it.

It knows workbooks and their headings, nothing of issues. The same cells give the same bytes on every day.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..documents.encodings import decode
from ..documents.guard import guarded
from ..documents.zip_limits import check_archive
from ..errors import SubaoError, system_reason
from ..text.characters import normalise

WIDTHS = {"标题": 48, "理由": 40, "说明": 24, "来源": 16, "来稿": 28, "日期": 12, "编号": 14}
EDITED = "FFF2CC"  # the colour of the columns that may be edited
FIRST_DAY = datetime.datetime(1980, 1, 1)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class Row:
    """A row of a register as an editor left it."""

    id: str
    title: str
    cells: Mapping[str, str]  # by heading


def sheet_bytes(
    header: Sequence[str], rows: Sequence[Sequence[str]], editable: Sequence[str],
    choices: Mapping[str, Sequence[str]], hidden: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """A workbook of one sheet, the ``editable`` columns coloured, the ``hidden`` ones folded, a list for each of ``choices``.

    Every cell is text, so that none runs as a formula.
    """
    import openpyxl
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "稿件清单"
    sheet.freeze_panes = "C2"
    bold, colour = Font(bold=True), PatternFill("solid", fgColor=EDITED)
    for n, name in enumerate(header, 1):
        letter = get_column_letter(n)
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 10)
        sheet.column_dimensions[letter].hidden = name in hidden
        if name in choices and rows:
            rule = DataValidation(type="list", formula1=f'"{",".join(choices[name])}"', allow_blank=True)
            rule.showErrorMessage = False  # it helps, it does not forbid
            rule.add(f"{letter}2:{letter}{len(rows) + 1}")
            sheet.add_data_validation(rule)
    for r, cells in enumerate((header, *rows), 1):
        for n, text in enumerate(cells, 1):
            if not text:
                continue
            cell = sheet.cell(r, n)
            if header[n - 1] in ("次序", "重点") and str(text).isdecimal():
                cell.value = int(text)
            else:
                cell.value = _ILLEGAL.sub("", str(text))[:32_000]
                cell.data_type = "s"
            if r == 1:
                cell.font = bold
                if text in editable:
                    cell.fill = colour
    written = io.BytesIO()
    book.save(written)
    return _undated(written.getvalue())


def _undated(data: bytes) -> bytes:
    """The same workbook without the day it was saved on."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _DATED.sub(rb"\g<1>" + f"{FIRST_DAY:%Y-%m-%dT%H:%M:%SZ}".encode(), part)
            entry = zipfile.ZipInfo(name, FIRST_DAY.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, part)
    return result.getvalue()


def read_sheet(path: Path) -> tuple[list[Row], str]:
    """The rows of a register, and a remark where it cannot be read; none where there is no such file."""
    try:
        data = path.read_bytes()
        table = _book(data, path.name) if path.suffix == ".xlsx" else _text(data, path.name)
    except FileNotFoundError:
        return [], ""
    except (OSError, SubaoError) as error:
        why = system_reason(error) if isinstance(error, OSError) else str(error).removeprefix(f"{path.name}：")
        return [], f"{path.name} 读不出（{why}），没有采用其中的改动；改动还在 历史/ 里的旧清单中"
    for at, cells in enumerate(table[:10]):
        if "编号" in cells and "标题" in cells:
            rows = [dict(zip(cells, row, strict=False)) for row in table[at + 1 :]]
            return [Row(row["编号"], row.get("标题", ""), row) for row in rows if row.get("编号")], ""
    return [], f"{path.name} 里没有“编号”“标题”两列，没有采用其中的改动；原样留在 历史/"


def _book(data: bytes, name: str) -> list[list[str]]:
    def read() -> list[list[str]]:
        import openpyxl

        check_archive(data, name)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_col=64, max_row=50_000)
        return [[plain(cell) for cell in row] for row in rows]

    return guarded(name, read)


def _text(data: bytes, name: str) -> list[list[str]]:
    text, _ = decode(data, name)
    text = text.replace("\0", "").removeprefix("\ufeff")
    csv.field_size_limit(max(131_072, len(data) + 1))
    head = text[:4096].split("\n", 1)[0]
    try:
        return [[plain(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=head.count))]
    except csv.Error as error:
        raise SubaoError(f"{name}：表格的引号不成对（{error}）") from error


def plain(cell: object) -> str:
    """A cell as it is compared: one line, whole numbers without .0.

    >>> plain(2.0), plain(" 登\\n"), plain(None)
    ('2', '登', '')
    """
    text = normalise("" if cell is None else str(cell)).replace("\n", " ").strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text
