"""One newsroom's learning from beginning to end: vectors, layer, guard, a folder of its own, the choice of it.

The model in use stays what it is, byte for byte, until the last step renames one line; a run that is killed before that
has changed nothing.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bulletin import REJECTED
from ..errors import SubaoError, UnusableModel
from ..files import write_file
from ..house import House
from ..model.classifier import ColumnClassifier
from ..model.decision import DecisionLayer
from ..model.folder import CARD, DECISION, REPORT, SHIPPED, parent_of, shipped_model, signature, user_models
from .decisions import Decision, Material, key_of
from .guard import Comparison, Verdict, compare, judge, related
from .layer import STRENGTHS, Decided, Learnt, learn_layer, own_layer
from .memory import GUARD, MEMORY, Vectors, encoder_mark
from .seen import vectors_of

LEAST, NEW_LEAST = 10, 5  # decisions that anything can be learnt from; examples of a new column that count
TAKEN = 0.10  # of the frozen articles a new column may take no more


@dataclass(frozen=True)
class Outcome:
    """What learning came to: the layer and its figures, what was not obeyed, and the guard's verdict."""

    learnt: Learnt
    verdict: Verdict
    used: list[Decision]
    doubtful: list[tuple[Decision, str, float]]  # set aside: the decision, what the others say, how surely
    few: dict[str, int]  # new columns with too few examples
    labels: tuple[str, ...]
    parent: Path


def learn(model: Path, material: Material, house: House, progress: Callable[[int], object] | None = None) -> Outcome:
    """Learn from decisions on top of the whole model that ``model`` is or stands on; writes nothing but vectors."""
    parent, in_use = foundation(model)
    classifier = ColumnClassifier.load(parent, house)
    mark = encoder_mark(parent)
    memory, guard = Vectors.load(parent / MEMORY, mark), Vectors.load(parent / GUARD, mark)
    labels, few = _labels(classifier, material.decisions, house)
    pairs = [(d, g) for d, g in zip(material.decisions, material.groups, strict=True) if d.column in labels]
    if len(pairs) < LEAST:
        raise SubaoError(f"只有 {len(pairs)} 条可学的决定，至少要 {LEAST} 条；多改几期，或用 subao read 把以前各期读进存档")
    used = [d for d, _ in pairs]
    features, margins = vectors_of(classifier, [d.article for d in used], user_models() / f"vectors-{mark}.npz", progress)
    trained = [classifier.label_of(label) for label in labels]
    columns = [classifier.label_of(d.column) for d in used]
    start = own_layer(memory.labels, classifier.encoder.head(), classifier.card.temperature, classifier.card.linear)
    decided = Decided(features, margins, columns, [g for _, g in pairs])
    learnt, verdict = learn_guarded(start, memory, decided, trained, lambda learnt: _verdict(start, learnt, guard, columns, in_use))
    others = learnt.out_of_fold.argmax(axis=1)
    doubtful = [(used[i], labels[others[i]], float(learnt.out_of_fold[i, others[i]])) for i in np.flatnonzero(learnt.set_aside)]
    return Outcome(learnt, verdict, used, sorted(doubtful, key=lambda row: -row[2]), few, labels, parent)


def learn_guarded(
    start: DecisionLayer, memory: Vectors, decided: Decided, labels: Sequence[str], check: Callable[[Learnt], Verdict]
) -> tuple[Learnt, Verdict]:
    """Learn as boldly as the frozen set bears: where it gets worse, again under a stronger prior; the last verdict holds."""
    allowed = STRENGTHS
    while True:
        learnt = learn_layer(start, memory, decided, labels, allowed)
        verdict = check(learnt)
        allowed = allowed[: allowed.index(learnt.strength)]
        if not allowed or not verdict.frozen.complaint():
            return learnt, verdict


def _labels(classifier: ColumnClassifier, decisions: Sequence[Decision], house: House) -> tuple[tuple[str, ...], dict[str, int]]:
    """The model's labels that the house still has, then its new columns with enough examples; and those with too few."""
    counts = Counter(d.column for d in decisions)
    own = [label for label in classifier.own_labels if label in house.column_names or label == REJECTED]
    new = [name for name in house.column_names if name not in classifier.own_labels]
    few = {name: counts[name] for name in new if counts[name] < NEW_LEAST}
    return (*own, *(name for name in new if name not in few)), few


def foundation(model: Path) -> tuple[Path, DecisionLayer | None]:
    """The whole model to learn on, and the layer in use on it; the shipped model and none where they do not fit any more."""
    try:
        parent = parent_of(model)
        return (parent, DecisionLayer.load(model / DECISION)) if parent else (model, None)
    except UnusableModel:  # the model below has been replaced by a newer one: learning again is the way out
        return shipped_model(), None


def _verdict(start: DecisionLayer, learnt: Learnt, guard: Vectors, columns: Sequence[str], in_use: DecisionLayer | None) -> Verdict:
    labels = learnt.layer.labels
    frozen, taken = compare_layers(start, learnt.layer, guard)
    before, after = ([labels[i] for i in scores.argmax(axis=1)] for scores in (learnt.before, learnt.out_of_fold))
    answers = np.array([labels.index(column) for column in columns])
    old = np.array([column in start.labels for column in columns])
    fit = max(related(learnt.before[old], answers[old]), related(learnt.out_of_fold, answers)) if old.sum() >= LEAST else 0.0
    verdict = judge(frozen, compare(columns, before, after), fit)
    if not verdict.reason and taken > TAKEN:
        verdict = dataclasses.replace(verdict, reason=f"新栏目把 {taken:.0%} 的对照文章也收了进去（至多 {TAKEN:.0%}），例子太杂或太少")
    if not verdict.reason and in_use and (complaint := compare_layers(in_use, learnt.layer, guard)[0].complaint()):
        verdict = dataclasses.replace(verdict, reason=f"与现在用的模型比，在对照文章上{complaint}")
    return verdict


def compare_layers(before: DecisionLayer, after: DecisionLayer, guard: Vectors) -> tuple[Comparison, float]:
    """Two layers on the frozen set, among the model's own columns; and what share of it the second gives to new ones."""
    known = set(before.labels) & set(after.labels) & set(guard.labels)
    rows = np.array([guard.labels[answer] in known for answer in guard.answers])
    truth = [guard.labels[answer] for answer in guard.answers[rows]]
    both = [layer.scores(guard.features[rows], guard.margins[rows]) for layer in (before, after)]
    new = np.array([label not in guard.labels for label in after.labels])
    taken = float(new[both[1].argmax(axis=1)].mean())
    answers = []
    for layer, scores in zip((before, after), both, strict=True):
        masked = np.where([label in known for label in layer.labels], scores, -np.inf)
        answers.append([layer.labels[i] for i in masked.argmax(axis=1)])
    return compare(truth, *answers), taken


def digest_of(outcome: Outcome) -> str:
    """What was learnt from, as one word: the same decisions on the same model teach the same."""
    rows = sorted((key_of(d.article), d.column) for d in outcome.used)
    return hashlib.sha256(repr((rows, outcome.labels, signature(outcome.parent))).encode()).hexdigest()[:16]


def keep(outcome: Outcome, target: Path | None = None, now: datetime.datetime | None = None) -> Path:
    """Write the learnt layer as a model folder of its own, whole or not at all; return the folder."""
    now = now or datetime.datetime.now()
    target = target or user_models() / f"学习-{now:%Y%m%d-%H%M%S}"
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SubaoError(f"{target}：已经存在；请用 -o 写到别的文件夹")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    outcome.learnt.layer.save(beside / DECISION)
    _write_json(beside / CARD, _card(outcome.parent))
    facts = {
        "time": now.isoformat(timespec="seconds"), "decisions": len(outcome.used), "set_aside": len(outcome.doubtful),
        "columns": dict(Counter(d.column for d in outcome.used)), "strength": outcome.learnt.strength, "digest": digest_of(outcome),
        **outcome.verdict.as_dict(),
    }  # fmt: skip
    _write_json(beside / REPORT, facts)
    if target.is_dir():
        target.rmdir()
    os.replace(beside, target)
    return target


def _write_json(path: Path, facts: dict) -> None:
    write_file(path, (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode())


def _card(parent: Path) -> dict:
    """The parent's card, and which folder and weights the layer stands on."""
    facts = json.loads((parent / CARD).read_text(encoding="utf-8")) if (parent / CARD).exists() else {}
    place = SHIPPED if parent.resolve() == shipped_model().resolve() else str(parent.resolve())
    return facts | {"parent": {"folder": place, "signature": signature(parent)}}


def report_of(folder: Path) -> dict:
    """What report.json of a model folder says; empty where there is none that can be read."""
    try:
        facts = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        return facts if isinstance(facts, dict) else {}
    except (OSError, ValueError):
        return {}
