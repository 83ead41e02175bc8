"""subao learn: the newsroom's own decisions taught to the model; what there is, what came of it, what was not obeyed."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .parser import add_house, add_verb, say

_SHOWN = 20  # decisions set aside that are listed one by one


def add_learn(verbs) -> None:
    parser = add_verb(
        verbs, "learn", _learn, "从本刊的更正和以前各期里学：学得更准才换上，否则仍用原来的模型",
        "subao learn corpus/issues --show",
    )  # fmt: skip
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="存档：更正.jsonl 和 第N期.md 所在的文件夹（默认当前文件夹）")
    parser.add_argument("--show", action="store_true", help="只看有些什么可学，不学")
    parser.add_argument("--deep", action="store_true", help="连编码器一起学：要几分钟，要装 subao[train]")
    parser.add_argument("-o", "--output", type=Path, metavar="MODEL", help="写到哪个新文件夹（默认：用户自己的模型文件夹，按日期取名）")
    add_house(parser)


def _learn(arguments: argparse.Namespace) -> None:
    from ..learning import decisions

    house = load_house(arguments.house)
    material = decisions.sift(decisions.read_decisions(arguments.paths or [Path()], house, say), house)
    for line in _overview(material):
        print(line, flush=True)
    if arguments.show:
        return
    _learn_highlights(arguments, house)
    _learn_columns(arguments, material, house)


def _overview(material) -> list[str]:
    """What there is to learn from, by origin and column, and what cannot be learnt from."""
    from ..learning.decisions import CORRECTED

    found = material.decisions
    corrected = sum(d.origin == CORRECTED for d in found)
    lines = [f"可学的决定 {len(found)} 条：更正 {corrected} 条，以前各期登过的 {len(found) - corrected} 条"]
    lines += [f"  {column}　{n} 条" for column, n in Counter(d.column for d in found).most_common()]
    if material.contradicting:
        lines.append(f"互相矛盾，都不用（{len(material.contradicting)} 条）：")
        lines += [f"  《{d.article.title}》{d.column}，另一处是{others}　{d.place}" for d, others in material.contradicting[:_SHOWN]]
    if material.unknown:
        names = "、".join(sorted({d.column for d in material.unknown}))
        lines.append(f"栏目不在刊物设定里，不用（{len(material.unknown)} 条）：{names}；新栏目请先写进刊物设定（--house）")
    return lines


def _learn_columns(arguments: argparse.Namespace, material, house) -> None:
    from tqdm import tqdm

    from ..learning import newsroom
    from ..model.folder import choose_model, chosen_model

    model, began = chosen_model(), time.monotonic()
    with tqdm(total=len(material.decisions), desc="读稿", unit="篇", disable=None, leave=False) as bar:
        outcome = newsroom.learn(model, material, house, bar.update)
    if arguments.deep and not outcome.verdict.reason:
        from ..learning.comparing import corpus
        from ..learning.deep import deepen
        from ..training.data import read_labelled

        outcome = deepen(outcome, house, read_labelled([corpus()], say, house), say)
    for line in _told(outcome):
        print(line, flush=True)
    if outcome.verdict.reason:
        raise SubaoError(f"{outcome.verdict.reason}；没有换，仍用原来的模型（{model}）")
    if newsroom.report_of(model).get("digest") == newsroom.digest_of(outcome):
        say(f"这些决定已经学过，没有变化：{model}")
        return
    target = newsroom.keep(outcome, arguments.output)
    choose_model(target)
    say(f"学好了，用时 {time.monotonic() - began:.1f} 秒，以后就用：{target}；换回上一个：subao use --back")


def _told(outcome) -> list[str]:
    """The figures, and the decisions that were not obeyed."""
    verdict = outcome.verdict
    lines = [f"本刊没有用来学的决定：{verdict.own.line()}", f"随程序带的对照文章：{verdict.frozen.line()}"]
    lines += [f"新栏目“{name}”只有 {n} 篇例子，还没有学" for name, n in outcome.few.items()]
    if outcome.doubtful:
        lines.append(f"与其他决定合不上，没有照学（{len(outcome.doubtful)} 条），请核对：")
        for d, other, sure in outcome.doubtful[:_SHOWN]:
            lines.append(f"  《{d.article.title}》写的是{d.column}，看其他的像{other}（{sure:.0%}）　{d.place}")
        if len(outcome.doubtful) > _SHOWN:
            lines.append(f"  ……另有 {len(outcome.doubtful) - _SHOWN} 条")
    return lines


def _learn_highlights(arguments: argparse.Namespace, house) -> None:
    from ..learning import taste

    for line in taste.learn(arguments.paths or [Path()], house):
        print(line, flush=True)
