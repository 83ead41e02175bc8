"""What the verbs that take an archive share: ``--ray``, its options, and the work behind it."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import SubaoError, need
from ..house import load_house
from .parser import positive, say

LOCAL = "local"
ROWS = 1000
_NAMES = {"columns": "分栏", "sentences": "要点句"}


def add_ray(parser: argparse.ArgumentParser) -> None:
    """The options, in a group of their own, and further inputs."""
    parser.add_argument("more", nargs="*", metavar="INPUT", help="更多的文件或文件夹（只与 --ray 一起）")
    group = parser.add_argument_group("上百万篇（要装 Ray：pip install \".[scale]\"）")
    group.add_argument(
        "--ray", nargs="?", const=LOCAL, metavar="ADDRESS",
        help="多个进程一起做：INPUT 是 .jsonl、.parquet 或其文件夹，结果一份一份写进 -o DIR，中断后同样再运行一次就接着做；"
             "不写地址用本机所有的核，写 HOST:6379 或 auto 用 ray start 起的集群；每篇各自回答，不查重复（duplicate_of 总是 null），读不出的是一行 error",
    )  # fmt: skip
    group.add_argument("--workers", type=positive, metavar="N", help="本机用几个进程（默认：每个核一个）")
    group.add_argument("--rows", type=positive, metavar="N", help=f"每份几行（默认 {ROWS}）")
    group.add_argument("--parquet", action="store_true", help="写成 parquet（默认 JSONL）")


def refuse_without_ray(arguments: argparse.Namespace) -> None:
    """Say which options mean nothing without ``--ray``."""
    given = {"更多的 INPUT": arguments.more, "--workers": arguments.workers}
    given |= {"--rows": arguments.rows, "--parquet": arguments.parquet}
    if wrong := [name for name, value in given.items() if value]:
        raise SubaoError(f"{'、'.join(wrong)} 要与 --ray 一起用；请加上 --ray，或去掉")


def answer_archive(arguments: argparse.Namespace, asks: str, inputs: list[str], sentences: int = 1) -> None:
    """Make the folder of answers; ``asks`` is a name in ``scale.asking.ASKS``."""
    need("ray", *["pyarrow"] * arguments.parquet, extra="scale")
    if not arguments.output:
        raise SubaoError("--ray 的结果是一个文件夹；请用 -o DIR 写明")
    if arguments.engine == "torch":
        raise SubaoError("--ray 只用 onnx；请去掉 --engine torch")
    if arguments.workers and arguments.ray != LOCAL:
        raise SubaoError("--workers 只管本机；集群用几个核，在 ray start --num-cpus 里写")
    from tqdm import tqdm

    from ..model.folder import chosen_model, signature
    from ..scale.asking import folder_for, pack
    from ..scale.parts import find_sources
    from ..scale.plan import Job, settle
    from ..scale.processes import make

    folder: Path = arguments.output
    if any(folder.resolve().is_relative_to(Path(name).resolve()) for name in inputs):
        raise SubaoError(f"{folder}：结果不能放在来稿的文件夹里面；请用 -o 换一个地方")
    house = load_house(arguments.house)
    model = folder_for(asks, chosen_model(arguments.model))
    sources = find_sources(inputs, lambda error: say(f"跳过 {error}"))
    form = "parquet" if arguments.parquet else "jsonl"
    plan = settle(folder, Job(asks, signature(model, "onnx"), house, form, arguments.rows or ROWS, sentences), sources)
    total, left = (sum(part.rows for part in parts) for parts in (plan.parts, [task.part for task in plan.missing()]))
    address = "" if arguments.ray == LOCAL else arguments.ray
    with tqdm(total=total, initial=total - left, desc=_NAMES[asks], unit="篇", disable=None, leave=False) as bar:
        made = make(plan, pack(model), address, arguments.workers, lambda done: bar.update(done.rows))
    refused = sum(done.refused for done in made)
    before = len(plan.parts) - len(made)
    remarks = [f"以前做好的 {before} 份没有重做"] if before else []
    remarks += [f"这一次有 {refused} 行读不出或算不出（error 写着原因）"] if refused else []
    say("；".join([f"写好 {len(made)} 份，共 {len(plan.parts)} 份：{folder}", *remarks]))
