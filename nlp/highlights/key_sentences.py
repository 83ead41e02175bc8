"""The key sentences of an article: which of its sentences say what it is about, and stand alone.

It takes the best rated; it refuses to write: every sentence is a span of the article's body.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..bulletin import Article, Highlight
from ..model.states import Reader
from ..text.sentences import SAME, bigrams, dice
from .candidates import Candidate, candidates, headline_of
from .sentence_ranker import Rating, rate

Scorer = Reader  # who reads along: an encoder that gives vectors of articles and sentences
REPEATS = 4.0  # what it costs a further sentence to share all its character pairs with one already taken
NEW = 6.0  # a further sentence that is rated so much below the best one says too little to be added


def key_sentences(article: Article, n: int = 1, scorer: Scorer | None = None) -> list[Highlight]:
    """At most n sentences that say best what an article is about, in the order of the source, each with something new.

    Where none can stand alone the first sentence is given, with ``stands`` False; of an empty body none.
    ``scorer`` lets the encoder read along.
    """
    return key_sentences_of([article], n, scorer)[0]


def key_sentences_of(articles: Sequence[Article], n: int = 1, scorer: Scorer | None = None) -> list[list[Highlight]]:
    """``key_sentences`` of each article, read by the encoder all at once."""
    found = [candidates(article) for article in articles]
    states = scorer.sentences([(a.title, [c.line for c in cut]) for a, cut in zip(articles, found, strict=True)]) if scorer else [None] * len(found)
    return [_taken(article, cut, rate(cut, headline_of(article), state), n) for article, cut, state in zip(articles, found, states, strict=True)]


def _taken(article: Article, cut: Sequence[Candidate], rating: Rating, n: int) -> list[Highlight]:
    if not rating.stands:
        return [_highlight(article, one, score, False) for one, score in list(zip(cut, rating.scores, strict=True))[: min(1, n)]]
    said = [bigrams(one.line) for one in cut]
    best = max(range(len(cut)), key=rating.scores.__getitem__)
    taken = [best][:n]
    while len(taken) < n:
        alike = [max(dice(own, said[i]) for i in taken) for own in said]
        left = [i for i in range(len(cut)) if i not in taken and alike[i] < SAME and rating.scores[i] > rating.scores[best] - NEW]
        if not left:
            break
        taken.append(max(left, key=lambda i: rating.scores[i] - REPEATS * alike[i]))
    return [_highlight(article, cut[i], rating.scores[i]) for i in sorted(taken)]


def _highlight(article: Article, one: Candidate, score: float, stands: bool = True) -> Highlight:
    return Highlight(article, one.text, one.start, one.end, score, stands)
