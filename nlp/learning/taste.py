"""What a newsroom leads its issues with, learnt as small moves of the named weights of 本期重点.

A logistic regression on pairs of one issue (the one leads it, the other does not) under a prior at the shipped weights.
Knows issues and named signals; refuses to know columns' models. The moves are kept only where issues left out say so.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bulletin import Issue
from ..duplicates import find_duplicates
from ..files import write_file
from ..highlights.features import COLUMN, named_weights, signals
from ..highlights.moved import FILE
from ..highlights.ranking import spread
from ..highlights.weights import ARTICLES, load_weights
from ..house import House
from ..issue.archive import read_issues
from ..model.folder import user_models
from .fitting import minimise
from .guard import tail

_BEFORE = ".before.json"
LEAST = 3  # issues: one to leave out and two to learn from
STRENGTHS = (3.0, 1.0, 0.3)  # of the prior at the shipped weights


@dataclass(frozen=True)
class Chosen:
    """One printed issue as numbers: a row of signals for each article, and the places of those that led it."""

    rows: np.ndarray  # [articles, names]
    columns: list[str]
    copies: dict[int, int]
    leading: frozenset[int]


@dataclass(frozen=True)
class Moves:
    """How far the weights move, and what issues left out say of it: articles guessed right before and after."""

    weights: dict[str, float]
    issues: int
    chosen: int
    before: int
    after: int
    gained: int  # issues with more of their articles guessed than before
    lost: int


def names_of(house: House) -> list[str]:
    """The names that have weights: kinds of reasons, then columns."""
    return [*named_weights(), *house.column_names]


def read_chosen(paths: Sequence[Path], house: House) -> list[Chosen]:
    """The printed issues below the paths with their 本期重点; a draft's are the tool's own and teach nothing."""
    found = []
    for path in paths:
        for file, issue in read_issues(path, house, lambda error: None):
            if "历史" not in file.parts and not any(article.path for article in issue.articles):
                found += [chosen] if (chosen := as_chosen(issue, house)) else []
    return found


def as_chosen(issue: Issue, house: House) -> Chosen | None:
    """An issue as numbers; None where nothing leads it or everything does."""
    articles = [article for article in issue.articles if article.column in house.column_names]
    leading = frozenset(i for i, article in enumerate(articles) if article.title in issue.highlights)
    if not leading or len(leading) == len(articles):
        return None
    names = names_of(house)
    rows = np.zeros((len(articles), len(names)))
    for row, article in zip(rows, articles, strict=True):
        for kind, _, strength in signals(article):
            row[names.index(kind)] += strength
        row[names.index(article.column)] = 1.0
    return Chosen(rows, [article.column for article in articles], find_duplicates(articles), leading)


def shipped_weights(house: House) -> np.ndarray:
    """The weights that the moves are added to, in the order of ``names_of``."""
    share = load_weights(ARTICLES).alone.get(COLUMN, 0.0)
    return np.array([*named_weights().values(), *(share * column.weight for column in house.columns)])


def fit_moves(issues: Sequence[Chosen], prior: np.ndarray, strength: float) -> np.ndarray:
    """The moves that make the pairs of these issues most likely; every issue counts as many pairs as articles lead it."""
    steps, costs = [], []
    for issue in issues:
        rest = [i for i in range(len(issue.rows)) if i not in issue.leading]
        pairs = [issue.rows[i] - issue.rows[j] for i, j in itertools.product(sorted(issue.leading), rest)]
        steps += pairs
        costs += [1 / len(rest)] * len(pairs)
    rows, weights = np.array(steps), np.array(costs)

    def loss(moves: np.ndarray) -> tuple[float, np.ndarray]:
        ahead = rows @ (prior + moves)
        slope = -(weights / (1 + np.exp(np.clip(ahead, -500, 500)))) @ rows + strength * moves
        return float(weights @ np.logaddexp(0, -ahead) + strength / 2 * moves @ moves), slope

    return minimise(loss, np.zeros(len(prior)))


def hits(issue: Chosen, weights: np.ndarray) -> int:
    """How many of the articles that led the issue these weights would have chosen."""
    taken = spread((issue.rows @ weights).round(2).tolist(), issue.columns, len(issue.leading), issue.copies)
    return len(issue.leading & taken.keys())


def fit(issues: Sequence[Chosen], house: House) -> Moves:
    """Fit the moves to all issues, with the strength under which issues left out are guessed best."""
    prior = shipped_weights(house)
    before = [hits(issue, prior) for issue in issues]
    trials = []
    for strength in STRENGTHS:
        left_out = [[other for other in issues if other is not issue] for issue in issues]
        trials.append([hits(issue, prior + fit_moves(rest, prior, strength)) for issue, rest in zip(issues, left_out, strict=True)])
    best = int(np.argmax([sum(trial) for trial in trials]))
    moves = fit_moves(issues, prior, STRENGTHS[best])
    weights = {name: round(float(move), 3) for name, move in zip(names_of(house), moves, strict=True) if abs(move) >= 0.005}
    better = [after - was for after, was in zip(trials[best], before, strict=True)]
    return Moves(weights, len(issues), sum(len(i.leading) for i in issues), sum(before), sum(trials[best]), sum(b > 0 for b in better), sum(b < 0 for b in better))


def learn(paths: Sequence[Path], house: House, now: datetime.datetime | None = None) -> list[str]:
    """Learn from the printed issues below the paths and keep what is no worse; Chinese lines of what came of it."""
    issues = read_chosen(paths, house)
    if len(issues) < LEAST:
        return [f"本期重点：只有 {len(issues)} 期已出版的可学，至少要 {LEAST} 期；先用 subao read 读进存档"] if issues else []
    moves = fit(issues, house)
    figures = f"没有用来学的各期里猜对 {moves.before} → {moves.after} 篇（共 {moves.issues} 期 {moves.chosen} 篇，变好 {moves.gained} 期，变差 {moves.lost} 期）"
    if moves.after <= moves.before:
        return [f"本期重点：{figures}，没有变好，各项分量不动"]
    facts = {
        "time": (now or datetime.datetime.now()).isoformat(timespec="seconds"), "issues": moves.issues, "chosen": moves.chosen,
        "before": moves.before, "after": moves.after, "p": tail(moves.lost, moves.gained), "weights": moves.weights,
    }  # fmt: skip
    write_file(user_models() / FILE, (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode(), force=True)
    most = sorted(moves.weights.items(), key=lambda row: -abs(row[1]))[:5]
    told = "，".join(f"{name} {move:+.2f}" for name, move in most)
    return [f"本期重点：{figures}；分量已照本刊移动（{told}）"]


def put_away() -> None:
    """Back to the shipped weights; what was learnt stays beside, for ``exchange``."""
    file = user_models() / FILE
    if file.is_file():
        os.replace(file, file.with_suffix(_BEFORE))


def exchange() -> None:
    """The moves that were put away, or none, in place of those in force."""
    file = user_models() / FILE
    before, aside = file.with_suffix(_BEFORE), file.with_suffix(".aside")
    for old, new in ((file, aside), (before, file), (aside, before)):
        if old.is_file():
            os.replace(old, new)


def in_force() -> str:
    """One Chinese line on the moves in force; empty without any."""
    try:
        facts = json.loads((user_models() / FILE).read_text(encoding="utf-8"))
        return f"本期重点的分量照本刊 {facts['issues']} 期移动过（{facts['time'].replace('T', ' ')}；没有用来学的各期里猜对 {facts['before']} → {facts['after']} / {facts['chosen']}）"
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ""
