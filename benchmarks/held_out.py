"""The held-out part of a model's training data once more: the model beside the linear baseline, with intervals.

    python benchmarks/held_out.py [--model DIR] [--data ROWS.jsonl]

Reads ``held-out.csv`` of the model folder (labels and predictions, no text), so it needs no model run.
``--data`` keeps only the articles whose id is in that file, e.g. the real ones and not those of corpus/.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nlp.bulletin import Article, Prediction
from nlp.evaluation.columns import Evaluation, evaluate
from nlp.evaluation.intervals import McNemar, mcnemar
from nlp.model.folder import chosen_model


def compare(rows: list[dict[str, str]]) -> tuple[Evaluation, Evaluation, McNemar]:
    """The model, the linear baseline and the test between them, for rows of a held-out.csv."""
    truth = [row["column"] for row in rows]
    labels = sorted({value for row in rows for value in (row["column"], row["predicted"], row["linear"])})
    figures = []
    for key in ("predicted", "linear"):
        said = [Prediction(Article(row["id"], ""), {x: float(x == row[key]) for x in labels}) for row in rows]
        figures.append(evaluate(truth, said, 0.0))
    return *figures, mcnemar(truth, [row["predicted"] for row in rows], [row["linear"] for row in rows])


def show(model: Evaluation, linear: Evaluation, test: McNemar) -> None:
    """Print what ``compare`` found."""
    for name, figures in (("模型", model), ("字 TF-IDF + 线性 SVM", linear)):
        low, high = figures.interval["accuracy"]
        print(f"{name}：N {figures.n}，准确率 {figures.accuracy:.1%} [{low:.1%}, {high:.1%}]，", end="")
        low, high = figures.interval["macro_f1"]
        print(f"宏平均 F1 {figures.macro_f1:.1%} [{low:.1%}, {high:.1%}]")
        print("  " + "，".join(f"{label} {c['f1']:.1%}（{c['n']}）" for label, c in figures.columns.items()))
    print(test.line())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None)
    parser.add_argument("--data", type=Path, default=None)
    arguments = parser.parse_args()
    with (chosen_model(arguments.model) / "held-out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if arguments.data:
        lines = arguments.data.read_text(encoding="utf-8").splitlines()
        ids = {json.loads(line)["id"] for line in lines}
        rows = [row for row in rows if row["id"] in ids]
    show(*compare(rows))


if __name__ == "__main__":
    main()
