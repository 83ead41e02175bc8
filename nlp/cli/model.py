"""The model at work for a verb: loaded as the user chose, its progress shown."""

from __future__ import annotations

from ..house import House


def load_classifier(model: str | None, house: House, engine: str = ""):
    from ..model.classifier import ColumnClassifier
    from ..model.folder import chosen_model

    return ColumnClassifier.load(chosen_model(model), house, engine)


def scorer_of(classifier):
    """The scorer of sentences: on the model's own encoder, else, where that has not learnt it, on the shipped model's."""
    from ..model.folder import shipped_model
    from ..model.sentence_head import SalienceScorer

    encoder = classifier.encoder
    if not encoder.has_salience and classifier.folder != shipped_model():
        encoder = load_classifier(str(shipped_model()), classifier.house).encoder
    return SalienceScorer(encoder) if encoder.has_salience else None


def predict(classifier, articles):
    from tqdm import tqdm

    with tqdm(total=len(articles), desc="分栏", unit="篇", disable=None, leave=False) as bar:
        return classifier.predict(articles, bar.update)
