"""Cross-validation of the columns: every article judged once by a model that has not seen it or its near-duplicates.

    python benchmarks/folds.py DATA.jsonl… --work DIR [--folds 5 | --by-file] [--with corpus] [--json FILE] [--against FILE] [train.py options]

``--by-file`` leaves one world out: each file of DATA is a fold, judged by a model trained on the other files. Each fold
is a run of train.py whose held-out part is the fold; a fold that is finished in --work is not run again, so that an
interrupted run goes on. ``--with`` are rows that every fold trains on, but for near-duplicates of the fold. ``--against``
is what an earlier run wrote with --json: a recipe that falls below its interval ends with exit status 1. Options after
these go to train.py.
"""

from __future__ import annotations

import argparse
import collections
import csv
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from held_out import compare, show  # noqa: E402

from nlp.bulletin import Article  # noqa: E402
from nlp.duplicates import clusters  # noqa: E402
from nlp.evaluation.columns import MAJORITY, Evaluation  # noqa: E402
from nlp.model.linear import texts_of  # noqa: E402
from nlp.training.data import read_labelled  # noqa: E402


def fold_of(articles: Sequence[Article], others: Sequence[Article], folds: int, seed: int = 13) -> list[int]:
    """The fold of each article: near-duplicates together (by way of ``others`` too), every label spread evenly."""
    members = collections.defaultdict(list)
    for i, cluster in enumerate(clusters(texts_of([*articles, *others]))[: len(articles)]):
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


def claim(work: Path, plan: str) -> None:
    """Take the folder for this run and its continuation: finished folds of other data or settings do not count."""
    mark, file = hashlib.sha256(plan.encode(errors="replace")).hexdigest(), work / "plan.txt"
    work.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.read_text(encoding="utf-8") != mark:
        sys.exit(f"错误：{work}：这里的各折用的是别的数据或设定；请用 --work 指定别的文件夹")
    file.write_text(mark, encoding="utf-8")


def run(fold: int, articles: Sequence[Article], places: Sequence[int], work: Path, options: list[str]) -> list[dict[str, str]]:
    """Train on all but one fold, unless that is done; return the fold's rows of held-out.csv.

    Articles beyond ``places`` are only trained on; train.py holds out those of them that repeat the fold.
    """
    model, mine = work / f"fold{fold}", {str(i) for i, place in enumerate(places) if place == fold}
    if not (model / "report.json").exists():
        data = work / f"fold{fold}.jsonl"
        with data.open("w", encoding="utf-8") as file:
            for i, article in enumerate(articles):
                row = {"id": str(i), "title": article.title, "body": article.body, "column": article.column}
                row |= {"second": article.second, "confidence": article.confidence or ""}
                row["part"] = "test" if str(i) in mine else "train"
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        again = ["--resume"] if (model / "running.txt").exists() else []
        command = [sys.executable, "train.py", "--data", str(data), "--output", str(model), *again, *options]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with (model / "held-out.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["id"] in mine]


def as_dict(figures: Evaluation) -> dict:
    """What of an evaluation holds for labels without probabilities."""
    facts = figures.as_dict()
    return {key: facts[key] for key in ("accuracy", "macro_f1", "interval", "columns", "signature")}


def falls_below(new: Evaluation, reference: dict) -> bool:
    """Print the figures beside those of an earlier run; whether one of them is below that run's interval."""
    below = False
    for key, name in (("accuracy", "准确率"), ("macro_f1", "宏平均 F1")):
        figure, old, (low, high) = getattr(new, key), reference[key], reference["interval"][key]
        below |= figure < low
        print(f"比参照：{name} {figure:.1%}，参照 {old:.1%} [{low:.1%}, {high:.1%}]" + ("，低于区间" if figure < low else ""))
    return below


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", metavar="DATA")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--by-file", action="store_true", help="each file is a fold: trained on the others alone")
    parser.add_argument("--with", dest="others", nargs="*", default=[], help="trained on in every fold")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="the figures, e.g. for a model folder")
    parser.add_argument("--against", type=Path, default=None, metavar="FILE", help="figures not to fall below")
    arguments, options = parser.parse_known_args()
    files = [read_labelled([path]) for path in arguments.data]
    articles = [article for rows in files for article in rows]
    file_of = [k for k, rows in enumerate(files) for _ in rows]
    others = read_labelled(arguments.others) if arguments.others else []
    everything = [*articles, *others]
    folds = len(files) if arguments.by_file else arguments.folds
    places, rows = file_of if arguments.by_file else fold_of(articles, others, folds), []
    claim(arguments.work, repr((places, [(a.title, a.body, a.column) for a in everything], options)))
    for fold in range(folds):
        rows += run(fold, everything, places, arguments.work.resolve(), options)
        right = sum(row["predicted"] == row["column"] for row in rows)
        print(f"{fold + 1}/{folds}：{len(rows)} 篇，放对 {right / len(rows):.2%}", flush=True)
    if len(rows) != len(articles):
        sys.exit(f"错误：{len(articles)} 篇里有 {len(articles) - len(rows)} 篇没有判断；请删去 {arguments.work} 重做")
    for k, path in enumerate(arguments.data):
        mine = [row for row in rows if file_of[int(row["id"])] == k]
        own, other = (sum(row[name] == row["column"] for row in mine) / len(mine) for name in ("predicted", "linear"))
        print(f"{path.name}：{len(mine)} 篇，放对 {own:.1%}，线性模型 {other:.1%}")
    model, linear, test = compare(rows)
    show(model, linear, test)
    majority = model.baselines[MAJORITY]
    print(f"全归最多一栏：{majority['accuracy']:.1%}，宏平均 F1 {majority['macro_f1']:.1%}")
    if arguments.json:
        names = [Path(option).name for option in options]  # of files, not the places of one machine
        counts = {"n": len(rows), "folds": folds, "with": len(others), "options": names}
        systems = {"model": as_dict(model), "linear": as_dict(linear), "majority": majority, "mcnemar": test.as_dict()}
        arguments.json.write_text(json.dumps(counts | systems, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    reference = json.loads(arguments.against.read_text(encoding="utf-8"))["model"] if arguments.against else None
    return int(reference is not None and falls_below(model, reference))


if __name__ == "__main__":
    sys.exit(main())
