"""The home city in a text: marked for the model, and exchanged for other cities to make training rows.

The model never reads the city's own name, only the mark ``[HOME]``, so that another newsroom can
name another city in its house file and keep the model. Knows places, nothing of models or files.
"""

from __future__ import annotations

import collections
import functools
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .bulletin import Article, House

HOME = "[HOME]"
_LEAD = 80  # characters of the body that name the place of an event


@functools.cache
def _home_pattern(house: House) -> re.Pattern[str] | None:
    names = sorted({house.home_city, *house.home_names} - {""}, key=len, reverse=True)
    if not names:
        return None
    traps = "|".join(map(re.escape, sorted(house.home_traps, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"(?P<trap>{traps})|(?:(?:{'|'.join(map(re.escape, names))})[市区县镇]?)+")


def mark_home(text: str, house: House) -> str:
    """Put ``[HOME]`` in place of every name of the home city.

    >>> from .bulletin import load_house
    >>> mark_home("常州市武进区出台办法", load_house())
    '[HOME]出台办法'
    """
    text = text.replace("[", "［")  # what looks like a special token in an article is only text
    pattern = _home_pattern(house)
    return pattern.sub(lambda m: m[0] if m["trap"] else HOME, text) if pattern else text


@functools.cache
def cities() -> tuple[str, ...]:
    """The names of China's larger cities, from ``cities.txt``."""
    return tuple(Path(__file__).with_name("cities.txt").read_text(encoding="utf-8").split())


@functools.cache
def _city_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(cities())})")


def exchange_places(articles: Sequence[Article], house: House, limit: int, seed: int = 13) -> list[Article]:
    """Make training rows of the home column out of other cities' articles, and contrary ones beside them.

    An article whose title or opening names one city, and that city most, becomes news of the home
    city; one that names a city in passing, or among others, keeps its label with the home city in that
    place. At most ``limit`` of the first kind and five times as many of the second, in an order that depends
    on ``seed`` alone.
    """
    if not house.home_column or not house.home_city:
        return []
    order = random.Random(seed).sample(range(len(articles)), len(articles))
    about, passing = [], []
    for article in (articles[i] for i in order):
        if article.column == house.home_column or house.home_city in article.title + article.body:
            continue
        counts = collections.Counter(_city_pattern().findall(article.title + article.body))
        if not counts:
            continue
        main, n = counts.most_common(1)[0]
        opening = article.title + article.body[:_LEAD]
        if main in opening and n >= 2 and n > 0.6 * sum(counts.values()):
            about.append(_moved(article, main, house, house.home_column))
        aside = [
            name for name, n in counts.items()
            if (name not in opening and n == 1) or (name != main and n <= 2 and len(counts) >= 3)
        ]  # fmt: skip
        if aside:
            passing.append(_moved(article, aside[-1], house, article.column))
    return about[:limit] + passing[: 5 * limit]


def _moved(article: Article, city: str, house: House, column: str | None) -> Article:
    place = re.compile(rf"{city}(?:市(?:[\u4e00-\u9fff]{{2}}[区县])?)?")
    title, body = (place.sub(house.home_city + "市", text) for text in (article.title, article.body))
    return replace(article, title=title, body=body, column=column)
