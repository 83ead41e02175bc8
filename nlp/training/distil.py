"""Unlabelled texts with a teacher's word on each: more to learn from where nobody has labelled.

The teacher is a trained model, else the linear one of the training part; it never saw the held-out articles. Self-training
with soft labels as in Xie et al. 2020 (Noisy Student, arXiv:1911.04252): the student sees hidden tokens and other titles.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError
from ..house import House
from ..model.calibration import fit_temperature, probabilities
from ..model.classifier import ColumnClassifier
from ..model.linear import LinearClassifier, texts_of
from .corpora import read_texts
from .settings import FinetuneSettings

SHORTEST = 40  # characters of a body that says something


def label_texts(
    settings: FinetuneSettings, training: Sequence[Article], avoid: set[str], labels: Sequence[str], house: House
) -> tuple[list[Article], np.ndarray]:
    """Texts of ``settings.unlabelled`` and the teacher's probabilities for them, float32 [texts, labels].

    Texts whose title is in ``avoid`` stay out. Of each label the teacher gives at most an even share is taken, so that
    frequent labels do not crowd out the rare ones.
    """
    pairs = (text.partition("\n") for text in read_texts(settings.unlabelled))
    pool = [Article(title, body) for title, _, body in pairs if title not in avoid and len(body) > SHORTEST]
    if not pool:
        raise SubaoError("--unlabelled 里没有 40 字以上的文章；请检查文件")
    pool = random.Random(settings.seed).sample(pool, min(len(pool), 2 * settings.taught))
    taught = _model_says(settings.teacher, pool, labels, house) if settings.teacher else _linear_says(training, pool, labels, settings.seed)
    share = settings.taught // len(labels)
    first = taught.argmax(1)
    chosen = np.concatenate([np.flatnonzero(first == label)[:share] for label in range(len(labels))])
    return [pool[i] for i in chosen], taught[chosen]


def _model_says(folder: str, pool: Sequence[Article], labels: Sequence[str], house: House) -> np.ndarray:
    teacher = ColumnClassifier.load(folder, house)
    if set(teacher.labels) != set(labels):
        raise SubaoError(f"{folder}：它的栏目与训练数据的不同，不能作 --teacher")
    predictions = teacher.predict(pool)
    return np.array([[p.scores[label] for label in labels] for p in predictions], dtype=np.float32)


def _linear_says(training: Sequence[Article], pool: Sequence[Article], labels: Sequence[str], seed: int) -> np.ndarray:
    """The linear model's probabilities; its temperature is fitted on a fifth of the training part that it did not see."""
    names = [article.column for article in training]
    order = random.Random(seed).sample(range(len(training)), len(training))
    cut = len(training) * 4 // 5
    seen = {names[i] for i in order[:cut]}
    rest = [i for i in order[cut:] if names[i] in seen]
    trial = LinearClassifier.fit(texts_of([training[i] for i in order[:cut]]), [names[i] for i in order[:cut]])
    temperature = fit_temperature(
        trial.margins(texts_of([training[i] for i in rest])), [trial.labels.index(names[i]) for i in rest]
    )
    teacher = LinearClassifier.fit(texts_of(training), names)
    found = np.zeros((len(pool), len(labels)), dtype=np.float32)
    found[:, [labels.index(label) for label in teacher.labels]] = probabilities(teacher.margins(texts_of(pool)), temperature)
    return found
