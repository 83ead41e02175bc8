"""What makes the home column work: written articles, the home mark, place-name exchange, or all of them.

    python benchmarks/home_city.py DATA.jsonl [--rows 2000] [--epochs 3]

Fine-tunes one small model for each combination on corpus/ and some of DATA (held-out part left aside)
and prints recall and precision of the home column on ``changzhou.jsonl`` and on the held-out part.
About three minutes each on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nlp.bulletin import Article  # noqa: E402
from nlp.house import load_house  # noqa: E402
from nlp.training.data import label_names, read_labelled, split  # noqa: E402
from nlp.training.finetune import base_folder, fit  # noqa: E402
from nlp.training.settings import FinetuneSettings  # noqa: E402

WAYS = {
    "只有自写文章": (False, 0), "地名标记": (True, 0), "地名互换": (False, FinetuneSettings.exchanged),
    "标记 + 互换": (True, FinetuneSettings.exchanged),
}  # fmt: skip


def figures(truth: list[bool], said: list[bool]) -> str:
    """Recall and precision of the home column."""
    hits = sum(a and b for a, b in zip(truth, said, strict=True))
    return f"召回率 {hits / sum(truth):.1%}，精确率 {hits / max(1, sum(said)):.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--epochs", type=float, default=3)
    arguments = parser.parse_args()
    house = load_house()
    articles = read_labelled([ROOT / "corpus", arguments.data])
    labels = label_names(articles, house)
    train_rows, test_rows = split(articles, FinetuneSettings.held_out, FinetuneSettings.seed)
    training, held_out = [articles[i] for i in train_rows], [articles[i] for i in test_rows]
    real = [article for article in training if not article.part]
    random.Random(1).shuffle(real)
    training = [article for article in training if article.part] + real[: arguments.rows]
    rows = [json.loads(line) for line in (ROOT / "benchmarks/changzhou.jsonl").read_text(encoding="utf-8").splitlines()]
    written = [Article(row["title"], row["body"], column=row["column"]) for row in rows]
    print(f"训练 {len(training)} 篇，{arguments.epochs:g} 轮，每篇 128 个词元；测试 {len(written)} 篇和留出 {len(held_out)} 篇")
    for name, (marks, exchanged) in WAYS.items():
        settings = FinetuneSettings(epochs=arguments.epochs, length=128, exchanged=exchanged, marks_home=marks)
        with tempfile.TemporaryDirectory() as folder:
            classifier = fit(training, labels, base_folder(""), settings, Path(folder), house)
        for part, test in (("专写的测试", written), ("留出部分", held_out)):
            said = [p.column == house.home_column for p in classifier.predict(test)]
            print(f"{name}　{part}　{figures([a.column == house.home_column for a in test], said)}", flush=True)


if __name__ == "__main__":
    main()
