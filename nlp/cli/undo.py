"""subao undo: one step back in an issue's folder, or forward again."""

from __future__ import annotations

import argparse
from pathlib import Path

from .parser import add_verb, say


def add_undo(verbs) -> None:
    parser = add_verb(
        verbs, "undo", _undo, "撤销一期的上一步（起草、合并、校对、排版、审稿），或用 --redo 重做",
        "subao draft corpus/inbox -o 第46期\n  subao draft corpus/inbox -o 第46期 --date 2024-05-15\n  subao undo 第46期",
    )  # fmt: skip
    parser.add_argument("folder", type=Path, metavar="DIR", help="一期的文件夹，或其中的稿件文件")
    parser.add_argument("--redo", action="store_true", help="重做刚撤销的一步")
    parser.add_argument("--list", action="store_true", help="只列出可以撤销的各步")


def _undo(arguments: argparse.Namespace) -> None:
    from ..issue import history
    from ..issue.folder import Place

    folder = arguments.folder if arguments.folder.is_dir() else Place.of(arguments.folder).folder
    if arguments.list:
        for step in history.steps(folder):
            state = "可撤销" if step.state == history.DONE else "已撤销"
            print(f"{step.time[:16].replace('T', ' ')}  {step.what}（{state}）：{'、'.join(step.before)}")
        return
    step = (history.redo if arguments.redo else history.undo)(folder)
    if step.edited and not arguments.redo:
        say(f"那以后手工改过的（{'、'.join(step.edited)}）也一并收起，subao undo {folder} --redo 可以取回")
    verb = "重做" if arguments.redo else "撤销"
    say(f"已{verb}：{step.what}（{step.time[:16].replace('T', ' ')}）；改回的文件：{'、'.join(step.before)}")
