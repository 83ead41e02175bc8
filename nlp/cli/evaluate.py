"""subao evaluate: a model against the editors' own judgement."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .. import __version__
from ..errors import SubaoError
from ..house import load_house
from .evaluate_highlights import evaluate_highlights, evaluate_sentences
from .model import load_classifier, predict
from .parser import add_model, add_verb, positive, say


def add_evaluate(verbs) -> None:
    parser = add_verb(
        verbs, "evaluate", _evaluate, "与编辑的判断对照：分栏（准确率、F1、校准）、本期重点或要点句",
        "subao evaluate corpus --picture confusion.svg\n  subao evaluate --highlights corpus/issues/第12期.md",
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("data", nargs="*", default=[], metavar="DATA", help="带栏目的文章：.jsonl、.csv、.xlsx、稿件文件 .md 或文件夹")
    what.add_argument(
        "--highlights", nargs="+", type=Path, metavar="ISSUE",
        help="改为对照编辑选的本期重点：写好重点的稿件文件 .md，或每行一期的 .jsonl（articles、chosen，可有 readers）",
    )  # fmt: skip
    what.add_argument(
        "--sentences", nargs="+", type=Path, metavar="DATA",
        help="改为量要点句：.jsonl，每篇有 body、sentences、best、good（读者会用的句子）；"
             "或 .jsonl、.parquet，每篇有 body 和 reference（人写的句子，没有就用 headline、title）",
    )  # fmt: skip
    parser.add_argument("--k", type=positive, metavar="N", help="--highlights 时选几篇（默认：编辑选几篇就选几篇）")
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="同样的数字，一个 JSON 对象")
    parser.add_argument("--baseline", nargs="+", metavar="TRAIN", help="线性基线改用这些文章训练（默认用模型自己的训练数据）")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="混淆矩阵图，.png 或 .svg")
    parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="判错的文章，把握高的在前")
    parser.add_argument("--against", metavar="DIR", help="与另一个模型比较（McNemar 检验）")
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")


def _evaluate(arguments: argparse.Namespace) -> None:
    if arguments.k and not arguments.highlights:
        raise SubaoError("--k 只和 --highlights 一起用；请去掉它")
    if arguments.highlights or arguments.sentences:
        for option in ("baseline", "picture", "errors", "against"):
            if getattr(arguments, option):
                raise SubaoError(f"--{option} 只用于量分栏（subao evaluate DATA）；请去掉它，或分两次运行")
        (evaluate_highlights if arguments.highlights else evaluate_sentences)(arguments)
    else:
        _evaluate_columns(arguments)


def _evaluate_columns(arguments: argparse.Namespace) -> None:
    from ..evaluation import columns as evaluation
    from ..evaluation.intervals import mcnemar
    from ..model.linear import texts_of
    from ..training.data import read_labelled
    from ..training.run import linear_baseline

    house = load_house(arguments.house)
    articles = read_labelled(arguments.data, say, house)
    if arguments.picture and arguments.picture.exists() and not arguments.force:
        raise SubaoError(f"{arguments.picture}：已经存在；确要覆盖请加 --force，或换一个名字")
    if any(article.part == "test" for article in articles):
        articles = [article for article in articles if article.part != "train"]
        say(f"只用没有参加训练的 {len(articles)} 篇（part 写着 train 的不算）")
    classifier = load_classifier(arguments.model, house, arguments.engine)
    predictions = predict(classifier, articles)
    truth = [article.column for article in articles]
    rows = read_labelled(arguments.baseline, say, house) if arguments.baseline else None
    linear, majority = linear_baseline(classifier.folder, rows)
    figures = evaluation.evaluate(
        truth, predictions, classifier.card.threshold, model=classifier.signature, version=__version__,
        baselines={evaluation.LINEAR: [*map(classifier.name_of, linear.predict(texts_of(articles)))]},
        training_labels=[classifier.name_of(majority)],
    )  # fmt: skip
    facts, text = figures.as_dict(), figures.table()
    predicted = [p.column for p in predictions]
    if arguments.against:
        other = predict(load_classifier(arguments.against, house), articles)
        test = mcnemar(truth, predicted, [p.column for p in other])
        facts["against"] = {"model": arguments.against, **test.as_dict()}
        text += f"\n与 {arguments.against} 比较：{test.line()}"
    print(json.dumps(facts, ensure_ascii=False) if arguments.json else text)
    if arguments.picture:
        from ..evaluation.confusion import confusion_picture

        path = confusion_picture(truth, predicted, list(figures.columns), arguments.picture, "编辑与模型的栏目")
        say(f"写好：{path}")
    if arguments.errors:
        _write_errors(arguments, truth, predictions)


def _write_errors(arguments: argparse.Namespace, truth, predictions) -> None:
    from ..evaluation.columns import error_rows
    from ..files import csv_bytes, write_file

    header = ("编号", "标题", "编辑", "模型", "次选", "把握")
    rows = [[*list(row.values())[:-1], f"{row['confidence']:.1%}"] for row in error_rows(truth, predictions)]
    write_file(arguments.errors, csv_bytes(header, rows), force=arguments.force)
    say(f"写好：{arguments.errors}（{len(rows)} 篇）")
