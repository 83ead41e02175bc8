"""Character ROUGE of a text against a reference, counted by the `rouge-score` package; all figures 0–1.

It compares two texts; it refuses to know what they are. The package's own tokenizer keeps only a–z and 0–9 and so
gives 0.0 for every Chinese text: here each letter or digit is a token, and punctuation counts for nothing.
"""

from __future__ import annotations

import functools
from typing import NamedTuple


class Rouge(NamedTuple):
    """F of single characters, of pairs of neighbours, and of the longest common subsequence, each 0–1."""

    rouge1: float
    rouge2: float
    rougeL: float


class _Characters:
    def tokenize(self, text: str) -> list[str]:
        return [character for character in text if character.isalnum()]


def rouge(reference: str, text: str) -> Rouge:
    """The three figures of a text, 0 where either is empty: ``rouge("常州市", "常州") -> (0.8, 0.667, 0.8)``."""
    return Rouge(*(score.fmeasure for score in _scorer(Rouge._fields).score(reference, text).values()))


def overlap(reference: str, text: str) -> float:
    """The mean of ROUGE-1 and ROUGE-2, by which the oracle picks: five times faster than with ROUGE-L."""
    one, two = _scorer(Rouge._fields[:2]).score(reference, text).values()
    return (one.fmeasure + two.fmeasure) / 2


@functools.cache
def _scorer(types: tuple[str, ...]):
    from rouge_score.rouge_scorer import RougeScorer  # brings nltk and scikit-learn along: two seconds

    return RougeScorer(types, tokenizer=_Characters())
