"""The model at work for a verb: loaded as the user chose, its progress shown."""

from __future__ import annotations

from ..house import House


def load_classifier(model: str | None, house: House, engine: str = ""):
    from ..model.classifier import ColumnClassifier

    return ColumnClassifier.load(model, house, engine)


def scorer_of(classifier):
    """Who reads along when sentences and articles are chosen: the shipped model's encoder, for which the choice was learnt."""
    from ..model.folder import shipped_model
    from ..model.states import Reader

    encoder = classifier.encoder
    if classifier.folder != shipped_model() and shipped_model().is_dir():
        encoder = load_classifier(str(shipped_model()), classifier.house).encoder
    return Reader(encoder) if encoder.has_states else None


def predict(classifier, articles):
    from tqdm import tqdm

    with tqdm(total=len(articles), desc="分栏", unit="篇", disable=None, leave=False) as bar:
        return classifier.predict(articles, bar.update)
