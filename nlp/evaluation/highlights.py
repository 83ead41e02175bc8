"""How far the tool agrees with people: its choice of articles with the editors', its sentences with what people wrote.

Figures, intervals and paired tests over issues or articles; it chooses and writes nothing itself, reads no file and
prints nothing. Every figure is 0–1, but for ``hits``, which counts articles.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass

import numpy as np

from ..bulletin import Article
from ..text.characters import fingerprint
from ..text.terminal import align
from .figures import as_percent, as_range, signature
from .gold import Chosen
from .intervals import Difference, paired, resampled_means
from .rouge import Rouge, rouge

TOOL, RANDOM, LEAD, ORACLE = "tool", "random", "lead", "oracle"  # in JSON


_NAMES = {
    TOOL: "本工具", RANDOM: "随机（期望）", "first": "前 k 篇", "one_per_column": "每栏一篇", "longest": "最长的",
    "centrality": "中心度", LEAD: "首句", "textrank": "TextRank", ORACLE: "最好的一句（上限）",
}  # fmt: skip
_OF_CHOICES = {"hits": "命中", "hits_per_k": "命中/k", "recall_at_5": "前5召回", "r_precision": "R精确率"}
_OF_SENTENCES = dict(zip(Rouge._fields, ("ROUGE-1", "ROUGE-2", "ROUGE-L"), strict=True))


@dataclass(frozen=True)
class Choices:
    """What ``compare_choices`` found. ``table()`` is for people, ``as_dict()`` for programs."""

    n: int  # issues
    articles: float  # of an issue, on average
    chosen: float  # by the editors, on average
    k: int | None  # how many every system chose; None: as many as the editors, so that hits_per_k is r_precision
    systems: dict[str, dict]  # name -> hits, hits_per_k, recall_at_5, r_precision and the interval of each
    best: str  # the baseline with the highest hits_per_k
    difference: Difference | None  # the tool − that baseline, in hits_per_k
    readers: dict[str, float] | None  # what two readers of an issue share: hits, and share (Dice) of what they chose
    signature: str

    def as_dict(self) -> dict:
        """The JSON of ``subao evaluate --highlights --json``."""
        return asdict(self)

    def table(self) -> str:
        """The same facts in Chinese for a terminal, shares in percent."""
        k = f"k 是 {self.k}" if self.k else "k 是编辑选的篇数（命中/k 就是 R精确率）"
        head = f"共 {self.n} 期，每期平均 {self.articles:.1f} 篇，编辑选 {self.chosen:.1f} 篇；{k}；除命中外均为百分数"
        lines = [head, "", *_rows(self.systems, _OF_CHOICES), ""]
        if self.difference:
            lines.append(f"本工具比最好的基线（{_NAMES.get(self.best, self.best)}）：命中/k {self.difference.text()}")
        if self.readers:
            lines.append(f"两位读者之间：相同 {self.readers['hits']:.2f} 篇，{as_percent(self.readers['share'])}%")
        return "\n".join([*lines, self.signature])


@dataclass(frozen=True)
class Sentences:
    """What ``compare_sentences`` found. ``table()`` is for people, ``as_dict()`` for programs."""

    n: int
    systems: dict[str, dict]  # name -> rouge1, rouge2, rougeL and the interval of each
    difference: dict[str, Difference] | None  # the tool − lead, for each of the figures
    hard: Sentences | None  # the same where the lead is not the oracle's sentence
    signature: str

    def as_dict(self) -> dict:
        """The JSON of ``subao evaluate --sentences --json``."""
        return asdict(self)

    def table(self) -> str:
        """The same facts in Chinese for a terminal, in percent."""
        lines = [f"共 {self.n} 篇，每篇一句；字 ROUGE 的 F 值，百分数", "", *self._lines()]
        if self.hard:
            share = as_percent(self.hard.n / self.n)
            lines += ["", f"其中首句不是最好一句的 {self.hard.n} 篇（{share}%）", "", *self.hard._lines()]
        return "\n".join([*lines, "", self.signature])

    def _lines(self) -> list[str]:
        found = [f"本工具比首句：{_OF_SENTENCES[name]} {d.text()}" for name, d in (self.difference or {}).items()]
        return [*_rows(self.systems, _OF_SENTENCES), *([""] if found else []), *found]


def compare_choices(
    issues: Sequence[Chosen],
    choosers: Mapping[str, Callable[[Sequence[Article], int], AbstractSet[int]]],
    *,
    k: int | None = None,
    seed: int = 13,
    version: str = "",
) -> Choices:
    """Compare what each chooser takes of the issues with what the editors chose; ``choosers`` has the ``TOOL``.

    Of an issue of which the editors chose R: hits are the chosen among k taken, hits_per_k is their share of k,
    recall_at_5 the chosen among 5 taken by R, r_precision the chosen among R taken by R. ``RANDOM`` is added: of n
    articles k taken blindly hold k · R / n of the chosen on average.
    """

    def figures(issue: Chosen, found: Callable[[int], float]) -> list[float]:
        r = len(issue.chosen)
        many = k or r
        return [found(many), found(many) / many, found(5) / r, found(r) / r]

    def by_chance(issue: Chosen) -> Callable[[int], float]:
        return lambda many: min(1, many / len(issue.articles)) * len(issue.chosen)

    def by(chooser, issue: Chosen) -> Callable[[int], float]:
        return functools.cache(lambda many: len(chooser(issue.articles, many) & issue.chosen))

    table = {name: np.array([figures(i, by(chooser, i)) for i in issues]) for name, chooser in choosers.items()}
    table[RANDOM] = np.array([figures(i, by_chance(i)) for i in issues])
    systems = _averages(table, list(_OF_CHOICES), seed)
    best = max((name for name in systems if name != TOOL), key=lambda name: systems[name]["hits_per_k"])
    articles = sum(len(issue.articles) for issue in issues)
    data = fingerprint("\n".join([*(a.title for a in i.articles), *map(str, sorted(i.chosen))]) for i in issues)
    facts = {"k": k or "R", "issues": len(issues), "articles": articles, "data": data, "seed": seed, "version": version}
    return Choices(
        n=len(issues),
        articles=articles / len(issues),
        chosen=sum(len(issue.chosen) for issue in issues) / len(issues),
        k=k,
        systems=systems,
        best=best,
        difference=paired(table[TOOL][:, 1], table[best][:, 1], seed) if len(issues) > 1 else None,
        readers=_between_readers([issue.readers for issue in issues]),
        signature=signature("命中/k", facts, systems[TOOL]["hits_per_k"], _interval(systems[TOOL], "hits_per_k")),
    )


def _between_readers(issues: Sequence[Sequence[Collection[int]]]) -> dict[str, float] | None:
    pairs = [pair for readers in issues for pair in itertools.combinations(map(set, readers), 2)]
    if not pairs:
        return None
    return {
        "hits": float(np.mean([len(a & b) for a, b in pairs])),
        "share": float(np.mean([2 * len(a & b) / max(1, len(a) + len(b)) for a, b in pairs])),
    }


def compare_sentences(
    references: Sequence[str],
    answers: Mapping[str, Sequence[str]],
    *,
    model: str = "",
    seed: int = 13,
    version: str = "",
) -> Sentences:
    """Compare sentences with the references by character ROUGE; ``answers`` has ``TOOL``, ``LEAD`` and ``ORACLE``."""
    table = {
        name: np.array([rouge(reference, text) for reference, text in zip(references, texts, strict=True)])
        for name, texts in answers.items()
    }
    hard = np.array([lead != best for lead, best in zip(answers[LEAD], answers[ORACLE], strict=True)])
    facts = {"tokens": "characters", "model": model, "seed": seed, "version": version}

    def over(rows: np.ndarray, hard: Sentences | None, **more) -> Sentences:
        part = {name: figures[rows] for name, figures in table.items()}
        n, systems = int(rows.sum()), _averages(part, list(_OF_SENTENCES), seed)
        data = fingerprint(reference for reference, taken in zip(references, rows, strict=True) if taken)
        columns = zip(_OF_SENTENCES, part[TOOL].T, part[LEAD].T, strict=True)
        difference = {name: paired(own, lead, seed) for name, own, lead in columns} if n > 1 else None
        facts_ = {"n": n, **more, "data": data, **facts}
        trail = signature("ROUGE-1", facts_, systems[TOOL]["rouge1"], _interval(systems[TOOL], "rouge1"))
        return Sentences(n, systems, difference, hard, trail)

    return over(np.ones_like(hard), over(hard, None, slice="lead≠oracle") if hard.any() else None)


def _averages(table: Mapping[str, np.ndarray], names: list[str], seed: int) -> dict[str, dict]:
    """Of each system the mean of each figure and, over more than one row, its 95 % interval; the same draws for all."""
    figures = np.stack(list(table.values()), axis=1)  # rows, systems, figures
    means = figures.mean(axis=0).tolist()
    spans: list = [None] * len(means)
    if len(figures) > 1:
        ends = np.percentile(resampled_means(figures, seed), [2.5, 97.5], axis=0)  # ends, systems, figures
        spans = [dict(zip(names, rows, strict=True)) for rows in np.moveaxis(ends, 0, -1).tolist()]
    return {
        system: {**dict(zip(names, values, strict=True)), "interval": interval}
        for system, values, interval in zip(table, means, spans, strict=True)
    }


def _rows(systems: Mapping[str, dict], figures: Mapping[str, str]) -> list[str]:
    """A table of systems; every figure but a bare count with its interval."""
    titles = [[title] if key == "hits" else [title, "95% 区间"] for key, title in figures.items()]
    rows = [["", *itertools.chain(*titles)]]
    for name, found in systems.items():
        cells = [_NAMES.get(name, name)]
        for key in figures:
            if key == "hits":
                cells.append(f"{found[key]:.2f}")
            else:
                cells += [as_percent(found[key]), as_range(_interval(found, key))]
        rows.append(cells)
    return align(rows)


def _interval(system: Mapping[str, dict], figure: str) -> list[float] | None:
    return system["interval"] and system["interval"][figure]
