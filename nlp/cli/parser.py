"""argparse that speaks Chinese, and the options that several verbs share."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import NoReturn


def say(line: str) -> None:
    """One line for the user beside the product: on stderr, at once."""
    print(line, file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    """argparse that speaks Chinese; metavars stay ASCII, because its tables count characters."""

    _SAYS = (
        (r"the following arguments are required: (.+)", r"缺少 \1"),
        (r"unrecognized arguments: (.+)", r"不认识 \1"),
        (r"argument (-\S+): invalid choice: (\S+) \(choose from (.*)\)", r"\1 只能写 \3，不能是 \2"),
        (r"argument \S+: invalid choice: (\S+) .*", r"没有 \1 这个命令"),
        (r"argument (\S+): expected .*", r"\1 后面缺少内容"),
        (r"argument (\S+): ignored explicit argument (.+)", r"\1 后面不能写 \2"),
        (r"argument (\S+): invalid \w+ value: (.+)", r"\1 要写数字，不能是 \2"),
        (r"argument (\S+): not allowed with argument (\S+)", r"\1 与 \2 不能同时用"),
        (r"one of the arguments (.+) is required", r"要写明其中一个：\1"),
        (r"argument (\S+): (.+)", r"\1 \2"),
    )

    def __init__(self, **settings) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        for english, chinese in self._SAYS:
            message = re.sub(f"^{english}$", chinese, message)
        self.exit(2, f"用法不对：{message}；说明见 {self.prog} --help\n")


class Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


def add_verb(verbs, name: str, run, summary: str, example: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(
        name, help=summary, description=summary, epilog=f"例：\n  {example}", add_help=False, formatter_class=Help
    )
    add_help(parser)
    parser.set_defaults(run=run)
    return parser


def add_help(parser: argparse.ArgumentParser) -> None:
    parser._positionals.title, parser._optionals.title = "参数", "选项"
    parser.add_argument("-h", "--help", action="help", help="显示这份说明")


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="DIR", help="模型文件夹（默认：SUBAO_MODEL、subao use 设定的，或自带的）")
    parser.add_argument(
        "--engine", choices=("onnx", "torch"), default="", metavar="NAME",
        help="用什么计算：onnx（快，模型文件夹里有 model.onnx 时默认）或 torch（用来对照）",
    )  # fmt: skip
    add_house(parser)


def add_house(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--house", type=Path, metavar="FILE", help="刊物设定文件（默认：《4.0 信息速报》的）")


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"要写 1 或更大的整数，不能是 {text!r}")
    return int(text)


def iso_date(text: str) -> str:
    """A date such as 2022-05-15 or 2022年5月15日, for argparse; as YYYY-MM-DD."""
    from ..documents.provenance import parse_date

    if not (date := parse_date(text)):
        raise argparse.ArgumentTypeError(f"要写日期，如 2022-05-15，不能是 {text!r}")
    return date
