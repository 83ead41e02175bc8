"""Fine-tuning: labelled articles and a base encoder in, a ColumnClassifier out.

Built on transformers' Trainer and datasets, so that ``accelerate launch train.py`` uses every GPU.
Measures nothing and writes nothing but checkpoints.
"""

from __future__ import annotations

import dataclasses
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError
from ..house import House
from ..model.calibration import fit_temperature, probabilities
from ..model.classifier import Card, ColumnClassifier
from ..model.encoder import SALIENCE, TorchEncoder, add_salience, load_salience
from ..model.folder import shipped_model
from ..model.linear import LinearClassifier, texts_of
from ..model.sentence_head import tokens_of
from ..text.places import HOME
from .augment import exchange_places
from .corpora import read_headlines, read_texts
from .sentence_data import Lesson, lessons_from
from .settings import FinetuneSettings

PROBED, RIDGE = 4_000, 1.0  # articles that the head alone is first fitted to, and its ridge
FAINT = 0.05  # a feature that varies less is not blown up to the spread of the others
SALIENCE_WEIGHT = 0.5  # of the sentences' loss beside the columns'


def batch_for(n: int, settings: FinetuneSettings) -> int:
    """How many articles a step: as set, else the more the more there are."""
    return settings.batch or (16 if n < 8_000 else 32 if n < 20_000 else 64)


def epochs_for(n: int, settings: FinetuneSettings) -> float:
    """How many passes: as set, else four, over many articles three; the head is fitted before, so few suffice."""
    return settings.epochs or (3.0 if n >= 20_000 else 4.0)


def base_folder(base: str) -> str:
    """The base encoder: a local folder, else a hub name; by default the shipped one."""
    folder = Path(base) if base else shipped_model("base")
    if folder.is_dir():
        return str(folder)
    if not base or base.startswith((".", "/", "~")) or "\\" in base or base.count("/") > 1:
        raise SubaoError(f"{folder}：没有这个基础模型文件夹；请检查 --base")
    return base


def fit(
    articles: Sequence[Article],
    labels: Sequence[str],
    base: str,
    settings: FinetuneSettings,
    checkpoints: Path,
    house: House,
    targets: np.ndarray | None = None,
    lessons: Sequence[Lesson] = (),
) -> ColumnClassifier:
    """Fine-tune the base encoder on these articles; the weights come back rounded to float16 values.

    ``targets`` [articles, labels] are a teacher's probabilities; without them the articles' own columns
    count, rarer ones more, and place-name exchange adds rows for the home city. With ``lessons`` a second head
    learns beside, on the same encoder, which sentences say most.
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
    home = house.home_column if house.home_column in labels else ""
    card = Card(length, settings.marks_home, home)
    classifier = ColumnClassifier(TorchEncoder(tokenizer.backend_tokenizer, model, length), labels, card, house)
    epochs, batch = epochs_for(len(articles), settings), batch_for(len(articles), settings)
    if targets is None:
        if home:
            articles = [*articles, *exchange_places(articles, house, settings.exchanged, settings.seed)]
        targets = _targets([labels.index(article.column) for article in articles], len(labels), settings)
    encoded = [classifier.encoder.ids(*classifier.text_of(article)) for article in articles]
    linear_probe(classifier.encoder, encoded, targets)
    owners: list[list[int]] = [[] for _ in encoded]
    target: list[Sequence[float]] = [[] for _ in encoded]
    if lessons:
        if not hasattr(model, SALIENCE):
            add_salience(model)
        for lesson in lessons:
            ids, second, owner = tokens_of(classifier.encoder, lesson.title, lesson.sentences)
            encoded.append((ids, second))
            owners.append(owner)
            target.append(lesson.target[: max(owner) + 1])
        targets = np.concatenate([targets, np.zeros((len(lessons), len(labels)), dtype=np.float32)])
    rows = Dataset.from_dict({
        "input_ids": [ids for ids, _ in encoded],
        "token_type_ids": [[int(i >= second) for i in range(len(ids))] for ids, second in encoded],
        "attention_mask": [[1] * len(ids) for ids, _ in encoded],
        "length": [len(ids) for ids, _ in encoded],
        "labels": targets.tolist(), "owner": owners, "target": target,
    })  # fmt: skip

    pad = DataCollatorWithPadding(tokenizer)

    def collate(batch: list[dict]) -> dict:
        kept = ("input_ids", "token_type_ids", "attention_mask", "labels")
        extra = [(torch.tensor(row["owner"]), torch.tensor(row["target"])) for row in batch]
        return pad([{name: row[name] for name in kept} for row in batch]) | {"lessons": extra}

    class ColumnTrainer(Trainer):
        """Cross-entropy with weighted or soft targets, for the columns of articles and for the sentences of lessons."""

        def compute_loss(self, model, inputs, return_outputs=False, **_):
            truth, extra = inputs.pop("labels"), inputs.pop("lessons")
            outputs = model(**inputs, output_hidden_states=bool(lessons))
            columns = -(truth * outputs.logits.float().log_softmax(-1)).sum(-1)
            loss = columns.sum() / max(1, sum(not len(target) for _, target in extra))
            if taught := [i for i, (_, target) in enumerate(extra) if len(target)]:
                salience = self.accelerator.unwrap_model(model).salience(outputs.hidden_states[-2])[..., 0].float()
                loss = loss + SALIENCE_WEIGHT * sum(listwise_loss(salience[i], *extra[i]) for i in taught) / len(taught)
            return (loss, outputs) if return_outputs else loss

        def log(self, logs, *_, **__):
            """The progress bar says enough; the figures come from the held-out part."""

    arguments = TrainingArguments(
        output_dir=str(checkpoints), num_train_epochs=epochs, per_device_train_batch_size=batch,
        learning_rate=settings.learning_rate, weight_decay=settings.weight_decay,
        warmup_steps=settings.warm_up, lr_scheduler_type="linear", max_grad_norm=1.0,
        seed=settings.seed, bf16=_fast_bf16(), use_cpu=not torch.cuda.is_available(), report_to=[],
        train_sampling_strategy="group_by_length", length_column_name="length", logging_strategy="no",
        save_strategy="epoch", save_total_limit=1, dataloader_pin_memory=False, remove_unused_columns=False,
        disable_tqdm=not sys.stderr.isatty(),
    )  # fmt: skip
    trainer = ColumnTrainer(model=model, args=arguments, train_dataset=rows, data_collator=collate)
    whole = [path.parent for path in checkpoints.glob("checkpoint-*/trainer_state.json")]  # written last
    latest = max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
    trainer.train(resume_from_checkpoint=str(latest) if settings.resume and latest else None)
    plain = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)  # else it would go on in bfloat16
    classifier.encoder = TorchEncoder(classifier.encoder.tokenizer, plain.cpu().half().float(), length)
    return classifier


def linear_probe(encoder: TorchEncoder, encoded: Sequence[tuple[list[int], int]], targets: np.ndarray) -> None:
    """Fit the head alone to what the encoder says as it is: a logistic regression with a ridge, on at most ``PROBED`` rows.

    Fine-tuning then starts where the encoder already knows something, and does not first spoil it
    (Kumar et al. 2022, https://arxiv.org/abs/2202.10054).
    """
    import torch

    model = encoder.model.to("cuda" if torch.cuda.is_available() else "cpu")
    some = np.random.default_rng(0).permutation(len(encoded))[:PROBED]
    x = torch.from_numpy(encoder.pooled([encoded[i] for i in some]))
    y = torch.from_numpy(targets[some])
    mean, scale = x.mean(0), x.std(0).clamp(min=FAINT) * x.shape[1] ** 0.5
    x = (x - mean) / scale
    weight = torch.zeros(y.shape[1], x.shape[1], requires_grad=True)
    bias = torch.zeros(y.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        value = -(y * (x @ weight.T + bias).log_softmax(-1)).sum() + RIDGE / 2 * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        model.classifier.weight.copy_(weight / scale)
        model.classifier.bias.copy_(bias - (weight / scale) @ mean)


def listwise_loss(salience, owner, target):
    """ListNet's top-one loss (Cao et al. 2007) of one lesson: a sentence's score is the mean salience of its tokens.

    ``salience`` and ``owner`` are [tokens], the sentence of each token (-1: of none); ``target`` [sentences].
    """
    import torch

    owner, target = owner.to(salience.device), target.to(salience.device)
    inside = torch.nonzero(owner >= 0)[:, 0]
    owner = owner[inside]
    sums = torch.zeros(len(target), device=salience.device).index_add(0, owner, salience[inside])
    means = sums / torch.bincount(owner, minlength=len(target))
    return -(target / target.sum() * means.log_softmax(0)).sum()


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
            base, num_labels=labels, use_safetensors=True, trust_remote_code=False, dtype=torch.float32,
            attn_implementation="sdpa" if torch.cuda.is_available() else "eager",  # a fifth faster on CPU, both ways
        )
    except (OSError, ValueError) as error:
        raise SubaoError(f"{base}：基础模型打不开（{' '.join(str(error).split())[:100]}）；请检查 --base") from error
    if Path(base).is_dir():
        load_salience(model, Path(base))
    if not isinstance(getattr(model, "classifier", None), torch.nn.Linear):
        raise SubaoError(f"{base}：只支持 BERT 一类的基础模型，这个是 {type(model).__name__}；请换一个 --base")
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    if HOME not in tokenizer.get_vocab():
        tokenizer.add_special_tokens({"additional_special_tokens": [HOME]})
        model.resize_token_embeddings(len(tokenizer), mean_resizing=True)
    return tokenizer, model


def _targets(numbers: Sequence[int], labels: int, settings: FinetuneSettings) -> np.ndarray:
    """[articles, labels]: 1 for the label, smoothed, times the label's weight (mean weight 1)."""
    frequency = np.bincount(numbers, minlength=labels) / len(numbers)
    weight = np.maximum(frequency, 1e-9) ** -settings.imbalance
    weight /= (weight * frequency).sum()
    smooth = settings.label_smoothing
    targets = np.eye(labels)[numbers] * (1 - smooth) + smooth / labels
    return (targets * weight[numbers][:, None]).astype(np.float32)


def distil_linear(
    training: Sequence[Article], avoid: set[str], labels: Sequence[str], base: str, settings: FinetuneSettings, folder: Path,
    house: House, lessons: Sequence[Lesson] = (),
) -> str:  # fmt: skip
    """Warm the encoder up on unlabelled text by distillation (Hinton et al. 2015) from the linear model; return its folder.

    The teacher is fitted on the training part alone; texts whose title is in ``avoid`` stay out. Of each label
    the teacher gives, at most an even share is used.
    """
    names = [article.column for article in training]
    cut = len(training) * 4 // 5
    order = random.Random(settings.seed).sample(range(len(training)), len(training))
    known = order[:cut]
    seen = {names[i] for i in known}
    rest = [i for i in order[cut:] if names[i] in seen]
    trial = LinearClassifier.fit(texts_of([training[i] for i in known]), [names[i] for i in known])
    temperature = fit_temperature(
        trial.margins(texts_of([training[i] for i in rest])), [trial.labels.index(names[i]) for i in rest]
    )
    teacher = LinearClassifier.fit(texts_of(training), names)
    pairs = (text.partition("\n") for text in read_texts(settings.unlabelled))
    pool = [Article(title, body) for title, _, body in pairs if title not in avoid and len(body) > 40]
    if not pool:
        raise SubaoError("--unlabelled 里没有 40 字以上的文章；请检查文件")
    soft = probabilities(teacher.margins(texts_of(pool)), temperature)
    chosen: list[int] = []
    for label in range(len(teacher.labels)):
        own = np.flatnonzero(soft.argmax(1) == label)
        own = np.random.default_rng(settings.seed).permutation(own)
        chosen += own[: settings.taught // len(labels)].tolist()
    targets = np.zeros((len(chosen), len(labels)), dtype=np.float32)
    for column, label in enumerate(teacher.labels):
        targets[:, labels.index(label)] = soft[chosen, column]
    once = dataclasses.replace(settings, epochs=1)
    warm = fit([pool[i] for i in chosen], labels, base, once, folder / "checkpoints-taught", house, targets, lessons)
    taught = folder / "checkpoints-taught" / "base"
    if int(os.environ.get("RANK", 0)) == 0:
        warm.save(taught)
    import torch.distributed as processes

    if processes.is_available() and processes.is_initialized():
        processes.barrier()  # the others wait for the files
    return str(taught)


def draw_lessons(settings: FinetuneSettings) -> list[Lesson]:
    """At most ``settings.lessons`` lessons from ``settings.headlines``, drawn by the seed."""
    items = sorted(read_headlines(settings.headlines))
    return [*lessons_from(random.Random(settings.seed).sample(items, min(len(items), settings.lessons)), settings.seed)]


def _fast_bf16() -> bool:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())
