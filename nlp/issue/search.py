"""Words in, articles of the archive out: where the words stand, by title, text, source, column, number or date.

It knows issues already read; it opens no files and prints nothing. Upper and lower case, full and half width are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..bulletin import REJECTED, RESERVE, Article, Issue

AROUND = 36  # characters shown before and after the word that was found
_HALF_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True)
class Found:
    """One article of the archive in which every word stands, and the passage around the first of them."""

    file: str
    number: str
    date: str  # of the issue
    article: Article
    excerpt: str
    start: int = 0  # where the word stands in the excerpt
    end: int = 0

    @property
    def issue(self) -> str:
        return f"第{self.number}期" if self.number else self.file


def find(query: Sequence[str], issues: Iterable[tuple[str, Issue]]) -> list[Found]:
    """The articles in which every word stands; words in the title first, then what was printed, then the newest issue."""
    words = [folded(word) for word in " ".join(query).split()]
    if not words:
        return []
    found: list[tuple[tuple[int, bool], Found]] = []
    for name, issue in issues:
        facts = folded(f"第{issue.number}期 {issue.date}")
        for article in issue.articles:
            title, body = folded(article.title), folded(article.body)
            rest = folded(f"{article.column} {article.source} {article.date} {facts}")
            if not all(word in title or word in body or word in rest for word in words):
                continue
            printed = article.column not in (RESERVE, REJECTED)
            rank = (-sum(word in title for word in words), not printed)
            found.append((rank, Found(name, issue.number, issue.date, article, *_excerpt(article.body, body, words))))
    found.sort(key=lambda pair: (pair[1].date, pair[1].number.zfill(6)), reverse=True)  # stable: the order of the issue stays
    return [hit for _, hit in sorted(found, key=lambda pair: pair[0])]


def folded(text: str) -> str:
    """Text as it is compared, of the same length: ``folded("ＡＩ芯片") -> "ai芯片"``."""
    half = text.translate(_HALF_WIDTH)
    low = half.lower()
    return low if len(low) == len(text) else half


def _excerpt(text: str, plain: str, words: Sequence[str]) -> tuple[str, int, int]:
    hits = [(at, len(word)) for word in words if (at := plain.find(word)) >= 0]
    at, length = min(hits, default=(0, 0))
    begin, end = max(0, at - AROUND), min(len(text), at + length + AROUND)
    before = ("…" if begin else "") + text[begin:at].replace("\n", " ")
    shown = text[at : at + length].replace("\n", " ")
    after = text[at + length : end].replace("\n", " ") + ("…" if end < len(text) else "")
    return before + shown + after, len(before), len(before) + len(shown)
