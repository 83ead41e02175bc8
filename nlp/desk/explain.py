"""Why an article was put where it was: the sentences that carried the decision, the words that weighed most.

A sentence's weight is what the decision loses when it is left out; a word's is what the linear model's terms in it pull.
It asks a classifier; it refuses to know issues, files and pages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..bulletin import Article, Prediction
from ..errors import SubaoError
from ..text.sentences import Span, sentence_spans, words

SENTENCES = 24  # looked at in one article; the model reads little beyond
MARKED = 3  # sentences marked at most
FAINT = 0.1  # log-odds below which nothing is marked: the decision hangs on no single sentence
SHARE = 0.35  # of the heaviest sentence's weight, from which another is marked too
WORDS = 8


@dataclass(frozen=True)
class Grounds:
    """What spoke for the first choice against the second, heaviest first."""

    sentences: tuple[tuple[int, float], ...]  # (index into ``sentence_spans(body)``, log-odds lost without it)
    title: float  # log-odds lost without the title
    words: tuple[str, ...]


class Passed(SubaoError):
    """Nobody waits for these grounds any more: the editor has gone on."""

    def __init__(self) -> None:
        super().__init__("这一篇已经看过去了，没有再算定这一栏的句子")


def grounds(classifier, article: Article, prediction: Prediction, wanted: Callable[[], bool] = lambda: True) -> Grounds:
    """Leave out the title and each sentence in turn, and see what the decision loses; Passed once it is not ``wanted``."""
    spans = sentence_spans(article.body)[:SENTENCES]
    without = [replace(article, title=""), *(_without(article, span) for span in spans)]
    full = _odds(prediction, prediction.column)
    lost = []
    for one in without:
        if not wanted():
            raise Passed
        lost.append(round(full - _odds(classifier.predict([one])[0], prediction.column), 3))
    title, *rest = lost
    heaviest = max(rest, default=0.0)
    marked = sorted((i for i, weight in enumerate(rest) if weight >= max(FAINT, SHARE * heaviest)), key=lambda i: -rest[i])
    return Grounds(tuple((i, rest[i]) for i in marked[:MARKED]), title, tuple(_heavy_words(classifier, article, prediction)))


def _heavy_words(classifier, article: Article, prediction: Prediction) -> list[str]:
    if classifier.linear is None:
        return []
    label, against = (classifier.label_of(name) for name in (prediction.column, prediction.second))
    text = f"{article.title}\n{article.body}"
    pulls = classifier.linear.pulls(text, label, against)
    return heavy_words(words(text), pulls)


def heavy_words(words: Sequence[str], pulls) -> list[str]:
    """The words whose character pairs pull most, each once: ``heavy_words(["专利", "的"], {"专利": .4}) -> ["专利"]``."""
    weights = {
        word: sum(pulls.get(word[i : i + 2].lower(), 0.0) for i in range(len(word) - 1))
        for word in dict.fromkeys(words)
        if len(word) > 1 and word.isalnum() and not word.isdecimal()
    }
    return [word for word in sorted(weights, key=lambda w: -weights[w])[:WORDS] if weights[word] > 0]


def _without(article: Article, span: Span) -> Article:
    return replace(article, body=article.body[: span.start] + article.body[span.start + len(span.text) :])


def _odds(prediction: Prediction, label: str) -> float:
    p = min(max(prediction.scores[label], 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))
