"""What an editor does at the desk, as one small step from an issue to the next.

It knows issues and the fields of an action as the page sends it; it refuses to know files, models and browsers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..bulletin import REJECTED, RESERVE, Article, Issue
from ..documents.provenance import parse_date
from ..errors import SubaoError
from ..house import House
from ..text.characters import normalise, read_number

_MISSING = "这一篇已经不在稿件文件里（可能在别处改过）；请刷新页面"


def keys_of(articles: Sequence[Article]) -> list[str]:
    """The name of each article on the page: its place in the inbox, else a hash of its text; no two alike.

    >>> keys_of([Article("甲", "", path="a.txt"), Article("乙", "", path="a.txt")])
    ['a.txt', 'a.txt~2']
    """
    keys: list[str] = []
    taken: set[str] = set()
    for article in articles:
        name = key = article.path or _text_key(article)
        count = 1
        while key in taken:
            count += 1
            key = f"{name}~{count}"
        taken.add(key)
        keys.append(key)
    return keys


def _text_key(article: Article) -> str:
    text = "\0".join((article.title, article.body))
    return f"text:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def decide(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    """The issue after one action; SubaoError where it cannot be done.

    ``{"do": "place", "key": "a.txt", "column": "标准化"}`` moves an article and takes away its mark 请核对.
    """
    step = _STEPS.get(str(action.get("do", "")))
    if step is None:
        raise SubaoError(f"不认识的操作“{action.get('do', '')}”；请刷新页面")
    return step(issue, action, house)


def _place(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    """Into a column: before the article ``before``, at the end (null), or, in the same column, where it stands."""
    at = _index(issue, action)
    column = str(action.get("column", ""))
    headings = (*house.column_names, RESERVE, REJECTED)
    if column not in headings:
        raise SubaoError(f"没有“{column}”这个栏目；栏目有：{'、'.join(headings)}")
    article = issue.articles[at]
    moved = settled(replace(article, column=column))
    keys = keys_of(issue.articles)
    rest = [a for i, a in enumerate(issue.articles) if i != at]
    before = action.get("before")
    if before is not None:
        if before not in keys:
            raise SubaoError(_MISSING)
        where = keys.index(str(before)) - (keys.index(str(before)) > at)
        if before == keys[at] or rest[where].column != column:
            raise SubaoError(f"“{column}”里没有要放在它前面的那一篇；请刷新页面")
    elif column == article.column and "before" not in action:
        where = at
    else:
        rank = headings.index(column)
        where = next((i for i, a in enumerate(rest) if headings.index(a.column) > rank), len(rest))
    articles = (*rest[:where], moved, *rest[where:])
    leads = issue.highlights
    if column not in house.column_names and not _printed_twin(articles, moved, house):
        leads = tuple(title for title in leads if title != article.title)
    return replace(issue, articles=articles, highlights=leads)


def _accept(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    return _with(issue, _index(issue, action), settled)


def _highlight(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    """Among 本期重点 or no longer: ``on`` true or false."""
    article = issue.articles[_index(issue, action)]
    without = tuple(title for title in issue.highlights if title != article.title)
    if not action.get("on"):
        return replace(issue, highlights=without)
    if article.column not in house.column_names:
        raise SubaoError(f"这一篇在{article.column}里，不印出来；先放进一个栏目，再列为重点")
    if not article.title:
        raise SubaoError("这一篇没有标题；先写上标题，再列为重点")
    return issue if article.title in issue.highlights else replace(issue, highlights=(*issue.highlights, article.title))


def _order_highlights(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    titles = action.get("titles")
    if not isinstance(titles, list) or sorted(map(str, titles)) != sorted(issue.highlights):
        raise SubaoError("本期重点已在别处改过；请刷新页面再排")
    return replace(issue, highlights=tuple(titles))


def _pick_sentence(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    """The key sentence an editor picks: it must stand in the article; empty takes the choice back."""
    at, sentence = _index(issue, action), str(action.get("sentence", ""))
    if sentence and sentence not in issue.articles[at].body:
        raise SubaoError("正文里没有这一句；请刷新页面再选")
    return _with(issue, at, lambda article: replace(article, key_sentence=sentence))


def _edit(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    """Title, source, date or text of an article; 本期重点 follows a new title, a key sentence that is gone goes."""
    at, field, text = _index(issue, action), str(action.get("field", "")), normalise(str(action.get("to", "")))
    article = issue.articles[at]
    if field == "title":
        title = text.replace("\n", " ")
        if not title:
            raise SubaoError("标题不能空着")
        alone = sum(a.title == article.title for a in issue.articles) == 1
        leads = tuple(title if old == article.title and alone else old for old in issue.highlights)
        return replace(_with(issue, at, lambda a: replace(a, title=title)), highlights=leads)
    if field == "source":
        return _with(issue, at, lambda a: replace(a, source=text.replace("\n", " ")))
    if field == "date":
        date = parse_date(text)
        if text and not date:
            raise SubaoError(f"日期“{text}”看不懂；请写成 2022-05-15 的样子")
        return _with(issue, at, lambda a: replace(a, date=date))
    if field == "body":
        kept = article.key_sentence if article.key_sentence in text else ""
        return _with(issue, at, lambda a: replace(a, body=text, key_sentence=kept))
    raise SubaoError(f"“{field}”不能在这里改")


def _edit_issue(issue: Issue, action: Mapping[str, object], house: House) -> Issue:
    """The issue's number and date."""
    field, text = str(action.get("field", "")), normalise(str(action.get("to", ""))).replace("\n", " ")
    if field == "number":
        number = read_number(text) or read_number(f"第{text}期")
        if text and not number:
            raise SubaoError(f"期号要写数字，如 46，不能是“{text}”")
        return replace(issue, number=number)
    if field == "date":
        date = parse_date(text)
        if text and not date:
            raise SubaoError(f"日期“{text}”看不懂；请写成 2022-05-15 的样子")
        return replace(issue, date=date)
    raise SubaoError(f"“{field}”不能在这里改")


def name_of(action: Mapping[str, object]) -> str:
    """What an action is called in the history: ``name_of({"do": "place", "column": "标准化"}) -> "移到标准化"``."""
    if action.get("do") == "place":
        return f"移到{action.get('column', '')}"
    return _NAMES.get(str(action.get("do")), "")


_NAMES = {
    "accept": "看过", "highlight": "重点", "order-highlights": "重点的次序", "sentence": "要点", "edit": "改文字", "edit-issue": "期号日期",
}  # fmt: skip


def settled(article: Article) -> Article:
    """The article without the marks that ask an editor to look at it."""
    return replace(article, doubt="", fresh=False)


_STEPS: dict[str, Callable[[Issue, Mapping[str, object], House], Issue]] = {
    "place": _place, "accept": _accept, "highlight": _highlight, "order-highlights": _order_highlights,
    "sentence": _pick_sentence, "edit": _edit, "edit-issue": _edit_issue,
}  # fmt: skip


def _index(issue: Issue, action: Mapping[str, object]) -> int:
    keys = keys_of(issue.articles)
    if action.get("key") not in keys:
        raise SubaoError(_MISSING)
    return keys.index(str(action["key"]))


def _with(issue: Issue, at: int, change: Callable[[Article], Article]) -> Issue:
    return replace(issue, articles=tuple(change(a) if i == at else a for i, a in enumerate(issue.articles)))


def _printed_twin(articles: Sequence[Article], moved: Article, house: House) -> bool:
    """Whether another article of that title is still printed, so that the title may go on leading the issue."""
    return any(a is not moved and a.title == moved.title and a.column in house.column_names for a in articles)
