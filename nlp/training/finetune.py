"""Fine-tuning: labelled articles and a base encoder in, a ColumnClassifier out.

Built on transformers' Trainer and datasets, so that ``accelerate launch train.py`` uses every GPU.
Measures nothing and writes nothing but checkpoints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError
from ..house import House
from ..model.classifier import Card, ColumnClassifier
from ..model.encoder import TorchEncoder
from ..model.folder import shipped_model
from ..text.places import HOME
from .augment import exchange_places
from .settings import FinetuneSettings
from .targets import row_targets, views

PROBED, RIDGE = 4_000, 1.0  # articles that the head alone is first fitted to, and its ridge
FAINT = 0.02  # a feature that varies less is not blown up to the spread of the others
FEW = 4_000  # articles below which passes are more and steps smaller
TAUGHT = 0.7  # what a text that a teacher labelled counts beside an article that a person labelled


def batch_for(n: int, settings: FinetuneSettings) -> int:
    """How many articles a step: as set, else fewer where there are few."""
    return settings.batch or (16 if n < FEW else 32)


def epochs_for(n: int, settings: FinetuneSettings) -> float:
    """How many passes: as set, else more over few articles."""
    return settings.epochs or (5.0 if n < FEW else 3.0)


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
    taught: tuple[Sequence[Article], np.ndarray] | None = None,
) -> ColumnClassifier:
    """Fine-tune the base encoder on these articles; the weights come back rounded to float16 values.

    An article's target is its column, softened by its second column and the reader's confidence; rarer columns count
    more, and place-name exchange adds rows for the home city. ``taught`` are texts with a teacher's probabilities
    [texts, labels] for them.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if Path(base).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from datasets import Dataset, disable_progress_bars
    from transformers import Trainer, TrainingArguments, set_seed

    disable_progress_bars()
    set_seed(settings.seed)
    tokenizer, model = _open_base(base, len(labels))
    length = min(settings.length, model.bert.config.max_position_embeddings)
    home = house.home_column if house.home_column in labels else ""
    classifier = ColumnClassifier(TorchEncoder(tokenizer, model, length), labels, Card(length, settings.marks_home, home), house)
    if home:
        articles = [*articles, *exchange_places(articles, house, settings.exchanged, settings.seed)]
    targets = row_targets(articles, labels, settings.label_smoothing, settings.imbalance)
    if taught:
        articles, targets = [*articles, *taught[0]], np.concatenate([targets, TAUGHT * taught[1].astype(np.float32)])
    encoder = classifier.encoder
    linear_probe(encoder, [encoder.ids(*classifier.text_of(article)) for article in articles], targets)
    encoded = [[encoder.ids(*view) for view in views(*classifier.text_of(article))] for article in articles]
    rows = Dataset.from_dict({
        "views": [[ids for ids, _ in row] for row in encoded],
        "second": [[second for _, second in row] for row in encoded],
        "length": [len(row[0][0]) for row in encoded],
        "labels": targets.tolist(),
    })  # fmt: skip
    collate = Collator(tokenizer.token_to_id("[MASK]"), {tokenizer.token_to_id(HOME)}, settings.hidden)

    class ColumnTrainer(Trainer):
        """Cross-entropy with weighted, soft targets; every layer with a rate of its own."""

        def compute_loss(self, model, inputs, return_outputs=False, **_):
            truth = inputs.pop("labels")
            logits = model(**inputs)
            loss = -(truth * logits.log_softmax(-1)).sum(-1).mean()
            return (loss, {"logits": logits}) if return_outputs else loss

        def create_optimizer(self, *_):
            if self.optimizer is None:
                groups = layer_rates(self.model, settings.learning_rate, settings.layer_decay, settings.weight_decay)
                self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)
            return self.optimizer

        def log(self, logs, *_, **__):
            """The progress bar says enough; the figures come from the held-out part."""

    arguments = TrainingArguments(
        output_dir=str(checkpoints), num_train_epochs=epochs_for(len(articles), settings), per_device_train_batch_size=batch_for(len(articles), settings),
        learning_rate=settings.learning_rate, warmup_steps=settings.warm_up, lr_scheduler_type="linear", max_grad_norm=1.0,
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
    classifier.encoder = TorchEncoder(tokenizer, plain.cpu().half().float(), length)
    return classifier


class Collator:
    """Rows to a padded batch: of each article one view drawn (as it is, without title, titled by its first clause)."""

    SHOWN = (0.76, 0.88)  # as it is; up to here without a title, beyond with the first clause for one

    def __init__(self, mask: int, kept: set[int], hidden: float) -> None:
        """``hidden``: share of tokens replaced by ``mask``, never special ones (ids 0–4) nor those in ``kept``."""
        self.mask, self.kept, self.hidden = mask, kept, hidden

    def __call__(self, rows: list[dict]) -> dict:
        import torch

        drawn = torch.rand(len(rows)).tolist()
        which = [sum(x >= limit for limit in self.SHOWN) for x in drawn]
        chosen = [(row["views"][i], row["second"][i]) for row, i in zip(rows, which, strict=True)]
        ids = torch.zeros(len(rows), max(len(tokens) for tokens, _ in chosen), dtype=torch.long)
        segment, shown = torch.zeros_like(ids), torch.zeros_like(ids)
        for i, (tokens, second) in enumerate(chosen):
            ids[i, : len(tokens)], shown[i, : len(tokens)], segment[i, second : len(tokens)] = torch.tensor(tokens), 1, 1
        if self.hidden:
            hit = (torch.rand(ids.shape) < self.hidden) & (ids > 4)
            for token in self.kept:
                hit &= ids != token
            ids[hit] = self.mask
        return {
            "input_ids": ids, "attention_mask": shown, "token_type_ids": segment,
            "labels": torch.tensor([row["labels"] for row in rows]),
        }  # fmt: skip


def layer_rates(model, rate: float, decay: float, weight_decay: float) -> list[dict]:
    """Optimizer groups: the head learns at ``rate``, each layer below at ``decay`` times the one above."""
    layers = model.bert.config.num_hidden_layers
    groups = []
    for name, parameter in model.named_parameters():
        depth = int(name.split("layer.")[1].split(".")[0]) + 1 if "encoder.layer." in name else 0
        below = 0 if name.startswith("classifier") else layers + 1 - depth
        groups.append({"params": [parameter], "lr": rate * decay**below, "weight_decay": weight_decay if parameter.ndim > 1 else 0.0})
    return groups


def linear_probe(encoder: TorchEncoder, encoded: Sequence[tuple[list[int], int]], targets: np.ndarray) -> None:
    """Fit the head alone to what the encoder says as it is: a logistic regression with a ridge, on at most ``PROBED`` rows.

    Fine-tuning then starts where the encoder already knows something, and does not first spoil it
    (LP-FT: Kumar et al. 2022, https://arxiv.org/abs/2202.10054).
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


def _open_base(base: str, labels: int):
    """The tokenizer, with the home city's mark in it, and the network, with a new head of so many labels."""
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    from ..model.network import MeanPooledClassifier

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(base)
        bert = AutoModel.from_pretrained(
            base, add_pooling_layer=False, use_safetensors=True, trust_remote_code=False, dtype=torch.float32,
            attn_implementation="sdpa" if torch.cuda.is_available() else "eager",  # faster on CPU, both ways
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
    except (OSError, ValueError, TypeError) as error:
        raise SubaoError(f"{base}：基础模型打不开（{' '.join(str(error).split())[:100]}）；请检查 --base") from error
    if bert.config.model_type != "bert" or bert.config.type_vocab_size < 2:
        raise SubaoError(f"{base}：只支持 BERT 一类的基础模型，这个是 {type(bert).__name__}；请换一个 --base")
    tokens = tokenizer.backend_tokenizer
    tokens.no_truncation()
    tokens.no_padding()
    if HOME not in tokenizer.get_vocab():
        tokenizer.add_special_tokens({"additional_special_tokens": [HOME]})
        bert.resize_token_embeddings(len(tokenizer), mean_resizing=True)
    return tokens, MeanPooledClassifier(bert, labels)


def _fast_bf16() -> bool:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())
