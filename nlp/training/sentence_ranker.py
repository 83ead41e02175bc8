"""Key sentences learnt from readers' choices: tables of features and vectors in, weights and measured figures out.

    python -m nlp.training.sentence_ranker DATA.jsonl … [--model DIR | --alone] [-o models/highlights]

DATA has articles with ``sentences``, ``best`` and ``good`` (what ``subao evaluate --sentences`` reads). The figures are of
articles held out, near-duplicates together, in --folds folds; the weights that are written are fitted on all. Vectors are
kept in --cache, so that a second fit need not read the articles again.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import __version__
from ..duplicates import clusters
from ..evaluation.baselines import MARKED_PEERS
from ..evaluation.gold import Marked, read_marked
from ..evaluation.highlights import LEAD, ORACLE, TOOL
from ..evaluation.sentences import compare_marked, shown_index, text_index
from ..highlights.candidates import Candidate, candidates, headline_of
from ..highlights.sentence_features import NAMES, features_of
from ..highlights.sentence_ranker import NEAR, centred, handicaps, near, none_stands
from ..highlights.weights import SENTENCES, Weights, save_weights
from ..model.folder import shipped_model
from . import listwise
from .readers import add_reader, cached, reader_of

RIDGE = 15.0  # of a named feature
VECTOR_RIDGE = 500.0  # of a number of the encoder's vector: there are many of them


@dataclass(frozen=True)
class Lesson:
    """An article as the ranker sees it: a row of named features for each sentence, its vectors, and what it is worth."""

    marked: Marked
    cut: list[Candidate]
    table: np.ndarray
    shown: np.ndarray  # index of each sentence among those shown, -1 of none
    costs: np.ndarray  # what the house's own rules take off each one's score
    states: np.ndarray | None = None

    @property
    def rows(self) -> np.ndarray:
        """The named features and, where the encoder read along, ``NEAR`` and the vectors."""
        if self.states is None:
            return self.table
        return np.hstack([self.table, near(self.states), centred(self.states)])


def lessons_of(articles: Sequence[Marked], reader=None, cache: Path | None = None) -> list[Lesson]:
    """Cut and describe the articles, and let the encoder read them where there is a ``reader``."""
    cuts = [candidates(marked.article) for marked in articles]
    states: Sequence[np.ndarray | None] = [None] * len(articles)
    if reader:
        texts = [(marked.article.title, [one.line for one in cut]) for marked, cut in zip(articles, cuts, strict=True)]
        states = cached(cache, texts, reader.sentences)
    found = []
    for marked, cut, state in zip(articles, cuts, states, strict=True):
        table = np.array(features_of(cut, headline_of(marked.article))).reshape(len(cut), len(NAMES))
        shown = np.array([shown_index(marked, one.start, one.end) for one in cut], dtype=int)
        costs = handicaps(cut, headline_of(marked.article))
        found.append(Lesson(marked, cut, table, shown, costs, state if len(cut) else None))
    return found


def learnt(lessons: Sequence[Lesson], ridge: float = RIDGE, vector_ridge: float = VECTOR_RIDGE) -> np.ndarray:
    """The weights of ``Lesson.rows``, fitted on those articles that have a best sentence among others."""
    used = [(lesson, worth) for lesson in lessons if len(lesson.cut) > 1 and (worth := worth_of(lesson)).any()]
    width = used[0][0].rows.shape[1]
    named = len(NAMES) + len(NEAR)
    ridges = np.where(np.arange(width) < named, ridge, vector_ridge)
    return listwise.fit([lesson.rows for lesson, _ in used], [worth for _, worth in used], ridges)


def worth_of(lesson: Lesson) -> np.ndarray:
    return listwise.target(lesson.shown, lesson.marked.best, lesson.marked.good)


def held_out_scores(lessons: Sequence[Lesson], k: int, seed: int, **settings: float) -> list[np.ndarray]:
    """Scores of each article's sentences under weights fitted on the other folds, near-duplicates in one fold."""
    fold = listwise.folds(clusters([f"{lesson.marked.article.title}{lesson.marked.article.body}" for lesson in lessons]), k, seed)
    scores: list[np.ndarray] = [np.zeros(0)] * len(lessons)
    for part in range(k):
        weights = learnt([lesson for lesson, f in zip(lessons, fold, strict=True) if f != part], **settings)
        for i in np.flatnonzero(fold == part):
            scores[i] = lessons[i].rows @ weights - lessons[i].costs if len(lessons[i].cut) else np.zeros(0)
    return scores


def calibrated(lessons: Sequence[Lesson], scores: Sequence[np.ndarray]) -> dict[str, float]:
    """When no sentence can stand, by the best held-out score and how many there are: logistic regression by its names."""
    from sklearn.linear_model import LogisticRegression

    rows = [i for i, score in enumerate(scores) if len(score)]
    table = np.array([[scores[i].max(), math.log(len(scores[i]))] for i in rows])
    none = np.array([lessons[i].marked.best < 0 for i in rows])
    if not none.any() or none.all():
        return {}
    model = LogisticRegression(C=1.0).fit(table, none)
    (per_score, per_log_n), bias = model.coef_[0].tolist(), float(model.intercept_[0])
    return {"none": round(bias, 4), "none_per_score": round(per_score, 4), "none_per_log_n": round(per_log_n, 4)}


def compared(lessons: Sequence[Lesson], scores: Sequence[np.ndarray], base: dict[str, float], peers: bool, seed: int):
    """The held-out choice beside the lead, the public tools and the best candidate there is."""
    best = [int(lesson.shown[score.argmax()]) if len(score) else -1 for lesson, score in zip(lessons, scores, strict=True)]
    indices = {TOOL: best, LEAD: [0 if lesson.marked.sentences else -1 for lesson in lessons]}
    if peers:
        for name, peer in MARKED_PEERS.items():
            try:
                indices[name] = [text_index(lesson.marked, peer(lesson.marked.sentences)) for lesson in lessons]
            except ImportError:
                print(f"{name} 没有安装，不比；要比请先 pip install sumy snownlp")
    indices[ORACLE] = [lesson.marked.best if lesson.marked.best in lesson.shown else -1 for lesson in lessons]
    stands = [bool(len(score)) and none_stands(score, len(score), base) < 0.5 for score in scores]
    return compare_marked([lesson.marked for lesson in lessons], indices, stands, seed=seed, version=__version__)


def weights_of(read: np.ndarray | None, alone: np.ndarray, base: dict[str, float]) -> Weights:
    """The fitted numbers under their names."""
    names = (*NAMES, *NEAR)
    without = dict.fromkeys(names, 0.0) | dict(zip(NAMES, alone.tolist(), strict=True))
    if read is None:
        return Weights(without, without, {}, base)
    return Weights(dict(zip(names, read[: len(names)].tolist(), strict=True)), without, {"sentence": read[len(names) :]}, base)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+")
    add_reader(parser)
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--peers", action="store_true", help="LexRank of sumy, snownlp and TextRank too, those installed")
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="PREFIX", help="ids that begin so are not measured (they are fitted)")
    parser.add_argument("-o", "--output", type=Path, default=shipped_model("highlights"))
    options = parser.parse_args(arguments)
    articles = read_marked(options.data, print)
    lessons = lessons_of(articles, reader_of(options), options.cache)
    measured = [i for i, marked in enumerate(articles) if not marked.article.path.startswith(tuple(options.leave_out) or ("\0",))]

    def report(lessons: Sequence[Lesson], title: str) -> dict[str, float]:
        scores = held_out_scores(lessons, options.folds, options.seed)
        base = calibrated(lessons, scores)
        found = compared([lessons[i] for i in measured], [scores[i] for i in measured], base, options.peers, options.seed)
        print(f"\n{title}\n{found.table()}")
        return base

    without = [Lesson(one.marked, one.cut, one.table, one.shown, one.costs) for one in lessons]
    base = report(without, "只用有名的特征")
    alone, read = learnt(without), None
    if any(one.states is not None for one in lessons):
        base = report(lessons, "加上编码器的句向量")
        read = learnt(lessons)
    save_weights(SENTENCES, weights_of(read, alone, base), options.output)
    print(f"\n写好：{options.output}")


if __name__ == "__main__":
    main()
