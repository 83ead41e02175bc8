"""From decisions to a decision layer: the shipped one moved as far as the newsroom's own cross-validation bears out.

Takes vectors and labels, gives a layer and, for every decision, what a layer that had not seen it says of it. It refuses
to know articles and files, and whether the result may be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.calibration import probabilities
from ..model.decision import DecisionLayer
from .fitting import fit_change
from .memory import Vectors

STRENGTHS = (30.0, 10.0, 3.0, 1.0, 0.3)  # of the prior, strong to weak; the first is hardly any change
FOLDS = 5
TRIED = 1_500  # remembered articles rehearsed while strengths are compared; all of them in the last fit
REHEARSAL = 1.0  # what a remembered article counts beside a decision
AGAINST_NEW = 0.1  # what it counts as evidence that it is not of a new column: it may well be
NEW_SHARE = 0.02  # of a new column before anything is learnt
LEAST_LIKELY = np.log(0.02)  # no single decision counts for more than this when strengths are compared
UNLIKELY, SURE = 0.05, 0.85  # a decision this unlikely, where the others are this sure of another column, is set aside
NOWHERE = -1e4  # the score of a column that is out of the question
FAINT = 0.05  # a feature that varies less, beside the others' mean, is not blown up


@dataclass(frozen=True)
class Learnt:
    """A layer, and for each decision (in their order) the out-of-fold probabilities and whether it was set aside."""

    layer: DecisionLayer
    before: np.ndarray  # [decisions, labels] of the model as it was; 0 for new columns
    out_of_fold: np.ndarray  # [decisions, labels] of layers that had not seen the decision
    set_aside: np.ndarray  # bool [decisions]
    strength: float


@dataclass(frozen=True)
class Decided:
    """Decisions as arrays: features [n, hidden], margins [n, labels of the model], the labels, stories kept together."""

    features: np.ndarray
    margins: np.ndarray
    columns: Sequence[str]
    groups: Sequence[int]


def own_layer(labels: Sequence[str], head: tuple[np.ndarray, np.ndarray], temperature: float, linear: float) -> DecisionLayer:
    """What a whole model says, written as a decision layer: it gives the same scores."""
    weights, bias = head
    return DecisionLayer(tuple(labels), (weights / temperature).astype(np.float32), (linear * np.eye(len(bias))).astype(np.float32),
                         (bias / temperature).astype(np.float32))  # fmt: skip


def learn_layer(start: DecisionLayer, memory: Vectors, decided: Decided, labels: Sequence[str], strengths=STRENGTHS) -> Learnt:
    """Learn ``labels`` (the model's own first, in its order, less those that the house has given up; then new ones).

    The strength is the one under which decisions left out are most likely; decisions that even then are very unlikely,
    while another column is very likely, are set aside before the last fit.
    """
    task = _Task(start, memory, decided, tuple(labels))
    folds = task.folds()
    likely, judged = [], []
    changes = [None] * FOLDS
    for strength in strengths:
        out = np.zeros((len(task.answers), len(labels)))
        for fold in range(FOLDS):
            kept = folds != fold
            changes[fold] = task.fit(kept, strength, changes[fold], TRIED)
            out[~kept] = probabilities(task.decided_scores(changes[fold])[~kept])
        judged.append(out)
        own = np.log(np.maximum(out[np.arange(len(out)), task.answers], 1e-9))
        likely.append(float(np.maximum(own, LEAST_LIKELY).mean()))
    best = int(np.argmax(likely))
    own = judged[best][np.arange(len(folds)), task.answers]
    aside = (own < UNLIKELY) & (judged[best].max(axis=1) > SURE)
    change = task.fit(~aside, strengths[best], np.mean(changes, axis=0))
    return Learnt(task.layer(change), task.before(), judged[best], aside, strengths[best])


class _Task:
    """Rows, targets and weights of one newsroom, ready to be fitted again and again on parts of its decisions."""

    def __init__(self, start: DecisionLayer, memory: Vectors, decided: Decided, labels: tuple[str, ...]) -> None:
        self.labels, self.decided = labels, decided
        self.answers = np.array([labels.index(column) for column in decided.columns])
        self.centre = np.average(memory.features, axis=0, weights=memory.weights)
        spread = memory.features.std(axis=0)
        self.scale = np.maximum(spread, FAINT * spread.mean()) * np.sqrt(memory.features.shape[1])
        self.margin_scale = max(float(memory.margins.std()), 1e-6) * np.sqrt(memory.margins.shape[1])
        own = start.scores(decided.features, decided.margins)
        self.start = _extended(start, labels, probabilities(own), self.answers)
        self.old = np.array([label in start.labels for label in labels])
        self.rows = self._inputs(decided.features, decided.margins)
        self.scores = self.start.scores(decided.features, decided.margins)
        scores = self.start.scores(memory.features, memory.margins)
        masked = np.where(self.old, scores, NOWHERE)
        targets = probabilities(masked)
        self.memory = self._inputs(memory.features, memory.margins), masked, targets, REHEARSAL * memory.weights
        if not self.old.all():  # once more, lightly, as articles that are not of the new columns
            rows, _, _, weights = self.memory
            self.memory = tuple(map(np.concatenate, ((rows, rows), (masked, scores), (targets, targets), (weights, AGAINST_NEW * weights))))

    def _inputs(self, features: np.ndarray, margins: np.ndarray) -> np.ndarray:
        """[features | margins | 1], each block of about the length 1."""
        return np.hstack([(features - self.centre) / self.scale, margins / self.margin_scale, np.ones((len(features), 1))])

    def folds(self) -> np.ndarray:
        """A fold for each decision: stories together, every label spread evenly; the same decisions, the same folds."""
        seen: dict[int, int] = {}
        counts = np.zeros((len(self.labels), FOLDS), dtype=int)
        for group, answer in zip(self.decided.groups, self.answers, strict=True):
            fold = seen.setdefault(group, int(np.lexsort((counts.sum(axis=0), counts[answer]))[0]))
            counts[answer, fold] += 1
        return np.array([seen[group] for group in self.decided.groups])

    def fit(self, kept: np.ndarray, strength: float, begin: np.ndarray | None, rehearsed: int | None = None) -> np.ndarray:
        """Fit to some of the decisions, rehearsing all that is remembered or an even sample of so many."""
        step = 1 if rehearsed is None else max(1, len(self.memory[0]) // rehearsed)
        rows, scores, targets, weights = (part[::step] for part in self.memory)
        weights = weights * step
        own = np.eye(len(self.labels))[self.answers[kept]]
        parts = (rows, self.rows[kept]), (scores, self.scores[kept]), (targets, own), (weights, np.ones(int(kept.sum())))
        return fit_change(*map(np.concatenate, parts), strength, begin)

    def decided_scores(self, change: np.ndarray) -> np.ndarray:
        return self.scores + self.rows @ change.T

    def before(self) -> np.ndarray:
        return np.where(self.old, probabilities(np.where(self.old, self.scores, NOWHERE)), 0.0)

    def layer(self, change: np.ndarray) -> DecisionLayer:
        hidden, margins = len(self.centre), self.decided.margins.shape[1]
        features = change[:, :hidden] / self.scale
        bias = self.start.bias + change[:, -1] - features @ self.centre
        return DecisionLayer(
            self.labels, (self.start.features + features).astype(np.float32),
            (self.start.margins + change[:, hidden : hidden + margins] / self.margin_scale).astype(np.float32), bias.astype(np.float32),
        )  # fmt: skip


def _extended(start: DecisionLayer, labels: tuple[str, ...], judged: np.ndarray, answers: np.ndarray) -> DecisionLayer:
    """The layer for ``labels``: a new one begins as the mixture of columns that its examples were taken for, and rare."""
    rows = []
    for at, label in enumerate(labels):
        if label in start.labels:
            mixture, bias = np.eye(len(start.labels))[start.labels.index(label)], 0.0
        else:
            mixture, bias = judged[answers == at].mean(axis=0), float(np.log(NEW_SHARE))
        rows.append((mixture @ start.features, mixture @ start.margins, mixture @ start.bias + bias))
    features, margins, bias = (np.array(part, dtype=np.float32) for part in zip(*rows, strict=True))
    return DecisionLayer(labels, features, margins, bias)
