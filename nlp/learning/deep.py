"""Learning with the encoder: fine-tuned from the model that was there, held to what it knew by its own vectors.

The original articles are not here any more. What stands for them: the remembered vectors, on which the decision layer goes
on being trained; the texts of corpus/ and of the newsroom, whose vectors may not move far; and only the upper layers learn.
Needs torch. Writes a whole model folder; whether it may be used is measured end to end, on texts.
"""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bulletin import Article
from ..errors import need
from ..house import House
from ..model.calibration import probabilities
from ..model.classifier import ColumnClassifier
from ..model.decision import DecisionLayer
from ..model.folder import BASELINE, REPORT, user_models
from ..model.linear import LinearClassifier
from .guard import Verdict, compare
from .memory import GUARD, MEMORY, Vectors, encoder_mark
from .newsroom import Outcome


@dataclass(frozen=True)
class Deep:
    """What a deep run depends on."""

    epochs: int = 3
    batch: int = 16
    learning_rate: float = 5e-5
    upper: float = 1 / 3  # of the layers learn; those below stay, and cost no backward pass
    held: float = 5.0  # what it costs that a vector moves by its own spread, beside one decision
    rehearsed: int = 64  # remembered vectors a step
    held_out: int = 5  # every fifth story of the newsroom is kept to measure on
    seed: int = 13


_SETTINGS = Deep()


def deepen(
    outcome: Outcome, house: House, corpus: Sequence[Article], report: Callable[[str], object], settings: Deep = _SETTINGS
) -> Outcome:
    """Fine-tune on the outcome's decisions; return it with its new layer, verdict and whole model (none if refused).

    ``corpus`` are labelled articles of the program's own: those marked test are judged, the others rehearsed.
    """
    need("torch", "transformers", "safetensors", "onnx")
    parent = outcome.parent
    old = ColumnClassifier.load(parent, house, "torch")
    memory = Vectors.load(parent / MEMORY, encoder_mark(parent))
    used = [d for d, aside in zip(outcome.used, outcome.learnt.set_aside, strict=True) if not aside]
    judged = [a for i, d in enumerate(used) if i % settings.held_out == 0 for a in [dataclasses.replace(d.article, column=d.column)]]
    taught = [dataclasses.replace(d.article, column=d.column) for i, d in enumerate(used) if i % settings.held_out]
    known = [a for a in corpus if old.name_of(a.column) in outcome.labels]
    rehearsed, frozen = ([dataclasses.replace(a, column=old.name_of(a.column)) for a in known if (a.part == "test") == test] for test in (False, True))
    before = [_answers(old, outcome.labels, articles) for articles in (frozen, judged)]
    report(f"连编码器一起学：本刊 {len(taught)} 篇，自带文章 {len(rehearsed)} 篇，{settings.epochs} 轮；留 {len(judged)} 篇本刊的决定来量")
    layer = _train(old, outcome, memory, taught, rehearsed, settings, report)
    after = [_scored(old, layer, outcome.labels, articles) for articles in (frozen, judged)]
    compared = [compare([a.column for a in rows], b, a) for rows, b, a in zip((frozen, judged), before, after, strict=True)]
    verdict = _judge(*compared, outcome.verdict)
    if verdict.reason:
        return dataclasses.replace(outcome, verdict=verdict)
    return dataclasses.replace(outcome, learnt=dataclasses.replace(outcome.learnt, layer=layer), verdict=verdict, parent=_save(old, parent, frozen))


def _judge(frozen, own, shallow: Verdict) -> Verdict:
    """The same rules as for a layer alone, on texts read end to end."""
    complaint = frozen.complaint() or own.complaint() or shallow.reason
    if not complaint and own.gained <= own.lost:
        complaint = f"没有变好：{own.line()}"
    return Verdict(frozen, own, shallow.related, complaint and f"连编码器一起学的{complaint}")


def _train(classifier: ColumnClassifier, outcome: Outcome, memory: Vectors, taught, rehearsed, settings: Deep, report) -> DecisionLayer:
    """Train the classifier's encoder in place, and the layer; return the layer."""
    import torch

    torch.manual_seed(settings.seed)
    network, start = classifier.encoder.model, outcome.learnt.layer
    labels = outcome.labels
    articles = [*taught, *rehearsed]
    encoded = [classifier.encoder.ids(*classifier.text_of(article)) for article in articles]
    anchors = torch.from_numpy(classifier.features(articles))
    margins = torch.from_numpy(classifier.margins(articles).astype(np.float32))
    truth = torch.tensor([labels.index(article.column) for article in articles])
    parts = [torch.nn.Parameter(torch.from_numpy(part.copy())) for part in (start.features, start.margins, start.bias)]
    kept = torch.from_numpy(memory.features), torch.from_numpy(memory.margins)
    wanted = torch.from_numpy(probabilities(start.scores(memory.features, memory.margins)).astype(np.float32))
    spread = kept[0].std(0).clamp(min=1e-3)
    learning = _upper_layers(network, settings.upper)
    optimizer = torch.optim.AdamW(
        [{"params": learning, "lr": settings.learning_rate}, {"params": parts, "lr": settings.learning_rate}], weight_decay=0.01
    )
    random = np.random.default_rng(settings.seed)
    steps = settings.epochs * -(-len(articles) // settings.batch)
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / (0.1 * steps + 1), max(0.0, (steps - step) / (0.9 * steps + 1))))
    network.train()
    for epoch in range(settings.epochs):
        order, total = random.permutation(len(articles)), 0.0
        for at in range(0, len(order), settings.batch):
            rows = order[at : at + settings.batch]
            found = network.pooled(**_padded([encoded[i] for i in rows]))
            loss = torch.nn.functional.cross_entropy(found @ parts[0].T + margins[rows] @ parts[1].T + parts[2], truth[rows])
            loss = loss + settings.held * (((found - anchors[rows]) / spread) ** 2).mean()
            some = torch.from_numpy(random.integers(len(wanted), size=settings.rehearsed))
            logits = kept[0][some] @ parts[0].T + kept[1][some] @ parts[1].T + parts[2]
            loss = loss - (wanted[some] * logits.log_softmax(-1)).sum(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            rate.step()
            total += loss.item() * len(rows)
        report(f"第 {epoch + 1} 轮，损失 {total / len(order):.3f}")
    network.half().float().eval()  # as they will be stored
    features, own, bias = (part.detach().numpy().astype(np.float32) for part in parts)
    return DecisionLayer(start.labels, features, own, bias)


def _upper_layers(network, share: float) -> list:
    """The parameters that learn; all others are held still."""
    layers = network.bert.encoder.layer
    first = len(layers) - max(1, round(share * len(layers)))
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    learning = [parameter for layer in layers[first:] for parameter in layer.parameters()]
    for parameter in learning:
        parameter.requires_grad_(True)
    return learning


def _padded(encoded: Sequence[tuple[list[int], int]]) -> dict:
    import torch

    width = max(len(ids) for ids, _ in encoded)
    ids, mask, segment = (torch.zeros(len(encoded), width, dtype=torch.long) for _ in range(3))
    for row, (tokens, second) in enumerate(encoded):
        ids[row, : len(tokens)], mask[row, : len(tokens)], segment[row, second : len(tokens)] = torch.tensor(tokens), 1, 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": segment}


def _answers(classifier: ColumnClassifier, labels: Sequence[str], articles: Sequence[Article]) -> list[str]:
    allowed = [label for label in classifier.labels if label in labels]
    return [max(allowed, key=p.scores.__getitem__) for p in classifier.predict(articles)]


def _scored(classifier: ColumnClassifier, layer: DecisionLayer, labels: Sequence[str], articles: Sequence[Article]) -> list[str]:
    if not articles:
        return []
    scores = layer.scores(classifier.features(articles), classifier.margins(articles))
    return [labels[i] for i in scores.argmax(axis=1)]


def _save(classifier: ColumnClassifier, parent: Path, articles: Sequence[Article]) -> Path:
    """Write the whole model that the layer will stand on: new weights, the rest as it was; ``articles`` check model.onnx."""
    from ..training.export import export

    folder = user_models() / f"深学-{datetime.datetime.now():%Y%m%d-%H%M%S}-编码器"
    beside = folder.with_name(f".{folder.name}")
    shutil.rmtree(beside, ignore_errors=True)
    classifier.linear = classifier.linear or LinearClassifier.load(parent / BASELINE)
    classifier.save(beside)
    export(classifier, beside, articles, lambda line: None)
    shutil.copy2(parent / REPORT, beside / REPORT)
    for name in (MEMORY, GUARD):  # as the old encoder saw the articles: this one may not have moved far
        Vectors.load(parent / name, encoder_mark(parent)).save(beside / name, encoder_mark(beside))
    beside.replace(folder)
    return folder
