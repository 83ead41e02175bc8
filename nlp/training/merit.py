"""What an article is worth, 0–3, learnt from a reader's grades; measured by issues held out, and written for the choice.

    python -m nlp.training.merit GRADED.jsonl … [--chosen ISSUES.jsonl …] [--model DIR | --base DIR | --alone] [-o models/highlights]

GRADED has an issue a line, ``articles`` with a ``grade``, ``chosen`` titles; of --chosen issues only the choice is
measured. One ridge over three blocks: the words of title and lead, the named signals, the encoder's vector.
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
from ..highlights.features import COLUMN, NEUTRAL, READ, SUBJECT, importance, plain_signals, unit
from ..highlights.lexicon import READ_TASTE, TASTE, Lexicon, as_json, parts, pieces
from ..highlights.ranking import CROWDED, spread
from ..highlights.weights import ARTICLES, Weights, save_weights
from ..house import House, load_house
from ..model.folder import shipped_model
from .listwise import folds
from .readers import add_reader, cached, reader_of

RIDGE = 60.0
OFTEN = 5  # articles that must use a word
LEAST = 4  # thousandths of a grade: what says less, in a title and in a lead, is left out
IN_LEAD, SIGNAL, VECTOR = 0.6, 2.0, 12.0  # how much freer than a word of a title the weights of the other blocks are


@dataclass(frozen=True)
class Merit:
    """What was learnt: words, named weights, and what the encoder's vector counts (empty without one)."""

    taste: Lexicon
    named: dict[str, float]
    vector: np.ndarray
    middle: float  # what the vector of an average article counts


class Table:
    """The three blocks of some articles, and the products of all pairs of them."""

    def __init__(self, articles: Sequence[Article], house: House, vectors: np.ndarray | None) -> None:
        from scipy.sparse import csr_matrix

        texts = [[pieces(part) for part in parts(article.title, article.body)] for article in articles]
        used = Counter(word for title, lead in texts for word in title | lead)
        self.words = sorted(word for word, n in used.items() if n >= OFTEN and word.isalnum() and not any(map(str.isdigit, word)))
        place = {word: i for i, word in enumerate(self.words)}
        entries = [(row, place[word] + half * len(place), (1.0, IN_LEAD)[half]) for row, pair in enumerate(texts) for half in (0, 1) for word in pair[half] if word in place]
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        self.texts = csr_matrix((values, (rows, columns)), shape=(len(articles), 2 * len(place)))
        weight = {column.name: column.weight for column in house.columns}
        signals = [[(kind, float(value)) for kind, _, value in plain_signals(a)] + [(COLUMN, weight.get(a.column, 0.0))] for a in articles]
        self.kinds = [kind for kind, _ in signals[0]]
        self.signals = SIGNAL * np.array([[value for _, value in row] for row in signals])
        self.vectors = np.zeros((len(articles), 0)) if vectors is None else VECTOR * np.stack([unit(vector) for vector in vectors])
        self.products = (self.texts @ self.texts.T).toarray() + self.signals @ self.signals.T

    def learnt(self, rows: np.ndarray, grades: np.ndarray, read: bool) -> Merit:
        """The ridge over ``rows``, with the vectors or without, in the primal's own terms."""
        middle, mean = self.vectors[rows].mean(axis=0), grades.mean()
        vectors = self.vectors[rows] - middle if read else np.zeros((len(rows), 0))
        products = self.products[np.ix_(rows, rows)] + vectors @ vectors.T
        dual = np.linalg.solve(products + RIDGE * np.eye(len(rows)), grades - mean)
        bias = float((grades - mean - products @ dual).mean() + mean)
        words = self.texts[rows].T @ dual * np.repeat([1.0, IN_LEAD], len(self.words))
        thousandths = np.rint(1000 * words.reshape(2, -1).T).astype(int)
        kept = {word: tuple(pair) for word, pair in zip(self.words, thousandths.tolist(), strict=True) if max(map(abs, pair)) >= LEAST}
        named = dict(zip(self.kinds, (SIGNAL * (self.signals[rows].T @ dual)).tolist(), strict=True))
        vector = VECTOR * (vectors.T @ dual)
        return Merit(Lexicon(round(1000 * bias), kept), named, vector, float(middle @ vector / VECTOR) if read else 0.0)


def graded_articles(files: Sequence[Path]) -> tuple[list[Article], np.ndarray, np.ndarray]:
    """All articles with a grade, their grades, and the number of the issue of each."""
    found, grades, issues = [], [], []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            for row in json.loads(line)["articles"]:
                found.append(Article(row["title"], row["body"], column=row["column"]))
                grades.append(float(row["grade"]))
                issues.append(number)
    return found, np.array(grades), np.array(issues)


def grade_by(merit: Merit, article: Article, house: House, vector: np.ndarray | None) -> float:
    """The grade that was learnt for an article, as the tool computes it."""
    weights = Weights(merit.named | {SUBJECT: 1.0, READ: 1.0}, merit.named | {SUBJECT: 1.0}, {"whole": merit.vector}, {"whole": merit.middle})
    return importance(article, house, vector if len(merit.vector) else None, weights=weights, taste=merit.taste)


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
    articles, grades, numbers = graded_articles(options.graded)
    known, extra = read_chosen(options.graded, house, print), read_chosen(options.chosen, house, print) if options.chosen else []
    others = [article for issue in extra for article in issue.articles]
    reader, vectors = reader_of(options), None
    if reader:
        vectors = np.concatenate(cached(options.cache, [(a.title, a.body) for a in [*articles, *others]], lambda texts: [v[None] for v in reader.wholes(texts)]))
    for read in (False, True)[: 1 + (vectors is not None)]:
        found = held_out_grades(articles, grades, numbers, others, house, vectors, read, options.folds, options.seed)
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
    alone = table.learnt(rows, grades, False)
    best = alone if vectors is None else table.learnt(rows, grades, True)
    named = {SUBJECT: 1.0, READ: 1.0}
    weights = Weights(best.named | named, alone.named | named, {} if vectors is None else {"whole": best.vector}, {"whole": best.middle})
    save_weights(ARTICLES, weights, options.output)
    for name, merit in ((TASTE, alone), *(((READ_TASTE, best),) if vectors is not None else ())):
        write_file(options.output / name, as_json(merit.taste).encode(), force=True)
    print(f"\n写好：{options.output}（{len(alone.taste.words)} 个词；一般的文章 {NEUTRAL}）")


if __name__ == "__main__":
    main()
