"""What a training run depends on, each setting with its default and how to choose it; the options are made from here.

Knows settings only: nothing of articles, encoders or how either is trained. A setting with a ``help`` is an option.
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

S = TypeVar("S")


def option(default, help: str, metavar: str = "N"):
    """A setting that is an option too; the help is Chinese, for the user."""
    return field(default=default, metadata={"help": help, "metavar": metavar})


@dataclass(frozen=True)
class FinetuneSettings:
    """What a fine-tuning depends on; change one when its measured effect says so."""

    base: str = option("", "基础编码器：本地文件夹或模型名（默认自带的）", "DIR")
    output: Path = option(Path("models/mine"), "写到哪里（默认 models/mine）", "DIR")  # noqa: RUF009
    epochs: float = option(0.0, "轮数（默认 3 轮，不到四千篇时 5 轮）")
    seed: int = option(13, "随机种子")
    length: int = option(128, "每篇读多少个词元（默认 128，约 200 字）")
    batch: int = option(0, "每批多少篇（默认 32，不到四千篇时 16）")
    learning_rate: float = option(1e-4, "学习率（默认 1e-4；BERT-base 一类的大模型用 2e-5）", "X")
    layer_decay: float = 0.93  # each layer below learns so much slower (Howard and Ruder 2018, arXiv:1801.06146)
    warm_up: float = 0.06
    weight_decay: float = 0.01
    hidden: float = 0.08  # share of tokens hidden from the encoder while it learns; dropout would take half of a CPU's time
    label_smoothing: float = 0.02  # Szegedy et al. 2016
    imbalance: float = 0.3  # a label's weight is its frequency to the power of minus this; 0: all alike
    marks_home: bool = True  # the model reads a mark in place of the home city's names
    exchanged: int = 400  # at most so many articles moved to the home city, and four times as many contrary ones
    unlabelled: tuple[str, ...] = option((), "未标注的文章（.parquet、.txt），由 --teacher 标注，一起学", "TEXT")
    teacher: str = option("", "标注 --unlabelled 的模型文件夹（默认用训练部分上的线性模型）", "DIR")
    taught: int = 14_000  # at most so many of the unlabelled texts
    held_out: float = 0.1
    holdout: bool = option(True, "量过以后，再用全部文章训练一次（数据里注明 test 的仍不用）")
    resume: bool = option(False, "接着上次中断的地方训练")


@dataclass(frozen=True)
class PretrainSettings:
    """What a pre-training depends on; the defaults are for two CPU cores and about two hours."""

    layers: int = option(4, "层数")
    hidden: int = option(320, "宽度：64 的倍数，每个注意力头宽 64")
    vocabulary: int = option(16_000, "词片数，最多 32767")  # so that one fits in 15 bits
    tokens_per_step: int = option(4_096, "每步多少个词片")
    short: int = option(128, "大部分时间的序列长度，词片")
    long: int = option(256, "最后一段的序列长度，让远的位置也学到")
    long_share: float = option(0.2, "最后一段占多少")
    masked: float = option(0.2, "遮住多少词片，整词一起遮")
    summary: float = option(0.3, "第二项任务的分量：只凭 [CLS] 说出被遮的词")
    learning_rate: float = option(1e-3, "学习率")
    warm_up: float = option(0.04, "学习率上升的一段占多少")
    paired: float = option(0.4, "段落相认占最后多少时间")
    passages: int = option(256, "段落相认时每批多少篇")
    pair_rate: float = option(5e-4, "段落相认的学习率，另有自己的上升段")
    pair_masked: float = option(0.15, "段落相认时遮住多少词片")
    pair_words: float = option(0.5, "段落相认时被遮的词的分量")
    dropout: float = option(0.0, "一遍读完不用；超过十遍用 0.1")
    checkpoint: int = option(250, "隔多少步存一次断点")
    seed: int = option(13, "随机种子")


def add_settings(parser: argparse.ArgumentParser, kind: type) -> None:
    """An option for every setting that has a help; a flag for what is true or false, ``--no-`` where true is the default."""
    for setting in dataclasses.fields(kind):
        if not setting.metadata:
            continue
        name, default, text = setting.name.replace("_", "-"), setting.default, setting.metadata["help"]
        if isinstance(default, bool):
            action = "store_false" if default else "store_true"
            parser.add_argument(f"--{'no-' * default}{name}", action=action, dest=setting.name, help=text)
            continue
        shown = text if "默认" in text or not isinstance(default, (int, float)) else f"{text}（默认 {default:g}）"
        many = {"nargs": "+"} if isinstance(default, tuple) else {"type": Path if isinstance(default, Path) else type(default)}
        parser.add_argument(f"--{name}", default=default, metavar=setting.metadata["metavar"], help=shown, **many)


def settings_of(kind: type[S], arguments: argparse.Namespace) -> S:
    """The settings that the user's options say; the others keep their defaults."""
    values = {s.name: getattr(arguments, s.name) for s in dataclasses.fields(kind) if s.metadata}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
