"""How well each sentence of an article could stand for it, and whether any of them can.

A weighted sum of the named features and, where the encoder reads along, of the sentence's own vector; the weights are
learnt from readers' choices (`nlp.training.sentence_ranker`). Knows one article; it takes and prints nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .candidates import Candidate, can_stand, dangles
from .sentence_features import NAMES, features_of
from .weights import SENTENCES, Weights, load_weights

UNFIT = 20.0  # what keeps a fragment, a question or a formula behind all that can stand
DANGLING = 0.8  # what leaning on another sentence costs besides what was learnt of it: no editor prints 目前该公司……
NEAR = ("近标题", "近全文", "比前句近标题")  # what the vectors say by themselves, beside what each of their numbers counts


@dataclass(frozen=True)
class Rating:
    """The scores of an article's sentences in order, and how likely it is that none of them can stand, 0–1."""

    scores: tuple[float, ...]
    none: float

    @property
    def stands(self) -> bool:
        return bool(self.scores) and self.none < 0.5


def rate(sentences: Sequence[Candidate], headline: str, states: np.ndarray | None = None, weights: Weights | None = None) -> Rating:
    """Rate the sentences of one article, all of them together; ``states`` are their vectors, the title's first."""
    if not sentences:
        return Rating((), 1.0)
    weights = weights or load_weights(SENTENCES)
    hidden = 0 if states is None else states.shape[1]
    table = features_of(sentences, headline)
    named = weights.of(hidden)
    order, rows = list(NAMES), np.array(table)
    scores = rows @ np.array([named.get(name, 0.0) for name in order])
    if states is not None and weights.reads(hidden):
        scores = scores + near(states) @ np.array([named.get(name, 0.0) for name in NEAR])
        scores = scores + centred(states) @ weights.vectors["sentence"]
    costs = handicaps(sentences, headline)
    scores = scores - costs
    none = none_stands(scores, len(sentences), weights.base) if costs.min() < UNFIT else 1.0
    return Rating(tuple(scores.round(4).tolist()), none)


def handicaps(sentences: Sequence[Candidate], headline: str) -> np.ndarray:
    """What the house's own rules take off each sentence's score, whatever readers chose."""
    return np.array([DANGLING * dangles(one) if can_stand(one, headline) else UNFIT for one in sentences], dtype=float)


def none_stands(scores: np.ndarray, n: int, base: dict[str, float]) -> float:
    """How likely no sentence can stand: the less, the better the best one is."""
    logit = base.get("none", -9.0) + base.get("none_per_score", 0.0) * float(scores.max()) + base.get("none_per_log_n", 0.0) * math.log(n)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def centred(states: np.ndarray) -> np.ndarray:
    """The sentences' vectors, each of length 1 and less their own mean: what sets a sentence apart from its article."""
    unit = _unit(states[1:])
    return unit - unit.mean(axis=0)


def near(states: np.ndarray) -> np.ndarray:
    """How near each sentence is to the title and to the whole article, in the order of ``NEAR``."""
    unit, title = _unit(states[1:]), _unit(states[:1])[0]
    whole = _unit(states[1:].mean(axis=0, keepdims=True))[0]
    to_title = unit @ title
    return np.stack([to_title, unit @ whole, np.diff(to_title, prepend=to_title[:1])], axis=1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))
