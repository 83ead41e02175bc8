"""A later inbox into an issue that an editor has worked on: what was decided stays, what is new is placed.

An article is known by its content. A source that changed or went away is pointed out, never taken over or followed.
It opens no files and asks no model: predictions of what is new are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..bulletin import REJECTED, RESERVE, Article, Issue, Prediction
from ..highlights.key_sentences import Scorer
from ..highlights.ranking import choose
from ..house import House
from . import markdown, sorting
from .draft import Facts, record_of
from .identity import first_difference, key_of, same_articles
from .memory import Memory, Record, drafted_highlights, touched
from .order import put_between
from .report import Report
from .selection import select
from .stories import Earlier, Stories, find_stories


@dataclass(frozen=True)
class Merged:
    """The issue with what is new, what the next merge has to know, and what to tell the editor."""

    issue: Issue
    memory: Memory
    report: Report


@dataclass
class _Work:
    """One merge in the making: articles and records side by side, and what was done to which."""

    articles: list[Article]
    records: dict[int, Record]  # by index of ``articles``
    updated: dict[int, str] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def unknown_articles(memory: Memory, incoming: Sequence[Article]) -> list[Article]:
    """The articles of an inbox that the memory has no record of: the model is to be asked for these alone."""
    known = same_articles([record.article for record in memory.records], incoming)
    return [article for i, article in enumerate(incoming) if i not in known]


def merge(
    issue: Issue, memory: Memory, incoming: Sequence[Article], predictions: Mapping[str, Prediction], house: House, facts: Facts,
    *, earlier: Earlier = (), date: str = "", scorer: Scorer | None = None,
) -> Merged:  # fmt: skip
    """Merge an inbox into an issue; ``predictions`` by the index of each of its ``unknown_articles``.

    Where the limit is another than last time, only what no editor has touched moves in or out. 本期重点 is drafted anew
    where it was left as drafted and other articles are printed now.
    """
    work = _Work(list(issue.articles), memory.of(issue.articles))
    edited = [i for i, record in work.records.items() if touched(issue.articles[i], record)]
    here = {record.id for record in work.records.values()}
    absent = [record for record in memory.records if record.id not in here]
    late = _recognise(work, absent, memory, incoming)
    late = _adopt(work, late, predictions, {record.id for record in memory.records})
    first = len(work.articles)
    work.articles += [_placed(predictions[article.path]) for article in late]
    stories = find_stories(work.articles, earlier)
    reasons = _set_apart(work, first, stories, house)
    before = _printed_titles(issue.articles, house)
    waiting = _select(work, first, issue, memory, house, facts)
    reasons |= waiting
    order = _order(work.articles, house, issue.articles)
    merged = replace(issue, articles=tuple(work.articles[i] for i in order), date=date or issue.date)
    highlights = dict(memory.reasons)
    changed = _printed_titles(merged.articles, house) != before
    if changed and drafted_highlights(issue, memory) and memory.records:
        merged, highlights, line = _draft_highlights(merged, house, scorer, stories, order)
        work.lines += [line] if line else []
    if date and date != issue.date:
        work.lines.append(f"日期：{issue.date or '空'}→{date}")
    merged = markdown.parse(markdown.write(merged, house), house)  # as it will be read
    taken = {record.id for record in (*work.records.values(), *absent)}
    for at, i in enumerate(order):
        if i >= first:
            came = late[i - first]
            record = record_of(merged.articles[at], came, predictions[came.path], reasons.get(came.path, ""), taken)
            work.records[i] = replace(record, waits=came.path in waiting)
    records = [work.records[i] for i in order if i in work.records]
    withdrawn = [record for record in absent if not record.withdrawn]
    records += [replace(record, withdrawn=True) for record in absent]
    kept_as_drafted = merged.highlights != issue.highlights or drafted_highlights(issue, memory)
    new_memory = Memory(
        tuple(records), facts.refused, facts.limit, facts.model or memory.model,
        merged.highlights if kept_as_drafted else memory.highlights, highlights,
    )  # fmt: skip
    added = tuple(merged.articles[at] for at, i in enumerate(order) if i >= first)
    existing = range(first)
    report = Report(
        added=tuple((article, reasons.get(article.path, "")) for article in added),
        updated=tuple((work.articles[i].title, why) for i, why in work.updated.items()),
        kept=sum(i not in work.updated and i not in work.gone for i in existing),
        edited=tuple(work.articles[i].title for i in edited if i not in work.updated and i not in work.gone),
        withdrawn=(
            *((record.title, "稿件文件里已经删去，不再放进来") for record in withdrawn),
            *((work.articles[i].title, why) for i, why in work.gone.items()),
        ),
        lines=tuple(work.lines),
    )
    return Merged(merged, new_memory, report)


def _recognise(work: _Work, absent: list[Record], memory: Memory, incoming: Sequence[Article]) -> list[Article]:
    """Find each record's source in the inbox; return what belongs to none. Changed and vanished sources are noted."""
    records = list(memory.records)
    same = same_articles([record.article for record in records], incoming)
    index_of = {record.id: i for i, record in work.records.items()}
    found = {j: incoming[i] for i, j in same.items()}
    for j, record in enumerate(records):
        i, came = index_of.get(record.id), found.get(j)
        if came is None:
            if i is not None and not record.gone:
                work.gone[i] = f"来稿 {record.path} 已不在，稿件文件里的照旧；不登请移到{REJECTED}"
            settled = replace(record, gone=True)
        else:
            settled = replace(record, path=came.path, gone=False, seen="")
            key = key_of(came)
            if key != key_of(record.article) and (i is None or key != key_of(work.articles[i])):
                settled = replace(settled, seen=key)
                if record.seen != key and i is not None:
                    work.updated[i] = changed_source(record, came)
        if i is None:
            absent[[one.id for one in absent].index(record.id)] = settled
        else:
            work.records[i] = settled
            if work.articles[i].path == record.path != settled.path:
                work.articles[i] = replace(work.articles[i], path=settled.path)
    return [article for i, article in enumerate(incoming) if i not in same]


def changed_source(record: Record | Article, came: Article) -> str:
    """What an editor is told of a source that is no longer what was drafted: both versions where they first differ.

    >>> changed_source(Article("题", "投资3亿元。"), Article("题", "投资5亿元。", path="a.txt"))
    '来稿 a.txt 变了，没有采用：原“投资3亿元。”，现“投资5亿元。”'
    """
    label, old, new = ("标题", record.title, came.title) if record.title != came.title else ("", record.body, came.body)
    one, other = first_difference(old, markdown.normalise(new))
    return f"来稿 {came.path} 变了，没有采用：{label}原“{one}”，现“{other}”"


def _adopt(work: _Work, late: list[Article], predictions: Mapping[str, Prediction], taken: set[str]) -> list[Article]:
    """Give articles of the issue file that no record knows (the memory was lost) their source; return the rest."""
    orphans = [i for i in range(len(work.articles)) if i not in work.records]
    same = same_articles([work.articles[i] for i in orphans], late)
    taken = set(taken)
    for j, k in same.items():
        i, came = orphans[k], late[j]
        article = work.articles[i]
        record = record_of(replace(came, column=article.column, duplicate_of=article.duplicate_of), came, predictions[came.path], "", taken)
        if key_of(came) != key_of(article):
            work.updated[i] = changed_source(article, came).replace("变了，没有采用", "与稿件文件里的不同，没有采用")
            record = replace(record, seen=key_of(came))
        work.records[i] = record
    return [article for j, article in enumerate(late) if j not in same]


def _placed(p: Prediction) -> Article:
    return replace(p.article, column=p.column, doubt=sorting.doubt_of(p), fresh=True)


def _set_apart(work: _Work, first: int, stories: Stories, house: House) -> dict[str, str]:
    """Copies of one story and stories of earlier issues out of the columns; the reasons by index of what is new."""
    reasons = {}
    root = {i: stories.copies.get(i, i) for i in range(len(work.articles))}
    groups: dict[int, list[int]] = {}
    for i, j in root.items():
        groups.setdefault(j, []).append(i)
    for i in range(first, len(work.articles)):
        article = work.articles[i]
        standing = [j for j in groups[root[i]] if j < first]
        if standing or root[i] != i:
            j = min(standing, key=lambda j: (work.articles[j].column not in house.column_names, j), default=root[i])
            other = work.articles[j]
            fuller = len(article.body) > len(other.body) * 1.1 and j < first
            why = f"与《{other.title}》是同一篇" + ("，比它更全；要换请自己换" if fuller else "")
            work.articles[i] = replace(article, column=REJECTED, duplicate_of=other.title, doubt="")
            reasons[article.path] = why
        elif i in stories.earlier and article.column in house.column_names:
            name, original = stories.earlier[i]
            work.articles[i] = replace(article, column=RESERVE, duplicate_of=f"{name} {original.title}")
            reasons[article.path] = f"{name}已登过《{original.title}》"
        elif article.column == REJECTED:
            reasons[article.path] = "与刊物无关"
    for i in range(first):
        article, record = work.articles[i], work.records.get(i)
        if i not in stories.earlier or article.column not in house.column_names or article.duplicate_of:
            continue
        name, original = stories.earlier[i]
        mark = f"{name} {original.title}"
        if record is None or touched(article, record):
            if record is None or record.duplicate_of != mark:
                work.lines.append(f"《{article.title}》{name}已登过；手工改过的，留在{article.column}，不登请移到{RESERVE}")
            if record is not None:
                work.records[i] = replace(record, duplicate_of=mark)
        else:
            work.articles[i] = replace(article, column=RESERVE, duplicate_of=mark)
            why = f"{name}已登过《{original.title}》"
            work.records[i] = replace(record, column=RESERVE, duplicate_of=mark, reason=why)
            work.updated[i] = f"{why}，移到{RESERVE}"
    return reasons


def _select(work: _Work, first: int, issue: Issue, memory: Memory, house: House, facts: Facts) -> dict[str, str]:
    """Keep to the limit: what is new takes free places; where the limit changed, what nobody touched moves too."""
    free = bool(memory.limit) and facts.limit != memory.limit
    trial, fixed = list(work.articles), set()
    for i, article in enumerate(work.articles[:first]):
        record = work.records.get(i)
        loose = free and record is not None and not touched(article, record) and article.title not in issue.highlights
        if loose and record.waits and article.column == RESERVE:
            trial[i] = replace(article, column=record.label)
        elif article.column in house.column_names and not loose:
            fixed.add(i)
    marked = tuple(replace(article, path=str(i)) for i, article in enumerate(trial))
    done = select(replace(issue, articles=marked), house, facts.limit, fixed)
    reasons = {}
    for i, chosen in enumerate(done.issue.articles):
        article, why = work.articles[i], done.reasons.get(str(i), "")
        if chosen.column == article.column:
            if i >= first and why:
                reasons[article.path] = why
            continue
        work.articles[i] = replace(article, column=chosen.column)
        if i >= first:
            reasons[article.path] = why
        else:
            where = chosen.column if chosen.column == RESERVE else f"登在{chosen.column}"
            work.updated[i] = f"一期最多 {facts.limit} 篇（原来 {memory.limit} 篇），{'移到' * (chosen.column == RESERVE)}{where}"
            work.records[i] = replace(work.records[i], column=chosen.column, waits=chosen.column == RESERVE, reason=why)
    return reasons


def _order(articles: Sequence[Article], house: House, before: Sequence[Article] | None = None) -> list[int]:
    """The indices of articles in print order. What ``before`` does not have in the same column stands by its level
    between those it has there, which keep their order; without it, all keep theirs."""
    columns: dict[str, list[int]] = {name: [] for name in (*house.column_names, RESERVE, REJECTED)}
    for i, article in enumerate(articles):
        columns[article.column].append(i)
    for name in house.column_names if before is not None else ():
        here = [i for i in columns[name] if i < len(before) and before[i].column == name]
        both = [*here, *(i for i in columns[name] if i not in here)]
        late = [articles[i] for i in both[len(here) :]]
        columns[name] = [both[k] for k in put_between([articles[i] for i in here], late, house)]
    return [i for indices in columns.values() for i in indices]


def _printed_titles(articles: Sequence[Article], house: House) -> list[str]:
    return [article.title for i in _order(articles, house) if (article := articles[i]).column in house.column_names]


def _draft_highlights(
    issue: Issue, house: House, scorer: Scorer | None, stories: Stories, order: Sequence[int]
) -> tuple[Issue, dict[str, str], str]:
    """本期重点 drafted anew, why each leads, and a line if it is another."""
    position = {i: n for n, i in enumerate(order)}
    printed = sum(article.column in house.column_names for article in issue.articles)
    pairs = {position[i]: position[j] for i, j in stories.copies.items() if position[i] < printed and position[j] < printed}
    choices = choose(issue.articles, house, scorer=scorer, copy_of=pairs, issued=issue.date)
    titles = tuple(choice.article.title for choice in choices)
    why = {choice.article.title: "；".join(choice.reasons) for choice in choices}
    new = "".join(f"＋《{title}》" for title in titles if title not in issue.highlights)
    old = "".join(f"－《{title}》" for title in issue.highlights if title not in titles)
    line = f"本期重点没有手工改过，已重新起草：{new}{old}" if new or old else ""
    return replace(issue, highlights=titles), why, line
