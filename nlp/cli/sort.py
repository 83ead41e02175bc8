"""subao sort: articles into columns, as a table, JSON lines, folders or an issue file."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path

from ..errors import SubaoError
from ..house import House, load_house
from .archive import add_ray, answer_archive, refuse_without_ray
from .inbox import add_inbox, say_precision, sort_inbox
from .parser import add_verb, say


def add_sort(verbs) -> None:
    parser = add_verb(verbs, "sort", _sort, "把来稿分进栏目", "subao sort corpus/inbox")
    add_inbox(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("-o", "--output", type=Path, metavar="FILE.md", help="写成一期的稿件文件（Markdown）；与 --ray 一起是结果文件夹")
    form.add_argument("--folders", type=Path, metavar="DIR", help="把原文件复制进 DIR/01_政策法规 等文件夹，附清单")
    form.add_argument("--json", action="store_true", help="每篇一行 JSON，次序同来稿")
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")
    add_ray(parser)


def _sort(arguments: argparse.Namespace) -> None:
    if arguments.ray:
        if arguments.json or arguments.folders or arguments.force:
            raise SubaoError("--ray 的结果是 -o DIR 里的一份一份；请去掉 --json、--folders、--force")
        answer_archive(arguments, "columns", [arguments.inbox, *arguments.more])
        return
    refuse_without_ray(arguments)
    from ..issue import sorting

    house = load_house(arguments.house)
    inbox, refused, classifier = sort_inbox(arguments, house, for_issue=bool(arguments.output))
    if arguments.json:
        for line in sorting.json_lines(inbox):
            print(line)
    elif arguments.output:
        _write_issue(arguments, inbox, house)
    elif arguments.folders:
        _copy_into_folders(arguments, inbox, refused, house)
    else:
        for line in sorting.table(inbox, house, shutil.get_terminal_size((100, 24)).columns):
            print(line)
    sys.stdout.flush()
    say_precision(inbox, classifier.card)
    say(sorting.summary(inbox, len(refused)))


def _write_issue(arguments: argparse.Namespace, inbox, house: House) -> None:
    from ..files import write_file
    from ..issue import markdown as issues
    from ..issue.sorting import draft_issue

    text = issues.write(draft_issue(inbox, house, arguments.output.stem), house)
    written = write_file(arguments.output, text.encode(), force=arguments.force)
    say(f"{'写好' if written else '没有变化'}：{arguments.output}")


def _original(inbox: Path, place: str) -> Path | None:
    """The file an article was read from; None for one of several in a file, whose id is no path, and for standard input."""
    if not inbox.is_dir():
        return inbox if place == inbox.name and inbox.suffix.lower() not in (".jsonl", ".csv", ".xlsx") and inbox.is_file() else None
    holders = (inbox / place[: mark.start()] for mark in re.finditer("#", place))  # rows.jsonl#7, 周报.docx#2
    return None if any(holder.is_file() for holder in holders) else inbox / place


def _copy_into_folders(arguments: argparse.Namespace, inbox, refused, house: House) -> None:
    from .. import files as filing
    from ..issue import sorting

    names, copies = filing.folder_names(house), []
    for i, p in enumerate(inbox.predictions):
        folder = filing.COPIES if i in inbox.copies else names.get(p.column, filing.safe_name(p.column))
        if original := _original(Path(arguments.inbox), p.article.path):
            copies.append(filing.Copy(folder, original.name, original))
        else:
            copies.append(filing.Copy(folder, f"{p.article.title}.txt", filing.article_text(p.article)))
    written = filing.copy_into_folders(
        arguments.folders, copies, sorting.HEADER, lambda i, place: sorting.manifest_row(inbox, i, place),
        map(sorting.refused_row, refused), force=arguments.force,
    )  # fmt: skip
    say(f"写好 {written} 个文件：{arguments.folders}（清单在 {filing.MANIFEST}）" if written else f"没有变化：{arguments.folders}")
