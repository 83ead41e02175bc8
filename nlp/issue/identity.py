"""Which article of one list is which of another: by content first, by its place only where the content is alike.

It compares titles and bodies; it knows nothing of files, columns or decisions.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence

from ..bulletin import Article

ALIKE = 0.5  # share of the shorter text's shingles that the other has: the same article, edited
RELATED = 0.25  # the same under one path: a file that was rewritten; below, another article under an old name
SHINGLE = 4  # characters


def key_of(article: Article) -> str:
    """Twelve hex digits of an article's content: letters and figures of title and body, wherever it lies.

    >>> key_of(Article("标准“体检”", "一。 二", path="a")) == key_of(Article("标准体检", "一，二。", path="b"))
    True
    """
    return _digest(article.title, article.body)


@functools.lru_cache(8192)
def _digest(title: str, body: str) -> str:
    content = f"{letters(title)}\n{letters(body)}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@functools.lru_cache(8192)  # an issue is compared several times in one run
def letters(text: str) -> str:
    """What is left of text without white space and punctuation, width and case made equal."""
    return "".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def alike(one: Article, other: Article) -> float:
    """Share of the shorter article's shingles that the other has too, 0–1."""
    return _share(_shingles(one), _shingles(other))


def same_articles(old: Sequence[Article], new: Sequence[Article], edited: bool = False) -> dict[int, int]:
    """Map each article of ``new`` to the one of ``old`` that it is; each is taken once.

    The whole content decides, then one place and related content, then body or title. With ``edited`` (``new`` are
    articles that an editor worked on, with their marks) also a large common part and at last the place alone; without,
    a look-alike under another name is another article.
    """
    keys = {id(article): key_of(article) for article in (*old, *new)}
    bodies = {id(article): letters(article.body) for article in (*old, *new)}
    titles = {id(article): letters(article.title) for article in (*old, *new)}
    shingles: dict[int, set[str]] = {}

    def share(one: Article, other: Article) -> float:
        for article in (one, other):
            if id(article) not in shingles:
                shingles[id(article)] = _shingles(article)
        return _share(shingles[id(one)], shingles[id(other)])

    pairs: dict[int, int] = {}
    left = dict.fromkeys(range(len(old)))

    def take(label: Callable[[Article], object], fits: Callable[[Article, Article], bool]) -> None:
        by_name: dict[object, list[int]] = {}
        for j in left:
            if (name := label(old[j])) not in ("", None):
                by_name.setdefault(name, []).append(j)
        for i, article in enumerate(new):
            if i not in pairs and (name := label(article)) not in ("", None):
                fitting = [j for j in by_name.get(name, ()) if j in left and fits(old[j], article)]
                if fitting:
                    pairs[i] = min(fitting, key=lambda j: (old[j].path != article.path, abs(i - j)))
                    del left[pairs[i]]

    def any_two(one: Article, other: Article) -> bool:
        return True

    take(lambda a: (keys[id(a)], a.path), any_two)
    take(lambda a: keys[id(a)], any_two)
    take(lambda a: a.path, lambda one, other: titles[id(one)] == titles[id(other)] or share(one, other) >= RELATED)
    take(lambda a: bodies[id(a)], any_two)
    take(lambda a: titles[id(a)], lambda one, other: not one.body or not other.body or share(one, other) >= RELATED)
    for i, article in enumerate(new) if edited else ():
        if i not in pairs:
            score, j = max(((share(old[j], article), -j) for j in left), default=(0.0, 0))
            if score >= ALIKE:
                pairs[i] = -j
                del left[-j]
    if edited:
        take(lambda a: a.path, any_two)
    return dict(sorted(pairs.items()))


def first_difference(old: str, new: str, around: int = 12) -> tuple[str, str]:
    """Both texts where they first differ, with what stands around: ``("…投资3亿元", "…投资5亿元")``.

    >>> first_difference("项目总投资3亿元", "项目总投资5亿元", 3)
    ('…总投资3亿元', '…总投资5亿元')
    """
    at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, at - around)
    return _cut(old, start, at + around), _cut(new, start, at + around)


def _cut(text: str, start: int, stop: int) -> str:
    shown = " ".join(text[start:stop].split())
    return f"{'…' * (start > 0)}{shown}{'…' * (stop < len(text))}" if shown else "（到此为止）"


def _shingles(article: Article) -> set[str]:
    text = letters(article.title) + letters(article.body)
    return {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))} - {""}


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
