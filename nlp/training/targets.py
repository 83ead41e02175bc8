"""What the encoder is asked to say of an article, and the ways in which it is shown the article.

Knows labelled articles; nothing of tokens, encoders or optimizers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..bulletin import Article

CERTAIN = {3: 0.97, 2: 0.90, 1: 0.68}  # the share of a target that the first label keeps, by the reader's confidence
COUNTS = {3: 1.0, 2: 0.9, 1: 0.6}  # what a row counts, by the reader's confidence

_FIRST_CLAUSE = re.compile(r"[^。！？；!?;\n]{4,60}?(?=[，,。！？；!?;\n]|$)")


def row_targets(articles: Sequence[Article], labels: Sequence[str], smoothing: float, imbalance: float) -> np.ndarray:
    """Soft, weighted targets, float32 [articles, labels].

    A label shares with the reader's second choice, the more the less confident the reader was; ``smoothing`` is spread
    over all labels, and rare labels' rows count more: frequency to the power of minus ``imbalance``, mean weight 1.
    """
    known = {label: i for i, label in enumerate(labels)}
    targets = np.full((len(articles), len(labels)), smoothing / len(labels))
    for row, article in zip(targets, articles, strict=True):
        shared = article.second in known and article.second != article.column
        kept = CERTAIN.get(article.confidence, 1.0) if shared else 1.0
        row[known[article.column]] += kept * (1 - smoothing)
        if shared:
            row[known[article.second]] += (1 - kept) * (1 - smoothing)
    frequency = np.maximum(targets.mean(axis=0), 1e-9)
    weight = frequency**-imbalance
    weight /= (weight * frequency).sum()
    counts = np.array([COUNTS.get(article.confidence, 1.0) for article in articles])
    return (targets * (counts * (targets @ weight))[:, None]).astype(np.float32)


def views(title: str, body: str) -> list[tuple[str, str]]:
    """The article as it is, without its title, and titled by the first clause of its body, as many web pages are.

    >>> views("常州出台办法", "市政府昨天印发办法，即日施行。")
    [('常州出台办法', '市政府昨天印发办法，即日施行。'), ('', '市政府昨天印发办法，即日施行。'), ('市政府昨天印发办法', '市政府昨天印发办法，即日施行。')]
    """
    if not body.strip():
        return [(title, body)] * 3
    clause = _FIRST_CLAUSE.match(body)
    return [(title, body), ("", body), (clause[0] if clause else title, body)]
