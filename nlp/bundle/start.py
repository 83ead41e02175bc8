"""What the window of 速报 shows first: how to go on, and the newest issue, to be opened on the local page."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from .. import __version__
from ..cli import main as subao
from ..text.characters import read_number

HOW = """速报 {version}。这个窗口里可以用 subao，各期放在：{folder}

  subao draft 来稿文件夹 -o 第46期          从来稿到排好的一期
  subao review 第46期                        在浏览器里看、改、排版
  subao issue 第46期/第46期.md               改过稿件文件以后重新排版
  subao --help                               全部命令；每个命令加 --help 有例子
"""


def newest_issue(folder: Path) -> Path | None:
    """The folder of the issue that was worked on last: 第N期 with its issue file in it."""
    files = [file for file in folder.glob("第*期/第*期.md") if read_number(file.stem)]
    return max(files, key=lambda file: file.stat().st_mtime).parent if files else None


def start(folder: Path, ask: Callable[[str], str] = input) -> int:
    """Say how, and open the newest issue if the editor wants to; back in the window afterwards."""
    print(HOW.format(version=__version__, folder=folder), flush=True)
    issue = newest_issue(folder)
    if issue is None:
        return 0
    try:
        answer = ask(f"按回车打开{issue.name}（用完按 Ctrl-C 回到这里）；直接用命令请输入 n 再回车：")
    except (EOFError, KeyboardInterrupt):
        return 0
    return subao(["review", str(issue)]) if answer.strip().lower() in ("", "y") else 0


if __name__ == "__main__":
    sys.exit(start(Path.cwd()))
