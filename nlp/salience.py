"""Which sentences say most: what headlines teach the encoder, and the scorer that it becomes.

The encoder gives every token a number, a sentence's score is their mean: one run reads a whole article. Knows
sentences and headlines; nothing of rules, issues or columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .bulletin import Article
from .encoder import Encoder
from .rouge import overlap
from .sentences import sentence_spans

MOST = 12  # sentences of a lesson; what is later is hardly ever read in the encoder's window
SHARPNESS = 20.0  # a sentence with 0.05 more of the headline is worth e times as much


@dataclass(frozen=True)
class Lesson:
    """An article's sentences in order, and what each is worth: its share, all shares sum to 1."""

    title: str
    sentences: tuple[str, ...]
    worth: tuple[float, ...]


def lessons_from(items: Iterable[tuple[str, str]], seed: int = 13) -> Iterator[Lesson]:
    """Turn (headline, body) into lessons: a sentence is worth more the more of the headline's characters it has.

    Every second article shows its headline as title, so that both are learnt: with a title and without one.
    """
    draw = random.Random(seed)
    for headline, body in items:
        sentences = tuple(span.line for span in sentence_spans(body)[:MOST])
        if len(sentences) < 2:
            continue
        powers = np.exp(SHARPNESS * np.array([overlap(headline, sentence) for sentence in sentences]))
        yield Lesson(headline if draw.random() < 0.5 else "", sentences, tuple((powers / powers.sum()).tolist()))


def tokens_of(encoder: Encoder, title: str, sentences: Sequence[str]) -> tuple[list[int], int, list[int]]:
    """Token ids of an article, where its second segment begins, and each token's sentence (-1: of none)."""
    tokens, second = encoder.ids(title, "")
    owner = [-1] * second
    tokens, end = tokens[:second], tokens[second:]
    for place, sentence in enumerate(sentences):
        room = encoder.length - len(tokens) - len(end)
        ids = encoder.tokenizer.encode(sentence, add_special_tokens=False).ids[:room]
        tokens, owner = tokens + ids, owner + [place] * len(ids)
        if len(ids) == room:
            break
    return tokens + end, second, owner + [-1] * len(end)


class SalienceScorer:
    """Scores an article's sentences by the encoder's second head."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def __call__(self, article: Article, sentences: Sequence[str]) -> list[float]:
        """Log-probabilities, in the order given; sentences beyond the encoder's window get the least of the others."""
        tokens, second, owner = tokens_of(self.encoder, article.title, sentences)
        said = self.encoder.salience(tokens, second)
        place = np.array(owner)
        means = np.array([said[place == i].mean() for i in range(place.max() + 1)])
        if not len(means):
            return [0.0] * len(sentences)
        shares = means - means.max() - np.log(np.exp(means - means.max()).sum())
        return [*shares.tolist(), *[float(shares.min())] * (len(sentences) - len(shares))]
