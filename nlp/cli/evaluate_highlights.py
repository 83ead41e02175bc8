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
    from ..evaluation.gold import indices_of, read_chosen
    from ..evaluation.highlights import TOOL, compare_choices
    from ..highlights.ranking import choose

    house = load_house(arguments.house)
    issues = read_chosen(arguments.highlights, house, say)

    def tool(articles, k: int) -> set[int]:
        return indices_of(articles, [choice.article for choice in choose(articles, house, k)])

    _print(arguments, compare_choices(issues, {TOOL: tool, **CHOOSERS}, k=arguments.k, version=__version__))


def evaluate_sentences(arguments: argparse.Namespace) -> None:
    """One key sentence of each article against those that readers would print, or against what a person wrote of it."""
    from ..evaluation.gold import read_marked

    house = load_house(arguments.house)
    marked = read_marked(arguments.sentences, say)
    classifier = load_classifier(arguments.model, house, arguments.engine)
    scorer = scorer_of(classifier)
    _print(arguments, (_agreement if marked else _rouge)(arguments, marked, scorer, classifier.signature if scorer else ""))


def _agreement(arguments: argparse.Namespace, marked, scorer, model: str):
    from tqdm import tqdm

    from ..evaluation.baselines import MARKED_PEERS
    from ..evaluation.highlights import LEAD, ORACLE, TOOL
    from ..evaluation.sentences import compare_marked, shown_index, text_index
    from ..highlights.candidates import candidates
    from ..highlights.key_sentences import key_sentences

    indices: dict[str, list[int]] = {TOOL: [], LEAD: [], **{name: [] for name in MARKED_PEERS}, ORACLE: []}
    missing, stands = set(), []
    for one in tqdm(marked, desc="要点句", unit="篇", disable=None, leave=False):
        found = key_sentences(one.article, scorer=scorer)
        stands.append(bool(found) and found[0].stands)
        indices[TOOL].append(shown_index(one, found[0].start, found[0].end) if found else -1)
        indices[LEAD].append(0 if one.sentences else -1)
        reach = {shown_index(one, cut.start, cut.end) for cut in candidates(one.article)}
        indices[ORACLE].append(one.best if one.best in reach else max(one.good & reach, default=-1))
        for name, peer in MARKED_PEERS.items():
            try:
                indices[name].append(text_index(one, peer(one.sentences)) if name not in missing else -1)
            except ImportError:
                missing.add(name)
    for name in sorted(missing):
        say(f"{name} 没有安装，不比；要比请先 pip install sumy snownlp")
        del indices[name]
    return compare_marked(marked, indices, stands, model=model, version=__version__)


def _rouge(arguments: argparse.Namespace, _, scorer, model: str):
    from tqdm import tqdm

    from ..evaluation.baselines import sentence_peers
    from ..evaluation.gold import read_referenced
    from ..evaluation.highlights import TOOL, compare_sentences
    from ..highlights.key_sentences import key_sentences

    pairs = read_referenced(arguments.sentences, say)
    answers: dict[str, list[str]] = {}
    for pair in tqdm(pairs, desc="要点句", unit="篇", disable=None, leave=False):
        own = "".join(highlight.sentence for highlight in key_sentences(pair.article, scorer=scorer))
        for name, sentence in {TOOL: own, **sentence_peers(pair.article.body, pair.reference)}.items():
            answers.setdefault(name, []).append(sentence)
    references = [pair.reference for pair in pairs]
    return compare_sentences(references, answers, model=model, version=__version__)


def _print(arguments: argparse.Namespace, found) -> None:
    print(json.dumps(found.as_dict(), ensure_ascii=False) if arguments.json else found.table())
