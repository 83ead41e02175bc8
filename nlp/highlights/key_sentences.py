"""The key sentences of an article: which of its sentences say what it is about, and stand alone.

It takes the one an editor picked, then the best rated; it refuses to write: every sentence is a span of the article's body.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..bulletin import Article, Highlight
from ..model.states import Reader
from ..text.sentences import SAME, bigrams, dice, on_one_line
from .candidates import Candidate, candidates, headline_of
from .excerpt import excerpt
from .sentence_ranker import Rating, rate

Scorer = Reader  # who reads along: an encoder that gives vectors of articles and sentences
REPEATS = 4.0  # what it costs a further sentence to share all its character pairs with one already taken
PICKED = 100.0  # the score of a sentence that an editor picked: it comes before all others
NEW = 6.0  # a further sentence that is rated so much below the best one says too little to be added


def key_sentences(article: Article, n: int = 1, scorer: Scorer | None = None) -> list[Highlight]:
    """At most n sentences that say best what an article is about, in the order of the source, each with something new.

    The sentence an editor picked (``key_sentence``) is always one of them while it stands in the body. Where none can
    stand alone the first sentence is given, with ``stands`` False; of an empty body none.
    ``scorer`` lets the encoder read along.
    """
    return key_sentences_of([article], n, scorer)[0]


def key_sentences_of(articles: Sequence[Article], n: int = 1, scorer: Scorer | None = None) -> list[list[Highlight]]:
    """``key_sentences`` of each article, read by the encoder all at once."""
    found = [candidates(article) for article in articles]
    states = scorer.sentences([(a.title, [c.line for c in cut]) for a, cut in zip(articles, found, strict=True)]) if scorer else [None] * len(found)
    return [_taken(article, cut, rate(cut, headline_of(article), state), n) for article, cut, state in zip(articles, found, states, strict=True)]


def _taken(article: Article, cut: Sequence[Candidate], rating: Rating, n: int) -> list[Highlight]:
    found = picked(article)[:n]
    if not rating.stands:
        return (found or [_highlight(article, (one.start, one.end), score, False) for one, score in zip(cut, rating.scores, strict=True)][:1])[:n]
    printed = [excerpt(article.body, one) for one in cut]
    pairs = [bigrams(one.line) for one in cut]
    best = max(range(len(cut)), key=rating.scores.__getitem__)
    while len(found) < n:
        alike = [max((dice(own, bigrams(on_one_line(other.sentence))) for other in found), default=0.0) for own in pairs]
        left = [i for i in range(len(cut)) if alike[i] < SAME and rating.scores[i] > rating.scores[best] - NEW and not _within(printed[i], found)]
        if not left:
            break
        new = max(left, key=lambda i: rating.scores[i] - REPEATS * alike[i])
        found.append(_highlight(article, printed[new], rating.scores[new]))
    return sorted(found, key=lambda highlight: highlight.start)


def picked(article: Article) -> list[Highlight]:
    """The sentence that an editor picked, where it stands in the body; none if there is none or it is gone.

    >>> [(h.start, h.end) for h in picked(Article("题", "一是快。二是准。", key_sentence="二是准。"))]
    [(4, 8)]
    """
    sentence, start = article.key_sentence, article.body.find(article.key_sentence)
    return [Highlight(article, sentence, start, start + len(sentence), PICKED)] if sentence and start >= 0 else []


def _within(place: tuple[int, int], found: Sequence[Highlight]) -> bool:
    return any(place[0] < other.end and other.start < place[1] for other in found)


def _highlight(article: Article, place: tuple[int, int], score: float, stands: bool = True) -> Highlight:
    return Highlight(article, article.body[slice(*place)], *place, score, stands)
