"""A whole issue from a sorted inbox: what is printed, what waits, what leads, and the reason for each.

It puts the parts together (sorting, selection, highlights) and opens no files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..bulletin import HIGHLIGHTS, REJECTED, RESERVE, Article, Issue, Prediction
from ..highlights.key_sentences import Scorer
from ..highlights.ranking import Choice, choose
from ..house import House
from ..text.sentences import on_one_line
from . import markdown, sorting
from .identity import key_of
from .memory import Memory, Record
from .order import arrange
from .selection import select, set_aside_earlier
from .stories import Earlier, find_stories

SHOWN = 20  # articles left out that are listed one by one


@dataclass(frozen=True)
class Draft:
    """An issue ready for an editor, the choices behind its 本期重点, and reasons by ``Article.path``."""

    issue: Issue
    choices: tuple[Choice, ...]
    reasons: Mapping[str, str]
    told_before: int
    waiting: frozenset[str] = frozenset()  # the places of those that stand under 备选 only because the issue is full

    @property
    def printed(self) -> list[Article]:
        """The articles in the columns, in print order."""
        return [article for article in self.issue.articles if article.column not in (RESERVE, REJECTED)]


@dataclass(frozen=True)
class Facts:
    """What a draft was made with, beside its articles."""

    limit: int
    model: str = ""  # its signature
    refused: tuple[tuple[str, str], ...] = ()  # place and reason of what could not be read


def draft(
    inbox: sorting.Sorted, house: House, limit: int, earlier: Earlier = (),
    number: str = "", date: str = "", scorer: Scorer | None = None,
) -> Draft:  # fmt: skip
    """Draft an issue of at most ``limit`` articles; ``earlier`` are (issue, article) of those before it, where the inbox
    does not know yet which of it they printed."""
    if earlier:
        articles = [p.article for p in inbox.predictions]
        inbox = replace(inbox, earlier=find_stories(articles, earlier).earlier)
    issue = replace(sorting.draft_issue(inbox, house), number=number, date=date)
    reasons = {a.path: f"与《{a.duplicate_of}》是同一篇" for a in issue.articles if a.duplicate_of}
    reasons |= {a.path: "与刊物无关" for a in issue.articles if a.column == REJECTED and not a.duplicate_of}
    retold = {inbox.predictions[i].article.path: one for i, one in inbox.earlier.items()}
    fresh = set_aside_earlier(issue, retold, house)
    selected = select(fresh.issue, house, limit)
    ordered = arrange(selected.issue, house)
    choices = choose(ordered.articles, house, scorer=scorer, copy_of={}, issued=issue.date)  # the copies are not printed
    issue = replace(ordered, highlights=tuple(choice.article.title for choice in choices))
    reasons |= fresh.reasons | selected.reasons | {c.article.path: "；".join(c.reasons) for c in choices}
    return Draft(issue, tuple(choices), reasons, len(fresh.reasons), frozenset(selected.reasons))


def remember(made: Draft, inbox: sorting.Sorted, house: House, facts: Facts) -> tuple[Issue, Memory]:
    """The issue as its file will be read, and what the next draft has to know of it."""
    issue = markdown.parse(markdown.write(made.issue, house), house)
    ordered = sorted(made.issue.articles, key=lambda a: (*house.column_names, RESERVE, REJECTED).index(a.column))
    predictions = {p.article.path: p for p in inbox.predictions}
    taken: set[str] = set()
    records = []
    for article, came in zip(issue.articles, ordered, strict=True):
        record = record_of(article, came, predictions[came.path], made.reasons.get(came.path, ""), taken)
        records.append(replace(record, waits=came.path in made.waiting))
    why = {choice.article.title: "；".join(choice.reasons) for choice in made.choices}
    return issue, Memory(tuple(records), facts.refused, facts.limit, facts.model, issue.highlights, why)


def record_of(article: Article, came: Article, p: Prediction, reason: str, taken: set[str]) -> Record:
    """The record of one article as it is put into the issue; ``taken`` are the ids that others have."""
    name = key_of(came)
    while name in taken:
        name += "+"
    taken.add(name)
    return Record(
        name, came.path, article.title, article.body, article.source, article.date, came.notes, p.column, p.second,
        round(p.confidence, 4), p.doubtful, article.column or "", article.duplicate_of, reason,
    )  # fmt: skip


def overview(made: Draft, house: House) -> list[str]:
    """The issue at a glance: 本期重点 with the key sentences, the titles by column, then what was left out and why."""
    lines = [f"{HIGHLIGHTS}（{len(made.choices)}）"]
    for choice in made.choices:
        lines += [f"  {choice.article.title}", *(f"      {on_one_line(h.sentence)}" for h in choice.sentences)]
    for column in house.column_names:
        articles = [article for article in made.printed if article.column == column]
        lines += ["", f"{column}（{len(articles)}）"] if articles else []
        lines += [f"  {a.title}" + (f"　　{sorting.DOUBTFUL}：{a.doubt}" if a.doubt else "") for a in articles]
    left = [article for article in made.issue.articles if article.column in (RESERVE, REJECTED)]
    lines += ["", f"没有登（{len(left)}）"] if left else []
    lines += [f"  {article.title}　　{made.reasons[article.path]}" for article in left[:SHOWN]]
    return lines + ([f"  其余 {len(left) - SHOWN} 篇及理由见清单"] if len(left) > SHOWN else [])


def last_line(made: Draft, refused: int, limit: int) -> str:
    """What the issue holds, what is doubtful, what was left out and why, in one line."""
    articles = made.issue.articles
    rejected = [article for article in articles if article.column == REJECTED]
    copies = sum(bool(article.duplicate_of) for article in rejected)
    waiting = sum(article.column == RESERVE for article in articles)
    counts = (
        (f"{{}} 篇{sorting.DOUBTFUL}", sum(bool(article.doubt) for article in made.printed)),
        (f"{{}} 篇进{RESERVE}（一期最多 {limit} 篇）", waiting - made.told_before),
        (f"{{}} 篇以前登过，进{RESERVE}", made.told_before),
        (f"{{}} 篇与刊物无关，{REJECTED}", len(rejected) - copies),
        ("{} 篇重复", copies),
        ("{} 个文件或行读不出", refused),
    )
    parts = [f"来稿 {len(articles)} 篇，登 {len(made.printed)} 篇", *(text.format(n) for text, n in counts if n)]
    return "；".join(parts)
