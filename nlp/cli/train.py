"""subao train and subao use: a model of one's own."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .parser import add_house, add_verb, say


def add_train(verbs) -> None:
    parser = add_verb(
        verbs, "train", _train, "用带栏目的文章训练一个模型（同 python train.py）",
        "subao train --output models/mine-2 --epochs 3",
    )  # fmt: skip
    parser.add_argument("--data", nargs="+", metavar="PATH", help="带栏目的文章：.jsonl、.csv、.xlsx、.md 或文件夹（默认 corpus/）")
    parser.add_argument("--base", default="", metavar="DIR", help="基础编码器：本地文件夹或模型名（默认自带的）")
    parser.add_argument("--output", type=Path, default=Path("models/mine"), metavar="DIR", help="写到哪里（默认 models/mine）")
    parser.add_argument("--epochs", type=float, default=0, metavar="N", help="轮数（默认 4 轮，几万篇时 3 轮）")
    parser.add_argument("--seed", type=int, default=13, metavar="N", help="随机种子（默认 13）")
    parser.add_argument("--length", type=int, default=256, metavar="N", help="每篇读多少个词元（默认 256）")
    parser.add_argument("--batch", type=int, default=0, metavar="N", help="每批多少篇（默认按篇数：16，上万篇 32，几万篇 64）")
    parser.add_argument("--learning-rate", type=float, default=2e-4, metavar="X", help="学习率（默认 2e-4；大模型用 2e-5）")
    parser.add_argument("--unlabelled", nargs="+", default=(), metavar="TEXT", help="未标注的文章（.parquet、.txt），先跟线性模型学一遍")
    parser.add_argument("--headlines", nargs="+", default=(), metavar="FILE", help="正文和它的标题（.parquet），让模型同时学会挑要点句")
    add_house(parser)
    parser.add_argument("--no-holdout", action="store_true", help="量过以后，再用全部文章训练一次（数据里注明 test 的仍不用）")
    parser.add_argument("--resume", action="store_true", help="接着上次中断的地方训练")


def _train(arguments: argparse.Namespace) -> None:
    from ..model.folder import shipped_model
    from ..training.data import read_labelled
    from ..training.finetune import Settings
    from ..training.run import train

    if arguments.length < 16 or arguments.batch < 0 or arguments.seed < 0 or arguments.epochs < 0:
        raise SubaoError("--length 至少 16，--seed、--epochs 和 --batch 不能是负数")
    settings = Settings(
        base=arguments.base, output=arguments.output, epochs=arguments.epochs, seed=arguments.seed,
        length=arguments.length, batch=arguments.batch, learning_rate=arguments.learning_rate,
        unlabelled=tuple(arguments.unlabelled), headlines=tuple(arguments.headlines), holdout=not arguments.no_holdout, resume=arguments.resume,
    )  # fmt: skip
    corpus = shipped_model().parents[1] / "corpus"
    house = load_house(arguments.house)
    output = train(read_labelled(arguments.data or [corpus], say, house), settings, print, house)
    if int(os.environ.get("RANK", 0)) == 0:
        print(f"模型写好：{output}；试用：subao sort corpus/inbox --model {output}")


def add_use(verbs) -> None:
    parser = add_verb(verbs, "use", _use, "设定以后默认用哪个模型", "subao use --shipped")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="模型文件夹")
    which.add_argument("--shipped", action="store_true", help="换回自带的模型")


def _use(arguments: argparse.Namespace) -> None:
    from ..model.folder import choose_model

    print(f"现在用的模型：{choose_model(None if arguments.shipped else arguments.folder)}")
