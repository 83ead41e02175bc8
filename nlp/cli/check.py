"""subao check: what an editor should look at in an issue file before it is printed, line by line; nothing is changed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .parser import add_house, add_verb, say


def add_check(verbs) -> None:
    parser = add_verb(
        verbs, "check", _check, "印前检查：名称、数字、括号引号、标点、日期和格式，逐行指出，不改一个字",
        "subao check corpus/issues/第12期.md",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE.md", help="稿件文件")
    parser.add_argument("--json", action="store_true", help="一个 JSON 对象：每处的行号、说明、是不是错误")
    add_house(parser)


def _check(arguments: argparse.Namespace) -> None:
    from ..issue.archive import read_issue
    from ..issue.pictures import gather_pictures

    house = load_house(arguments.house)
    issue = read_issue(arguments.file, house)
    text = arguments.file.read_text(encoding="utf-8-sig")
    found = all_remarks(text, house)
    lost = gather_pictures(issue, house, arguments.file.parent)[1]
    errors = sum(remark.error for remark in found)
    if arguments.json:
        rows = [{"line": remark.line, "text": remark.text, "error": remark.error} for remark in found]
        rows += [{"line": 0, "text": line, "error": False} for line in lost]
        print(json.dumps({"errors": errors, "remarks": rows}, ensure_ascii=False))
    else:
        for remark in found:
            where = f"第 {remark.line} 行" if remark.line else "全期"
            print(f"{where}{'（错误）' if remark.error else ''}：{remark.text}")
        for line in lost:
            print(f"全期：{line}")
    if errors:
        raise SubaoError(f"{arguments.file}：{errors} 处错误，{len(found) - errors + len(lost)} 处提醒；请先改正错误再排版")
    say(f"{arguments.file}：没有错误，{len(found) + len(lost)} 处提醒")


def all_remarks(text: str, house):
    """The slips of the file and the departures from the house's ways, by line."""
    import datetime

    from ..issue import checks
    from ..issue.house_check import check_house

    found = [*check_house(text, house, datetime.date.today()), *checks.check(text, house)]
    return sorted(found, key=lambda remark: (remark.line, not remark.error))
