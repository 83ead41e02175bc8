"""What an article is worth, 0–3, learnt from a reader's grades; measured by issues held out, and written for the choice.

    python -m nlp.training.merit GRADED.jsonl … [--chosen ISSUES.jsonl …] [--model DIR | --alone] [-o models/highlights]

GRADED has an issue a line, ``articles`` with a ``grade``, ``chosen`` titles; of --chosen issues only the choice is
measured. One kernel ridge over four blocks: words of titles, words of leads, the named signals, and how near the
encoder's vector is to those of some ``MARKS``.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bulletin import Article
from ..duplicates import clusters, find_duplicates
from ..evaluation.gold import Chosen, read_chosen
from ..evaluation.intervals import resampled_means
from ..files import write_file
from ..highlights.features import COLUMN, NEUTRAL, READ, SUBJECT, importance, nearness, plain_signals, unit
from ..highlights.lexicon import READ_TASTE, TASTE, Lexicon, as_json, parts, pieces
from ..highlights.ranking import CROWDED, spread
from ..highlights.weights import ARTICLES, Weights, save_weights
from ..house import House, load_house
from ..model.folder import shipped_model
from .listwise import folds
from .readers import add_reader, cached, reader_of

OFTEN = 5  # articles that must use a word
LEAST = 2  # thousandths of a grade: what says less, in a title and in a lead, is left out
IN_TITLE, IN_LEAD, SIGNAL, READING = 0.25, 0.25, 0.05, 1.0  # how much of the ridge, which is 1, each block's average product is
MARKS = 1200  # articles whose vectors the others' are compared with
TAKEN = 0.5  # of a grade: what it says besides that the reader took it for one of the five


@dataclass(frozen=True)
class Merit:
    """What was learnt: words, named weights, and what nearness to the marks counts (empty without an encoder)."""

    taste: Lexicon
    named: dict[str, float]
    reading: dict[str, np.ndarray]
    middle: float  # what the reading of an average article counts


class Table:
    """The blocks of some articles, and the products of all pairs of them."""

    def __init__(self, articles: Sequence[Article], house: House, vectors: np.ndarray | None, marks: int = MARKS) -> None:
        texts = [[pieces(part) for part in parts(article.title, article.body)] for article in articles]
        used = Counter(word for title, lead in texts for word in title | lead)
        self.words = sorted(word for word, n in used.items() if n >= OFTEN and word.isalnum() and not any(map(str.isdigit, word)))
        self.blocks = [self._words([pair[half] for pair in texts], share) for half, share in enumerate((IN_TITLE, IN_LEAD))]
        weight = {column.name: column.weight for column in house.columns}
        signals = [[(kind, float(value)) for kind, _, value in plain_signals(a)] + [(COLUMN, weight.get(a.column, 0.0)), *((name, float(name == a.column)) for name in weight)] for a in articles]
        self.kinds = [kind for kind, _ in signals[0]]
        raw = np.array([[value for _, value in row] for row in signals])
        spread_ = raw.std(axis=0)
        self.scale = np.sqrt(SIGNAL / len(self.kinds)) * np.where(spread_ > 0, 1 / np.maximum(spread_, 0.05), 0.0)
        self.signals = (raw - raw.mean(axis=0)) * self.scale
        self.middles = raw.mean(axis=0)
        self.products = self.signals @ self.signals.T
        for block, _ in self.blocks:
            self.products += (block @ block.T).toarray()
        self.marks = self.back = None
        if vectors is not None:
            self._read(np.stack([unit(vector) for vector in vectors]).astype(np.float64), marks)

    def _words(self, texts: Sequence[set[str]], share: float):
        """A row for each text with what its words weigh, rarer ones more, and these weights."""
        from scipy.sparse import csr_matrix

        column_of = {word: i for i, word in enumerate(self.words)}
        entries = [(row, column_of[word]) for row, text in enumerate(texts) for word in text if word in column_of]
        rows, columns = np.array(entries, dtype=int).reshape(-1, 2).T
        rare = np.log((1 + len(texts)) / (1 + np.bincount(columns, minlength=len(column_of))))
        rare *= np.sqrt(share * len(texts) / max(1e-9, float((rare[columns] ** 2).sum())))
        return csr_matrix((rare[columns], (rows, columns)), shape=(len(texts), len(column_of))), rare

    def _read(self, vectors: np.ndarray, marks: int) -> None:
        """Nearness to the marks, turned so that its products are those of all articles with each other (Nyström)."""
        self.marks = vectors[np.random.default_rng(13).permutation(len(vectors))[:marks]].astype(np.float16).astype(np.float64)
        values, axes = np.linalg.eigh(nearness(self.marks, self.marks))
        keep = values > 1e-4
        self.back = np.sqrt(READING) * axes[:, keep] / np.sqrt(values[keep])
        self.near = nearness(vectors, self.marks) @ self.back

    def learnt(self, rows: np.ndarray, grades: np.ndarray, read: bool) -> Merit:
        """The ridge over ``rows``, with the encoder's reading or without, in the terms of the words and names."""
        mean = grades.mean()
        products = self.products[np.ix_(rows, rows)]
        if read:
            middle = self.near[rows].mean(axis=0)
            centred = self.near[rows] - middle
            products = products + centred @ centred.T
        dual = np.linalg.solve(products + np.eye(len(rows)), grades - mean)
        bias = float((grades - mean - products @ dual).mean() + mean)
        words = np.stack([(block[rows].T @ dual) * rare for block, rare in self.blocks])
        thousandths = np.rint(1000 * words.T).astype(int)
        kept = {word: tuple(pair) for word, pair in zip(self.words, thousandths.tolist(), strict=True) if max(map(abs, pair)) >= LEAST}
        weights = self.scale * (self.signals[rows].T @ dual)
        named = dict(zip(self.kinds, weights.tolist(), strict=True))
        taste = Lexicon(round(1000 * (bias - float(self.middles @ weights))), kept)
        if not read:
            return Merit(taste, named, {}, 0.0)
        turned = centred.T @ dual
        return Merit(taste, named, {"whole": self.marks, "whole_counts": self.back @ turned}, float(middle @ turned))


def graded_articles(files: Sequence[Path]) -> tuple[list[Article], np.ndarray, np.ndarray, np.ndarray]:
    """All articles with a grade, their grades, whether each was chosen, and the number of the issue of each."""
    found, grades, issues, taken = [], [], [], []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            issue = json.loads(line)
            for row in issue["articles"]:
                found.append(Article(row["title"], row["body"], column=row["column"]))
                grades.append(float(row["grade"]))
                issues.append(number)
                taken.append(row["title"] in issue["chosen"])
    return found, np.array(grades), np.array(taken, dtype=float), np.array(issues)


def merit_of(grades: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """What is learnt: the grade, and a little more for those taken, with the mean and spread of the grades."""
    merit = grades + TAKEN * taken
    return grades.mean() + (merit - merit.mean()) * (grades.std() / max(1e-9, merit.std()))


def grade_by(merit: Merit, article: Article, house: House, vector: np.ndarray | None) -> float:
    """The grade that was learnt for an article, as the tool computes it."""
    weights = Weights(merit.named | {SUBJECT: 1.0, READ: 1.0}, merit.named | {SUBJECT: 1.0}, merit.reading, {"whole": merit.middle})
    return importance(article, house, vector if merit.reading else None, weights=weights, taste=merit.taste)


def held_out_grades(articles, grades, issues, others: Sequence[Article], house: House, vectors, read: bool, k: int, seed: int):
    """Grades under what was learnt from other issues, and of ``others`` from all but their near-duplicates.

    An article's near-duplicates are never learnt from, in whatever issue they stand.
    """
    every = [*articles, *others]
    group = np.array(clusters([f"{a.title}{a.body}" for a in every]))
    fold = np.concatenate([folds(issues, k, seed), np.full(len(others), -1)]) if len(others) else folds(issues, k, seed)
    table = Table(articles, house, None if vectors is None else vectors[: len(articles)])
    found = np.zeros(len(every))
    for part in (*range(k), *((-1,) if len(others) else ())):
        out = np.flatnonzero(fold == part)
        rows = np.flatnonzero((fold[: len(articles)] != part) & ~np.isin(group[: len(articles)], group[out]))
        merit = table.learnt(rows, grades[rows], read)
        for i in out:
            found[i] = grade_by(merit, every[i], house, None if vectors is None else vectors[i])
    return found


def hits(issues: Sequence[Chosen], grades: Sequence[Sequence[float]], copies: Sequence[dict[int, int]], crowded: float = CROWDED) -> np.ndarray:
    """Of each issue how many of those chosen the tool chooses too, as many as the readers; ``copies`` are its duplicates."""
    found = []
    for issue, grade, copy_of in zip(issues, grades, copies, strict=True):
        taken = spread(list(grade), [a.column for a in issue.articles], len(issue.chosen), copy_of, crowded=crowded)
        found.append(len(set(taken) & issue.chosen))
    return np.array(found)


def _line(name: str, figures: np.ndarray) -> str:
    low, high = np.percentile(resampled_means(figures.astype(float), 13), [2.5, 97.5])
    return f"{name}：{len(figures)} 期，命中 {figures.mean():.2f} [{low:.2f}, {high:.2f}]"


def main(arguments: list[str] | None = None) -> None:
    from scipy.stats import spearmanr

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graded", type=Path, nargs="+")
    parser.add_argument("--chosen", type=Path, nargs="*", default=[])
    add_reader(parser)
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("-o", "--output", type=Path, default=shipped_model("highlights"))
    options = parser.parse_args(arguments)
    house = load_house()
    articles, grades, taken, numbers = graded_articles(options.graded)
    learnt = merit_of(grades, taken)
    known, extra = read_chosen(options.graded, house, print), read_chosen(options.chosen, house, print) if options.chosen else []
    others = [article for issue in extra for article in issue.articles]
    reader, vectors = reader_of(options), None
    if reader:
        vectors = np.concatenate(cached(options.cache, [(a.title, a.body) for a in [*articles, *others]], lambda texts: [v[None] for v in reader.wholes(texts)]))
    for read in (False, True)[: 1 + (vectors is not None)]:
        found = held_out_grades(articles, learnt, numbers, others, house, vectors, read, options.folds, options.seed)
        print(f"\n{'加上编码器的向量' if read else '只用词和有名的特征'}")
        print(f"与读者评分的 Spearman（留出的 {len(articles)} 篇）：{spearmanr(found[: len(articles)], grades).statistic:.3f}", flush=True)
        at = 0
        for name, issues in (("评过分的各期", known), ("另外的各期", extra)):
            if issues:
                sizes = np.cumsum([0, *(len(issue.articles) for issue in issues)]) + at
                own = [found[a:b] for a, b in itertools.pairwise(sizes)]
                copies = [find_duplicates(issue.articles) for issue in issues]
                others_cost = "、".join(f"{cost}：{hits(issues, own, copies, cost).mean():.2f}" for cost in (0.0, 0.05, 0.1, 0.15, 0.2, 0.3))
                print(_line(name, hits(issues, own, copies)), f"；同栏每篇扣分 {others_cost}", flush=True)
                at = sizes[-1]
    table, rows = Table(articles, house, None if vectors is None else vectors[: len(articles)]), np.arange(len(articles))
    alone = table.learnt(rows, learnt, False)
    best = alone if vectors is None else table.learnt(rows, learnt, True)
    named = {SUBJECT: 1.0, READ: 1.0}
    weights = Weights(best.named | named, alone.named | named, best.reading, {"whole": best.middle})
    save_weights(ARTICLES, weights, options.output)
    for name, merit in ((TASTE, alone), *(((READ_TASTE, best),) if vectors is not None else ())):
        write_file(options.output / name, as_json(merit.taste).encode(), force=True)
    print(f"\n写好：{options.output}（{len(alone.taste.words)} 个词；一般的文章 {NEUTRAL}）")


if __name__ == "__main__":
    main()
