"""How often the tool's key sentence is one that readers would print, beside simple peers and a second reader.

It finds the tool's sentence among those that the reader saw, and counts; every figure is a share, 0–1.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ..text.characters import fingerprint
from ..text.sentences import bigrams, dice
from ..text.terminal import align
from .figures import as_percent, as_range, signature
from .gold import Marked
from .highlights import LEAD, ORACLE, TOOL
from .intervals import Difference, paired, resampled_means

SECOND = "second_reader"
_NAMES = {
    TOOL: "本工具", LEAD: "首句", "lexrank": "LexRank（sumy）", "snownlp": "snownlp", "textrank": "TextRank",
    ORACLE: "候选句中最好的（上限）", SECOND: "另一位读者",
}  # fmt: skip
_FIGURES = {"acceptable": "可用", "best": "最佳"}
SHARED = 0.3  # of the pairs of characters (Dice), at the least, of a text that stands for a sentence shown


@dataclass(frozen=True)
class Agreement:
    """What ``compare_marked`` found. ``table()`` is for people, ``as_dict()`` for programs."""

    n: int  # articles of which a sentence can stand
    systems: dict[str, dict]  # name -> n, acceptable, best and the interval of each
    difference: dict[str, Difference] | None  # the tool − lead, for both figures
    none: dict[str, float]  # n where none can stand, of which found; and share of the others that the tool called so
    signature: str

    def as_dict(self) -> dict:
        """The JSON of ``subao evaluate --sentences --json``."""
        return asdict(self)

    def table(self) -> str:
        """The same facts in Chinese for a terminal, in percent."""
        rows = [["", "篇数", *itertools.chain(*([title, "95% 区间"] for title in _FIGURES.values()))]]
        for name, found in self.systems.items():
            cells = [_NAMES.get(name, name), str(found["n"])]
            for key in _FIGURES:
                cells += [as_percent(found[key]), as_range(found["interval"] and found["interval"][key])]
            rows.append(cells)
        lines = [f"共 {self.n} 篇，每篇一句；可用：读者会用或认可的句子，最佳：读者选的那一句", "", *align(rows), ""]
        lines += [f"本工具比首句：{_FIGURES[name]} {d.text()}" for name, d in (self.difference or {}).items()]
        if self.none["n"]:
            lines.append(f"读者认为没有一句能用的 {self.none['n']:.0f} 篇，本工具看出 {self.none['found']:.0f} 篇")
        lines.append(f"读者有句可用、本工具却标“没有能单独成立的句子”的：{as_percent(self.none['false'])}%")
        return "\n".join([*lines, self.signature])


def shown_index(marked: Marked, start: int, end: int) -> int:
    """Which of the sentences shown a span of the body is, the one that it shares most with; -1 of none.

    Blanks count for nothing: they may have been lost where the sentences were shown.
    """
    body = marked.article.body
    at = [0, *itertools.accumulate(not character.isspace() for character in body)]
    mine, bare = (at[start], at[end]), "".join(body.split())
    best, shared, begin = -1, 0, 0
    for i, sentence in enumerate(marked.sentences):
        text = "".join(sentence.split())
        found = bare.find(text, begin)
        found = bare.find(text) if found < 0 else found
        if found < 0 or not text:
            continue
        begin = max(begin, found + len(text))
        common = min(mine[1], found + len(text)) - max(mine[0], found)
        if common > shared:
            best, shared = i, common
    return best


def text_index(marked: Marked, text: str) -> int:
    """Which of the sentences shown a peer's text is, or stands in; -1 of none."""
    bare = "".join(text.split())
    shown = ["".join(sentence.split()) for sentence in marked.sentences]
    inside = [i for i, sentence in enumerate(shown) if bare and (bare in sentence or sentence == bare)]
    if inside:
        return inside[0]
    alike = [dice(bigrams(bare), bigrams(sentence)) for sentence in shown]
    best = max(range(len(shown)), key=alike.__getitem__, default=-1)
    return best if shown and alike[best] >= SHARED else -1


def compare_marked(
    articles: Sequence[Marked], indices: Mapping[str, Sequence[int]], stands: Sequence[bool],
    *, model: str = "", seed: int = 13, version: str = "",
) -> Agreement:  # fmt: skip
    """Count how often the indices that each system took are accepted, and the best one; ``indices`` has ``TOOL``, ``LEAD``.

    ``stands``: whether the tool says of an article that its sentence can stand alone. Articles of which no sentence can
    are counted apart.
    """
    rows = [i for i, marked in enumerate(articles) if marked.best >= 0]
    table = {
        name: np.array([[taken[i] in articles[i].accepted, taken[i] == articles[i].best] for i in rows], dtype=float).reshape(-1, 2)
        for name, taken in indices.items()
    }
    read = [i for i in rows if articles[i].second]
    if read:
        theirs = [(articles[i], articles[i].second[0]) for i in read]
        table[SECOND] = np.array([[taken in marked.accepted, taken == marked.best] for marked, taken in theirs], dtype=float)
    systems = {name: _figures(figures, seed) for name, figures in table.items()}
    difference = {name: paired(table[TOOL][:, j], table[LEAD][:, j], seed) for j, name in enumerate(_FIGURES)} if len(rows) > 1 else None
    unusable = [i for i, marked in enumerate(articles) if marked.best < 0]
    none = {
        "n": len(unusable), "found": sum(not stands[i] for i in unusable),
        "false": float(np.mean([not stands[i] for i in rows])) if rows else 0.0,
    }  # fmt: skip
    data = fingerprint("\n".join([m.article.title, *m.sentences, str(m.best), *map(str, sorted(m.good))]) for m in articles)
    facts = {"n": len(rows), "data": data, "model": model, "seed": seed, "version": version}
    own = systems[TOOL]
    interval = own["interval"] and own["interval"]["acceptable"]
    return Agreement(len(rows), systems, difference, none, signature("可用", facts, own["acceptable"], interval))


def _figures(figures: np.ndarray, seed: int) -> dict:
    n = len(figures)
    means = figures.mean(axis=0).tolist() if n else [0.0, 0.0]
    interval = None
    if n > 1:
        low, high = np.percentile(resampled_means(figures, seed), [2.5, 97.5], axis=0).tolist()
        interval = {name: [low[j], high[j]] for j, name in enumerate(_FIGURES)}
    return {"n": n, **dict(zip(_FIGURES, means, strict=True)), "interval": interval}
