"""The home city in a text: marked for the model, and exchanged for other cities to make training rows.

The model never reads the city's own name, only the mark ``[HOME]``, so that another newsroom can
name another city in its house file and keep the model. Knows places, nothing of models or files.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from ..house import House

HOME = "[HOME]"


@functools.cache
def _home_pattern(house: House) -> re.Pattern[str] | None:
    names = sorted({house.home_city, *house.home_names} - {""}, key=len, reverse=True)
    if not names:
        return None
    traps = "|".join(map(re.escape, sorted(house.home_traps, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"(?P<trap>{traps})|(?:(?:{'|'.join(map(re.escape, names))})[市区县镇]?)+")


def mark_home(text: str, house: House) -> str:
    """Put ``[HOME]`` in place of every name of the home city.

    >>> from nlp.house import load_house
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
def city_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(cities())})")
