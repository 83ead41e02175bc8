"""May what was learnt be used: compared with the model before it, on the frozen set and on the newsroom's own decisions.

Knows right labels and two systems' answers; it loads no model and prints nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ..evaluation.figures import as_p, as_percent

CHANCE = 0.05  # one-sided: below this a loss is no accident
MANY, POINTS = 20, 0.05  # in a column with so many articles at most this share may be lost
RELATED = 0.01  # how seldom labels shuffled at random may fit the articles as well as the decisions do
SHUFFLES = 999


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same articles; shares are 0–1, ``worse`` and ``better`` are McNemar's exact one-sided p."""

    n: int
    before: float
    after: float
    gained: int  # right only after
    lost: int  # right only before
    worse: float
    better: float
    columns: dict[str, tuple[int, float, float]]  # label -> n, share right before and after

    def as_dict(self) -> dict:
        """For report.json."""
        return asdict(self)

    def line(self) -> str:
        """``88.2 → 91.0%（100 篇，改对 5，改错 2）``"""
        return f"{as_percent(self.before)} → {as_percent(self.after)}%（{self.n} 篇，改对 {self.gained} 篇，改错 {self.lost} 篇）"

    def complaint(self) -> str:
        """Why the system after is worse, in Chinese; empty if it is not."""
        if self.worse < CHANCE:
            return f"比原来差：{self.line()}，单侧 {as_p(self.worse)}"
        for label, (n, before, after) in self.columns.items():
            if n >= MANY and before - after > POINTS:
                return f"“{label}”一栏比原来差：{as_percent(before)} → {as_percent(after)}%（{n} 篇）"
        return ""


def compare(truth: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Comparison:
    """Compare two systems' answers.

    >>> compare(["a"] * 10, ["a"] * 9 + ["b"], ["b"] * 9 + ["a"]).complaint()
    '比原来差：90.0 → 10.0%（10 篇，改对 1 篇，改错 9 篇），单侧 p = 0.011'
    """
    rights = [(b == t, a == t) for t, b, a in zip(truth, before, after, strict=True)]
    gained, lost = rights.count((False, True)), rights.count((True, False))
    columns = {}
    for label, n in Counter(truth).items():
        own = [right for t, right in zip(truth, rights, strict=True) if t == label]
        columns[label] = n, sum(b for b, _ in own) / n, sum(a for _, a in own) / n
    n = max(len(truth), 1)
    return Comparison(
        len(truth), sum(b for b, _ in rights) / n, sum(a for _, a in rights) / n, gained, lost,
        tail(gained, lost), tail(lost, gained), columns,
    )  # fmt: skip


def tail(few: int, many: int) -> float:
    """How likely a fair coin falls at least ``many`` times of ``few + many`` on one side: ``tail(1, 9) -> 11 / 1024``."""
    n, ways, total = few + many, 1, 0
    for k in range(few + 1):
        total += ways
        ways = ways * (n - k) // (k + 1)
    return total / 2**n


def related(likely: np.ndarray, answers: np.ndarray, seed: int = 13) -> float:
    """How often shuffled labels fit as well as the given ones: p of a permutation test; ``likely`` [articles, labels].

    Labels given at random fit the articles no better than the same labels dealt out anew.
    """
    logs = np.log(np.maximum(likely, 1e-4))
    random, rows = np.random.default_rng(seed), np.arange(len(answers))
    own = logs[rows, answers].sum()
    as_good = sum(logs[rows, random.permutation(answers)].sum() >= own - 1e-9 for _ in range(SHUFFLES))
    return (as_good + 1) / (SHUFFLES + 1)


@dataclass(frozen=True)
class Verdict:
    """What the guard says; ``reason`` is empty where the learnt model may be used."""

    frozen: Comparison
    own: Comparison
    related: float
    reason: str

    def as_dict(self) -> dict:
        """For report.json."""
        return {"frozen": self.frozen.as_dict(), "own": self.own.as_dict(), "related": self.related, "refused": self.reason}


def judge(frozen: Comparison, own: Comparison, fit: float) -> Verdict:
    """Refuse what is worse on the frozen set or on the newsroom's decisions, and decisions that teach nothing.

    ``fit`` is what ``related`` says of the decisions, with the model as it was and with what was learnt from the others of
    them, whichever is worse; 0 where they are too few or too new to tell.
    """
    if complaint := frozen.complaint():
        reason = f"在随程序带的 {frozen.n} 篇对照文章上{complaint}"
    elif complaint := own.complaint():
        reason = f"在本刊没有用来学的决定上{complaint}"
    elif fit > RELATED:  # though the share of each column alone may make them look better learnt
        reason = f"这些决定与文章看不出关系（把栏目随意打乱，也有 {fit:.0%} 的时候一样合适），像是错的或随意填的"
    elif own.gained <= own.lost:
        reason = f"在本刊没有用来学的决定上没有变好：{own.line()}"
    else:
        reason = ""
    return Verdict(frozen, own, fit, reason)
