"""The words of models/highlights/taste.json, learnt from one reader's ratings.

    python benchmarks/taste.py RATED.jsonl TEXTS.parquet[=SHARE] ... [--without ISSUES.jsonl] [-o FILE] [--seed N]

RATED.jsonl has articles with an ``id``; ``ratings.csv`` beside this script says of some of them how surely that reader
would lead an issue with them, 0 (no) to 3 (surely). The base encoder learns the ratings and rates the texts; what it says
of all of them, and the ratings themselves, are then learnt by words alone: a ridge over the words that a title or a lead
contains. Articles of ``--without`` (the issues that test the choice) are left out of every step.
"""

# ruff: noqa: E402

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tqdm import tqdm

from nlp.bulletin import Article
from nlp.highlights.lexicon import LONGEST, Lexicon, as_json, parts, pieces
from nlp.house import load_house
from nlp.text.sentences import words
from nlp.training.corpora import read_texts
from nlp.training.finetune import base_folder, fit
from nlp.training.settings import FinetuneSettings

SURE = 3  # the highest rating
ANSWERS = ("不作重点", "作重点")  # the two labels that the encoder learns
OFTEN = 5  # texts that must use a word
RIDGE = 30.0
LEAST = 3  # thousandths: what says less, in a title and in a lead, is left out


def marks(article: Article) -> Iterator[str]:
    """By what an article is known again: the letters of its title, and some of its body's."""
    for text in ("".join(filter(str.isalnum, article.title)), "".join(filter(str.isalnum, article.body))[60:90]):
        if text:
            yield text


def read_articles(file: Path, seen: set[str], columns: Sequence[str]) -> list[Article]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    articles = [Article(row["title"], row["body"], path=row["id"]) for row in rows if row["column"] in columns]
    return [article for article in articles if article.title and not seen.intersection(marks(article))]


def taught(articles: Sequence[Article], worth: np.ndarray, seed: int) -> Lexicon:
    """The weights of the words that say best what each article is worth."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import Ridge

    texts = [parts(article.title, article.body) for article in articles]
    used = Counter(word for pair in texts for word in {word for text in pair for word in words(text)})
    often = sorted(word for word, n in used.items() if n >= OFTEN and 2 <= len(word) <= LONGEST)
    vocabulary = {word: i for i, word in enumerate(word for word in often if word.isalnum() and not word.isdigit())}
    rows, columns = [], []
    for row, pair in enumerate(texts):
        for half, text in enumerate(pair):
            found = [vocabulary[word] + half * len(vocabulary) for word in pieces(text) & vocabulary.keys()]
            rows += [row] * len(found)
            columns += found
    table = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), 2 * len(vocabulary)))
    ridge = Ridge(alpha=RIDGE, solver="sparse_cg", tol=1e-4, random_state=seed).fit(table, worth)
    weights = np.rint(1000 * ridge.coef_.reshape(2, -1).T).astype(int).tolist()
    kept = {word: tuple(weights[i]) for word, i in vocabulary.items() if max(map(abs, weights[i])) >= LEAST}
    return Lexicon(round(1000 * ridge.intercept_), kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rated", type=Path)
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--without", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "models" / "highlights" / "taste.json")
    parser.add_argument("--seed", type=int, default=13)
    arguments = parser.parse_args()
    house = load_house()
    seen: set[str] = set()
    for line in arguments.without.read_text(encoding="utf-8").splitlines() if arguments.without else ():
        seen.update(mark for row in json.loads(line)["articles"] for mark in marks(Article(row["title"], row["body"])))
    with open(Path(__file__).with_name("ratings.csv"), encoding="utf-8", newline="") as file:
        ratings = {row["id"]: int(row["rating"]) / SURE for row in csv.DictReader(file)}
    known = read_articles(arguments.rated, seen, house.column_names)
    rated = [article for article in known if article.path in ratings]
    others = [article for article in known if article.path not in ratings]
    for text in read_texts(arguments.texts):
        title, _, body = text.partition("\n")
        article = Article(title, body)
        if title and body and not seen.intersection(marks(article)):
            others.append(article)
            seen.update(marks(article))
    worth = np.array([ratings[article.path] for article in rated])
    settings = FinetuneSettings(epochs=3, length=96, learning_rate=1e-4, seed=arguments.seed)
    with tempfile.TemporaryDirectory() as checkpoints:
        targets = np.stack([1 - worth, worth], axis=1).astype(np.float32)
        teacher = fit(rated, ANSWERS, base_folder(""), settings, Path(checkpoints), house, targets)
    with tqdm(total=len(others), unit="篇") as bar:
        answers = [answer.scores[ANSWERS[1]] for answer in teacher.predict(others, bar.update)]
    taste = taught([*others, *rated], np.r_[answers, worth], arguments.seed)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(as_json(taste), encoding="utf-8", newline="\n")
    print(f"{len(rated)} 篇评过分，{len(others)} 篇由编码器评分；{len(taste.words)} 个词写入 {arguments.output}")


if __name__ == "__main__":
    main()
