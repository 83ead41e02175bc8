"""The paragraph under the list of highlights: two or three sentences of the issue's own articles, each with its place.

It takes what the choice has found; it refuses to write: every sentence is a span of its article's body.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..bulletin import Highlight
from ..text.sentences import SAME, bigrams, dice
from .ranking import Choice

MOST = 3  # sentences of the paragraph
LONG = 260  # characters after which no further sentence is added
ENDS = "。！？!?”’」』）"  # what a sentence of running text may end with; a clause before a semicolon would break it


def abstract(choices: Sequence[Choice], most: int = MOST) -> list[Highlight]:
    """At most ``most`` key sentences of the strongest articles, of as many columns as there are, in the order of the issue.

    Only sentences that stand alone and end as sentences do; none that says what another has said.
    """
    by_strength = sorted(range(len(choices)), key=lambda i: -choices[i].score)
    best = {i: max(usable, key=lambda h: h.score) for i in by_strength if (usable := [h for h in choices[i].sentences if h.stands and h.sentence[-1] in ENDS])}
    taken: list[int] = []
    columns: set[str | None] = set()
    for fresh in (True, False):  # first one of each column
        for i in best:
            column = choices[i].article.column
            if len(taken) == most or i in taken or (fresh and column in columns):
                continue
            texts = [best[j].sentence for j in taken]
            if sum(map(len, texts)) > LONG or any(dice(bigrams(best[i].sentence), bigrams(other)) >= SAME for other in texts):
                continue
            taken.append(i)
            columns.add(column)
    return [best[i] for i in sorted(taken)]


def sentence_dict(highlight: Highlight) -> dict:
    """One entry of ``abstract`` in ``subao highlights --json``: the sentence, its article, and its place in the body."""
    article = highlight.article
    return {"title": article.title, "column": article.column, "text": highlight.sentence, "start": highlight.start, "end": highlight.end}
