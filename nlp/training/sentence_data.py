"""What headlines teach about sentences: an article's sentences and the target of each.

Knows sentences and headlines; nothing of encoders or of how they learn.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..evaluation.rouge import overlap
from ..text.sentences import sentence_spans

MOST = 12  # sentences of a lesson; what is later is hardly ever read in the encoder's window
SHARPNESS = 20.0  # a sentence with 0.05 more of the headline is worth e times as much


@dataclass(frozen=True)
class Lesson:
    """An article's sentences in order, and each one's target: its share of what they are worth, which sums to 1."""

    title: str
    sentences: tuple[str, ...]
    target: tuple[float, ...]


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
