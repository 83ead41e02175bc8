"""Reading and sorting an inbox, as the verbs that take one share it."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from ..bulletin import REJECTED, Article
from ..errors import SubaoError, UnreadableFile
from ..house import House
from .model import load_classifier, predict
from .parser import add_model, say

if TYPE_CHECKING:
    from ..issue.sorting import Sorted
    from ..model.classifier import Card, ColumnClassifier


def add_inbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inbox", metavar="INPUT", help="来稿文件夹、单个文件，或 - 表示标准输入")
    parser.add_argument("--no-split", action="store_true", help="一个文件里有几篇时不拆开，当一篇读")
    add_model(parser)


def sort_inbox(arguments: argparse.Namespace, house: House, for_issue: bool = False) -> tuple[Sorted, list[UnreadableFile], ColumnClassifier]:
    """Read and sort the articles of INPUT: with what could not be read, and the model.

    ``for_issue``: the model's labels must be columns of the house.
    """
    from ..duplicates import find_duplicates
    from ..issue.sorting import Sorted

    articles, refused = read_inbox(arguments)
    classifier = load_for_issue(arguments, house) if for_issue else load_classifier(arguments.model, house, arguments.engine)
    predictions = predict(classifier, articles)
    return Sorted(predictions, find_duplicates(articles)), refused, classifier


def read_inbox(arguments: argparse.Namespace) -> tuple[list[Article], list[UnreadableFile]]:
    """The articles of INPUT and what could not be read, which is said at once."""
    from ..documents.articles import WITH_OTHERS, read_articles
    from ..documents.kinds import READABLE

    refused: list[UnreadableFile] = []

    def refuse(error: UnreadableFile) -> None:
        refused.append(error)
        say(f"跳过 {error}")

    articles = read_articles(arguments.inbox, refuse, split=not arguments.no_split)
    parted = Counter(article.path.rpartition("#")[0] for article in articles if WITH_OTHERS in article.notes)
    for path, count in parted.items():
        say(f"{path}：里面有 {count} 篇，已拆开；不要拆就加 --no-split")
    if not articles:
        raise SubaoError(f"{arguments.inbox}：没有读到一篇文章；{READABLE}")
    return articles, refused


def load_for_issue(arguments: argparse.Namespace, house: House) -> ColumnClassifier:
    """The model, whose labels must be columns of the house."""
    classifier = load_classifier(arguments.model, house, arguments.engine)
    strange = [name for name in classifier.labels if name not in (*house.column_names, REJECTED)]
    if strange:
        raise SubaoError(f"模型的栏目“{'、'.join(strange)}”不在刊物设定里；请用 --model 换模型（subao train 训练），或用 --house 换设定")
    return classifier


def say_precision(inbox: Sorted, card: Card) -> None:
    """Say how often the articles without 请核对 are right, where the model knows."""
    if inbox.doubtful and card.precision:
        wrong = round(100 * (1 - card.precision))
        say(f"把握不到 {card.threshold:.0%} 的标“请核对”；没有标的，每一百篇约有 {wrong} 篇放错（在没有参加训练的文章上量的）")
