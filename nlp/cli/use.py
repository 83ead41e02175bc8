"""subao use: which model is in use, another one, the one before; a worse one only if it is wanted all the same."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import SubaoError
from .parser import add_house, add_verb, say


def add_use(verbs) -> None:
    parser = add_verb(verbs, "use", _use, "看现在用的是哪个模型，或换一个", "subao use\n  subao use --shipped")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="以后默认用这个模型文件夹；比现在的差就不换")
    which.add_argument("--shipped", action="store_true", help="换回自带的模型")
    which.add_argument("--back", action="store_true", help="换回上一个用过的模型")
    parser.add_argument("--anyway", action="store_true", help="差也要换")
    add_house(parser)


def _use(arguments: argparse.Namespace) -> None:
    from ..learning import taste
    from ..model.folder import choose_back, choose_model, chosen_model

    if arguments.anyway and not arguments.folder:
        raise SubaoError("--anyway 只和 DIR 一起用：subao use DIR --anyway")
    if arguments.folder:
        _measure(arguments)
    if arguments.folder or arguments.shipped:
        choose_model(arguments.folder)
        if arguments.shipped:
            taste.put_away()
    elif arguments.back:
        choose_back()
        taste.exchange()
    if arguments.folder or arguments.shipped or arguments.back:
        _say_if_overruled()
    for line in _describe(chosen_model()):
        print(line)


def _measure(arguments: argparse.Namespace) -> None:
    """Say how the folder does beside the model in use; a worse one is refused."""
    from ..errors import UnusableModel
    from ..house import load_house
    from ..learning.comparing import compare_models
    from ..model.classifier import ColumnClassifier
    from ..model.folder import chosen_model

    house = load_house(arguments.house)
    ColumnClassifier.load(arguments.folder, house)  # what cannot be opened is not chosen
    try:
        measured, text = compare_models(chosen_model(), arguments.folder, house)
    except UnusableModel as error:
        say(f"没有与现在用的模型比：{error}")
        return
    say(f"与现在用的模型比：{text}" if text else "与现在用的模型栏目不同，没有可比的文章")
    if measured and (complaint := measured.complaint()) and not arguments.anyway:
        raise SubaoError(f"{arguments.folder}：{complaint}；没有换，仍用原来的。确要换：subao use {arguments.folder} --anyway")


def _say_if_overruled() -> None:
    if model := os.environ.get("SUBAO_MODEL"):
        say(f"环境变量 SUBAO_MODEL 写着 {model}，它优先于这里的设定；要让设定起作用，请取消它")


def _describe(folder: Path) -> list[str]:
    """Name, date and figures of a model, a line each."""
    from ..learning.describing import facts_of
    from ..learning.taste import in_force

    return [f"现在用的模型：{folder}", *facts_of(folder), *filter(None, [in_force()])]
