"""An issue to Word: cover, 本期重点, 目录, the columns with their articles, the statement at the end.

It knows the order of the bulletin and what each line of it is; how a line looks is written in ``stylesheet``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from html import escape

from ..bulletin import HIGHLIGHTS, NO_TITLE, REJECTED, RESERVE, Article, Issue
from ..errors import SubaoError
from ..house import House
from .package import Pages, bind
from .stylesheet import HEI, HIGHLIGHT, SONG, UNBROKEN, UNTURNED, Turn, balance, balance_entry, contents_lines, ems, fit

NOTICE = "内部参考　注意保存"
CONTENTS, STATEMENT = "目录", "版权及合理使用声明"
CONTENTS_FIELD = r'TOC \o "1-2" \n "1-1" \h \z \u'  # headings 1 and 2, no number beside a column, links

_ILLEGAL = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SUBHEADING = re.compile(r"### (\S.*)")
_MARKS = re.compile(r"((?<=[A-Za-z])’(?=[A-Za-z]))|(…+)|((?:^|(?<=[!-~])|(?<=[!-~] ))[“”‘’—]+)")


def typeset(issue: Issue, house: House, pages: Sequence[int] | None = None, template: bytes | None = None) -> bytes:
    """Set an issue as a .docx; what stands under 备选 and 不收录 is not printed, an empty field leaves its line out.

    ``pages``: the page of each article of ``printed(issue, house)``; without them the contents carry no numbers.
    ``template``: an editor's own .docx, whose page, styles, head and foot are kept (UnreadableFile if it cannot be).
    """
    articles = printed(issue, house)
    if pages is not None and len(pages) != len(articles):
        raise ValueError(f"{len(pages)} page numbers for {len(articles)} articles")
    number = _number(issue.number)
    columns = [(name, list(group)) for name, group in itertools.groupby(articles, lambda article: article.column)]
    ours = template is None  # the size of the type is known
    front = [*_cover(issue, house, ours), *_highlights(issue, articles, ours), *_contents(columns, pages, ours)]
    head = f"{_run(house.name)}<w:r><w:tab/></w:r>{_run(number)}" if number else _run(house.name)
    return bind(
        Pages(
            front="".join(front),
            body="".join([*_columns(columns, ours), *_statement(house)]),
            head=_paragraph("Header", head),
            foot=_paragraph("Footer", _run("— ") + _field("PAGE", _run("1")) + _run(" —")),
            entries=contents_lines(len(columns), map(_title, articles)),
            number=_clean(number),
            title=_clean(f"{house.name} {number}".strip()),
            author=_clean(issue.institution or house.institution),
            date=issue.date,
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
        ("CoverNotice", _run(NOTICE)),
        ("CoverName", _run(house.name, fit(house.name) if ours else "")),
        ("CoverNumber", _run(_number(issue.number))),
        ("CoverInstitution", _run(issue.institution or house.institution)),
        ("CoverDate", _run(date)),
    )
    return [_paragraph(style, runs) for style, runs in lines if runs]


def _highlights(issue: Issue, articles: list[Article], ours: bool) -> list[str]:
    """本期重点: a title a line, each leading to its article."""
    places = {article.title: i for i, article in reversed(list(enumerate(articles)))}
    lines = []
    for title in issue.highlights:
        text = _clean(title).strip()
        turn = balance(text, HIGHLIGHT, "left") if ours else UNTURNED
        runs = _turned(text, turn)
        runs = _link(_article_mark(places[title]), runs) if title in places else runs
        lines.append(_paragraph("Highlight", runs, turn.indents))
    return [_paragraph("HighlightsHeading", _run(HIGHLIGHTS, font=HEI)), *lines] if lines else []


def _contents(columns: list[tuple[str, list[Article]]], pages: Sequence[int] | None, ours: bool) -> list[str]:
    """目录: a field that Word can bring up to date, its entries written out."""
    if not columns:
        return []
    entries = []
    places = itertools.count()
    for i, (column, articles) in enumerate(columns):
        entries.append(("TOC1", _link(_column_mark(i), _run(column, font=HEI))))
        for article in articles:
            place = next(places)
            title = _title(article)
            entry = _turned(title, balance_entry(title) if ours else UNTURNED)
            if pages is not None:
                entry += "<w:r><w:tab/></w:r>" + _field(rf"PAGEREF {_article_mark(place)} \h", _run(str(pages[place])))
            entries.append(("TOC2", _link(_article_mark(place), entry)))
    begin, end = _field(CONTENTS_FIELD, "|").split("|")
    (style, first), *rest = entries
    return [
        _paragraph("TOCHeading", _run(CONTENTS), "<w:pageBreakBefore/>"),  # a template's own does not break
        _paragraph(style, begin + first),
        *itertools.starmap(_paragraph, rest),
        _paragraph("ContentsEnd", end),
    ]


def _columns(columns: list[tuple[str, list[Article]]], ours: bool) -> Iterator[str]:
    places = itertools.count()
    for i, (column, articles) in enumerate(columns):
        yield _heading("Heading1", column, _column_mark(i))
        for article in articles:
            title = _title(article)
            yield _heading("Heading2", title, _article_mark(next(places)), balance(title) if ours else UNTURNED)
            yield from _article(article)


def _article(article: Article) -> Iterator[str]:
    lines = [line.strip() for line in article.body.splitlines()]
    facts = article.source and "，".join([article.source] + [article.date] * bool(article.date))
    for i, line in enumerate(lines):
        if heading := _SUBHEADING.fullmatch(line):
            yield _paragraph("Heading3", _run(heading[1], font=HEI))
        else:  # keepLines: Word alone would break a paragraph that is kept with the source
            kept = facts and i == len(lines) - 1 and ems(line) <= UNBROKEN
            yield _paragraph("BodyText", _run(line), "<w:keepNext/><w:keepLines/>" if kept else "")
    if facts:
        yield _paragraph("ArticleSource", _run(f"（来源：{facts}）"))


def _statement(house: House) -> Iterator[str]:
    texts = [("Statement", line) for line in house.statement.split("\n")]
    texts += [("Contact", line) for line in house.contact.split("\n")]
    if any(line.strip() for _, line in texts):
        yield _paragraph("StatementHeading", _run(STATEMENT))
        yield from (_paragraph(style, _run(line)) for style, line in texts if line.strip())


def _title(article: Article) -> str:
    return _clean(article.title).strip() or NO_TITLE


def _number(number: str) -> str:
    """How a number is printed: ``_number("46") -> "第 46 期"``; one that already says 期 stays as it is."""
    return number if not number or "期" in number else f"第 {number} 期"


def _column_mark(place: int) -> str:
    return f"_Toc1{place:08}"


def _article_mark(place: int) -> str:
    return f"_Toc2{place:08}"


def _paragraph(style: str, runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def _heading(style: str, text: str, mark: str, turn: Turn = UNTURNED) -> str:
    number = f'w:id="{mark.removeprefix("_Toc")}"'
    runs = f'<w:bookmarkStart {number} w:name="{mark}"/>{_turned(text, turn, HEI)}<w:bookmarkEnd {number}/>'
    return _paragraph(style, runs, turn.indents)


def _turned(text: str, turn: Turn, font: str = SONG) -> str:
    """A title as runs, the character at which it turns over apart."""
    if not turn.stretched:
        return _run(text, font=font)
    before, last, after = text[: turn.end - 1], text[turn.end - 1], text[turn.end :]
    return _run(before, font=font) + _run(last, turn.stretched, font) + _run(after, font=font)


def _run(text: str, properties: str = "", font: str = SONG) -> str:
    """Text as runs: quotation marks and dashes as wide as Chinese ones, an apostrophe in English narrow.

    The hint is for Word. LibreOffice takes marks beside Latin letters for Latin, so those have a Chinese font and
    language; and it would part a …… in Chinese, but not in a language that never does.
    """
    hint = '<w:rFonts w:hint="eastAsia"/>'
    wide = f'<w:rFonts w:hint="eastAsia" w:ascii="{font}" w:hAnsi="{font}"/>'
    chinese, unparted = '<w:lang w:val="zh-CN"/>', '<w:lang w:val="zh-CN" w:eastAsia="en-US"/>'
    kinds = itertools.cycle(((hint, ""), ("", ""), (wide, unparted), (wide, chinese)))  # as the groups of _MARKS
    return "".join(
        f"<w:r><w:rPr>{fonts}{properties}{language}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t></w:r>'
        for piece, (fonts, language) in zip(_MARKS.split(_clean(text)), kinds, strict=False)
        if piece
    )


def _link(mark: str, runs: str) -> str:
    return f'<w:hyperlink w:anchor="{mark}" w:history="1">{runs}</w:hyperlink>'


def _field(instruction: str, result: str) -> str:
    """A field of Word around what it shows until it is brought up to date."""
    edge = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return edge("begin") + code + edge("separate") + result + edge("end")


def _clean(text: str) -> str:
    """One line without the characters that XML does not allow."""
    return _ILLEGAL.sub("", " ".join(text.splitlines()))
