"""The command line: the only part that prints, reads the arguments and returns an exit code.

Heavy modules are imported by the verb that needs them, so that ``--help`` answers at once.
stdout is the product; progress, remarks and errors go to stderr. Exit 0 done, 1 something the
user can mend, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import SubaoError, system_reason
from .check import add_check
from .draft import add_draft
from .evaluate import add_evaluate
from .find import add_find
from .highlights import add_highlights
from .issue import add_issue
from .learn import add_learn
from .parser import Help, Parser, add_help, say
from .read import add_read
from .review import add_review
from .sort import add_sort
from .stats import add_stats
from .train import add_train
from .undo import add_undo
from .use import add_use


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; every mistake of the user becomes one Chinese line on stderr."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8")
        stream.reconfigure(errors="replace")
    arguments = build_parser().parse_args(argv)
    try:
        arguments.run(arguments)
        return 0
    except SubaoError as error:
        say(f"错误：{error}")
        return 1
    except KeyboardInterrupt:
        say("已中断；写好的文件都是完整的。再运行一次即可接着做（训练要加 --resume）")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}：" if error.filename else ""
        say(f"错误：{place}{system_reason(error)}；请检查路径、权限和磁盘空间")
        return 1


def build_parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    parser = Parser(
        prog="subao", description="速报：把来稿编成一期刊物：分栏、起草本期重点、排出 Word 文件。", add_help=False,
        formatter_class=Help, epilog="各命令的说明：subao COMMAND --help\n\n例：\n  subao draft corpus/inbox -o 第46期",
    )  # fmt: skip
    add_help(parser)
    parser.add_argument("--version", action="version", version=f"subao {__version__}", help="显示版本")
    verbs = parser.add_subparsers(metavar="COMMAND", required=True, title="命令")
    for add in (
        add_draft, add_review, add_sort, add_highlights, add_check, add_issue, add_undo, add_read, add_find,
        add_evaluate, add_stats, add_learn, add_train, add_use,
    ):  # fmt: skip
        add(verbs)
    return parser
