"""What the bulletin is made of: articles, issues, predictions, highlights, and the house they live in.

Frozen values without behaviour of their own; reading, judging and printing them is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REJECTED = "不收录"  # the label of what does not belong in the bulletin; not a column, never printed
HIGHLIGHTS = "本期重点"  # the heading of the titles that lead the issue
NO_TITLE = "（无标题）"  # what is printed for an article without a title
RESERVE = "备选"  # the heading of articles kept for another issue
MANIFEST = "分栏清单.csv"  # what sorting into folders leaves there; such a folder is no inbox
ACCOUNT = "稿件清单.csv"  # the register: where each article of an issue went; such a folder is no inbox either
REGISTER = "稿件清单.xlsx"  # the same for Excel and WPS
HISTORY = "历史"  # the folder of earlier versions of an issue's files
MEMORY = ".速报"  # the folder of what the drafts of an issue remember
PICTURES = "图"  # the folder of an issue's pictures
CORRECTIONS = "更正.jsonl"  # every correction of the model's columns, for learning


@dataclass(frozen=True)
class Picture:
    """A picture of an article; its body holds one line ``![caption](图/name)`` where the picture stands."""

    name: str  # a file name, from the hash of ``data``: the same picture has the same name
    data: bytes
    caption: str = ""


@dataclass(frozen=True)
class Article:
    """One incoming or published article. Empty fields were not in the source; nothing is invented.

    ``path`` is the article's place (a file, or file and line), relative to the inbox; it identifies it.
    ``notes`` are the reader's remarks in Chinese, e.g. that the title was guessed.
    """

    title: str
    body: str
    source: str = ""
    date: str = ""  # YYYY-MM-DD
    path: str = ""
    column: str | None = None
    part: str = ""  # train or test, where labelled data fix it
    second: str = ""  # in labelled data: the column that the reader would have taken next
    confidence: int = 0  # in labelled data: the reader's, 3 clear, 2 fairly sure, 1 a toss-up; 0 not said
    also: str = ""  # in labelled data: another column that counts as right
    notes: tuple[str, ...] = ()
    doubt: str = ""  # what stands in the mark 请核对, e.g. "标准化 41%"
    duplicate_of: str = ""  # the path (in an issue file: the title) of the fuller article with the same story
    key_sentence: str = ""  # the sentence of the body that an editor picked for it
    pictures: tuple[Picture, ...] = ()  # as read from a document; in an issue file they lie beside it, in 图/
    fresh: bool = False  # it came after the first draft of the issue and nobody has looked at it: the mark 新到


@dataclass(frozen=True)
class Issue:
    """One issue of the bulletin; articles in print order, each with its column; highlights are titles."""

    articles: tuple[Article, ...] = ()
    number: str = ""
    date: str = ""  # YYYY-MM-DD
    institution: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """The model's answer for one article: a probability for each label, in the model's order."""

    article: Article
    scores: Mapping[str, float]
    doubtful: bool = False

    @property
    def column(self) -> str:
        """The most probable label; ties go to the earlier one."""
        return max(self.scores, key=self.scores.__getitem__)

    @property
    def confidence(self) -> float:
        """The probability of ``column``, 0–1."""
        return self.scores[self.column]

    @property
    def second(self) -> str:
        """The second most probable label."""
        rest = {label: p for label, p in self.scores.items() if label != self.column}
        return max(rest, key=rest.__getitem__)


@dataclass(frozen=True)
class Highlight:
    """One key sentence: ``article.body[start:end] == sentence`` (code points).

    ``stands`` is False for a first sentence that is given because none can stand alone.
    """

    article: Article
    sentence: str
    start: int
    end: int
    score: float
    stands: bool = True
