"""The model at work for a verb: loaded as the user chose, its progress shown."""

from __future__ import annotations

from ..house import House


def load_classifier(model: str | None, house: House, engine: str = ""):
    from ..model.classifier import ColumnClassifier

    return ColumnClassifier.load(model, house, engine)


def scorer_of(classifier):
    """Who reads along when sentences and articles are chosen."""
    from ..model.states import reader_of

    return reader_of(classifier)


def predict(classifier, articles):
    from tqdm import tqdm

    with tqdm(total=len(articles), desc="分栏", unit="篇", disable=None, leave=False) as bar:
        return classifier.predict(articles, bar.update)
