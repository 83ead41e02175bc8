"""The articles that lead an issue, each with its reasons: the strongest, under a fair share for each column.

It knows how strong an article is only from ``importance``, and writes nothing: titles and sentences are the source's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .bulletin import Article, Highlight, House
from .duplicates import find_duplicates
from .importance import COLUMN, LENGTH, reasons
from .summarizer import Scorer, key_sentences

CROWDED = 0.2  # what each article already taken of a column costs the next one of it; the best theme weighs 2.5
RETOLD = 100.0  # what it costs that the story is already taken: it comes after all others
TELLING = 0.1  # the weight from which a reason is worth telling
LONG_ONES = 3  # articles of an issue whose length is told as a reason
NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Choice:
    """An article that leads the issue, why, and its key sentences in the order of the source."""

    article: Article
    score: float
    reasons: tuple[str, ...]
    sentences: tuple[Highlight, ...]


def choose(
    articles: Sequence[Article], house: House, k: int | None = None, sentences: int = 1, scorer: Scorer | None = None
) -> list[Choice]:
    """Choose the k articles that lead the issue, in print order: the strongest, under a fair share for each column.

    Articles outside the house's columns (备选, 不收录) are left out; ``k`` is a third of the others, rounded (a third
    never ends in a half), at least 1. An article is known by its place: two with one title are two.
    """
    names = house.column_names
    printed = sorted((a for a in articles if a.column in names), key=lambda article: names.index(article.column))
    found = [reasons(article, house) for article in printed]
    strengths = [round(sum(reason.weight for reason in given), 2) for given in found]
    columns = [article.column for article in printed]
    taken = spread(strengths, columns, max(1, (len(printed) + 1) // 3) if k is None else k, find_duplicates(printed))
    long = min(sorted(len(article.body) for article in printed)[-LONG_ONES:], default=0)
    crowd: Counter[str] = Counter()
    chosen: dict[int, Choice] = {}
    for i, score in taken.items():
        crowd[columns[i]] += 1
        nth = crowd[columns[i]]
        place = f"本栏得分第{NUMERALS[nth] if nth < len(NUMERALS) else f' {nth} '}"
        telling = [r for r in found[i] if r.weight >= TELLING and (r.kind != LENGTH or len(printed[i].body) >= long)]
        why = [place if reason.kind == COLUMN else reason.name for reason in telling]
        why += [place] if place not in why else []
        chosen[i] = Choice(printed[i], score, tuple(why), tuple(key_sentences(printed[i], sentences, scorer)))
    return [chosen[i] for i in sorted(chosen)]


def spread(
    strengths: Sequence[float], columns: Sequence[str], k: int, copy_of: Mapping[int, int] | None = None
) -> dict[int, float]:
    """Take k of the articles, the strongest first, each costing the later ones of its column and of its story.

    Returns place -> score in the order of taking; ties go to the earlier place.

    >>> spread([3.0, 2.9, 2.9, 2.8], ["甲", "甲", "甲", "乙"], 2)
    {0: 3.0, 3: 2.8}
    """
    story = [(copy_of or {}).get(i, i) for i in range(len(strengths))]
    taken: dict[int, float] = {}
    while len(taken) < min(k, len(strengths)):
        crowd, told = Counter(columns[i] for i in taken), {story[i] for i in taken}
        scores = {
            i: round(strength - CROWDED * crowd[columns[i]] - RETOLD * (story[i] in told), 2)
            for i, strength in enumerate(strengths)
            if i not in taken
        }
        best = max(scores, key=scores.__getitem__)
        taken[best] = scores[best]
    return taken


def as_dict(choice: Choice) -> dict:
    """One entry of ``subao highlights --json``; ``sentence`` is the best of ``sentences``, empty where there is none."""
    best = max(choice.sentences, key=lambda sentence: sentence.score, default=None)
    return {
        "title": choice.article.title,
        "column": choice.article.column,
        "score": choice.score,
        "reasons": list(choice.reasons),
        "sentence": best.sentence if best else "",
        "start": best.start if best else 0,
        "end": best.end if best else 0,
        "sentences": [{"text": s.sentence, "start": s.start, "end": s.end} for s in choice.sentences],
    }
