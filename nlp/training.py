"""Labelled articles in, a model folder out: split, fine-tune, calibrate, measure, save.

Built on transformers' Trainer and datasets, so that ``accelerate launch train.py`` uses every GPU.
Knows the labels only from the data; the seven columns are merely the ones in ``corpus/``.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import math
import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .baseline import LinearBaseline
from .bulletin import Article, House, Prediction, load_house
from .classifier import Card, ColumnClassifier, probabilities, shipped_model
from .encoder import Encoder
from .errors import SubaoError, UnusableModel
from .evaluation import LINEAR, Evaluation, choose_threshold, evaluate, fit_temperature
from .filing import csv_bytes
from .home import HOME, exchange_places
from .labelled import label_names, split, texts_of
from .plaintext import read_texts

REPORT = "report.json"  # the figures of the held-out part, beside the weights
HELD_OUT = "held-out.csv"  # id, label and predictions of each held-out article, no text
BASELINE = "baseline.npz"
MINIMUM = 20  # fewer labelled articles than this are no training set


@dataclass(frozen=True)
class Settings:
    """What a training run depends on; change one when its measured effect says so."""

    base: str = ""  # folder or hub name of the base encoder; empty: the shipped one
    output: Path = Path("models/mine")
    epochs: float = 0  # 0: five for thousands of articles, more for hundreds
    seed: int = 13
    length: int = 256  # tokens read of an article: about 410 characters
    batch: int = 16
    learning_rate: float = 2e-4  # 1e-4 to 3e-4 for small encoders, 2e-5 for BERT-base
    warm_up: float = 0.1
    weight_decay: float = 0.01
    label_smoothing: float = 0.05
    imbalance: float = 0.5  # a label's weight is its frequency to the power of minus this; 0: all alike
    exchanged: int = 300  # at most so many articles moved to the home city, and as many contrary ones
    unlabelled: tuple[str, ...] = ()  # plain text for the linear baseline to label, as a first lesson
    taught: int = 12_000  # at most so many of these texts
    held_out: float = 0.1
    holdout: bool = True  # False: after measuring, fit once more on everything
    resume: bool = False


def train(
    articles: Sequence[Article],
    settings: Settings,
    report: Callable[[str], object] = print,
    house: House | None = None,
) -> Path:
    """Fine-tune on labelled articles and write a model folder; return it.

    ``house`` (default: the shipped one) orders the labels and names the home city. ``report`` gets
    Chinese lines: settings, N per label and split, then the evaluation.
    """
    house = house or load_house()
    output, labels = settings.output, label_names(articles, house)
    if len(labels) < 2 or len(articles) < MINIMUM:
        raise SubaoError(f"只有 {len(articles)} 篇、{len(labels)} 种栏目，不足以训练；至少 {MINIMUM} 篇、两种栏目")
    first = int(os.environ.get("RANK", 0)) == 0  # under accelerate launch only one process measures and writes
    if first:
        _claim(output, settings)
    base = base_folder(settings.base)
    train_rows, test_rows = split(articles, settings.held_out, settings.seed)
    training, held_out = [articles[i] for i in train_rows], [articles[i] for i in test_rows]
    if first:
        report(_plan(settings, base, labels, training, held_out))
    if settings.unlabelled:
        report("先学线性模型给未标注文章的判断")
        base = learn_from_linear(training, {a.title for a in held_out}, labels, base, settings, output, house)
    classifier, used = fit(training, labels, base, settings, output / "checkpoints", house), training
    if first:
        figures, predictions, linear = measure(classifier, training, held_out)
        report(figures.table())
    if not settings.holdout:
        report("用全部文章再训练一次；上面的数字来自没有见过留出部分的模型")
        card, used = classifier.card, list(articles)
        classifier = fit(used, labels, base, settings, output / "checkpoints-all", house)
        classifier.card = card
    if first:
        classifier.save(output)
        LinearBaseline.fit(texts_of(used), [a.column for a in used]).save(output / BASELINE)
        _write_report(output, settings, figures.as_dict(), training, held_out)
        _write_held_out(output, predictions, linear)
        for folder in output.glob("checkpoints*"):
            shutil.rmtree(folder)
    return output


def _write_held_out(output: Path, predictions: Sequence[Prediction], linear: Sequence[str]) -> None:
    rows = [
        (p.article.path, p.article.column, p.column, f"{p.confidence:.4f}", other)
        for p, other in zip(predictions, linear, strict=True)
    ]
    (output / HELD_OUT).write_bytes(csv_bytes(("id", "column", "predicted", "confidence", "linear"), rows))


def _write_report(output: Path, settings: Settings, figures: dict, training, held_out) -> None:
    plain = dataclasses.asdict(settings) | {"base": Path(settings.base).name or "shipped", "output": settings.output.name}
    parts = {"train": training, "held_out": held_out}
    counts = {part: dict(collections.Counter(a.column for a in rows)) for part, rows in parts.items()}
    facts = {
        "settings": plain, "rows": counts, "majority": max(counts["train"], key=counts["train"].get),
        "fitted_on_everything": not settings.holdout, "figures": figures,
    }  # fmt: skip
    (output / REPORT).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def base_folder(base: str) -> str:
    """The base encoder: a local folder, else a hub name; by default the shipped one."""
    folder = Path(base) if base else shipped_model("base")
    if folder.is_dir():
        return str(folder)
    if not base or base.startswith((".", "/", "~")) or "\\" in base or base.count("/") > 1:
        raise SubaoError(f"{folder}：没有这个基础模型文件夹；请检查 --base")
    return base


def _claim(output: Path, settings: Settings) -> None:
    if output.resolve() in (shipped_model().resolve(), shipped_model("base").resolve()):
        raise SubaoError(f"{output}：这是自带的模型，不能覆盖；请用 --output 指定别的文件夹")
    if output.exists() and any(output.iterdir()) and not settings.resume:
        raise SubaoError(f"{output}：已经存在；接着训练请加 --resume，重新训练请用 --output 指定别的文件夹")


def _plan(settings: Settings, base: str, labels: list[str], training: list[Article], held_out: list[Article]) -> str:
    counts = [collections.Counter(a.column for a in part) for part in (training, held_out)]
    lines = [
        f"基础模型 {base}，输出 {settings.output}，种子 {settings.seed}",
        f"轮数 {epochs_for(len(training), settings):g}，批 {settings.batch}，学习率 {settings.learning_rate:g}，"
        f"每篇读 {settings.length} 个词元",
        f"训练 {len(training)} 篇，留出 {len(held_out)} 篇（近似重复的放在同一边）：",
    ]
    return "\n".join(lines + [f"  {label}　训练 {counts[0][label]}　留出 {counts[1][label]}" for label in labels])


def epochs_for(n: int, settings: Settings) -> float:
    """How many passes: as set, else five, and for small sets as many as make about 1,500 steps, at most 15."""
    return settings.epochs or min(15.0, max(5.0, round(1500 * settings.batch / max(n, 1))))


def fit(
    articles: Sequence[Article],
    labels: Sequence[str],
    base: str,
    settings: Settings,
    checkpoints: Path,
    house: House,
    targets: np.ndarray | None = None,
) -> ColumnClassifier:
    """Fine-tune the base encoder on these articles; the weights come back rounded to float16 values.

    ``targets`` [articles, labels] are a teacher's probabilities; without them the articles' own columns
    count, rarer ones more, and place-name exchange adds rows for the home city.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if Path(base).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from datasets import Dataset, disable_progress_bars
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments, set_seed

    disable_progress_bars()
    set_seed(settings.seed)
    tokenizer, model = _open_base(base, len(labels))
    length = min(settings.length, model.config.max_position_embeddings)
    classifier = ColumnClassifier(Encoder(tokenizer.backend_tokenizer, model, length), labels, Card(length), house)
    if targets is None:
        if house.home_column in labels:
            articles = [*articles, *exchange_places(articles, house, settings.exchanged, settings.seed)]
        targets = _targets([labels.index(article.column) for article in articles], len(labels), settings)
    encoded = [classifier.encoder.ids(*classifier.text_of(article)) for article in articles]
    rows = Dataset.from_dict({
        "input_ids": [ids for ids, _ in encoded],
        "token_type_ids": [[int(i >= second) for i in range(len(ids))] for ids, second in encoded],
        "attention_mask": [[1] * len(ids) for ids, _ in encoded],
        "length": [len(ids) for ids, _ in encoded],
        "labels": targets.tolist(),
    })  # fmt: skip

    class ColumnTrainer(Trainer):
        """Cross-entropy with weighted or soft targets."""

        def compute_loss(self, model, inputs, return_outputs=False, **_):
            truth = inputs.pop("labels")
            outputs = model(**inputs)
            loss = -(truth * outputs.logits.float().log_softmax(-1)).sum(-1).mean()
            return (loss, outputs) if return_outputs else loss

        def log(self, logs, *_, **__):
            """The progress bar says enough; the figures come from the held-out part."""

    epochs = epochs_for(len(articles), settings)
    steps = int(np.ceil(len(rows) / settings.batch) * epochs)
    arguments = TrainingArguments(
        output_dir=str(checkpoints), num_train_epochs=epochs, per_device_train_batch_size=settings.batch,
        learning_rate=settings.learning_rate, weight_decay=settings.weight_decay,
        warmup_steps=int(steps * settings.warm_up), lr_scheduler_type="linear", max_grad_norm=1.0,
        seed=settings.seed, bf16=_fast_bf16(), use_cpu=not torch.cuda.is_available(), report_to=[],
        train_sampling_strategy="group_by_length", length_column_name="length", logging_strategy="no",
        save_strategy="epoch", save_total_limit=1, dataloader_pin_memory=False,
    )  # fmt: skip
    trainer = ColumnTrainer(
        model=model, args=arguments, train_dataset=rows, data_collator=DataCollatorWithPadding(tokenizer)
    )
    resume = settings.resume and any(checkpoints.glob("checkpoint-*"))
    trainer.train(resume_from_checkpoint=resume or None)
    classifier.encoder.model = trainer.accelerator.unwrap_model(trainer.model).cpu().half().float().eval()
    return classifier


def _open_base(base: str, labels: int):
    """The tokenizer, with the home city's mark in it, and the model, with a new head of so many labels."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = AutoModelForSequenceClassification.from_pretrained(
            base, num_labels=labels, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
    except (OSError, ValueError) as error:
        raise SubaoError(f"{base}：基础模型打不开（{str(error).splitlines()[0][:100]}）；请检查 --base") from error
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    if HOME not in tokenizer.get_vocab():
        tokenizer.add_special_tokens({"additional_special_tokens": [HOME]})
        model.resize_token_embeddings(len(tokenizer), mean_resizing=True)
    return tokenizer, model


def _targets(numbers: Sequence[int], labels: int, settings: Settings) -> np.ndarray:
    """[articles, labels]: 1 for the label, smoothed, times the label's weight (mean weight 1)."""
    frequency = np.bincount(numbers, minlength=labels) / len(numbers)
    weight = np.maximum(frequency, 1e-9) ** -settings.imbalance
    weight /= (weight * frequency).sum()
    smooth = settings.label_smoothing
    targets = np.eye(labels)[numbers] * (1 - smooth) + smooth / labels
    return (targets * weight[numbers][:, None]).astype(np.float32)


def learn_from_linear(
    training: Sequence[Article], avoid: set[str], labels: Sequence[str], base: str, settings: Settings, folder: Path, house: House
) -> str:
    """Warm the encoder up on unlabelled text that the linear baseline has labelled; return the folder of the result.

    The baseline is fitted on the training part alone; texts whose title is in ``avoid`` stay out. Of each label
    the teacher gives, at most an even share is used.
    """
    names = [article.column for article in training]
    cut = len(training) * 4 // 5
    order = random.Random(settings.seed).sample(range(len(training)), len(training))
    known, rest = order[:cut], order[cut:]
    trial = LinearBaseline.fit(texts_of([training[i] for i in known]), [names[i] for i in known])
    temperature = fit_temperature(
        trial.margins(texts_of([training[i] for i in rest])), [trial.labels.index(names[i]) for i in rest]
    )
    teacher = LinearBaseline.fit(texts_of(training), names)
    pairs = (text.partition("\n") for text in read_texts(settings.unlabelled))
    pool = [Article(title, body) for title, _, body in pairs if title not in avoid and len(body) > 40]
    said = probabilities(teacher.margins(texts_of(pool)), temperature)
    chosen: list[int] = []
    for label in range(len(teacher.labels)):
        own = np.flatnonzero(said.argmax(1) == label)
        own = np.random.default_rng(settings.seed).permutation(own)
        chosen += own[: settings.taught // len(labels)].tolist()
    targets = np.zeros((len(chosen), len(labels)), dtype=np.float32)
    for column, label in enumerate(teacher.labels):
        targets[:, labels.index(label)] = said[chosen, column]
    once = dataclasses.replace(settings, epochs=1)
    warm = fit([pool[i] for i in chosen], labels, base, once, folder / "checkpoints-taught", house, targets)
    warm.save(folder / "checkpoints-taught" / "base")
    return str(folder / "checkpoints-taught" / "base")


def _fast_bf16() -> bool:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())


def measure(
    classifier: ColumnClassifier, training: Sequence[Article], held_out: Sequence[Article]
) -> tuple[Evaluation, list[Prediction], list[str]]:
    """Calibrate on the held-out part (the card is filled in) and compare with it; the linear labels come last.

    The figures are honest: each half of the held-out part is judged with the other half's temperature.
    """
    truth = [article.column for article in held_out]
    logits = classifier.logits(held_out)
    target = np.array([classifier.labels.index(label) for label in truth])
    half = np.arange(len(truth)) % 2
    rows = np.zeros(logits.shape)
    for this in (0, 1):
        rows[half == this] = probabilities(logits[half == this], fit_temperature(logits[half != this], target[half != this]))
    correct, confidence = rows.argmax(1) == target, rows.max(1)
    threshold = math.floor(1e4 * choose_threshold(correct, confidence)) / 1e4
    sure = confidence >= threshold
    classifier.card = dataclasses.replace(
        classifier.card, temperature=round(float(fit_temperature(logits, target)), 4), threshold=threshold,
        precision=round(float(correct[sure].mean()) if sure.any() else 0.0, 4), coverage=round(float(sure.mean()), 4),
    )  # fmt: skip
    predictions = [
        Prediction(article, dict(zip(classifier.labels, map(float, row), strict=True)))
        for article, row in zip(held_out, rows, strict=True)
    ]
    labels = [article.column for article in training]
    linear = LinearBaseline.fit(texts_of(training), labels).predict(texts_of(held_out))
    figures = evaluate(
        truth, predictions, classifier.card.threshold, baselines={LINEAR: linear}, training_labels=labels
    )
    return figures, predictions, linear


def linear_baseline(folder: Path | None, articles: Sequence[Article] | None = None) -> tuple[LinearBaseline, str]:
    """The linear baseline of a model folder, or one fitted on other articles; and the majority label of its rows."""
    if articles is not None:
        labels = [article.column for article in articles]
        return LinearBaseline.fit(texts_of(articles), labels), collections.Counter(labels).most_common(1)[0][0]
    baseline = LinearBaseline.load(folder / BASELINE)
    try:
        return baseline, json.loads((folder / REPORT).read_text(encoding="utf-8"))["majority"]
    except (OSError, ValueError, KeyError) as error:
        raise UnusableModel(f"{folder / REPORT}：读不出训练时的数字；请重新复制整个模型文件夹") from error
