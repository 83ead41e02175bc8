"""The order of the articles inside a column: the centre before ministries before provinces, leaders by protocol.

Then the weightier article, then the newer one. The house file says by which words a level is told and in which order
leaders stand. It moves nothing between columns, and nothing that an editor has put in order: what comes later is put
between.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from ..bulletin import Article, Issue
from ..highlights.features import importance
from ..house import House
from ..text.places import MUNICIPALITIES, PROVINCES, cities
from ..text.sentences import sentence_spans

LEAD = 60  # characters of the body that count beside title and source

_LABEL = re.compile(r"^(?:【[^】]*】|（[^）]*）)\s*")  # 【权威访谈】

Standing = tuple[int, int, float, int]


def arrange(issue: Issue, house: House) -> Issue:
    """Put the articles of each column in order; ties stay as they are, the columns in their places.

    >>> from nlp.house import load_house
    >>> both = (Article("某县出台措施", "", column="政策法规"), Article("国务院印发规划", "", column="政策法规"))
    >>> [article.title for article in arrange(Issue(both), load_house()).articles]
    ['国务院印发规划', '某县出台措施']
    """
    articles = list(issue.articles)
    for column in house.column_names:
        indices = [i for i, article in enumerate(articles) if article.column == column]
        ordered = sorted((articles[i] for i in indices), key=lambda article: standing(article, house))
        for i, article in zip(indices, ordered, strict=True):
            articles[i] = article
    return replace(issue, articles=tuple(articles))


def put_between(here: Sequence[Article], late: Sequence[Article], house: House) -> list[int]:
    """Indices in ``[*here, *late]``, in order: those here as they stand, each late one where it is out of order with the
    fewest of them, of such gaps the last.

    >>> from nlp.house import load_house
    >>> here = [Article(title, "") for title in ("国务院印发规划", "江苏印发规划", "某县出台措施")]
    >>> put_between(here, [Article("某县又出台措施", ""), Article("工信部印发规划", "")], load_house())
    [0, 4, 1, 2, 3]
    """
    stands = [standing(article, house) for article in here]
    slots = [(i + 1, 0, stand, i) for i, stand in enumerate(stands)]
    for i, article in enumerate(late, len(here)):
        own = standing(article, house)
        wrong = [sum(one < own for one in stands)]  # before all of them; then after one more, and one more
        for one in stands:
            wrong.append(wrong[-1] + (one > own) - (one < own))
        slots.append((max(gap for gap, n in enumerate(wrong) if n == min(wrong)), 1, own, i))
    return [i for *_, i in sorted(slots)]


def standing(article: Article, house: House) -> Standing:
    """Where an article stands among others, less is earlier: level, leader, weight, date."""
    title, lead = article.title, article.body[:LEAD]
    return (
        level(article, house),
        next((i for i, name in enumerate(house.leaders) if name in title or name in lead), len(house.leaders)),
        -importance(article, house),
        -int(article.date.replace("-", "") or 0) if re.fullmatch(r"\d{4}-\d\d-\d\d", article.date) else 0,
    )


def level(article: Article, house: House) -> int:
    """The level of an article as its number in the house file: of whoever its title names first, else its source, else
    its first sentence. What stands on no level comes after all that do.

    >>> from nlp.house import load_house
    >>> [level(Article(title, ""), load_house()) for title in ("国务院印发规划", "北京：建成全国首个平台", "甲公司中标")]
    [0, 2, 5]
    """
    patterns = _patterns(house)
    opening = next((span.line for span in sentence_spans(article.body[: 4 * LEAD])), "")
    for text in (_LABEL.sub("", article.title), article.source, opening[:LEAD]):
        found = [(match.start(), i) for i, pattern in enumerate(patterns) if (match := pattern.search(text))]
        if found:
            return min(found)[1]
    return len(patterns)


@functools.cache
def _patterns(house: House) -> tuple[re.Pattern[str], ...]:
    names = {"{省}": "|".join((*PROVINCES, *MUNICIPALITIES)), "{市}": "|".join(cities())}
    found = []
    for rank in house.levels:
        pattern = "|".join(rank.words) or r"(?!)"
        for mark, places in names.items():
            pattern = pattern.replace(mark, places)
        found.append(re.compile(pattern))
    return tuple(found)
