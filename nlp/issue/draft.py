"""A whole issue from a sorted inbox: what is printed, what waits, what leads, and the reason for each.

It puts the parts together (sorting, selection, highlights) and opens no files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..bulletin import HIGHLIGHTS, REJECTED, RESERVE, Article, Issue
from ..errors import UnreadableFile
from ..highlights.key_sentences import Scorer
from ..highlights.ranking import Choice, choose
from ..house import House
from ..issue import sorting
from ..text.sentences import on_one_line
from ..text.terminal import percent
from .selection import select, set_aside_printed

HEADER = ("安排", "栏目", "标题", sorting.DOUBTFUL, "次选", "把握", "理由", "来源", "日期", "说明", "来稿")
COPY = "重复"  # what becomes of an article that repeats another
SHOWN = 20  # articles left out that are listed one by one


@dataclass(frozen=True)
class Draft:
    """An issue ready for an editor, the choices behind its 本期重点, and reasons by ``Article.path``."""

    issue: Issue
    choices: tuple[Choice, ...]
    reasons: Mapping[str, str]
    printed_before: int

    @property
    def printed(self) -> list[Article]:
        """The articles in the columns, in print order."""
        return [article for article in self.issue.articles if article.column not in (RESERVE, REJECTED)]


def draft(
    inbox: sorting.Sorted, house: House, limit: int, printed: Sequence[tuple[str, Article]] = (),
    number: str = "", date: str = "", scorer: Scorer | None = None,
) -> Draft:  # fmt: skip
    """Draft an issue of at most ``limit`` articles; ``printed`` are (issue, article) of earlier ones."""
    issue = replace(sorting.draft_issue(inbox, house), number=number, date=date)
    reasons = {a.path: f"与《{a.duplicate_of}》是同一篇" for a in issue.articles if a.duplicate_of}
    reasons |= {a.path: "与刊物无关" for a in issue.articles if a.column == REJECTED and not a.duplicate_of}
    fresh = set_aside_printed(issue, printed, house)
    selected = select(fresh.issue, house, limit)
    choices = choose(selected.issue.articles, house, scorer=scorer)
    issue = replace(selected.issue, highlights=tuple(choice.article.title for choice in choices))
    reasons |= fresh.reasons | selected.reasons | {c.article.path: "；".join(c.reasons) for c in choices}
    return Draft(issue, tuple(choices), reasons, len(fresh.reasons))


def manifest_rows(made: Draft, inbox: sorting.Sorted, refused: Sequence[UnreadableFile]) -> list[list[str]]:
    """One row under ``HEADER`` for every article in the order of the issue, then one for what could not be read."""
    predictions = {p.article.path: p for p in inbox.predictions}
    leading = {choice.article.path for choice in made.choices}
    rows = []
    for article in made.issue.articles:
        p = predictions[article.path]
        if article.path in leading:
            place = HIGHLIGHTS
        elif article.column == REJECTED and article.duplicate_of:
            place = COPY
        else:
            place = article.column if article.column in (RESERVE, REJECTED) else "本期"
        rows.append([
            place, p.column, article.title, "是" if p.doubtful else "", p.second, percent(p.confidence, 1),
            made.reasons.get(article.path, ""), article.source, article.date, "；".join(article.notes), article.path,
        ])  # fmt: skip
    return rows + [["读不出", *[""] * (len(HEADER) - 3), e.reason, e.path] for e in refused]


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
        (f"{{}} 篇进{RESERVE}（一期最多 {limit} 篇）", waiting - made.printed_before),
        (f"{{}} 篇以前登过，进{RESERVE}", made.printed_before),
        (f"{{}} 篇与刊物无关，{REJECTED}", len(rejected) - copies),
        ("{} 篇重复", copies),
        ("{} 个文件或行读不出", refused),
    )
    parts = [f"来稿 {len(articles)} 篇，登 {len(made.printed)} 篇", *(text.format(n) for text, n in counts if n)]
    return "；".join(parts)
