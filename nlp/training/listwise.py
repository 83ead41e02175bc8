"""Learning to rank the sentences of an article: a softmax over its sentences, weighted by what readers would print.

It knows tables, targets and folds; nothing of sentences or files.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

GOOD = 0.3  # share of the target that the accepted sentences have between them, the best one has the rest


def target(shown: np.ndarray, best: int, good: frozenset[int]) -> np.ndarray:
    """What each sentence is worth, 0–1, summing to 1 (0 where none was shown); ``shown``: its index there, -1 of none."""
    found = np.zeros(len(shown))
    is_best, is_good = shown == best, np.isin(shown, list(good))
    share = GOOD if is_best.any() and is_good.any() else float(not is_best.any())
    if is_best.any() and best >= 0:
        found[is_best] = (1 - share) / is_best.sum()
    if is_good.any() and best >= 0:
        found[is_good] += share / is_good.sum()
    return found


def fit(tables: Sequence[np.ndarray], targets: Sequence[np.ndarray], ridge: np.ndarray) -> np.ndarray:
    """The weights under which the softmax of each table's rows comes nearest to its target; ``ridge`` holds each weight.

    Columns are scaled to variance 1 for the ridge; the weights are those of the columns as given.
    """
    from scipy.optimize import minimize

    rows, worth = np.concatenate(tables), np.concatenate(targets)
    scale = rows.std(axis=0)
    scale[scale < 1e-6] = np.inf  # what is always the same says nothing
    rows = (rows - rows.mean(axis=0)) / scale
    lengths = [len(table) for table in tables]
    starts = np.cumsum([0, *lengths[:-1]])
    owner = np.repeat(np.arange(len(tables)), lengths)
    mass = np.add.reduceat(worth, starts)[owner]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ weights
        scores = scores - np.maximum.reduceat(scores, starts)[owner]
        powers = np.exp(scores)
        sums = np.add.reduceat(powers, starts)[owner]
        value = -(worth * (scores - np.log(sums))).sum() + (ridge * weights**2).sum() / 2
        return value, rows.T @ (powers / sums * mass - worth) + ridge * weights

    return minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x / scale


def folds(groups: Sequence[int], k: int, seed: int) -> np.ndarray:
    """The fold of each row, 0 to k − 1; those of one group are in one fold."""
    names = np.unique(groups)
    order = np.random.default_rng(seed).permutation(len(names))
    fold = dict(zip(names.tolist(), (order % k).tolist(), strict=True))
    return np.array([fold[group] for group in groups])
