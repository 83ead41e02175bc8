"""What is open or wrong in an issue file before it is printed: one remark a line, with the way out.

Knows the text of an issue file, the house, and what the draft remembers; it changes nothing and prints nothing.
An error prints something wrong or loses an article; the rest is for the editor to judge.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..bulletin import REJECTED, RESERVE, Article, Issue
from ..documents.article import GUESSED
from ..documents.provenance import parse_date
from ..house import House
from ..text.characters import HAN, han_share
from ..text.terminal import shorten
from .identity import alike, letters
from .markdown import BadIssueFile, Numbered, is_source, lines_of, normalise, parse_with_lines, remark, sections
from .markdown import parse_front_matter as front_matter
from .memory import Memory, Record

SHOWN = 40  # columns of a terminal for a title
A_YEAR = datetime.timedelta(366)
OPENING = 24  # letters of a body that are looked for elsewhere
SOME_CHINESE = re.compile(f"[{HAN}].*[{HAN}].*[{HAN}]")
BARE_HEADING = re.compile(r"[#＃]+(?=[^\s#＃])")


@dataclass(frozen=True)
class Remark:
    """Something an editor should look at; an error stops ``subao issue`` unless ``--anyway`` is given."""

    line: int  # of the issue file, from 1; 0: of the issue as a whole
    text: str  # Chinese: what, and what to do
    error: bool = False


def check(text: str, house: House, memory: Memory | None = None) -> list[Remark]:
    """Every slip found in an issue file, in the order of its lines; ``memory`` is what the draft of it remembers."""
    try:
        issue, lines = parse_with_lines(text, house)
    except BadIssueFile as error:
        return [Remark(error.line, str(error).partition("行：")[2], True), *_of_headings(text, house)]
    printed = [(a, n) for a, n in zip(issue.articles, lines, strict=True) if a.column in house.column_names]
    found = [
        *_of_front(issue, printed),
        *_of_highlights(text, issue, [article for article, _ in printed]),
        *_of_headings(text, house),
        *_of_articles(issue, lines, printed),
        *_of_twins(printed),
        *_of_dates(issue, printed),
        *(_of_draft(issue, lines, memory, text) if memory else ()),
    ]
    return sorted(found, key=lambda one: (one.line, not one.error))


def with_remarks(text: str, remarks: Sequence[Remark]) -> tuple[str, list[Remark]]:
    """The text with each remark as a line of its own below the line it is about, the earlier ones removed; and the
    remarks with the numbers that the lines have then. Nothing is put among the lines at the head of the file.

    >>> with_remarks("# 标准化\\n## 甲\\n", [Remark(2, "没有正文。")])
    ('# 标准化\\n## 甲\\n<!-- 提醒: 没有正文。 -->\\n', [Remark(line=2, text='没有正文。', error=False)])
    """
    ending = "\r\n" if "\r\n" in text else "\n"
    mark = "\ufeff" * text.startswith("\ufeff")
    numbered = lines_of(text)
    try:
        head = front_matter(numbered)[1]
    except BadIssueFile:
        head = len(numbered)
    below: dict[int, list[Remark]] = {}
    for one in remarks:
        below.setdefault(one.line, []).append(one)
    kept, moved = [], [one for one in remarks if not one.line]
    for index, (number, line) in enumerate(numbered):
        kept.append(line)
        about = below.get(number, [])
        moved += [replace(one, line=len(kept)) for one in about]
        if index >= head:
            kept += [remark(one.text) for one in about]
    return mark + ending.join(kept), moved


def _of_front(issue: Issue, printed: Sequence[tuple[Article, int]]) -> Iterator[Remark]:
    if empty := [label for label, value in (("期号", issue.number), ("日期", issue.date)) if not value]:
        yield Remark(0, f"{'、'.join(empty)}空着，封面上就没有这一行；可在稿件文件开头填写")
    if unknown := [article for article, _ in printed if not article.source]:
        yield Remark(0, f"{len(unknown)} 篇没有来源，请补：{'、'.join(map(_name, unknown[:5]))}")
    if issue.date and not parse_date(issue.date):
        yield Remark(0, f"日期“{issue.date}”不是一个日子，先照样印出；请写成 2022-05-15 的样子")
    if doubtful := sum(bool(article.doubt) for article, _ in printed):
        yield Remark(0, f"还有 {doubtful} 篇标着“请核对”")


def _of_highlights(text: str, issue: Issue, printed: Sequence[Article]) -> Iterator[Remark]:
    """Titles under 本期重点 that name no printed article; a title that was changed only in one place is a remark."""
    titles = {article.title for article in printed}
    elsewhere = {article.title: article.column for article in issue.articles if article.column in (RESERVE, REJECTED)}
    strange = [title for title in issue.highlights if title not in titles or issue.highlights.count(title) > 1]
    numbers = {normalise(line): number for number, line in reversed(lines_of(text))} if strange else {}
    for title in dict.fromkeys(strange):
        line = next((number for shown, number in numbers.items() if shown.endswith(title) and not shown.startswith("#")), 0)
        if issue.highlights.count(title) > 1:
            yield Remark(line, f"本期重点里“{_short(title)}”写了两次；请删去一个")
        if title in titles:
            continue
        near = max(printed, key=lambda article: alike(Article(article.title, ""), Article(title, "")), default=None)
        if title in elsewhere:
            yield Remark(line, f"本期重点里的“{_short(title)}”这一篇在{elsewhere[title]}里，不登；请删去这一行，或把文章移回栏目", True)
        elif near and alike(Article(near.title, ""), Article(title, "")) >= 0.5:
            yield Remark(line, f"本期重点里的“{_short(title)}”与标题“{_short(near.title)}”不一样，先照样印出；改过标题的请一并改")
        else:
            yield Remark(line, f"本期重点里的“{_short(title)}”与本期各篇的标题都对不上，文章已不在本期；请删去这一行，或改成现在的标题", True)


def _of_headings(text: str, house: House) -> Iterator[Remark]:
    """Headings that are no more headings, or not quite: 政策法规 without #, ##标题, a second article within one."""
    numbered = lines_of(text)
    try:
        start = front_matter(numbered)[1]
    except BadIssueFile:
        return
    names = {re.sub(r"\s", "", name): name for name in (*house.column_names, RESERVE, REJECTED)}
    raw = dict(numbered)
    present: set[str] = set()
    for number, level, title, content in sections(numbered, start):
        if level == 1:
            present.add(re.sub(r"\s|[:：]$", "", title))
        for at, line in [(number, raw[number]), *content] if level else []:
            if line.lstrip()[:1] in ("#", "＃") and (bare := BARE_HEADING.match(normalise(line))) and len(bare[0]) < 4:
                shown = normalise(line)[:20]
                yield Remark(at, f"“{shown}”的 {bare[0]} 后面少一个空格，先当作标题；请补上空格，如是正文请在行首加 \\")
        if level == 2:
            yield from _of_content(title, content)
    for number, _, _, content in sections(numbered, start):
        for at, line in content if names.keys() - present else []:
            bare = re.sub(r"\s|^\\|[#＃]|[:：]$", "", line)
            if number and bare in names and bare not in present:
                way = f"请改回“# {names[bare]}”"
                yield Remark(at, f"“{names[bare]}”这个栏目的标题成了正文，下面的文章都归到了上一个栏目；{way}", True)


def _of_content(title: str, content: Sequence[Numbered]) -> Iterator[Remark]:
    """Signs that a second article melted into this one: a source line, or marks, in mid-text."""
    filled = [(number, line.strip()) for number, line in content if line.strip()]
    ended = False
    for i, (number, line) in enumerate(filled):
        text = not line.startswith("<!--")
        if is_source(line) and i < len(filled) - 1:
            ended = True
            yield Remark(number, f"来源在《{_short(title)}》的正文中间；多半是下一篇的“## 标题”丢了，请补上，如是正文请在行首加 \\", True)
        elif not text and not ended and any(not above.startswith("<!--") for _, above in filled[:i]):
            ended = True
            yield Remark(number, f"标记在《{_short(title)}》的正文中间；多半是上面一行的“## ”丢了，请补上", True)


def _of_articles(issue: Issue, lines: Sequence[int], printed: Sequence[tuple[Article, int]]) -> Iterator[Remark]:
    for article, line in zip(issue.articles, lines, strict=True):
        if not article.title and not article.body:
            yield Remark(line, "这一篇是空的，没有标题也没有正文；请删去这一行“##”，或补上文章", True)
    for article, line in printed:
        if not article.title and article.body:
            yield Remark(line, f"这一篇没有标题（正文：“{_short(article.body)}”）；请在“## ”后面写上标题", True)
        elif article.title and not article.body:
            yield Remark(line, f"《{_short(article.title)}》没有正文，只印标题；请补上，或移到{RESERVE}")
        if len(article.body) > 40 and not SOME_CHINESE.match(article.body) and han_share(article.body[:2000]) < 0.05:
            yield Remark(line, f"《{_short(article.title)}》几乎没有汉字，分栏不可靠；请看一看是不是该登")
        if _cut(article):
            yield Remark(line, f"标题“{_short(article.title)}”像是没有写完；请补全，“本期重点”里也照改")


def _cut(article: Article) -> bool:
    """Whether a title breaks off: with …, or in the middle of the body's first sentence."""
    title = article.title.rstrip()
    if title.endswith(("…", "...", "，", "、")):
        return True
    rest = article.body.partition("\n")[0]
    return len(title) >= 12 and rest.startswith(title) and bool(re.match(r"\w", rest[len(title) :]))


def _of_twins(printed: Sequence[tuple[Article, int]]) -> Iterator[Remark]:
    """Two articles with one title; with one text too, it was pasted twice."""
    first: dict[str, Article] = {}
    for article, line in printed:
        name = letters(article.title)
        if name and name in first:
            other = first[name]
            twice = letters(article.body) == letters(other.body)
            what = "正文也一样，会印两遍；请删去一篇" if twice else "请改一个，“本期重点”和目录里才分得清"
            yield Remark(line, f"{_name(article)}与{other.column}里的一篇标题相同，{what}", twice)
        first.setdefault(name, article)


def _of_dates(issue: Issue, printed: Sequence[tuple[Article, int]]) -> Iterator[Remark]:
    day = _day(issue.date)
    for article, line in printed:
        written = _day(article.date)
        if not day or not written:
            continue
        if written > day:
            what = f"{_name(article)}的日期 {article.date} 在本期日期 {issue.date} 之后；请核对哪一个写错了"
            yield Remark(line, what, True)
        elif written < day - A_YEAR:
            yield Remark(line, f"{_name(article)}是 {article.date} 的，比本期早一年以上；请核对日期，或看是不是还要登")


def _of_draft(issue: Issue, lines: Sequence[int], memory: Memory, text: str) -> Iterator[Remark]:
    """Articles of the draft that are nowhere any more, and titles that the draft had guessed."""
    pairs = memory.of(issue.articles)
    here = {record.id for record in pairs.values()}
    lost = [record for record in memory.records if record.id not in here]
    headings = Counter(letters(article.title) for article in issue.articles)
    plain = [(number, letters(line)) for number, line in lines_of(text) if lost and line.strip()]
    gone = []
    for record in lost:
        name, opening = letters(record.title), letters(record.body.partition("\n")[0])[:OPENING]
        at = next((n for n, line in plain if name and line == name), 0) if not headings[name] else 0
        at = at or next((n for n, line in plain if opening and len(opening) >= 8 and line.startswith(opening)), 0)
        if at:
            host = max((i for i, line in enumerate(lines) if line <= at), key=lambda i: lines[i], default=None)
            into = f"，并进了{_name(issue.articles[host])}" if host is not None else ""
            if host in pairs and _of_one_file(record, pairs[host]):
                yield Remark(at, f"{_name(record)}{into[1:]}：来稿里本是一个文件，合成了一篇；要分开就在它的标题前补上“## ”")
                continue
            way = "请在它的标题前补上“## ”"
            yield Remark(at, f"{_name(record)}的标题行丢了{into}；{way}", True)
        elif not record.withdrawn:
            gone.append(record)
    if gone:
        names = "、".join(map(_name, gone[:5])) + "等" * (len(gone) > 5)
        yield Remark(0, f"来稿里的 {len(gone)} 篇已不在稿件文件里：{names}；不登的移到{REJECTED}就行，误删的可用 subao undo 找回")
    for i, record in sorted(pairs.items()):
        article = issue.articles[i]
        if GUESSED in record.notes and article.title == record.title and article.column not in (RESERVE, REJECTED):
            yield Remark(lines[i], f"标题“{_short(article.title)}”是从正文推测的；请核对，改过就不再提醒")


def _of_one_file(one: Record, other: Record) -> bool:
    """Two parts that reading had split out of one file: an editor may join them again."""
    return "#" in one.path and one.path.rpartition("#")[0] == other.path.rpartition("#")[0]


def _name(article: Article | Record) -> str:
    return f"《{_short(article.title)}》" if article.title else f"无标题的一篇（{_short(article.body)}）"


def _short(text: str) -> str:
    return shorten(text.partition("\n")[0], SHOWN)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
