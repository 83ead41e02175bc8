"""Is it more than chance: paired bootstrap and McNemar's test.

Knows figures; nothing of columns, sentences or issues.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .figures import as_p, as_range

DRAWS = 2000


@dataclass(frozen=True)
class Difference:
    """How much better one system is than another on the same issues or articles; ``p`` is two-sided."""

    mean: float
    interval: list[float]  # 95 %
    p: float

    def text(self) -> str:
        return f"{100 * self.mean:+.1f} {as_range(self.interval)}，{as_p(self.p)}"


def paired(a: Sequence[float], b: Sequence[float], seed: int = 13, draws: int = DRAWS) -> Difference:
    """Paired bootstrap (Koehn 2004): the mean of a − b over the items, its interval, and as p twice the rarer side of zero.

    One draw more on either side keeps p above 0: of 2,000 the smallest p is 0.001.
    """
    differences = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    drawn = resampled_means(differences, seed, draws)
    rarer = min(np.count_nonzero(drawn <= 1e-12), np.count_nonzero(drawn >= -1e-12))
    interval = np.percentile(drawn, [2.5, 97.5]).tolist()
    return Difference(float(differences.mean()), interval, min(1.0, 2 * (rarer + 1) / (draws + 1)))


def resampled_means(figures: np.ndarray, seed: int, draws: int = DRAWS) -> np.ndarray:
    """The means over the first axis, of as many rows drawn with replacement, so many times."""
    random, n = np.random.default_rng(seed), len(figures)
    return np.stack([figures[random.integers(n, size=n)].mean(axis=0) for _ in range(draws)])


@dataclass(frozen=True)
class McNemar:
    """Two systems on the same articles: right only in the one, only in the other, and the exact two-sided p."""

    a_only: int
    b_only: int
    p: float

    def as_dict(self) -> dict[str, float]:
        """The JSON beside ``evaluate --against``."""
        return asdict(self)

    def line(self) -> str:
        """One Chinese line; ``a`` is this model, ``b`` the other one."""
        verdict = "差别不像偶然" if self.p < 0.05 else "差别可能出于偶然"
        return f"只有本模型判对 {self.a_only} 篇，只有对方判对 {self.b_only} 篇；McNemar 精确检验 {as_p(self.p)}，{verdict}"


def mcnemar(truth: Sequence[str], a: Sequence[str], b: Sequence[str]) -> McNemar:
    """McNemar's test (McNemar 1947), exact at every size: is the difference between two systems more than chance?

    Nine articles only ``a`` has right and one only ``b``: p = 2 · (C(10,0) + C(10,1)) / 2¹⁰ = 0.0215.
    """
    rights = Counter((x == t, y == t) for t, x, y in zip(truth, a, b, strict=True))
    a_only, b_only = rights[True, False], rights[False, True]
    n = a_only + b_only
    tail = sum(math.comb(n, k) for k in range(min(a_only, b_only) + 1))
    return McNemar(a_only, b_only, min(1.0, 2 * tail / 2**n))
