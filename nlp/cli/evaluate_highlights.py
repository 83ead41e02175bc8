"""subao evaluate --highlights and --sentences: the tool's choice and sentences beside people's own, and simple peers."""

from __future__ import annotations

import argparse
import json

from .. import __version__
from ..house import load_house
from .model import load_classifier, scorer_of
from .parser import say


def evaluate_highlights(arguments: argparse.Namespace) -> None:
    """The articles that the tool chooses against those that the editors chose."""
    from ..evaluation.baselines import CHOOSERS
    from ..evaluation.gold import places_of, read_chosen
    from ..evaluation.highlights import TOOL, compare_choices
    from ..highlights.ranking import choose

    house = load_house(arguments.house)
    issues = read_chosen(arguments.highlights, house, say)

    def tool(articles, k: int) -> set[int]:
        return places_of(articles, [choice.article for choice in choose(articles, house, k)])

    _print(arguments, compare_choices(issues, {TOOL: tool, **CHOOSERS}, k=arguments.k, version=__version__))


def evaluate_sentences(arguments: argparse.Namespace) -> None:
    """One key sentence of each article against what a person wrote of it."""
    from tqdm import tqdm

    from ..evaluation.baselines import sentence_peers
    from ..evaluation.gold import read_referenced
    from ..evaluation.highlights import TOOL, compare_sentences
    from ..highlights.key_sentences import key_sentences

    pairs = read_referenced(arguments.sentences, say)
    classifier = load_classifier(arguments.model, load_house(arguments.house), arguments.engine)
    scorer = scorer_of(classifier)
    model = classifier.signature if scorer else ""
    answers: dict[str, list[str]] = {}
    for pair in tqdm(pairs, desc="要点句", unit="篇", disable=None, leave=False):
        own = "".join(highlight.sentence for highlight in key_sentences(pair.article, scorer=scorer))
        for name, sentence in {TOOL: own, **sentence_peers(pair.article.body, pair.reference)}.items():
            answers.setdefault(name, []).append(sentence)
    references = [pair.reference for pair in pairs]
    _print(arguments, compare_sentences(references, answers, model=model, version=__version__))


def _print(arguments: argparse.Namespace, found) -> None:
    print(json.dumps(found.as_dict(), ensure_ascii=False) if arguments.json else found.table())
