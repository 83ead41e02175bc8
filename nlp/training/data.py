"""Labelled articles: read from files, split without near-duplicates on both sides, their labels in order.

Knows what a label is, not what a model makes of it.
"""

from __future__ import annotations

import collections
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from ..bulletin import RESERVE, Article
from ..documents import articles as reading
from ..duplicates import clusters
from ..errors import SubaoError
from ..house import House, load_house
from ..issue.archive import read_issues
from ..model.linear import texts_of


def read_labelled(
    paths: Sequence[str | Path], report: Callable[[str], object] = print, house: House | None = None
) -> list[Article]:
    """Read labelled articles from JSONL, tables, issue files (.md) or folders of these.

    What cannot be read, or has no label, is reported in one line each and left out.
    """
    found: list[Article] = []
    for path in map(Path, paths):
        if path.is_dir() and (path / "articles.jsonl").is_file():
            path = path / "articles.jsonl"  # a corpus folder: its inbox and sample issues are not training data
        for _, issue in read_issues(path, house or load_house(), lambda error: report(str(error))):
            found += [article for article in issue.articles if not article.duplicate_of]
        if path.suffix != ".md":
            found += reading.read_articles(path, lambda error: report(str(error)))
    labelled = [a for a in found if a.column and a.column != RESERVE and (a.title or a.body)]
    if len(labelled) < len(found):
        report(f"没有栏目的文章 {len(found) - len(labelled)} 篇，不用于训练和评测")
    if not labelled:
        raise SubaoError(f"{'、'.join(map(str, paths))}：没有带栏目的文章；JSONL 每行要有 title、body、column")
    return labelled


def split(articles: Sequence[Article], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Indices (train, test): about ``share`` of each label is held out, near-duplicates together.

    Where the data fix an article's part (train or test), that stands.

    >>> train, test = split([Article("甲", "", column="A"), Article("甲", "", column="A")], 0.5, 13)
    >>> not (train and test)
    True
    """
    group = clusters(texts_of(articles))
    members = collections.defaultdict(list)
    for i, cluster in enumerate(group):
        members[cluster].append(i)
    parts = [members[key] for key in sorted(members)]
    random.Random(seed).shuffle(parts)
    totals = collections.Counter(article.column for article in articles if not article.part)
    held: collections.Counter[str | None] = collections.Counter()
    chosen: set[int] = set()
    for part in parts:
        fixed = {articles[i].part for i in part} - {""}
        label = articles[part[0]].column
        if not fixed and held[label] + len(part) <= share * totals[label] + 0.5:
            held[label] += len(part)
            fixed = {"test"}
        if "test" in fixed:
            chosen.update(part)
    return [i for i in range(len(articles)) if i not in chosen], sorted(chosen)


def label_names(articles: Sequence[Article], house: House) -> list[str]:
    """The labels of the data: the house's columns first and in its order, then the others as they come."""
    present = dict.fromkeys(article.column for article in articles if article.column)
    known = [name for name in house.column_names if name in present]
    return known + [name for name in present if name not in known]
