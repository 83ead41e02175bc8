"""What the bulletin is made of: articles, issues, predictions, highlights, and the house they live in.

Frozen values without behaviour of their own; reading, judging and printing them is done elsewhere.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REJECTED = "不收录"  # the label of what does not belong in the bulletin; not a column, never printed
HIGHLIGHTS = "本期重点"  # the heading of the titles that lead the issue
NO_TITLE = "（无标题）"  # what is printed for an article without a title
RESERVE = "备选"  # the heading of articles kept for another issue
MANIFEST = "分栏清单.csv"  # what sorting into folders leaves there; such a folder is no inbox
ACCOUNT = "稿件清单.csv"  # what a draft leaves there: where each article went; such a folder is no inbox either


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
    notes: tuple[str, ...] = ()
    doubt: str = ""  # what stands in the mark 请核对, e.g. "标准化 41%"
    duplicate_of: str = ""  # the path (in an issue file: the title) of the fuller article with the same story


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
    """One key sentence: ``article.body[start:end] == sentence`` (code points)."""

    article: Article
    sentence: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Column:
    """A column of the bulletin with the house's rules for it."""

    name: str
    include: str = ""
    exclude: str = ""
    weight: float = 0.0  # how much its articles lean towards 本期重点: the house's taste, 0 = none


@dataclass(frozen=True)
class House:
    """A newsroom: its bulletin, its columns in print order, its home city. Read from a house file."""

    name: str
    institution: str
    statement: str
    contact: str
    columns: tuple[Column, ...]
    home_column: str
    home_city: str
    home_names: tuple[str, ...]  # what else means the home city: districts, parks, universities
    home_traps: tuple[str, ...]  # strings that contain such a name and mean something else

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in print order, without 不收录."""
        return tuple(column.name for column in self.columns)


@functools.cache
def load_house(path: Path | None = None) -> House:
    """Read a house file (TOML); without a path, the one of 《4.0 信息速报》 beside this module."""
    import sys

    from .errors import UnreadableFile

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    path = path or Path(__file__).with_name("house.toml")
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        home = facts.get("home", {})
        house = House(
            name=facts["name"],
            institution=facts["institution"],
            statement=facts.get("statement", ""),
            contact=facts.get("contact", ""),
            columns=tuple(Column(c["name"], c.get("include", ""), c.get("exclude", ""), float(c.get("weight", 0))) for c in facts["column"]),
            home_column=home.get("column", ""),
            home_city=home.get("city", ""),
            home_names=tuple(home.get("names", ())),
            home_traps=tuple(home.get("traps", ())),
        )
        texts = (house.name, house.institution, house.statement, house.contact, house.home_column, house.home_city)
        if not all(isinstance(text, str) for text in (*texts, *house.column_names)):
            raise TypeError("文字要加引号")
        names = house.column_names
        if not names or len({*names, "", REJECTED, RESERVE, HIGHLIGHTS}) < len(names) + 4:
            raise ValueError("栏目不能空着、重名，也不能叫备选、不收录、本期重点")
        return house
    except OSError as error:
        raise UnreadableFile(path, "打不开刊物设定文件", "请检查 --house 后面的路径") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"刊物设定文件不是有效的 TOML（{error}）", "可照 nlp/house.toml 改写") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFile(path, f"刊物设定文件缺少字段，或填得不对（{error}）", "可照 nlp/house.toml 改写") from error
