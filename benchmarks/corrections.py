"""Do corrections pay: a model that has not seen web articles, then 25 to 400 decisions on them in order of doubt.

    python benchmarks/corrections.py --old train.jsonl broadcast.jsonl --web web.jsonl --vectors vectors.npz

The vectors are those of an encoder that was fine-tuned without the web rows: ``pooled`` [rows, hidden] in the order of the
files, ``W`` and ``b`` of its head, ``margins`` of a linear model that saw the same rows (else one is fitted), ``held`` the places of old rows that it has not seen either. Without them ``--model DIR``
names such a model folder; the vectors are then read by it and written to ``--vectors`` for the next time.

Prints, over several draws of which web articles may be corrected and which are judged: accuracy on the judged web articles
and on the old kinds (held rows) for the decision layer under a prior (a), for the layer trained anew, for k nearest
neighbours; then wrong and random labels, a new column, and how long 1,000 decisions take. (b), learning with the encoder, is not in it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.bulletin import Article
from nlp.duplicates import clusters
from nlp.learning.fitting import fit_change
from nlp.learning.guard import compare, judge, related
from nlp.learning.layer import Decided, learn_layer, own_layer
from nlp.learning.memory import REHEARSED, Vectors, draw
from nlp.learning.newsroom import compare_layers, learn_guarded
from nlp.model.calibration import fit_mixture, probabilities
from nlp.model.linear import LinearClassifier, texts_of
from nlp.training.data import read_labelled

SIZES = (25, 50, 100, 200, 400)
NEIGHBOURS = 15
CARS = "汽车|电动车|车企|新能源车|智驾|自动驾驶"  # the new column: titles that no label of the data names
EXAMPLES, OTHERS = (10, 20, 40), 60  # of the new column, and decisions on other articles beside


@dataclass(frozen=True)
class Rows:
    """Articles as the model sees them, with their labels' places."""

    features: np.ndarray
    margins: np.ndarray
    answers: np.ndarray

    def __getitem__(self, places) -> Rows:
        return Rows(self.features[places], self.margins[places], self.answers[places])


@dataclass(frozen=True)
class World:
    """Everything the experiments share."""

    labels: tuple[str, ...]
    start: object
    memory: Vectors
    held: Rows
    web: Rows
    titles: list[str]  # of the web rows
    held_titles: list[str]
    groups: np.ndarray  # stories among the web rows


def build(arguments) -> World:
    old, web = read_labelled(arguments.old), read_labelled([arguments.web])
    articles = [*old, *web]
    stored = np.load(arguments.vectors) if Path(arguments.vectors).is_file() else vectors(arguments, articles)
    features, weights, bias = stored["pooled"].astype(np.float32), stored["W"], stored["b"]
    if len(features) != len(articles):
        raise SystemExit(f"{arguments.vectors}: {len(features)} rows for {len(articles)} articles")
    labels = tuple(map(str, stored["labels"])) if "labels" in stored else LABELS
    answers = np.array([labels.index(a.column) for a in articles])
    held = np.zeros(len(articles), dtype=bool)
    held[stored["held"]] = True
    seen = np.flatnonzero(~held[: len(old)])
    if "margins" in stored:
        margins = stored["margins"].astype(np.float32)
    else:
        linear = LinearClassifier.fit(texts_of([old[i] for i in seen]), [old[i].column for i in seen])
        margins = linear.margins(texts_of(articles))[:, [linear.labels.index(label) for label in labels]].astype(np.float32)
    logits = features @ weights.T + bias
    temperature, share = fit_mixture(logits[held], margins[held], answers[held])
    print(f"{len(seen)} old rows seen, {held.sum()} held, {len(web)} web; temperature {temperature:.2f}, linear {share:.2f}")
    rows = Rows(features, margins, answers)
    kept, counts = draw([old[i].column for i in seen], REHEARSED)
    seen = seen[kept]
    memory = Vectors(labels, features[seen], margins[seen], answers[seen], counts)
    start = own_layer(labels, (weights, bias), temperature, share)
    groups = np.array(clusters(texts_of(web)))
    return World(labels, start, memory, rows[held], rows[len(old) :], [a.title for a in web], [articles[i].title for i in np.flatnonzero(held)], groups)


LABELS = ("政策法规", "各地动态", "行业新闻", "产品市场", "知识产权", "标准化", "聚焦常州", "不收录")


def vectors(arguments, articles: Sequence[Article]) -> dict[str, np.ndarray]:
    from tqdm import tqdm

    from nlp.learning.memory import _held_out
    from nlp.model.classifier import ColumnClassifier

    if not arguments.model:
        raise SystemExit(f"{arguments.vectors} is not there: name a model folder with --model")
    classifier = ColumnClassifier.load(arguments.model)
    with tqdm(total=len(articles), disable=None) as bar:
        features = classifier.features(articles, bar.update)
    weights, bias = classifier.encoder.head()
    ids = _held_out(Path(arguments.model))
    held = np.array([i for i, article in enumerate(articles) if article.path in ids])
    found = {"pooled": features.astype(np.float16), "W": weights, "b": bias, "held": held, "labels": np.array(classifier.own_labels)}
    np.savez(arguments.vectors, **found)
    return found


def halves(world: World, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Web rows that may be corrected, the most doubtful first, and those that are judged; no story on both sides."""
    stories = np.random.default_rng(seed).permutation(np.unique(world.groups))
    pool = np.isin(world.groups, stories[: len(stories) // 2])
    confidence = probabilities(scores(world.start, world.web)).max(axis=1)
    places = np.flatnonzero(pool)
    return places[np.argsort(confidence[places], kind="stable")], np.flatnonzero(~pool)


def scores(layer, rows: Rows) -> np.ndarray:
    return layer.scores(rows.features, rows.margins)


def right(layer, rows: Rows) -> np.ndarray:
    return scores(layer, rows).argmax(axis=1) == rows.answers


def learnt_from(world: World, rows: Rows, groups, labels=None, answers=None):
    """What ``subao learn`` makes of the decisions; with new ``labels`` without the guard, whose set has none of them."""
    answers = rows.answers if answers is None else answers
    decided = Decided(rows.features, rows.margins, [(labels or world.labels)[i] for i in answers], list(groups))
    if labels:
        return learn_layer(world.start, world.memory, decided, labels)
    return learn_guarded(world.start, world.memory, decided, world.labels, lambda learnt: verdict_of(world, learnt, answers))[0]


def anew(world: World, rows: Rows) -> np.ndarray:
    """The head trained from nothing on what is remembered and the decisions, no prior at the shipped one: [labels, inputs]."""
    x = np.vstack([_inputs(world, part) for part in (world.memory.features, rows.features)])
    y = np.eye(len(world.labels))[np.concatenate([world.memory.answers, rows.answers])]
    return fit_change(x, np.zeros(y.shape), y, np.ones(len(x)), 1.0)


def _inputs(world: World, features: np.ndarray) -> np.ndarray:
    centre, scale = world.memory.features.mean(0), world.memory.features.std(0) * features.shape[1] ** 0.5
    return np.hstack([(features - centre) / scale, np.ones((len(features), 1))])


def neighbours(world: World, rows: Rows, asked: Rows) -> np.ndarray:
    """Each asked row's label by its nearest rows among the remembered and the decided (cosine of centred features)."""
    known = np.vstack([world.memory.features, rows.features])
    answers = np.concatenate([world.memory.answers, rows.answers])
    centre = world.memory.features.mean(0)
    a, b = (part - centre for part in (asked.features, known))
    alike = (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (b / np.linalg.norm(b, axis=1, keepdims=True)).T
    near = np.argpartition(-alike, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    votes = np.zeros((len(near), len(world.labels)))
    for label in range(len(world.labels)):
        votes[:, label] = ((answers[near] == label) * np.take_along_axis(alike, near, 1)).sum(1)
    return votes.argmax(1)


def table(rows: dict[str, list[tuple[float, float]]], base: tuple[float, float]) -> None:
    """Means over the draws, and the least and the most of them."""
    for name, figures in rows.items():
        web, old = np.array(figures).T * 100
        print(f"{name:26} web {web.mean():5.1f} [{web.min():.1f}, {web.max():.1f}] {web.mean() - 100 * base[0]:+5.1f}   "
              f"old {old.mean():5.1f} [{old.min():.1f}, {old.max():.1f}] {old.mean() - 100 * base[1]:+5.1f}")  # fmt: skip


def shift(world: World, draws: int, baselines: bool) -> None:
    found: dict[str, list[tuple[float, float]]] = {}
    bases = []
    for seed in range(draws):
        pool, judged = halves(world, seed)
        web = world.web[judged]
        bases.append((right(world.start, web).mean(), right(world.start, world.held).mean()))
        for n in SIZES:
            rows, groups = world.web[pool[:n]], world.groups[pool[:n]]
            layer = learnt_from(world, rows, groups).layer
            found.setdefault(f"(a) {n}", []).append((right(layer, web).mean(), right(layer, world.held).mean()))
            if baselines:
                change = anew(world, rows)
                answers = [(_inputs(world, part.features) @ change.T).argmax(1) == part.answers for part in (web, world.held)]
                found.setdefault(f"layer anew {n}", []).append(tuple(a.mean() for a in answers))
                near = [neighbours(world, rows, part) == part.answers for part in (web, world.held)]
                found.setdefault(f"{NEIGHBOURS} nearest {n}", []).append(tuple(a.mean() for a in near))
    base = tuple(np.mean(bases, axis=0))
    print(f"\nbefore: web {100 * base[0]:.1f} (N {len(judged)}), old kinds {100 * base[1]:.1f} (N {len(world.held.answers)}); {draws} draws: mean [least, most]")
    table(dict(sorted(found.items(), key=lambda item: (item[0].rsplit(" ", 1)[0], int(item[0].rsplit(" ", 1)[1])))), base)


def poisoned(world: World, draws: int) -> None:
    found: dict[str, list[tuple[float, float]]] = {}
    refused, bases, caught = 0, [], []
    for seed in range(draws):
        random, (pool, judged) = np.random.default_rng(seed), halves(world, seed)
        web = world.web[judged]
        bases.append((right(world.start, web).mean(), right(world.start, world.held).mean()))
        rows, groups = world.web[pool[:200]], world.groups[pool[:200]]
        wrong = random.permutation(200)[:20]
        given = rows.answers.copy()
        given[wrong] = (given[wrong] + random.integers(1, len(world.labels), size=20)) % len(world.labels)
        for name, answers in (("200 right", rows.answers), ("200, 20 of them wrong", given)):
            learnt = learnt_from(world, rows, groups, answers=answers)
            found.setdefault(name, []).append((right(learnt.layer, web).mean(), right(learnt.layer, world.held).mean()))
        caught.append((learnt.set_aside[wrong].sum(), learnt.set_aside.sum()))
        rows, groups = world.web[pool[:100]], world.groups[pool[:100]]
        any_labels = random.integers(len(world.labels), size=100)
        learnt = learnt_from(world, rows, groups, answers=any_labels)
        verdict = verdict_of(world, learnt, any_labels)
        refused += bool(verdict.reason)
        print(f"random labels, draw {seed}: {verdict.reason or 'accepted'}")
        honest = verdict_of(world, learnt_from(world, rows, groups), rows.answers)
        print(f"100 right ones: {honest.reason or 'accepted'}; own {honest.own.line()}, frozen {honest.frozen.line()}")
    print(f"\nwrong labels: {draws} draws; of 20 wrong ones set aside {np.mean([c for c, _ in caught]):.1f}, of all {np.mean([a for _, a in caught]):.1f}")
    table(found, tuple(np.mean(bases, axis=0)))
    print(f"100 random labels refused: {refused} of {draws}")


def verdict_of(world: World, learnt, answers: np.ndarray):
    guard = Vectors(world.labels, world.held.features, world.held.margins, world.held.answers, np.ones(len(world.held.answers)))
    before, after = ([world.labels[i] for i in said.argmax(1)] for said in (learnt.before, learnt.out_of_fold))
    own = compare([world.labels[i] for i in answers], before, after)
    return judge(compare_layers(world.start, learnt.layer, guard)[0], own, max(related(learnt.before, answers), related(learnt.out_of_fold, answers)))


def new_column(world: World, draws: int) -> None:
    """Articles whose titles name cars become a column of their own, from a few of them."""
    import re

    is_car = np.array([bool(re.search(CARS, title)) for title in world.titles])
    kept = world.web.answers != world.labels.index("不收录")
    new = len(world.labels)
    print(f"\na new column (titles with {CARS}, not rejected): {int((is_car & kept).sum())} of {len(is_car)} web articles")
    for n in EXAMPLES:
        recalls, precisions, losses = [], [], []
        for seed in range(draws):
            random, (pool, judged) = np.random.default_rng(seed), halves(world, seed)
            own = random.permutation(pool[(is_car & kept)[pool]])[:n]
            others = random.permutation(pool[~is_car[pool]])[:OTHERS]
            places = np.concatenate([own, others])
            answers = np.where(np.arange(len(places)) < n, new, world.web.answers[places])
            layer = learnt_from(world, world.web[places], world.groups[places], (*world.labels, "汽车"), answers).layer
            said = scores(layer, world.web[judged]).argmax(1) == new
            truth = (is_car & kept)[judged]
            recalls.append((said & truth).sum() / truth.sum())
            precisions.append((said & truth).sum() / max(said.sum(), 1))
            rest = ~is_car[judged]
            rows = world.web[judged][rest]
            losses.append(right(layer, rows).mean() - right(world.start, rows).mean())
        print(f"{n:3} examples and {OTHERS} other decisions: recall {100 * np.mean(recalls):.1f} [{100 * min(recalls):.1f}, {100 * max(recalls):.1f}], "
              f"precision {100 * np.mean(precisions):.1f} [{100 * min(precisions):.1f}, {100 * max(precisions):.1f}], other web articles {100 * np.mean(losses):+.1f}")  # fmt: skip


def seconds(world: World) -> None:
    pool, _ = halves(world, 0)
    places = pool[:1000]
    began, used = time.perf_counter(), time.process_time()
    learnt_from(world, world.web[places], world.groups[places])
    print(f"\n{len(places)} decisions, vectors ready: {time.perf_counter() - began:.1f} s, processor {time.process_time() - used:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", nargs="+", required=True, metavar="DATA", help="labelled articles of the kinds the model knows")
    parser.add_argument("--web", required=True, metavar="DATA", help="labelled articles of a kind it does not know")
    parser.add_argument("--vectors", required=True, metavar="FILE.npz")
    parser.add_argument("--model", metavar="DIR")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--only", choices=("shift", "poisoned", "column", "seconds"))
    arguments = parser.parse_args()
    world = build(arguments)
    parts = {
        "shift": lambda: shift(world, arguments.draws, not arguments.no_baselines), "poisoned": lambda: poisoned(world, arguments.draws),
        "column": lambda: new_column(world, arguments.draws), "seconds": lambda: seconds(world),
    }  # fmt: skip
    for name, part in parts.items():
        if arguments.only in (None, name):
            part()


if __name__ == "__main__":
    main()
