"""Places in a text: provinces and larger cities; the home city, marked for the model and exchanged for others in training.

The model never reads the city's own name, only the mark ``[HOME]``, so that another newsroom can
name another city in its house file and keep the model. Knows places, nothing of models or files.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from ..house import House

HOME = "[HOME]"
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
PROVINCES = (
    "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西",
    "海南", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆",
)  # fmt: skip; without the municipalities, which are cities as well


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
