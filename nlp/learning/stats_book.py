"""The counts as a workbook: a sheet for each of month, source and column, and one of the confused columns."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence

from .stats import BY, HEADER, Item, count

_SHARES = {HEADER.index(name) + 2 for name in ("登出率", "占登出", "首选对", "次选对")}  # of the sheet's columns, from 1
_ALWAYS = datetime.datetime(2000, 1, 1)  # the same counts give the same bytes


def book(items: Sequence[Item], house) -> bytes:
    """The bytes of an .xlsx; shares are numbers shown in percent, names are text whatever they begin with."""
    import openpyxl
    from openpyxl.styles import Font

    made = openpyxl.Workbook()
    made.remove(made.active)
    for by, name in BY.items():
        found = count(items, by, house)
        sheet = made.create_sheet(f"按{name}")
        sheet.append([name, *HEADER])
        for line in (*found.lines, found.total):
            sheet.append([None, *line.cells()])
            _write_text(sheet.cell(sheet.max_row, 1), line.name)
            for column in _SHARES:
                sheet.cell(sheet.max_row, column).number_format = "0.0%"
        sheet.freeze_panes, sheet.column_dimensions["A"].width = "B2", 28
    sheet = made.create_sheet("改过的栏目")
    sheet.append(["工具", "编辑", "篇数"])
    for row in found.confused:
        sheet.append([*row])
    for sheet in made:
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    made.properties.created = made.properties.modified = _ALWAYS
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write_text(cell, text: str) -> None:
    cell.value = "".join(c for c in text if c.isprintable())
    cell.data_type = "s"
