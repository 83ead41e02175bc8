"""How much of an article the model should read: the held-out part read in several ways by the same model.

    python benchmarks/lengths.py DATA.jsonl --model DIR

DATA must hold the articles whose ids are in the model's ``held-out.csv``, and the model must not have learnt
them. Lead: the first n tokens; lead and middle: three fifths lead, two fifths from the middle; windows: logits
of two pieces averaged. Long articles are those with more than 410 characters.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nlp.bulletin import Article
from nlp.model.classifier import ColumnClassifier
from nlp.model.folder import chosen_model
from nlp.training.data import read_labelled

CHARACTERS = 1.6  # a token, on average


def lead_and_middle(article: Article, tokens: int) -> Article:
    """The article with the opening and a piece of its middle as its body."""
    room = int((tokens - 24) * CHARACTERS)
    lead, piece = room * 3 // 5, room * 2 // 5
    if len(article.body) <= room:
        return article
    start = max(lead, (len(article.body) - piece) // 2)
    return replace(article, body=article.body[:lead] + "\n" + article.body[start : start + piece])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--model", default=None)
    arguments = parser.parse_args()
    model = chosen_model(arguments.model)
    if json.loads((model / "report.json").read_text(encoding="utf-8"))["fitted_on_everything"]:
        sys.exit(f"错误：{model}：这个模型用全部文章训练过；请用 --model 给出留着一部分没有见过的模型")
    with (model / "held-out.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    articles = [article for article in read_labelled([arguments.data]) if article.path in ids]
    classifier = ColumnClassifier.load(model)
    truth = np.array([classifier.labels.index(article.column) for article in articles])
    long = np.array([len(article.body) > 410 for article in articles])

    def show(name: str, logits: np.ndarray, seconds: float = 0) -> None:
        right = logits.argmax(1) == truth
        speed = f"，{len(articles) / seconds:.0f} 篇/秒" if seconds else ""
        print(f"{name}：准确率 {right.mean():.1%}，其中长文 {right[long].mean():.1%}{speed}", flush=True)

    def read(some: Sequence[Article], tokens: int) -> tuple[np.ndarray, float]:
        classifier.encoder.length = tokens
        begin = time.perf_counter()
        return classifier.logits(some), time.perf_counter() - begin

    print(f"{len(articles)} 篇，其中长文 {long.sum()} 篇")
    for tokens in (64, 96, 128, 192, 256):
        show(f"开头 {tokens} 词元", *read(articles, tokens))
    for tokens in (192, 256):
        show(f"开头加中间 {tokens} 词元", *read([lead_and_middle(a, tokens) for a in articles], tokens))
    first, _ = read(articles, 256)
    second, seconds = read([replace(a, body=a.body[400:]) if len(a.body) > 500 else a for a in articles], 256)
    show("两窗平均 2×256 词元", first + second, 2 * seconds)


if __name__ == "__main__":
    main()
