"""What people chose and wrote, to compare the tool with: issues with the articles that lead them, articles with a reference.

It checks the files it reads, and refuses to compare.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..bulletin import Article
from ..documents.rows import read_rows
from ..errors import SubaoError, UnreadableFile
from ..house import House
from ..issue.archive import read_issue

Report = Callable[[str], object]
REPORTED = 20  # remarks made one by one
_FIELDS = ("reference", "headline", "title")  # what may stand for a reference, the best first


@dataclass(frozen=True)
class Chosen:
    """The articles of an issue, the indices of those that lead it, and those that each reader chose apart."""

    articles: tuple[Article, ...]
    chosen: frozenset[int]
    readers: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True)
class Referenced:
    """An article as the tool may see it, and the sentence that a person wrote of it."""

    article: Article
    reference: str


@dataclass(frozen=True)
class Marked:
    """An article with its sentences as a reader saw them, the one that the reader would print, and others that would do.

    ``best`` is -1 where none can stand. ``second`` is what another reader took, apart: (best, good), or None.
    """

    article: Article
    sentences: tuple[str, ...]
    best: int
    good: frozenset[int]
    second: tuple[int, frozenset[int]] | None = None

    @property
    def accepted(self) -> frozenset[int]:
        """The best one and those that would do; empty where none can stand."""
        return self.good | {self.best} if self.best >= 0 else frozenset()


def indices_of(articles: Sequence[Article], some: Iterable[Article]) -> set[int]:
    """Where some of the articles stand; two that say the same are two."""
    numbered = {id(article): i for i, article in enumerate(articles)}
    return {numbered[id(article)] for article in some}


def _at_most(report: Report, most: int = REPORTED) -> Report:
    """The same, but silent after so many lines."""
    numbers = itertools.count()

    def told(line: str) -> None:
        if (number := next(numbers)) <= most:
            report(line if number < most else f"这样的提示超过 {most} 条，以下不再一一列出")

    return told


def read_chosen(paths: Iterable[Path], house: House, report: Report) -> list[Chosen]:
    """Read issue files (.md) with their 本期重点, and JSONL: an issue a line (``articles``, ``chosen``, ``readers``).

    Only articles in the house's columns could have been chosen. ``report`` is told of issues and lines that cannot be
    used and of titles that no article has.
    """
    found: list[Chosen] = []
    report = _at_most(report)
    for path in paths:
        if path.suffix.lower() == ".jsonl":
            entries = ((f"{path} 第 {number} 行", row) for number, row in read_rows(path, report))
        else:
            issue = read_issue(path, house)
            entries = iter([(str(path), {"articles": issue.articles, "chosen": issue.highlights})])
        for place, row in entries:
            try:
                found.append(_chosen(place, row, house, report))
            except UnreadableFile as error:
                report(f"跳过 {error}")
    if not found:
        raise SubaoError("没有可对照的一期：给出写好本期重点的稿件文件 .md，或每行一期的 .jsonl（articles、chosen）")
    return found


def _chosen(place: str, row: dict, house: House, report: Report) -> Chosen:
    try:
        articles = [a if isinstance(a, Article) else _article(a) for a in row["articles"]]
        articles = [article for article in articles if article.column in house.column_names]
        chosen = _indices(articles, row["chosen"], place, report)
        readers = tuple(_indices(articles, titles, place, report) for titles in row.get("readers") or ())
    except (KeyError, TypeError) as error:
        remedy = "要有 articles（每篇 column、title、body）和 chosen（选中的标题）；readers 可有可无，每位读者一个标题列表"
        raise UnreadableFile(place, "看不懂这一期", remedy) from error
    if not chosen:
        raise UnreadableFile(place, "没有选出的文章", "请先写好本期重点，标题要与栏目里的文章相同")
    return Chosen(tuple(articles), chosen, readers)


def _article(row: dict) -> Article:
    if not all(isinstance(row[field], str) for field in ("column", "title", "body")):
        raise TypeError("column, title and body are text")
    return Article(row["title"], row["body"], column=row["column"])


def _indices(articles: Sequence[Article], titles: Sequence[str], place: str, report: Report) -> frozenset[int]:
    """Where the titles stand; of two articles with one title the first, unless it is named twice."""
    if isinstance(titles, str):
        raise TypeError("titles are a list")
    found: list[int] = []
    for title in titles:
        new = [i for i, article in enumerate(articles) if article.title == title and i not in found][:1]
        if not new:
            report(f"{place}：重点“{title}”不是哪一篇的标题，没有算进去")
        found += new
    return frozenset(found)


def read_marked(paths: Iterable[Path], report: Report) -> list[Marked]:
    """Read JSONL with ``title``, ``body``, ``sentences``, ``best``, ``good`` and, of a second reader, ``second`` {best, good}.

    Empty where no row has ``sentences``: then the file is one for ``read_referenced``. ``report`` is told of rows that
    cannot be used.
    """
    told = _at_most(report)
    rows = [(f"{path} 第 {number} 行", row) for path in paths for number, row in read_rows(path, told) if "sentences" in row]
    found = []
    for place, row in rows:
        try:
            found.append(_marked(row))
        except (KeyError, TypeError, ValueError) as error:
            told(f"跳过 {place}：看不懂（{error}）；要有 body、sentences、best（序号，没有可用的写 -1）和 good（序号的列表）")
    if rows and not found:
        raise SubaoError("没有可对照的文章：每行要有 title、body、sentences、best 和 good")
    return found


def _marked(row: dict) -> Marked:
    sentences = tuple(map(str, row["sentences"]))

    def picks(row: dict) -> tuple[int, frozenset[int]]:
        best, good = int(row["best"]), frozenset(map(int, row.get("good") or ()))
        if any(not -1 <= i < len(sentences) for i in (best, *good)):
            raise ValueError(f"序号超出 0–{len(sentences) - 1}")
        return best, good - {-1}

    if not isinstance(row["body"], str):
        raise TypeError("body 不是文字")
    second = row.get("second")
    article = Article(str(row.get("title") or ""), row["body"], path=str(row.get("id") or ""), column=row.get("column"))
    return Marked(article, sentences, *picks(row), picks(second) if isinstance(second, dict) else None)


def read_referenced(paths: Iterable[Path], report: Report) -> list[Referenced]:
    """Read articles (JSONL or parquet: ``body``, perhaps ``title``) with what a person wrote of them.

    That is ``reference``, else ``headline``, else ``title``. The title is hidden from the tool unless it is known to be
    no answer: beside a ``reference`` that differs from it.
    """
    told = _at_most(report)
    rows = [row for path in paths for _, row in read_rows(path, told)]
    found = [pair for row in rows if (pair := _referenced(row))]
    if len(found) < len(rows):
        report(f"没有正文或参考句（reference、headline 或 title）的 {len(rows) - len(found)} 篇，没有算进去")
    if not found:
        raise SubaoError("没有可对照的文章：每篇要有 body，和 reference、headline 或 title")
    return found


def _referenced(row: dict) -> Referenced | None:
    """The article and the reference of a row, None where one of them is missing."""
    fields = {field: value for field in ("body", *_FIELDS) if isinstance(value := row.get(field), str) and value.strip()}
    reference = next((fields[field] for field in _FIELDS if field in fields), "")
    if not ("body" in fields and reference):
        return None
    title = fields.get("title", "") if "reference" in fields else ""
    return Referenced(Article(title if title != reference else "", fields["body"]), reference)
