"""The articles that lead an issue, each with its reasons: the strongest, under a fair share for each column.

It knows how strong an article is only from its reasons, and writes nothing: titles and sentences are the source's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..bulletin import Article, Highlight
from ..duplicates import find_duplicates
from ..errors import SubaoError
from ..house import House
from .features import AGE, COLUMN, LENGTH, NEUTRAL, Reason, reasons
from .key_sentences import Scorer, key_sentences_of

CROWDED = 0.1  # of a grade: what each article already taken of a column costs the next one of it
STRONG = 1.5  # the grade from which an article of another column breaks up a choice all of one column
RETOLD = 100.0  # what it costs that the story is already taken: it comes after all others
TELLING = 0.05  # of a grade: the weight from which a reason is worth telling
LONG_ONES = 3  # articles of an issue whose length is told as a reason
NUMERALS = "零一二三四五六七八九十"
EDITORS = "编辑指定"  # the reason of an article that must be taken
CANDIDATES = 3  # titles that a message names


@dataclass(frozen=True)
class Choice:
    """An article that leads the issue, why, and its key sentences in the order of the source."""

    article: Article
    score: float
    reasons: tuple[str, ...]
    sentences: tuple[Highlight, ...]


def choose(
    articles: Sequence[Article],
    house: House,
    k: int | None = None,
    sentences: int = 1,
    scorer: Scorer | None = None,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
    copy_of: Mapping[int, int] | None = None,
    issued: str = "",
) -> list[Choice]:
    """Choose the k articles that lead the issue, in print order: the strongest, under a fair share for each column.

    Articles outside the house's columns (备选, 不收录) are left out; ``k`` is a third of the others, rounded (a third
    never ends in a half), at least 1 and at most the house's number. An article is known by its place: two with one title are two. ``scorer`` lets
    the encoder read along; ``issued`` is the date of the issue: old news loses.
    ``must`` and ``never`` are titles that the editor names (see ``named``); of two articles with one title, ``must``
    means the first in print order and ``never`` both. SubaoError: a title that names no article, several, or one
    outside the columns that must lead; one under both; more that must than k. ``copy_of``: which of the articles in
    print order repeats which, where the caller has compared them already.
    """
    names = house.column_names
    ordered = sorted(articles, key=lambda a: names.index(a.column) if a.column in names else len(names))
    printed = [article for article in ordered if article.column in names]
    wanted = min(house.highlights, max(1, (len(printed) + 1) // 3)) if k is None else k
    first, barred = _editors_choices(ordered, len(printed), wanted, must, never)
    vectors = scorer.wholes([(a.title, a.body) for a in printed]) if scorer and printed else [None] * len(printed)
    found = [reasons(article, house, vector, issued) for article, vector in zip(printed, vectors, strict=True)]
    strengths = [round(NEUTRAL + sum(reason.weight for reason in given), 2) for given in found]
    columns = [article.column for article in printed]
    copy_of = find_duplicates(printed) if copy_of is None else copy_of
    taken = spread(strengths, columns, wanted, copy_of, first, barred)
    nth = _ranks_in_columns(spread(strengths, columns, len(printed), copy_of), columns)  # whatever the editor names
    long = min(sorted(len(article.body) for article in printed)[-LONG_ONES:], default=0)
    order = sorted(taken)
    told = key_sentences_of([printed[i] for i in order], sentences, scorer)
    choices = []
    for i, highlights in zip(order, told, strict=True):
        rank = f"本栏得分第{NUMERALS[nth[i]] if nth[i] < len(NUMERALS) else f' {nth[i]} '}"
        telling = [r for r in found[i] if _tells(r) and (r.kind != LENGTH or len(printed[i].body) >= long)]
        why = [rank if reason.kind == COLUMN else reason.name for reason in telling]
        why = [EDITORS] * (i in first) + why + [rank] * (rank not in why)
        choices.append(Choice(printed[i], taken[i], tuple(why), tuple(highlights)))
    return choices


def _tells(reason: Reason) -> bool:
    """It speaks for the article and says something to the editor, or is a warning that it is old."""
    return reason.weight >= TELLING or reason.kind == AGE


def _editors_choices(
    articles: Sequence[Article], printed: int, k: int, must: Sequence[str], never: Sequence[str]
) -> tuple[list[int], set[int]]:
    """The indices that must and those that never may be taken; the first ``printed`` articles are in the columns."""
    titles = [article.title for article in articles]
    first = sorted({named(title, titles, "--must")[0] for title in must})
    barred = {i for title in never for i in named(title, titles, "--never")}
    for i in first:
        if i in barred:
            raise SubaoError(f"“{titles[i]}”同时写进了 --must 和 --never；请去掉其中一个")
        if i >= printed:
            raise SubaoError(f"--must “{titles[i]}”：这一篇在{articles[i].column}里；请先在稿件文件里把它移到要登的栏目下面")
    if len(first) > k:
        raise SubaoError(f"--must 指定了 {len(first)} 篇，可是只选 {k} 篇；请写 --k {len(first)} 或更大的数，或少指定几篇")
    return first, barred


def named(title: str, titles: Sequence[str], option: str) -> list[int]:
    """The indices of the one title that is meant: the title itself, else the only one it is part of; spaces are ignored.

    ``option`` is for the message of the SubaoError where none or several are meant.

    >>> named("机器人", ["量子科技", "我国 机器人产业", "我国 机器人产业"], "--must")
    [1, 2]
    """
    bare = ["".join(t.split()) for t in titles]
    wanted = "".join(title.split())
    hits = [i for i, t in enumerate(bare) if t == wanted] or [i for i, t in enumerate(bare) if wanted in t]
    found = list({bare[i]: titles[i] for i in hits}.values())
    if not found:
        raise SubaoError(f"{option} “{title}”：没有一篇的标题里有这几个字；请照稿件文件里的标题写，写其中一段也可以")
    if len(found) > 1:
        some = "；".join(found[:CANDIDATES]) + "……" * (len(found) > CANDIDATES)
        raise SubaoError(f"{option} “{title}”：{len(found)} 个标题里都有这几个字（{some}）；请写得再全一些")
    return hits


def _ranks_in_columns(order: Iterable[int], columns: Sequence[str]) -> dict[int, int]:
    """Which of its column each is, in the order given: ``_ranks_in_columns([2, 0, 1], "甲甲乙") -> {2: 1, 0: 1, 1: 2}``."""
    crowd: Counter[str] = Counter()
    nth = {}
    for i in order:
        crowd[columns[i]] += 1
        nth[i] = crowd[columns[i]]
    return nth


def spread(
    strengths: Sequence[float],
    columns: Sequence[str],
    k: int,
    copy_of: Mapping[int, int] | None = None,
    first: Sequence[int] = (),
    barred: Collection[int] = (),
    crowded: float = CROWDED,
) -> dict[int, float]:
    """Take k of the articles, the strongest first, each costing the later ones of its column and of its story.

    The last one is not of the column that all others are of where another column has a ``STRONG`` one. The places in ``first`` are taken before all others, those in ``barred`` never. Returns place -> score in the order
    of taking; ties go to the earlier place.

    >>> spread([3.0, 2.9, 2.9, 2.85], ["甲", "甲", "甲", "乙"], 2)
    {0: 3.0, 3: 2.85}
    >>> spread([3.0, 2.9, 2.9, 2.85], ["甲", "甲", "甲", "乙"], 2, first=[2], barred=[3])
    {2: 2.9, 0: 2.9}
    """
    story = [(copy_of or {}).get(i, i) for i in range(len(strengths))]
    left = [i for i in range(len(strengths)) if i not in barred]
    taken: dict[int, float] = {}
    while left and len(taken) < k:
        crowd, told = Counter(columns[i] for i in taken), {story[i] for i in taken}
        open_ = [i for i in left if i in first] or left
        if len(taken) == k - 1 and len(crowd) == 1 and k > 2:
            others = [i for i in open_ if columns[i] not in crowd and strengths[i] >= STRONG and story[i] not in told]
            open_ = others or open_
        scores = {i: round(strengths[i] - crowded * crowd[columns[i]] - RETOLD * (story[i] in told), 2) for i in open_}
        best = max(scores, key=scores.__getitem__)
        taken[best] = scores[best]
        left.remove(best)
    return taken


def as_dict(choice: Choice) -> dict:
    """One entry of ``subao highlights --json``; ``sentence`` is the best of ``sentences``, empty where there is none."""
    best = max(choice.sentences, key=lambda sentence: sentence.score, default=None)
    return {
        "title": choice.article.title,
        "column": choice.article.column,
        "score": choice.score,
        "reasons": list(choice.reasons),
        "sentence": best.sentence if best else "",
        "start": best.start if best else 0,
        "end": best.end if best else 0,
        "stands": bool(best and best.stands),
        "sentences": [{"text": s.sentence, "start": s.start, "end": s.end} for s in choice.sentences],
    }
