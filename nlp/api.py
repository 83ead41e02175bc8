"""What a Python program asks of the house: paths in, values out, the house and the model in use filled in.

Each function is a few lines over one room, which has the whole choice; nothing is decided, printed or kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .bulletin import Article, Highlight, Issue
from .errors import SubaoError, UnreadableFile, system_reason
from .house import House, load_house

if TYPE_CHECKING:
    from .evaluation.columns import Evaluation
    from .highlights.ranking import Choice
    from .issue.draft import Draft
    from .model.classifier import ColumnClassifier


def read_articles(path: str | Path, on_error: Callable[[UnreadableFile], object] | None = None) -> list[Article]:
    """The articles of a folder, a file or, for "-", standard input, in the order of the input.

    ``on_error`` is told of every file and row that cannot be read, and the others go on; without it the first one is
    raised.
    """
    from .documents import articles

    def refuse(error: UnreadableFile) -> None:
        raise error

    return articles.read_articles(path, on_error or refuse)


def read_published(path: str | Path, house: House | None = None) -> Issue:
    """A printed issue (txt, docx, pdf) as an Issue; ``nlp.published`` also says where every line went."""
    from .published.issue import read_published

    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableFile(path, f"打不开（{system_reason(error)}）", "请检查路径和权限") from error
    return read_published(data, str(path), house or load_house()).issue


def parse_issue(text: str, house: House | None = None) -> Issue:
    """The Issue that the text of an issue file says; BadIssueFile (a SubaoError) names the line that does not fit."""
    from .issue.markdown import parse

    return parse(text, house or load_house())


def write_issue(issue: Issue, house: House | None = None) -> str:
    """The text of an issue file; ``parse_issue(write_issue(issue)) == issue``."""
    from .issue.markdown import write

    return write(issue, house or load_house())


def key_sentences(article: Article, n: int = 1, classifier: ColumnClassifier | None = None) -> list[Highlight]:
    """The n sentences that say best what an article is about, with where they stand: by rules, and by a classifier's encoder.

    ``body[highlight.start:highlight.end] == highlight.sentence``
    """
    from .highlights.key_sentences import key_sentences
    from .model.states import reader_of

    return key_sentences(article, n, reader_of(classifier))


def choose_highlights(
    articles: Sequence[Article],
    k: int | None = None,
    classifier: ColumnClassifier | None = None,
    house: House | None = None,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
) -> list[Choice]:
    """The k articles (default: a third) that lead an issue, with reasons and key sentences; titles in ``must`` are among them."""
    from .highlights.ranking import choose
    from .model.states import reader_of

    return choose(articles, house or load_house(), k, scorer=reader_of(classifier), must=must, never=never)


def draft(
    articles: Sequence[Article],
    classifier: ColumnClassifier | None = None,
    house: House | None = None,
    limit: int = 20,
    number: str = "",
    date: str = "",
    earlier: Sequence[tuple[str, Article]] = (),
) -> Draft:
    """An issue of at most ``limit`` articles (``.issue``), with the reason for each and the choices behind 本期重点.

    ``earlier`` are (name of the issue, article) of what earlier issues printed, which is not printed again.
    """
    from .duplicates import find_duplicates
    from .issue import draft as drafting
    from .issue.sorting import Sorted
    from .model.classifier import ColumnClassifier
    from .model.states import reader_of

    house = house or load_house()
    classifier = classifier or ColumnClassifier.load(house=house)
    inbox = Sorted(classifier.predict(articles), find_duplicates(articles))
    return drafting.draft(inbox, house, limit, earlier, number, date, reader_of(classifier))


def typeset(issue: Issue, house: House | None = None, template: bytes | None = None) -> bytes:
    """The .docx of an issue, with true page numbers in the contents where LibreOffice is there to find them."""
    from .word.page_numbers import PagesUnknown, find_pages
    from .word.typeset import printed, typeset

    house = house or load_house()
    unnumbered = typeset(issue, house, template=template)
    try:
        return typeset(issue, house, find_pages(unnumbered, len(printed(issue, house))), template)
    except PagesUnknown:
        return unnumbered


def evaluate(
    articles: Sequence[Article], classifier: ColumnClassifier | None = None, house: House | None = None
) -> Evaluation:
    """How a classifier judges labelled articles (``article.column``); ``print(evaluate(articles).table())``."""
    from .evaluation.columns import evaluate
    from .model.classifier import ColumnClassifier

    if unlabelled := [article for article in articles if not article.column]:
        raise SubaoError(f"{len(unlabelled)} 篇没有栏目，如《{unlabelled[0].title[:40]}》；请先给 Article 写上 column 再评测")
    classifier = classifier or ColumnClassifier.load(house=house or load_house())
    truth = [article.column for article in articles]
    model = classifier.signature if classifier.folder else ""
    return evaluate(truth, classifier.predict(articles), classifier.card.threshold, model=model)
