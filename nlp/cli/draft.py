"""subao draft: everything at once, from a folder of articles to the issue file, the Word file and the manifest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..bulletin import ACCOUNT, Article
from ..errors import SubaoError
from ..house import House, load_house
from ..text.characters import read_number
from .inbox import add_inbox, say_precision, sort_inbox
from .issue import add_template, remarks, set_in_type, unchanged
from .model import scorer_of
from .parser import add_verb, iso_date, positive, say


def add_draft(verbs) -> None:
    parser = add_verb(
        verbs, "draft", _draft, "一步到位：来稿分栏、选稿、起草本期重点、排出 Word 文件",
        "subao draft corpus/inbox -o 第46期",
    )  # fmt: skip
    add_inbox(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="写到哪个文件夹，如 第46期")
    parser.add_argument("--number", default="", metavar="N", help="期号（默认取文件夹名里的“第N期”，没有就空着）")
    parser.add_argument("--date", type=iso_date, metavar="YYYY-MM-DD", help="出版日期（默认空着）")
    parser.add_argument("--limit", type=positive, default=20, metavar="N", help="最多登几篇，其余进备选（默认 20）")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="以前各期稿件文件所在的文件夹；登过的不再登，进备选")
    add_template(parser)
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖，包括手工改过的稿件文件")


def _draft(arguments: argparse.Namespace) -> None:
    from ..files import csv_bytes, write_files
    from ..issue import draft as drafting
    from ..issue import markdown as issues

    folder, house = arguments.output, load_house(arguments.house)
    number = _bare(arguments.number) or _number_of(folder)
    target = folder / (f"第{number}期.md" if number else "本期.md")
    printed = _printed(arguments.archive, target, number, house)
    inbox, refused, classifier = sort_inbox(arguments, house, for_issue=True)
    made = drafting.draft(inbox, house, arguments.limit, printed, number, arguments.date or "", scorer_of(classifier))
    text = issues.write(made.issue, house)
    _keep_corrections(target, text, arguments.force)
    word, rows = target.with_suffix(".docx"), drafting.manifest_rows(made, inbox, refused)
    files = {
        target: text.encode(),
        word: set_in_type(made.issue, house, arguments.template),
        folder / ACCOUNT: csv_bytes(drafting.HEADER, rows),
    }
    written = write_files(files, force=arguments.force, ours=unchanged(word))
    for line in drafting.overview(made, house):
        print(line)
    sys.stdout.flush()
    for line in remarks(made.issue, house):
        say(line)
    say_precision(inbox, classifier.card)
    say(f"下一步：打开 {target}，看标着“请核对”的，改好存盘，再运行 subao issue {target}")
    names = "、".join(path.name for path in files)
    outcome = f"{'写好' if written else '没有变化'}：{folder}（{names}）"
    print(f"\n{drafting.last_line(made, len(refused), arguments.limit)}。{outcome}", flush=True)


def _bare(number: str) -> str:
    """``第46期``, ``第四十六期`` and ``46`` are the same number."""
    if number.strip() and not (read := read_number(number) or read_number(f"第{number.strip()}期")):
        raise SubaoError(f"--number 要写数字，如 46，不能是“{number}”")
    return read if number.strip() else ""


def _number_of(folder: Path) -> str:
    """The number in the folder's name or, at a re-run, of the one issue file in it; else empty, never invented."""
    inside = {read_number(file.stem) for file in folder.glob("第*期.md")} - {""}
    return read_number(folder.resolve().name) or (inside.pop() if len(inside) == 1 else "")


def _printed(archive: Path | None, target: Path, number: str, house: House) -> list[tuple[str, Article]]:
    """The articles that earlier issues printed, with the name of the issue; the issue in the making is none."""
    from ..issue.archive import read_issues
    from ..published.issue import NO_COLUMN

    if archive is None:
        return []
    if not archive.exists():
        raise SubaoError(f"{archive}：没有这个文件夹；--archive 后面写以前各期 第N期.md 所在的文件夹（可用 subao read 生成）")
    found, issues = [], 0
    for file, issue in read_issues(archive, house, lambda error: say(f"跳过 {error}")):
        if file.resolve() == target.resolve() or (number and issue.number == number):
            say(f"{file}：就是这一期，不算以前登过的")
            continue
        issues += 1
        printed = [a for a in issue.articles if a.column in house.column_names or a.doubt == NO_COLUMN]
        found += [(file.stem, article) for article in printed]
    if not issues:
        say(f"{archive}：里面没有以前各期的稿件文件（第N期.md），没有查登过的稿件")
    return found


def _keep_corrections(target: Path, text: str, force: bool) -> None:
    """Refuse to go on where the issue file says something else: it may be the editor's work."""
    if force or not target.is_file():
        return
    standing = target.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if standing != text.encode():
        raise SubaoError(
            f"{target}：与这次的结果不同（来稿或选项变了，或手工改过），原样留着；"
            f"要按它排版：subao issue {target}；要重新来过：加 --force，或换一个 -o"
        )
