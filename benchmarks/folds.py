"""Cross-validation of the columns: every article judged once by a model that has not seen it or its near-duplicates.

    python benchmarks/folds.py DATA.jsonl --work DIR [--folds 5] [--with corpus] [train.py options]

Each fold is a run of train.py whose held-out part is the fold; a fold that is finished in --work is not run again, so
that an interrupted run goes on. ``--with`` are rows that every fold trains on. Options after these go to train.py.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from held_out import show  # noqa: E402

from nlp.bulletin import Article  # noqa: E402
from nlp.duplicates import clusters  # noqa: E402
from nlp.labelled import read_labelled, texts_of  # noqa: E402


def fold_of(articles: list[Article], folds: int, seed: int = 13) -> list[int]:
    """The fold of each article: near-duplicates together, every label spread evenly."""
    members = collections.defaultdict(list)
    for i, cluster in enumerate(clusters(texts_of(articles))):
        members[cluster].append(i)
    groups = [members[key] for key in sorted(members)]
    random.Random(seed).shuffle(groups)
    load: collections.Counter[tuple[str | None, int]] = collections.Counter()
    places = [0] * len(articles)
    for group in sorted(groups, key=len, reverse=True):
        label = articles[group[0]].column
        fold = min(range(folds), key=lambda k: (load[label, k], k))
        load[label, fold] += len(group)
        for i in group:
            places[i] = fold
    return places


def run(fold: int, articles: list[Article], places: list[int], others: list[Article], work: Path, options: list[str]) -> list[dict]:
    """Train on all but one fold, unless that is done; return the rows of its held-out.csv."""
    model = work / f"fold{fold}"
    if not (model / "report.json").exists():
        data = work / f"fold{fold}.jsonl"
        with data.open("w", encoding="utf-8") as file:
            for article, place in [*zip(articles, places, strict=True), *((other, -1) for other in others)]:
                row = {"id": article.path, "title": article.title, "body": article.body, "column": article.column}
                file.write(json.dumps(row | {"part": "test" if place == fold else "train"}, ensure_ascii=False) + "\n")
        again = ["--resume"] if (model / "running.txt").exists() else []
        command = [sys.executable, "train.py", "--data", str(data), "--output", str(model), *again, *options]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with (model / "held-out.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--with", dest="others", nargs="*", default=[], help="trained on in every fold")
    arguments, options = parser.parse_known_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    articles = read_labelled([arguments.data])
    others = read_labelled(arguments.others) if arguments.others else []
    places, rows = fold_of(articles, arguments.folds), []
    for fold in range(arguments.folds):
        rows += run(fold, articles, places, others, arguments.work, options)
        right = sum(row["predicted"] == row["column"] for row in rows)
        print(f"{fold + 1}/{arguments.folds}：{len(rows)} 篇，放对 {right / len(rows):.2%}", flush=True)
    show(rows)
    truth = [row["column"] for row in rows]
    print(f"全归最多一栏：{max(collections.Counter(truth).values()) / len(truth):.1%}")


if __name__ == "__main__":
    main()
