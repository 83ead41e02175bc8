"""From logits to probabilities that can be trusted: temperature, weight of the linear model, threshold for 请核对.

Knows arrays of numbers; nothing of articles, encoders or files.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def probabilities(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Softmax of logits / temperature over the last axis, float64."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def choose_threshold(correct: Sequence[bool], confidence: Sequence[float], precision: float = 0.95) -> float:
    """The smallest confidence at or above which at least ``precision`` of the held-out articles are correct.

    It is one of the confidences seen; 1.0 (everything is doubtful) where no threshold reaches the precision.
    ``choose_threshold([True, True, False, True], [.9, .8, .7, .6], .75) -> 0.6``
    """
    order = np.argsort(-np.asarray(confidence, dtype=float), kind="stable")
    falling = np.asarray(confidence, dtype=float)[order]
    share = np.cumsum(np.asarray(correct)[order]) / np.arange(1, len(order) + 1)
    last_of_ties = np.append(falling[1:] < falling[:-1], True)[: len(order)]
    reached = falling[(share >= precision) & last_of_ties]
    return float(reached[-1]) if len(reached) else 1.0


def fit_temperature(logits: np.ndarray, labels: Sequence[int]) -> float:
    """The temperature (0.1–10) that makes softmax(logits / temperature) most likely (Guo et al. 2017).

    ``logits`` are (rows, labels) of held-out rows, ``labels`` their true columns in it.
    """
    from scipy.optimize import minimize_scalar

    logits = np.asarray(logits, dtype=float)
    logits = logits - logits.max(axis=1, keepdims=True)
    right = logits[np.arange(len(logits)), labels]

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float((np.log(np.exp(logits * scale).sum(axis=1)) - right * scale).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.1), np.log(10.0)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def fit_mixture(logits: np.ndarray, margins: np.ndarray, labels: Sequence[int]) -> tuple[float, float]:
    """The (temperature, weight) that make softmax(logits / temperature + weight · margins) most likely.

    Both arrays are (rows, labels) of held-out rows, ``labels`` their true columns; weight 0 leaves the margins out.
    A few dozen rows cannot tell: they are drawn towards temperature 2 and weight 1.5, near what hundreds gave.
    """
    from scipy.optimize import minimize

    both, rows, usual = np.stack([logits, margins]).astype(float), np.arange(len(labels)), np.array([0.5, 1.5])

    def loss(scales: np.ndarray) -> float:
        scores = np.tensordot(scales, both, 1)
        scores -= scores.max(axis=1, keepdims=True)
        likely = (np.log(np.exp(scores).sum(axis=1)) - scores[rows, labels]).sum()
        return float(likely + ((scales - usual) ** 2).sum()) / len(rows)

    scales = minimize(loss, usual, method="L-BFGS-B", bounds=[(0.1, 10), (0, 10)]).x
    return float(1 / scales[0]), float(scales[1])
