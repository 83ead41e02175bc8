"""subao train: a model of one's own."""

from __future__ import annotations

import argparse
import os

from ..errors import SubaoError, need
from ..house import load_house
from ..training.settings import FinetuneSettings, add_settings, settings_of
from .parser import add_house, add_verb, say


def add_train(verbs) -> None:
    parser = add_verb(
        verbs, "train", _train, "用带栏目的文章训练一个模型（同 python train.py）",
        "subao train --output models/mine-2 --epochs 3",
    )  # fmt: skip
    parser.add_argument("--data", nargs="+", metavar="PATH", help="带栏目的文章：.jsonl、.csv、.xlsx、.md 或文件夹（默认 corpus/）")
    add_settings(parser, FinetuneSettings)
    add_house(parser)


def _train(arguments: argparse.Namespace) -> None:
    from ..model.folder import shipped_model
    from ..training.data import read_labelled
    from ..training.run import LIBRARIES, train

    need(*LIBRARIES)
    if arguments.length < 16 or arguments.batch < 0 or arguments.seed < 0 or arguments.epochs < 0:
        raise SubaoError("--length 至少 16，--seed、--epochs 和 --batch 不能是负数")
    settings = settings_of(FinetuneSettings, arguments)
    corpus = shipped_model().parents[1] / "corpus"
    house = load_house(arguments.house)
    output = train(read_labelled(arguments.data or [corpus], say, house), settings, print, house)
    if int(os.environ.get("RANK", 0)) == 0:
        print(f"模型写好：{output}；试用：subao sort corpus/inbox --model {output}")
