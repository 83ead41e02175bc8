"""subao (速报): incoming articles sorted into the columns of a bulletin, its highlights drafted, the issue set in Word.

    >>> from nlp import Article, ColumnClassifier
    >>> ColumnClassifier.load().predict([Article("新国家标准发布", "…")])[0].column  # doctest: +SKIP
    '标准化'

The rooms, from the ground up; a room imports only what stands below it (tests/test_floors.py holds that):

    errors bulletin house files duplicates   one tree of errors, the values, the house file, safe writing, copies
    text/        characters, sentences, places: strings in, strings out
    documents/   a file of any kind -> lines -> Article       model/        Article -> a probability for each column
    published/   a printed issue -> Issue                     highlights/   key sentences, the choice for 本期重点
    issue/       Issue <-> Markdown, draft, merge, checks     word/         Issue -> Word
    evaluation/  beside what the editors chose                training/     labelled articles -> a model folder
    learning/    corrections -> a better model                desk/         the local page
    scale/       an archive -> a folder of answers, by Ray    api          what ``from nlp import …`` gives
    cli/         the only room that prints

Three words that could mean much mean one thing: a place is where something lies on the disk, a file or a file and line;
printed is what stands in the columns of an issue, what former issues printed is ``earlier``; said are lines for the user.

To add:

- a format: a reader in ``documents/`` from bytes to ``Document``, a line in ``documents/kinds.py`` (name and first
  bytes) and one in ``documents/__init__.py``; the hostile files of ``tests/`` take it up by its suffix;
- a feature of highlights: a row in ``highlights/`` that says a name, a strength from 0 to 1 and the sentence for the
  editor; then refit the weights with the command that stands beside them;
- a metric: a function in ``evaluation/`` from truth and answers to a number 0-1, a field of the dataclass that
  ``as_dict`` and ``table`` show, and a case worked by hand in ``tests/``.

Importing this package loads no library: each name is looked up in its room when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors and type checkers; at run time __getattr__ finds them
    from .api import (
        choose_highlights,
        draft,
        evaluate,
        key_sentences,
        parse_issue,
        read_articles,
        read_published,
        typeset,
        write_issue,
    )
    from .bulletin import Article, Issue
    from .errors import SubaoError
    from .house import load_house
    from .model.classifier import ColumnClassifier

__version__ = "0.1.0"

__all__ = [
    "Article", "ColumnClassifier", "Issue", "SubaoError", "choose_highlights", "draft", "evaluate", "key_sentences",
    "load_house", "parse_issue", "read_articles", "read_published", "typeset", "write_issue",
]  # fmt: skip
_ROOMS = {
    "Article": "bulletin", "Issue": "bulletin", "SubaoError": "errors", "load_house": "house",
    "ColumnClassifier": "model.classifier",
}  # fmt: skip


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f".{_ROOMS.get(name, 'api')}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
