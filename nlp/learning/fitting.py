"""A logistic regression that is pulled towards the scores it starts from: maximum a posteriori, in numpy alone.

Knows arrays; nothing of articles, columns or newsrooms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

MEMORY, STEPS = 10, 60  # pairs that L-BFGS keeps; most steps
ENOUGH = 1e-3  # the slope, beside that of the start, that ends it


def fit_change(
    rows: np.ndarray, scores: np.ndarray, targets: np.ndarray, weights: np.ndarray, strength: float, start: np.ndarray | None = None
) -> np.ndarray:
    """The change of a linear layer, [labels, features], that makes the targets most likely under a Gaussian prior at 0.

    ``rows`` [n, features]; ``scores`` [n, labels] are what the layer says before the change; ``targets`` [n, labels] are
    probabilities, ``weights`` [n] what a row counts; ``strength`` is the prior's precision. With targets equal to
    softmax(scores) the change is 0: ``fit_change(x, s, softmax(s), ones, 1) -> zeros``.
    """
    shape = targets.shape[1], rows.shape[1]
    rows, scores, targets, weights = (array.astype(np.float32) for array in (rows, scores, targets, weights))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        change = flat.reshape(shape).astype(np.float32)
        logits = scores + rows @ change.T
        logits = logits - logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        total = powers.sum(axis=1, keepdims=True)
        likely = (targets * (logits - np.log(total))).sum(axis=1, dtype=float)
        slope = ((powers / total - targets) * weights[:, None]).T @ rows
        return float(strength / 2 * (flat @ flat) - weights @ likely), slope.ravel() + strength * flat

    return minimise(loss, np.zeros(shape).ravel() if start is None else start.ravel()).reshape(shape)


def minimise(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray) -> np.ndarray:
    """The least point of a smooth convex function that gives (value, slope), by L-BFGS with backtracking.

    >>> minimise(lambda x: (float((x - 3) @ (x - 3)), 2 * (x - 3)), np.zeros(2)).round(3).tolist()
    [3.0, 3.0]
    """
    point, pairs = start.astype(float), deque(maxlen=MEMORY)
    value, slope = loss(point)
    first = max(float(np.abs(slope).max()), 1e-12)
    for _ in range(STEPS):
        if np.abs(slope).max() <= ENOUGH * first:
            break
        direction = -_times_inverse_hessian(slope, pairs)
        fall, step = float(slope @ direction), 1.0 if pairs else min(1.0, 1.0 / first)
        while True:
            after, steeper = loss(point + step * direction)
            if after <= value + 1e-4 * step * fall or step < 1e-10:
                break
            step /= 2
        moved, bent = step * direction, steeper - slope
        if step < 1e-10:
            break
        if (curve := float(moved @ bent)) > 0:
            pairs.append((moved, bent, curve))
        point, value, slope = point + moved, after, steeper
    return point


def _times_inverse_hessian(slope: np.ndarray, pairs: deque) -> np.ndarray:
    """The two-loop recursion (Nocedal 1980)."""
    out, shares = slope.copy(), []
    for moved, bent, curve in reversed(pairs):
        shares.append(float(moved @ out) / curve)
        out -= shares[-1] * bent
    if pairs:
        _, bent, curve = pairs[-1]
        out *= curve / float(bent @ bent)
    for (moved, bent, curve), share in zip(pairs, reversed(shares), strict=True):
        out += (share - float(bent @ out) / curve) * moved
    return out
