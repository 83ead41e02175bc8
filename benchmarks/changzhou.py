"""Recall and precision of the home column on 40 articles about Changzhou and 40 traps.

    python benchmarks/changzhou.py [--model DIR]

``changzhou.jsonl`` was written for this test alone; nothing is trained or tuned on it. A trap names
Changzhou in passing, or something of like name. Beside the model: the rule "a home name in the title
or the first sentence", the linear baseline kept in the model's folder, and chance.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nlp.bulletin import Article
from nlp.house import load_house
from nlp.model.classifier import ColumnClassifier
from nlp.model.folder import chosen_model
from nlp.model.linear import LinearClassifier
from nlp.text.places import HOME, mark_home
from nlp.text.sentences import split_sentences


def figures(truth: list[bool], said: list[bool]) -> str:
    """Recall and precision of one system, with counts."""
    hits, n, claimed = sum(a and b for a, b in zip(truth, said, strict=True)), sum(truth), sum(said)
    precision = f"{hits / claimed:.1%}" if claimed else "—"
    return f"召回率 {hits / n:6.1%}（{hits}/{n}）  精确率 {precision:>6}（{hits}/{claimed}）"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None)
    parser.add_argument("--errors", action="store_true", help="list the mistakes")
    arguments = parser.parse_args()
    lines = Path(__file__).with_name("changzhou.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    articles = [Article(row["title"], row["body"], path=row["id"]) for row in rows]
    house, model = load_house(), chosen_model(arguments.model)
    home = house.home_column
    truth = [row["column"] == home for row in rows]
    predictions = ColumnClassifier.load(model).predict(articles)
    said = [p.column == home for p in predictions]
    rule = [HOME in mark_home(a.title + "。" + "".join(split_sentences(a.body)[:1]), house) for a in articles]
    linear = LinearClassifier.load(model / "baseline.npz").predict([f"{a.title}\n{a.body}" for a in articles])
    print(f"模型　　　　　　　　{figures(truth, said)}")
    print(f"规则：标题首句有地名　{figures(truth, rule)}")
    print(f"字 TF-IDF+线性 SVM　{figures(truth, [label == home for label in linear])}")
    for row, p, t, s in zip(rows, predictions, truth, said, strict=True):
        if arguments.errors and t != s:
            print(f"  {row['id']} 应为 {row['column']}，判为 {p.column} {p.confidence:.0%}：{row['title']}（{row['note']}）")


if __name__ == "__main__":
    main()
