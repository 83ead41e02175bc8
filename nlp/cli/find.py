"""subao find: where a word stands in the issues of the archive."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .parser import add_house, add_verb, positive, say


def add_find(verbs) -> None:
    parser = add_verb(
        verbs, "find", _find, "在以前各期里找：标题、正文、来源、栏目、期号、日期",
        "subao find 工业 数据 --archive corpus/issues",
    )  # fmt: skip
    parser.add_argument("words", nargs="+", metavar="WORD", help="要找的词；写几个，就找都有的")
    parser.add_argument("--archive", type=Path, required=True, metavar="DIR", help="各期稿件文件（第N期.md）所在的文件夹，或其中一个")
    parser.add_argument("--limit", type=positive, default=20, metavar="N", help="最多列几篇（默认 20；--json 全部列出）")
    parser.add_argument("--json", action="store_true", help="每篇一行 JSON")
    add_house(parser)


def _find(arguments: argparse.Namespace) -> None:
    from ..issue.archive import read_issues
    from ..issue.search import find

    if not arguments.archive.exists():
        raise SubaoError(f"{arguments.archive}：没有这个文件夹；--archive 后面写各期 第N期.md 所在的文件夹（可用 subao read 生成）")
    issues = list(read_issues(arguments.archive, load_house(arguments.house), lambda error: say(f"跳过 {error}")))
    if not issues:
        raise SubaoError(f"{arguments.archive}：里面没有稿件文件（第N期.md）；已出版的 Word 文件请先用 subao read 读进来")
    found = find(arguments.words, ((str(file), issue) for file, issue in issues))
    if arguments.json:
        for hit in found:
            print(json.dumps(as_dict(hit), ensure_ascii=False))
        return
    for hit in found[: arguments.limit]:
        facts = "  ".join(filter(None, (hit.issue, hit.date, hit.article.column)))
        print(f"{facts}  {hit.article.title}")
        if hit.excerpt:
            print(f"    {hit.excerpt}")
    more = f"，列出前 {arguments.limit} 篇（--limit 可改）" if len(found) > arguments.limit else ""
    say(f"{len(issues)} 期里找到 {len(found)} 篇{more}")


def as_dict(hit) -> dict:
    """One line of ``--json``."""
    article = hit.article
    return {
        "issue": hit.number, "issue_date": hit.date, "column": article.column, "title": article.title,
        "source": article.source, "date": article.date, "excerpt": hit.excerpt, "file": hit.file,
    }  # fmt: skip
