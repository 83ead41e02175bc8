"""An issue to Word: cover, 本期重点, 目录, the columns with their articles, the statement at the end.

It knows the order of the bulletin and what each line of it is; how a line looks is written in ``stylesheet``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from ..bulletin import HIGHLIGHTS, NO_TITLE, REJECTED, RESERVE, Article, Issue
from ..errors import SubaoError
from ..house import House
from .body import set_body
from .flow import Placement
from .measure import measure
from .package import Pages, bind
from .runs import broken, clean, field, link, paragraph, run
from .stylesheet import HEI, OURS, fit
from .titles import Room, break_entry, break_title

PICTURES = 1000  # more than an article has
NOTICE = "内部参考　注意保存"
CONTENTS, STATEMENT = "目录", "版权及合理使用声明"
CONTENTS_FIELD = r'TOC \o "1-2" \n "1-1" \h \z \u'  # headings 1 and 2, no number beside a column, links

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def typeset(
    issue: Issue, house: House, pages: Sequence[int] | None = None, template: bytes | None = None,
    pictures: Mapping[str, bytes] | None = None, placements: Mapping[int, Placement] | None = None,
) -> bytes:
    """Set an issue as a .docx; what stands under 备选 and 不收录 is not printed, an empty field leaves its line out.

    ``pages``: the page of each article of ``printed(issue, house)``; without them the contents carry no numbers.
    ``template``: an editor's own .docx, whose page, styles, head and foot are kept (UnreadableFile if it cannot be).
    ``pictures``: the bytes of the pictures that the articles' lines name; one that is not there is left out.
    ``placements``: how some pictures are set so that they leave no page half empty (``flow.fill_page``).
    """
    articles = printed(issue, house)
    if pages is not None and len(pages) != len(articles):
        raise ValueError(f"{len(pages)} page numbers for {len(articles)} articles")
    number = _number(issue.number)
    columns = [(name, list(group)) for name, group in itertools.groupby(articles, lambda article: article.column)]
    room = OURS if template is None else measure(template)
    front = [*_cover(issue, house, template is None), *_highlights(issue, articles, room), *_contents(columns, pages, room)]
    head = f"{run(house.name)}<w:r><w:tab/></w:r>{run(number)}" if number else run(house.name)
    return bind(
        Pages(
            front="".join(front),
            body="".join([*_columns(columns, house, room, pictures or {}, placements or {}), *_statement(house)]),
            head=paragraph("Header", head),
            foot=paragraph("Footer", run("— ") + field("PAGE", run("1")) + run(" —")),
            entries=_contents_lines(columns, room),
            number=clean(number),
            title=clean(f"{house.name} {number}".strip()),
            author=clean(issue.institution or house.institution),
            date=issue.date,
            pictures=pictures or {},
        ),
        template,
    )


def printed(issue: Issue, house: House) -> list[Article]:
    """The articles that are printed, in print order; one in a column the house does not have is a SubaoError."""
    order = {name: i for i, name in enumerate(house.column_names)}
    for article in issue.articles:
        if article.column not in (*order, RESERVE, REJECTED):
            known = "、".join((*order, RESERVE, REJECTED))
            raise SubaoError(f"文章“{article.title}”的栏目“{article.column}”不在刊物设定里；栏目有：{known}")
    return sorted((a for a in issue.articles if a.column in order), key=lambda article: order[article.column])


def _cover(issue: Issue, house: House, ours: bool) -> list[str]:
    found = _DATE.fullmatch(issue.date)
    date = f"{found[1]} 年 {int(found[2])} 月 {int(found[3])} 日" if found else issue.date
    lines = (
        ("CoverNotice", run(NOTICE)),
        ("CoverName", run(house.name, fit(house.name) if ours else "")),
        ("CoverNumber", run(_number(issue.number))),
        ("CoverInstitution", run(issue.institution or house.institution)),
        ("CoverDate", run(date)),
    )
    return [paragraph(style, runs) for style, runs in lines if runs]


def _highlights(issue: Issue, articles: list[Article], room: Room) -> list[str]:
    """本期重点: a title a line, each leading to its article."""
    numbers = {article.title: i for i, article in reversed(list(enumerate(articles)))}
    lines = []
    for title in issue.highlights:
        text = clean(title).strip()
        runs = broken(break_title(text, room.highlight, centred=False))
        lines.append(paragraph("Highlight", link(_article_mark(numbers[title]), runs) if title in numbers else runs))
    return [paragraph("HighlightsHeading", run(HIGHLIGHTS, font=HEI)), *lines] if lines else []


def _contents(columns: list[tuple[str, list[Article]]], pages: Sequence[int] | None, room: Room) -> list[str]:
    """目录: a field that Word can bring up to date, its entries written out."""
    if not columns:
        return []
    entries = []
    numbers = itertools.count()
    for i, (column, articles) in enumerate(columns):
        entries.append(("TOC1", link(_column_mark(i), run(column, font=HEI))))
        for article in articles:
            number = next(numbers)
            title = _title(article)
            entry = broken(break_entry(title, room.entry))
            if pages is not None:
                entry += "<w:r><w:tab/></w:r>" + field(rf"PAGEREF {_article_mark(number)} \h", run(str(pages[number])))
            entries.append(("TOC2", link(_article_mark(number), entry)))
    begin, end = field(CONTENTS_FIELD, "|").split("|")
    (style, first), *rest = entries
    return [
        paragraph("TOCHeading", run(CONTENTS), "<w:pageBreakBefore/>"),  # a template's own does not break
        paragraph(style, begin + first),
        *itertools.starmap(paragraph, rest),
        paragraph("ContentsEnd", end),
    ]


def _columns(
    columns: list[tuple[str, list[Article]]], house: House, room: Room, pictures: Mapping[str, bytes], placements: Mapping[int, Placement]
) -> Iterator[str]:
    numbers = itertools.count()
    for i, (column, articles) in enumerate(columns):
        yield _heading("Heading1", [column], _column_mark(i))
        for article in articles:
            number = next(numbers)
            yield _heading("Heading2", break_title(_title(article), room.title), _article_mark(number))
            facts = [article.source] + [article.date] * bool(article.date and house.print_dates)
            yield from set_body(article, house, room, pictures, number * PICTURES + 1, bool(article.source), placements)
            if article.source:
                yield paragraph("ArticleSource", run(f"（来源：{'，'.join(facts)}）"))


def _statement(house: House) -> Iterator[str]:
    texts = [("Statement", line) for line in house.statement.split("\n")]
    texts += [("Contact", line) for line in house.contact.split("\n")]
    if any(line.strip() for _, line in texts):
        yield paragraph("StatementHeading", run(STATEMENT))
        yield from (paragraph(style, run(line)) for style, line in texts if line.strip())


def _title(article: Article) -> str:
    return clean(article.title).strip() or NO_TITLE


def _number(number: str) -> str:
    """How a number is printed: ``_number("46") -> "第 46 期"``; one that already says 期 stays as it is."""
    return number if not number or "期" in number else f"第 {number} 期"


def _column_mark(number: int) -> str:
    return f"_Toc1{number:08}"


def _article_mark(number: int) -> str:
    return f"_Toc2{number:08}"


def _contents_lines(columns: list[tuple[str, list[Article]]], room: Room) -> float:
    """How many lines high the contents are; a column takes a third more than a title on one line."""
    titles = (_title(article) for _, articles in columns for article in articles)
    return len(columns) * 4 / 3 + sum(len(break_entry(title, room.entry)) for title in titles)


def _heading(style: str, lines: Sequence[str], mark: str) -> str:
    number = f'w:id="{mark.removeprefix("_Toc")}"'
    start = f'<w:bookmarkStart {number} w:name="{mark}"/>'
    return paragraph(style, f"{start}{broken(lines, HEI)}<w:bookmarkEnd {number}/>")
