"""Two model folders on the same articles: the frozen vectors where both share an encoder, else the texts of corpus/.

Knows model folders; refuses to know what becomes of the comparison.
"""

from __future__ import annotations

from pathlib import Path

from ..house import House
from ..model.classifier import ColumnClassifier
from ..model.decision import DecisionLayer
from ..model.folder import DECISION, parent_of, shipped_model
from ..training.data import read_labelled
from .guard import Comparison, compare
from .layer import own_layer
from .memory import GUARD, Vectors, encoder_mark
from .newsroom import compare_layers


def compare_models(now: Path, other: Path, house: House) -> tuple[Comparison | None, str]:
    """How ``other`` does beside ``now``, and in words on what; None and "" where they have no columns in common."""
    below = parent_of(now) or now, parent_of(other) or other
    if below[0].resolve() == below[1].resolve() and (below[0] / GUARD).is_file():
        guard = Vectors.load(below[0] / GUARD, encoder_mark(below[0]))
        found, _ = compare_layers(_layer(now, house), _layer(other, house), guard)
        return found, f"随程序带的对照文章上 {found.line()}"
    both = [ColumnClassifier.load(folder, house) for folder in (now, other)]
    shared = set(both[0].labels) & set(both[1].labels)
    articles = [a for a in read_labelled([corpus()], lambda line: None) if a.part == "test" and both[0].name_of(a.column) in shared]
    if not articles:
        return None, ""
    truth = [both[0].name_of(article.column) for article in articles]
    found = compare(truth, *([p.column for p in classifier.predict(articles)] for classifier in both))
    return found, f"corpus/ 留作测试的文章上 {found.line()}"


def _layer(folder: Path, house: House) -> DecisionLayer:
    if parent_of(folder):
        return DecisionLayer.load(folder / DECISION)
    classifier = ColumnClassifier.load(folder, house)
    return own_layer([classifier.label_of(label) for label in classifier.own_labels], classifier.encoder.head(), classifier.card.temperature, classifier.card.linear)


def corpus() -> Path:
    """The labelled articles that come with the program."""
    return shipped_model().parents[1] / "corpus"
