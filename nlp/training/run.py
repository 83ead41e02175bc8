"""Labelled articles in, a model folder out: split, fine-tune, calibrate, measure, save.

Knows the labels only from the data; the seven columns are merely the ones in ``corpus/``.
``python -m nlp.training.run DIR DATA…`` calibrates, measures and exports a folder trained before once more.
"""

from __future__ import annotations

import argparse
import collections
import csv
import dataclasses
import hashlib
import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..bulletin import Article, Prediction
from ..errors import SubaoError, UnusableModel, need
from ..evaluation.columns import LINEAR, Evaluation, evaluate
from ..files import csv_bytes
from ..house import House, load_house
from ..model.calibration import choose_threshold, fit_mixture, probabilities
from ..model.classifier import ColumnClassifier
from ..model.folder import BASELINE, HELD_OUT, REPORT, parent_of, shipped_model
from ..model.linear import LinearClassifier, texts_of
from .data import label_names, read_labelled, split
from .distil import label_texts
from .export import export, facts_of
from .finetune import base_folder, batch_for, epochs_for, fit
from .settings import FinetuneSettings

RUN = "running.txt"  # what an unfinished run was started with; gone when it is done
LIBRARIES = ("torch", "transformers", "datasets", "accelerate", "safetensors", "scipy", "sklearn", "onnx")  # of [train]
MINIMUM = 20  # fewer labelled articles than this are no training set


def train(
    articles: Sequence[Article],
    settings: FinetuneSettings,
    report: Callable[[str], object] = print,
    house: House | None = None,
) -> Path:
    """Fine-tune on labelled articles and write a model folder; return it.

    ``house`` (default: the shipped one) orders the labels and names the home city. ``report`` gets
    Chinese lines: settings, N per label and split, then the evaluation.
    """
    need(*LIBRARIES)
    house = house or load_house()
    output, labels = settings.output, label_names(articles, house)
    if len(labels) < 2 or len(articles) < MINIMUM:
        raise SubaoError(f"只有 {len(articles)} 篇、{len(labels)} 种栏目，不足以训练；至少 {MINIMUM} 篇、两种栏目")
    train_rows, test_rows = split(articles, settings.held_out, settings.seed)
    training, held_out = [articles[i] for i in train_rows], [articles[i] for i in test_rows]
    if len(held_out) < 2 or len({article.column for article in training}) < len(labels):
        raise SubaoError(f"训练 {len(training)} 篇、留出 {len(held_out)} 篇，不够训练和测量；每栏至少 5 篇，part 不要都写成同一种")
    base = base_folder(settings.base)
    first = int(os.environ.get("RANK", 0)) == 0  # under accelerate launch only one process measures and writes
    if first:
        _claim(output, settings, articles)
        report(_plan(settings, base, labels, training, held_out))
    taught = label_texts(settings, training, {a.title for a in held_out}, labels, house) if settings.unlabelled else None
    classifier = fit(training, labels, base, settings, output / "checkpoints", house, taught)
    classifier.linear, used = _linear(training), training
    if first:
        figures, predictions, linear = measure(classifier, training, held_out)
        report(figures.table())
    if not settings.holdout:
        card, used = classifier.card, [articles[i] for i in split(articles, 0, settings.seed)[0]]
        classifier = fit(used, labels, base, settings, output / "checkpoints-all", house, taught)
        classifier.card, classifier.linear = card, _linear(used)
    if first:
        classifier.save(output)
        _write_held_out(output, predictions, linear)
        for name in ("checkpoints", "checkpoints-all"):
            shutil.rmtree(output / name, ignore_errors=True)
        onnx = facts_of(export(classifier, output, held_out, report))
        measured = {"fitted_on": len(used), "figures": figures.as_dict(), "onnx": onnx}
        _write_report(output, settings, measured, training, held_out)
        (output / RUN).unlink()
    return output


def measure_again(folder: Path, articles: Sequence[Article], report: Callable[[str], object] = print) -> None:
    """Calibrate, measure and export a trained folder once more, on those of the articles that it held out.

    The weights and the linear model stay; card, report, held-out.csv and model.onnx are written anew.
    """
    facts = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    if facts["fitted_on_everything"]:
        raise SubaoError(f"{folder}：这个模型最后用全部文章训练过，没有没见过的文章可量；它的数字在 {REPORT} 里")
    classifier = ColumnClassifier.load(folder, engine="torch")
    classifier.linear = LinearClassifier.load(folder / BASELINE)
    with (folder / HELD_OUT).open(encoding="utf-8-sig", newline="") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    held_out = [article for article in articles if article.path in ids]
    training = [article for article in articles if article.path not in ids]
    if len(held_out) < len(ids) or not training:
        raise SubaoError(f"{folder / HELD_OUT} 里的 {len(ids)} 篇，数据里只有 {len(held_out)} 篇；请给出训练时的全部数据")
    figures, predictions, linear = measure(classifier, training, held_out)
    report(figures.table())
    classifier.save_card(folder)
    _write_held_out(folder, predictions, linear)
    onnx = facts_of(export(classifier, folder, held_out, report))
    facts |= {"figures": figures.as_dict(), "onnx": onnx}
    (folder / REPORT).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nlp.training.run", description="给训练好的模型文件夹重新校准、测量、导出")
    parser.add_argument("folder", type=Path, metavar="DIR", help="模型文件夹")
    parser.add_argument("data", nargs="+", metavar="DATA", help="训练时用的全部数据")
    arguments = parser.parse_args(argv)
    try:
        measure_again(arguments.folder, read_labelled(arguments.data))
    except (SubaoError, OSError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    return 0


def _linear(articles: Sequence[Article]) -> LinearClassifier:
    return LinearClassifier.fit(texts_of(articles), [article.column for article in articles])


def _write_held_out(output: Path, predictions: Sequence[Prediction], linear: Sequence[str]) -> None:
    rows = [
        (p.article.path, p.article.column, p.column, f"{p.confidence:.4f}", other)
        for p, other in zip(predictions, linear, strict=True)
    ]
    (output / HELD_OUT).write_bytes(csv_bytes(("id", "column", "predicted", "confidence", "linear"), rows))


def _write_report(output: Path, settings: FinetuneSettings, measured: dict, training, held_out) -> None:
    plain = dataclasses.asdict(settings) | {  # names of files, not the paths of one machine
        "base": Path(settings.base).name or "shipped", "output": settings.output.name,
        "unlabelled": [Path(text).name for text in settings.unlabelled],
        "teacher": Path(settings.teacher).name,
    }  # fmt: skip
    parts = {"train": training, "held_out": held_out}
    counts = {part: dict(collections.Counter(a.column for a in rows)) for part, rows in parts.items()}
    facts = {
        "settings": plain, "rows": counts, "majority": max(counts["train"], key=counts["train"].get),
        "fitted_on_everything": not settings.holdout, **measured,
    }  # fmt: skip
    (output / REPORT).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _claim(output: Path, settings: FinetuneSettings, articles: Sequence[Article]) -> None:
    """Take the output folder for this run, or for its continuation and for nothing else."""
    if output.resolve() in (shipped_model().resolve(), shipped_model("base").resolve()):
        raise SubaoError(f"{output}：这是自带的模型，不能覆盖；请用 --output 指定别的文件夹")
    if output.exists() and not output.is_dir():
        raise SubaoError(f"{output}：这里已有同名的文件；请用 --output 指定别的文件夹")
    rows = [(a.title, a.body, a.column, a.part) for a in articles]
    same = repr((dataclasses.replace(settings, resume=False, output=Path()), rows))
    mark = hashlib.sha256(same.encode(errors="replace")).hexdigest()
    run = output / RUN
    if settings.resume and run.is_file():
        if run.read_text(encoding="utf-8") != mark:
            raise SubaoError(f"{output}：上次中断的训练用的是别的数据或设定，不能接着做；请用 --output 指定别的文件夹")
    elif output.exists() and any(output.iterdir()):
        trained = "已经训练完" if (output / REPORT).exists() else "已经存在"
        raise SubaoError(f"{output}：{trained}；接着中断的训练请加 --resume，重新训练请用 --output 指定别的文件夹")
    output.mkdir(parents=True, exist_ok=True)
    run.write_text(mark, encoding="utf-8")


def _plan(settings: FinetuneSettings, base: str, labels: list[str], training: list[Article], held_out: list[Article]) -> str:
    counts = [collections.Counter(a.column for a in part) for part in (training, held_out)]
    lines = [
        f"基础模型 {base}，输出 {settings.output}，种子 {settings.seed}",
        f"轮数 {epochs_for(len(training), settings):g}，批 {batch_for(len(training), settings)}，学习率 {settings.learning_rate:g}，"
        f"每篇读 {settings.length} 个词元",
        f"训练 {len(training)} 篇，留出 {len(held_out)} 篇（近似重复的放在同一边）：",
    ]
    if settings.unlabelled:
        lines.insert(2, f"另学未标注的文章，由{settings.teacher or '训练部分上的线性模型'}标注")
    if not settings.holdout:
        lines.insert(2, "量过以后用全部文章（注明留作测试的除外）再训练一次；数字来自没有见过留出部分的那一次")
    return "\n".join(lines + [f"  {label}　训练 {counts[0][label]}　留出 {counts[1][label]}" for label in labels])


def measure(
    classifier: ColumnClassifier, training: Sequence[Article], held_out: Sequence[Article]
) -> tuple[Evaluation, list[Prediction], list[str]]:
    """Calibrate on the held-out part (the card is filled in) and compare with it; the linear labels come last.

    Each half of the held-out part is judged with the other half's temperature and weight of the linear model,
    and the card's precision and coverage with the other half's threshold.
    """
    truth = [article.column for article in held_out]
    logits, margins = classifier.logits(held_out), classifier.margins(held_out)
    target = np.array([classifier.labels.index(label) for label in truth])
    half = np.arange(len(truth)) % 2
    rows = np.zeros(logits.shape)
    for this in (0, 1):
        mine, other = half == this, half != this
        temperature, weight = fit_mixture(logits[other], margins[other], target[other])
        rows[mine] = probabilities(logits[mine] / temperature + weight * margins[mine])
    correct, confidence = rows.argmax(1) == target, rows.max(1)
    sure = np.zeros(len(truth), dtype=bool)
    for this in (0, 1):
        sure[half == this] = confidence[half == this] >= _threshold(correct[half != this], confidence[half != this])
    temperature, weight = fit_mixture(logits, margins, target)
    classifier.card = dataclasses.replace(
        classifier.card, temperature=round(temperature, 4), linear=round(weight, 4), threshold=_threshold(correct, confidence),
        precision=round(float(correct[sure].mean()) if sure.any() else 0.0, 4), coverage=round(float(sure.mean()), 4),
    )  # fmt: skip
    predictions = [
        Prediction(article, dict(zip(classifier.labels, map(float, row), strict=True)))
        for article, row in zip(held_out, rows, strict=True)
    ]
    linear = classifier.linear.predict(texts_of(held_out))
    figures = evaluate(
        truth, predictions, classifier.card.threshold, baselines={LINEAR: linear},
        training_labels=[article.column for article in training],
    )  # fmt: skip
    return figures, predictions, linear


def _threshold(correct: np.ndarray, confidence: np.ndarray) -> float:
    """The threshold for these rows, up to the next whole percent: as it is shown, so it is used."""
    return math.ceil(100 * choose_threshold(correct, confidence)) / 100


def linear_baseline(folder: Path | None, articles: Sequence[Article] | None = None) -> tuple[LinearClassifier, str]:
    """The linear baseline of a model folder, or one fitted on other articles; and the majority label of its rows."""
    if articles is not None:
        return _linear(articles), collections.Counter(a.column for a in articles).most_common(1)[0][0]
    folder = parent_of(folder) or folder
    baseline = LinearClassifier.load(folder / BASELINE)
    try:
        return baseline, json.loads((folder / REPORT).read_text(encoding="utf-8"))["majority"]
    except (OSError, ValueError, KeyError) as error:
        raise UnusableModel(f"{folder / REPORT}：读不出训练时的数字；请重新复制整个模型文件夹") from error


if __name__ == "__main__":
    sys.exit(main())
