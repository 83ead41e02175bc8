"""From a sorted inbox to what one issue can hold: the strongest of each column stay, the rest wait in 备选.

It moves articles and says why; it drops none, and knows nothing of models or files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ..bulletin import RESERVE, Article, Issue
from ..highlights.features import importance
from ..house import House


@dataclass(frozen=True)
class Selection:
    """An issue whose surplus stands under 备选, and why, by the article's place (``Article.path``)."""

    issue: Issue
    reasons: Mapping[str, str]


def set_aside_earlier(issue: Issue, earlier: Mapping[str, tuple[str, Article]], house: House) -> Selection:
    """Move the stories that earlier issues printed to 备选, marked with where they stood.

    ``earlier``: by the article's place, the name of the issue and what it printed (see ``stories``).
    """
    articles, reasons = list(issue.articles), {}
    for i, article in enumerate(articles):
        if article.column in house.column_names and article.path in earlier:
            name, original = earlier[article.path]
            articles[i] = replace(article, column=RESERVE, duplicate_of=f"{name} {original.title}")
            reasons[article.path] = f"{name}已登过《{original.title}》"
    return Selection(replace(issue, articles=tuple(articles)), reasons)


def select(issue: Issue, house: House, limit: int, fixed: Collection[int] = ()) -> Selection:
    """Keep at most ``limit`` articles in the columns: the best of each column, then the second of each, and so on.

    Within a column, and for the last places, the more important article wins, then the earlier one. The articles at the
    indices ``fixed`` stay in any case and count.
    """
    strength = [importance(article, house) for article in issue.articles]
    columns = [[i for i, article in enumerate(issue.articles) if article.column == name] for name in house.column_names]
    for members in columns:
        members.sort(key=lambda i: (i not in fixed, -strength[i], i))
    turns = sorted(
        (rank, -strength[i], i) for members in columns for rank, i in enumerate(members, 1) if i not in fixed
    )
    held = sum(i in fixed for members in columns for i in members)
    stay = {*fixed, *(i for _, _, i in turns[: max(0, limit - held)])}
    articles, reasons = list(issue.articles), {}
    for members in columns:
        kept = sum(i in stay for i in members)
        for rank, i in enumerate(members[kept:], kept + 1):
            article = articles[i]
            reasons[article.path] = f"{article.column}有 {len(members)} 篇，本期留 {kept} 篇，这篇排第 {rank}"
            articles[i] = replace(article, column=RESERVE)
    return Selection(replace(issue, articles=tuple(articles)), reasons)
