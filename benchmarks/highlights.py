"""本期重点 against editors' choices, and the key sentence against headlines, each beside its baselines.

    python benchmarks/highlights.py DEV.jsonl [--issue ISSUE.md ...] [--refit] [--house FILE]
    python benchmarks/highlights.py --broadcast FILE.parquet ... [--items 500]

DEV.jsonl has one issue a line: ``articles`` (column, title, body), ``chosen`` (titles), ``readers`` (each one's titles);
an issue file counts with its 本期重点. ``--refit`` fits the weights again without each issue in turn and judges that one.
Broadcast items (date, body, headline) are those of 2025 on; the title is hidden from the tool.
"""

# ruff: noqa: E402

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nlp.bulletin import Article, House, load_house
from nlp.duplicates import find_duplicates
from nlp.importance import LEAD, WEIGHTS, signals
from nlp.issues import parse
from nlp.shortlist import choose, spread
from nlp.summarizer import key_sentences
from nlp.text import split_sentences

SEED, FROM, SHORTEST = 13, "20250101", 100  # items of fewer characters are flashes
Editors = tuple[list[Article], set[int], list[set[int]]]  # the articles, the places chosen, each reader's places


def places(articles: Sequence[Article], titles: Sequence[str]) -> set[int]:
    """Where the titles stand, each title once."""
    found: list[int] = []
    for title in titles:
        found += [i for i, a in enumerate(articles) if a.title == title and i not in found][:1]
    return set(found)


def read_editors(dev: Path | None, files: Sequence[Path], house: House) -> list[Editors]:
    """The issues of DEV.jsonl, then the issue files; those without 本期重点 tell nothing."""
    issues: list[Editors] = []
    for row in map(json.loads, dev.read_text(encoding="utf-8").splitlines() if dev else ()):
        articles = [Article(a["title"], a["body"], path=str(i), column=a["column"]) for i, a in enumerate(row["articles"])]
        readers = [places(articles, titles) for titles in row.get("readers", [row["chosen"]])]
        issues.append((articles, places(articles, row["chosen"]), readers))
    for file in files:
        issue = parse(file.read_text(encoding="utf-8"), house, str(file))
        articles = [a for a in issue.articles if a.column in house.column_names]
        chosen = places(articles, issue.highlights)
        issues.append((articles, chosen, [chosen]))
    return [issue for issue in issues if issue[1]]


def pairs(text: str) -> set[str]:
    return {a + b for a, b in itertools.pairwise(text)}


def central(articles: Sequence[Article]) -> list[float]:
    """How much of its character pairs an article shares with each other one, summed."""
    sets = [pairs(f"{a.title}\n{a.body[:LEAD]}") for a in articles]
    return [sum(2 * len(one & other) / max(1, len(one) + len(other)) for other in sets) for one in sets]


def top(scores: Sequence[float], k: int) -> set[int]:
    return set(sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k])


def one_per_column(articles: Sequence[Article], k: int) -> set[int]:
    """The first article of each column, then the second of each."""
    nth: Counter[str | None] = Counter()
    turn = []
    for i, article in enumerate(articles):
        turn.append((nth[article.column], i))
        nth[article.column] += 1
    return {i for _, i in sorted(turn)[:k]}


def own(articles: Sequence[Article], k: int, house: House) -> set[int]:
    """The tool's choice, as places."""
    numbered = {id(article): i for i, article in enumerate(articles)}
    return {numbered[id(choice.article)] for choice in choose(articles, house, k)}


def refitted(issues: Sequence[Editors], house: House) -> Callable[[int, int], set[int]]:
    """The tool's choice for an issue with weights fitted on the other issues, those of the columns too."""
    from sklearn.linear_model import LogisticRegression

    def row(article: Article) -> list[float]:
        strength = {kind: float(value) for kind, _, value in signals(article)}
        return [strength[kind] for kind in WEIGHTS] + [float(article.column == name) for name in house.column_names]

    tables = [np.array([row(article) for article in articles]) for articles, _, _ in issues]
    steps, costs, owners = [], [], []
    for n, (articles, _, readers) in enumerate(issues):
        votes = [sum(i in reader for reader in readers) / len(readers) for i in range(len(articles))]
        for i, j in itertools.permutations(range(len(articles)), 2):
            if votes[i] > votes[j]:
                steps.append(tables[n][i] - tables[n][j])
                costs.append((votes[i] - votes[j]) / len(articles))
                owners.append(n)
    steps, costs, owners = np.array(steps), np.array(costs), np.array(owners)

    def choice(n: int, k: int) -> set[int]:
        x, weight = steps[owners != n], costs[owners != n]
        model = LogisticRegression(fit_intercept=False, max_iter=500)
        model.fit(np.r_[x, -x], np.repeat([1, 0], len(x)), np.r_[weight, weight])
        articles = issues[n][0]
        strengths = (tables[n] @ model.coef_[0]).tolist()
        return set(spread(strengths, [a.column for a in articles], k, find_duplicates(articles)))

    return choice


def interval(values: np.ndarray) -> str:
    """95 % of 2,000 drawings of the rows."""
    drawn = np.random.default_rng(SEED).choice(len(values), (2000, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return f"[{low:.2f}, {high:.2f}]"


def report_choices(issues: Sequence[Editors], house: House, refit: bool) -> None:
    systems: dict[str, Callable[[int, int], set[int]]] = {
        "前 k 篇": lambda n, k: set(range(k)),
        "每栏一篇": lambda n, k: one_per_column(issues[n][0], k),
        "最长的": lambda n, k: top([len(a.body) for a in issues[n][0]], k),
        "中心度": lambda n, k: top(central(issues[n][0]), k),
        "本工具": lambda n, k: own(issues[n][0], k, house),
    }
    if refit and len(issues) > 1:
        systems["本工具，逐期另拟合权重"] = refitted(issues, house)
    sizes = [len(chosen) for _, chosen, _ in issues]
    print(f"N {len(issues)} 期；每期平均 {np.mean([len(a) for a, _, _ in issues]):.1f} 篇，重点 {np.mean(sizes):.1f} 篇")
    print("\t".join(["", "命中", "95% 区间", "命中/k", "前 5 召回"]))
    chance = np.array([k * k / len(articles) for (articles, _, _), k in zip(issues, sizes, strict=True)])
    at_5 = np.mean([min(1, 5 / len(articles)) for articles, _, _ in issues])
    print(f"随机（期望）\t{chance.mean():.2f}\t\t{np.mean(chance / sizes):.2f}\t{at_5:.2f}")
    for name, system in systems.items():
        hits = np.array([len(system(n, k) & issues[n][1]) for n, k in enumerate(sizes)])
        recall = np.mean([len(system(n, 5) & issues[n][1]) / k for n, k in enumerate(sizes)])
        print(f"{name}\t{hits.mean():.2f}\t{interval(hits)}\t{np.mean(hits / sizes):.2f}\t{recall:.2f}")
    between = [len(a & b) for _, _, readers in issues for a, b in itertools.combinations(readers, 2)]
    if between:
        print(f"两位读者之间\t{np.mean(between):.2f}")


def rouge(reference: str, text: str) -> tuple[float, float, float]:
    """ROUGE-1, -2 and -L (F, percent) over letters and digits: ``rouge("常州市", "常州") -> (80, 66.7, 80)``."""
    a, b = ([c for c in s if c.isalnum()] for s in (reference, text))
    figures = []
    for n in (1, 2):
        x, y = (Counter(zip(*(s[i:] for i in range(n)), strict=False)) for s in (a, b))
        figures.append(200 * sum((x & y).values()) / max(1, x.total() + y.total()))
    row = [0] * (len(b) + 1)  # lengths of the longest common subsequence
    for c in a:
        corner = 0
        for j, d in enumerate(b, 1):
            corner, row[j] = row[j], corner + 1 if c == d else max(row[j - 1], row[j])
    return figures[0], figures[1], 200 * row[-1] / max(1, len(a) + len(b))


def report_sentences(files: Sequence[Path], items: int) -> None:
    import pyarrow.parquet as pq

    rows = [row for file in files for row in pq.read_table(file, columns=["date", "title", "body", "headline"]).to_pylist()]
    rows = [
        row for row in rows
        if row["date"] >= FROM and row["headline"] and "快讯" not in row["title"] and len(row["body"]) >= SHORTEST
    ]  # fmt: skip
    drawn = np.random.default_rng(SEED).permutation(len(rows))[:items]
    systems = {
        "首句": lambda body: next(iter(split_sentences(body)), ""),
        "本工具": lambda body: "".join(h.sentence for h in key_sentences(Article("", body))),
    }
    print(f"N {len(drawn)} 条（共 {len(rows)} 条，{FROM} 起）；标题不给工具看；字 ROUGE-1/2/L（F）")
    figures = {}
    for name, system in systems.items():
        figures[name] = np.array([rouge(rows[i]["headline"], system(rows[i]["body"])) for i in drawn])
        print(name, *(f"{value:.1f}" for value in figures[name].mean(axis=0)), interval(figures[name][:, 0]), sep="\t")
    difference = (figures["本工具"] - figures["首句"])[:, 0]
    print(f"相差\t{difference.mean():+.1f}\t{interval(difference)}（配对，ROUGE-1），{np.count_nonzero(difference)} 条不同")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, nargs="?")
    parser.add_argument("--issue", type=Path, nargs="*", default=[])
    parser.add_argument("--refit", action="store_true")
    parser.add_argument("--house", type=Path)
    parser.add_argument("--broadcast", type=Path, nargs="*", default=[])
    parser.add_argument("--items", type=int, default=500)
    arguments = parser.parse_args()
    house = load_house(arguments.house)
    if arguments.dev or arguments.issue:
        report_choices(read_editors(arguments.dev, arguments.issue, house), house, arguments.refit)
    if arguments.broadcast:
        report_sentences(arguments.broadcast, arguments.items)


if __name__ == "__main__":
    main()
