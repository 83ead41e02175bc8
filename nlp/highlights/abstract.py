"""The paragraph under the list of highlights: two or three sentences of the issue's own articles, each with its place.

It takes what the choice has found; it refuses to write: every sentence is a span of its article's body.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..bulletin import Highlight
from ..text.sentences import SAME, bigrams, dice
from .key_sentences import PICKED
from .ranking import Choice

MOST = 3  # sentences of the paragraph
LONG = 260  # characters after which no further sentence is added
EACH = LONG // 2  # characters of a sentence in it
_BY_SHORT_NAME = re.compile(  # of a paper that only its headline names: 通知明确……; or of who may apply for what it does not say
    "(?:此次)?(?:《[^》]{2,6}》|(?:通知|意见|方案|办法|规划|协议|文件|公告|细则))(?:[还也]|同时)?(?:明确|提出|要求|规定|指出|强调|围绕)"
    "|(?:申报|申请|推荐|参评)(?:单位|人|企业|项目)"
)
ENDS = "。！？!?”’」』）"  # what a sentence of running text may end with; a clause before a semicolon would break it


def abstract(choices: Sequence[Choice], most: int = MOST) -> list[Highlight]:
    """At most ``most`` key sentences of the strongest articles, of as many columns as there are, in the order of the issue.

    Only sentences that stand alone, end as sentences do, are no longer than ``EACH`` and do not begin with the short name
    of a paper; none that says what another has said.
    """
    by_strength = sorted(range(len(choices)), key=lambda i: -choices[i].score)
    best = {i: max(usable, key=lambda h: h.score) for i in by_strength if (usable := [h for h in choices[i].sentences if _fits(h)])}
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


def _fits(highlight: Highlight) -> bool:
    """An editor's own pick always does."""
    sentence = highlight.sentence
    return highlight.score >= PICKED or highlight.stands and sentence[-1] in ENDS and len(sentence) <= EACH and not _BY_SHORT_NAME.match(sentence)


def sentence_dict(highlight: Highlight) -> dict:
    """One entry of ``abstract`` in ``subao highlights --json``: the sentence, its article, and its place in the body."""
    article = highlight.article
    return {"title": article.title, "column": article.column, "text": highlight.sentence, "start": highlight.start, "end": highlight.end}
