"""Training rows for the home column: other cities' articles, moved home by exchanged place names.

Knows articles and places; nothing of models or files.
"""

from __future__ import annotations

import collections
import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import replace

from ..bulletin import REJECTED, Article
from ..house import House
from ..text.places import city_pattern

_LEAD = 80  # characters of the body that name the place of an event


def exchange_places(articles: Sequence[Article], house: House, limit: int, seed: int = 13) -> list[Article]:
    """Make training rows of the home column out of other cities' articles, and contrary ones beside them.

    An article whose title or opening names one city, and that city most, becomes news of the home city; the
    columns it comes from are drawn in turn, for the home column takes every subject. One that no column took stays
    out of it, and one that names a city in passing, or among others, keeps its label, with the home city in that
    place. At most ``limit`` of the first kind and four times as many of the others, in an order that depends on
    ``seed`` alone.
    """
    if not house.home_column or not house.home_city:
        return []
    order = random.Random(seed).sample(range(len(articles)), len(articles))
    about, contrary = collections.defaultdict(list), []
    for article in (articles[i] for i in order):
        if article.column == house.home_column or house.home_city in article.title + article.body:
            continue
        counts = collections.Counter(city_pattern().findall(article.title + article.body))
        if not counts:
            continue
        main, n = counts.most_common(1)[0]
        opening = article.title + article.body[:_LEAD]
        if main in opening and n >= 2 and n > 0.6 * sum(counts.values()):
            if article.column == REJECTED:
                contrary.append(_moved(article, main, house, REJECTED))
            else:
                about[article.column].append(_moved(article, main, house, house.home_column))
        aside = [
            name for name, n in counts.items()
            if (name not in opening and n == 1) or (name != main and n <= 2 and len(counts) >= 3)
        ]  # fmt: skip
        if aside:
            contrary.append(_moved(article, aside[-1], house, article.column))
    in_turn = [a for row in itertools.zip_longest(*about.values()) for a in row if a]
    return in_turn[:limit] + contrary[: 4 * limit]


def _moved(article: Article, city: str, house: House, column: str | None) -> Article:
    name = re.compile(rf"{city}(?:市(?:[\u4e00-\u9fff]{{2}}[区县])?)?")
    title, body = (name.sub(house.home_city + "市", text) for text in (article.title, article.body))
    return replace(article, title=title, body=body, column=column)
