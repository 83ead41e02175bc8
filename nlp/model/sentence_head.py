"""Which sentences say most: what headlines teach the encoder, and the scorer that it becomes.

The encoder gives every token a number, a sentence's score is their mean: one run reads a whole article. Knows
sentences and headlines; nothing of rules, issues or columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..bulletin import Article
from .encoder import Encoder
from .folder import shipped_model

if TYPE_CHECKING:
    from .classifier import ColumnClassifier


def tokens_of(encoder: Encoder, title: str, sentences: Sequence[str]) -> tuple[list[int], int, list[int]]:
    """Token ids of an article, where its second segment begins, and each token's sentence (-1: of none)."""
    tokens, second = encoder.ids(title, "")
    owner = [-1] * second
    tokens, end = tokens[:second], tokens[second:]
    for number, sentence in enumerate(sentences):
        room = encoder.length - len(tokens) - len(end)
        ids = encoder.tokenizer.encode(sentence, add_special_tokens=False).ids[:room]
        tokens, owner = tokens + ids, owner + [number] * len(ids)
        if len(ids) == room:
            break
    return tokens + end, second, owner + [-1] * len(end)


def scorer_of(classifier: ColumnClassifier) -> SalienceScorer | None:
    """The scorer of sentences: on the model's own encoder, else, where that has not learnt it, on the shipped model's."""
    encoder = classifier.encoder
    if not encoder.has_salience and classifier.folder != shipped_model():
        encoder = type(classifier).load(shipped_model(), classifier.house).encoder
    return SalienceScorer(encoder) if encoder.has_salience else None


class SalienceScorer:
    """Scores an article's sentences by the encoder's second head."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def __call__(self, article: Article, sentences: Sequence[str]) -> list[float]:
        """Log-probabilities, in the order given; sentences beyond the encoder's window get the least of the others."""
        tokens, second, owner = tokens_of(self.encoder, article.title, sentences)
        salience = self.encoder.salience(tokens, second)
        owner = np.array(owner)
        means = np.array([salience[owner == i].mean() for i in range(owner.max() + 1)])
        if not len(means):
            return [0.0] * len(sentences)
        shares = means - means.max() - np.log(np.exp(means - means.max()).sum())
        return [*shares.tolist(), *[float(shares.min())] * (len(sentences) - len(shares))]
