"""Which articles tell one story: among themselves, and with what earlier issues printed. One comparison answers both.

It groups what ``duplicates`` finds alike; it moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..bulletin import Article
from ..duplicates import find_duplicates

Earlier = Sequence[tuple[str, Article]]  # name of the issue, article


@dataclass(frozen=True)
class Stories:
    """Articles by index: which repeat another of them, and which an earlier issue printed."""

    copies: Mapping[int, int]  # index -> the fuller one that stays
    earlier: Mapping[int, tuple[str, Article]]  # index -> the first issue that printed the story, and what it printed


def find_stories(articles: Sequence[Article], earlier: Earlier = ()) -> Stories:
    """Group articles that tell one story; the fuller or shorter version of a story is the same story."""
    kept = find_duplicates([*(article for _, article in earlier), *articles])
    groups: dict[int, list[int]] = {}
    first: dict[int, tuple[str, Article]] = {}
    for k, one in enumerate(earlier):
        first.setdefault(kept.get(k, k), one)
    for i in range(len(articles)):
        k = i + len(earlier)
        groups.setdefault(kept.get(k, k), []).append(i)
    copies = {}
    for members in groups.values():
        fullest = max(members, key=lambda i: (len(articles[i].body), -i))
        copies |= {i: fullest for i in members if i != fullest}
    if not earlier:
        copies = kept
    found = {i: first[root] for root, members in groups.items() if root in first for i in members}
    return Stories(dict(sorted(copies.items())), dict(sorted(found.items())))
