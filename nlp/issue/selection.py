"""From a sorted inbox to what one issue can hold: the strongest of each column stay, the rest wait in 备选.

It moves articles and says why; it drops none, and knows nothing of models or files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..bulletin import RESERVE, Article, Issue
from ..duplicates import find_duplicates
from ..highlights.features import importance
from ..house import House


@dataclass(frozen=True)
class Selection:
    """An issue whose surplus stands under 备选, and why, by the article's place (``Article.path``)."""

    issue: Issue
    reasons: Mapping[str, str]


def set_aside_printed(issue: Issue, printed: Sequence[tuple[str, Article]], house: House) -> Selection:
    """Move the stories that earlier issues printed to 备选, marked with where they stood.

    ``printed`` are (name of the issue, article); the fuller or shorter version of a story is the same story.
    """
    rows = [i for i, article in enumerate(issue.articles) if article.column in house.column_names]
    kept = find_duplicates([article for _, article in printed] + [issue.articles[i] for i in rows])
    earlier: dict[int, int] = {}  # the fullest version of a story -> the first printed one
    for k in range(len(printed)):
        earlier.setdefault(kept.get(k, k), k)
    articles, reasons = list(issue.articles), {}
    for k, i in enumerate(rows, len(printed)):
        if (first := earlier.get(kept.get(k, k))) is not None:
            name, original = printed[first]
            articles[i] = replace(articles[i], column=RESERVE, duplicate_of=f"{name} {original.title}")
            reasons[articles[i].path] = f"{name}已登过《{original.title}》"
    return Selection(replace(issue, articles=tuple(articles)), reasons)


def select(issue: Issue, house: House, limit: int) -> Selection:
    """Keep at most ``limit`` articles in the columns: the best of each column, then the second of each, and so on.

    Within a column, and for the last places, the more important article wins, then the earlier one.
    """
    strength = [importance(article, house) for article in issue.articles]
    columns = [[i for i, article in enumerate(issue.articles) if article.column == name] for name in house.column_names]
    for members in columns:
        members.sort(key=lambda i: (-strength[i], i))
    turns = sorted((rank, -strength[i], i) for members in columns for rank, i in enumerate(members, 1))
    stay = {i for _, _, i in turns[:limit]}
    articles, reasons = list(issue.articles), {}
    for members in columns:
        kept = sum(i in stay for i in members)
        for rank, i in enumerate(members[kept:], kept + 1):
            article = articles[i]
            reasons[article.path] = f"{article.column}有 {len(members)} 篇，本期留 {kept} 篇，这篇排第 {rank}"
            articles[i] = replace(article, column=RESERVE)
    return Selection(replace(issue, articles=tuple(articles)), reasons)
