"""本期重点 against editors' choices, and the key sentence against headlines, each beside its peers.

    python benchmarks/highlights.py ISSUES.jsonl [ISSUE.md ...] [--refit] [--house FILE]
    python benchmarks/highlights.py --broadcast FILE.parquet ... [--from 20240101 --to 20250101] [--items 500] [--model DIR]

The first is `subao evaluate --highlights`; ``--refit`` repeats it with the tool's weights fitted again without each issue
in turn, judged on that one. Broadcast items (date, body, headline) are those from the first day until the day before the
second, 2025 on if nothing is said; flashes are left out and the title is hidden from the tool. Beside them run sumy's
LexRank, on our sentences, and snownlp, which cuts at commas too, where they are installed (`pip install sumy snownlp`).
"""

# ruff: noqa: E402

from __future__ import annotations

import argparse
import importlib.util
import itertools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tqdm import tqdm

from nlp import __version__
from nlp.bulletin import Article
from nlp.cli.model import load_classifier, scorer_of
from nlp.duplicates import find_duplicates
from nlp.evaluation.baselines import CHOOSERS, Chooser, sentence_peers
from nlp.evaluation.gold import Chosen, places_of, read_chosen
from nlp.evaluation.highlights import TOOL, compare_choices, compare_sentences
from nlp.highlights.features import WEIGHTS, signals
from nlp.highlights.key_sentences import key_sentences
from nlp.highlights.ranking import choose, spread
from nlp.house import House, load_house
from nlp.text.sentences import split_sentences
from nlp.training.corpora import read_headlines

SEED = 13


def refitted(issues: Sequence[Chosen], house: House) -> Chooser:
    """The tool's choice for an issue with weights fitted on the other issues, those of the columns too.

    Articles of that issue that stand in others as well are left out there.
    """
    from sklearn.linear_model import LogisticRegression

    def row(article: Article) -> list[float]:
        strength = {kind: float(value) for kind, _, value in signals(article)}
        return [strength[kind] for kind in WEIGHTS] + [float(article.column == name) for name in house.column_names]

    tables = [np.array([row(article) for article in issue.articles]) for issue in issues]
    steps, costs, owners = [], [], []
    for n, issue in enumerate(issues):
        readers = issue.readers or (issue.chosen,)
        votes = [sum(i in reader for reader in readers) / len(readers) for i in range(len(issue.articles))]
        for i, j in itertools.permutations(range(len(votes)), 2):
            if votes[i] > votes[j]:
                steps.append(tables[n][i] - tables[n][j])
                costs.append((votes[i] - votes[j]) / len(votes))
                owners.append({issue.articles[i].title, issue.articles[j].title})
    steps, costs = np.array(steps), np.array(costs)
    numbers = {issue.articles: n for n, issue in enumerate(issues)}

    def take(articles: Sequence[Article], k: int) -> set[int]:
        n, titles = numbers[articles], {article.title for article in articles}
        strange = np.array([not owner & titles for owner in owners])
        x, weight = steps[strange], costs[strange]
        model = LogisticRegression(fit_intercept=False, max_iter=500)
        model.fit(np.r_[x, -x], np.repeat([1, 0], len(x)), np.r_[weight, weight])
        strengths = (tables[n] @ model.coef_[0]).tolist()
        return set(spread(strengths, [a.column for a in articles], k, find_duplicates(articles)))

    return take


def report_choices(files: Sequence[Path], house: House, refit: bool) -> None:
    def tool(articles: Sequence[Article], k: int) -> set[int]:
        return places_of(articles, [choice.article for choice in choose(articles, house, k)])

    issues = read_chosen(files, house, print)
    print(compare_choices(issues, {TOOL: tool, **CHOOSERS}, seed=SEED, version=__version__).table())
    if refit and len(issues) > 1:
        again = compare_choices(issues, {TOOL: refitted(issues, house), **CHOOSERS}, seed=SEED, version=__version__)
        print(f"\n每期都用其余各期另拟合的权重\n{again.table()}")


def installed_peers() -> dict[str, Callable[[str], str]]:
    """A body to a sentence, for each public tool that is installed."""
    peers = {}
    for module, name, peer in (("sumy", "sumy LexRank", lexrank), ("snownlp", "snownlp", snownlp)):
        if importlib.util.find_spec(module):
            peers[name] = peer
        else:
            print(f"{module} 未安装，不比：pip install {module}")
    return peers


def lexrank(body: str) -> str:
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.nlp.tokenizers import Tokenizer
    from sumy.summarizers.lex_rank import LexRankSummarizer

    tokenizer = Tokenizer("chinese")
    document = ObjectDocumentModel([Paragraph([Sentence(sentence, tokenizer) for sentence in split_sentences(body)])])
    return "".join(map(str, LexRankSummarizer()(document, 1)))


def snownlp(body: str) -> str:
    from snownlp import SnowNLP

    return "".join(SnowNLP(body).summary(1))


def report_sentences(files: Sequence[Path], since: str, before: str, items: int, model: str | None) -> None:
    classifier = load_classifier(model, load_house())
    scorer = scorer_of(classifier)
    rows = list(read_headlines(files, since, before))
    drawn = [rows[i] for i in np.random.default_rng(SEED).permutation(len(rows))[:items]]
    print(f"{since} 起、{before} 以前的 {len(rows)} 条里抽 {len(drawn)} 条；标题不给工具看")
    systems = {TOOL: lambda body: "".join(h.sentence for h in key_sentences(Article("", body), scorer=scorer))}
    systems |= installed_peers()
    answers: dict[str, list[str]] = {}
    for headline, body in tqdm(drawn, disable=None, leave=False):
        said = {name: system(body) for name, system in systems.items()} | sentence_peers(body, headline)
        for name, sentence in said.items():
            answers.setdefault(name, []).append(sentence)
    name = classifier.signature if scorer else ""
    found = compare_sentences([headline for headline, _ in drawn], answers, model=name, seed=SEED, version=__version__)
    print(found.table())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("issues", type=Path, nargs="*")
    parser.add_argument("--refit", action="store_true")
    parser.add_argument("--house", type=Path)
    parser.add_argument("--broadcast", type=Path, nargs="*", default=[])
    parser.add_argument("--from", dest="since", default="20250101")
    parser.add_argument("--to", dest="before", default="99991231")
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--model")
    arguments = parser.parse_args()
    if arguments.issues:
        report_choices(arguments.issues, load_house(arguments.house), arguments.refit)
    if arguments.broadcast:
        report_sentences(arguments.broadcast, arguments.since, arguments.before, arguments.items, arguments.model)


if __name__ == "__main__":
    main()
