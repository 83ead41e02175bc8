"""subao stats: what came in and what was printed, by month, source or column, and how often the tool was right."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .parser import add_house, add_verb, say

_KINDS = (".xlsx", ".csv", ".html")


def add_stats(verbs) -> None:
    parser = add_verb(
        verbs, "stats", _stats, "数一数：收到、登出、各来源和栏目的登出率、工具判对多少", "subao stats corpus/issues --by source"
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="存档：第N期.md 和 更正.jsonl 所在的文件夹")
    parser.add_argument("--by", choices=("month", "source", "column"), default="column", metavar="BY", help="按 month、source 或 column（默认）")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="另写成 .xlsx 或 .csv；写成 .html 是一页图和三张表")
    parser.add_argument("--json", action="store_true", help="同样的数字，一个 JSON 对象")
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")
    add_house(parser)


def _stats(arguments: argparse.Namespace) -> None:
    from ..files import write_file
    from ..learning import stats
    from ..text.terminal import align

    if arguments.output and arguments.output.suffix.lower() not in _KINDS:
        raise SubaoError(f"{arguments.output}：只会写 {'、'.join(_KINDS)}；请改后缀")
    house = load_house(arguments.house)
    items = stats.collect(arguments.paths, house, say)
    found = stats.count(items, arguments.by, house)
    if arguments.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        print("\n".join(align([*stats.table(found)])))
        for line in stats.remarks(found):
            say(line)
    if arguments.output:
        written = write_file(arguments.output, _file(arguments.output, items, found, house), force=arguments.force)
        say(f"{'写好' if written else '没有变化'}：{arguments.output}")


def _file(path: Path, items, found, house) -> bytes:
    from ..files import csv_bytes
    from ..learning import stats

    if path.suffix.lower() == ".html":
        from ..learning.stats_page import page

        return page(items, house).encode()
    if path.suffix.lower() == ".csv":
        header, *rows = stats.table(found)
        return csv_bytes(header, rows)
    from ..learning.stats_book import book

    return book(items, house)
