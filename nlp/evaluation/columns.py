"""Compare predictions with the editors' labels: figures, intervals, calibration, signature.

It knows labels and probabilities only: it loads no model, reads no file and prints nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from ..bulletin import Prediction
from ..errors import SubaoError
from ..text.characters import fingerprint
from ..text.terminal import align
from .figures import as_percent, as_range
from .figures import signature as signature_of

MAJORITY, LINEAR = "majority", "linear"  # the baselines' names in JSON
SOURCE = 10  # articles of a source from which its accuracy is told
BINS = 15  # of the calibration error, equal width
_BASELINE_NAMES = {MAJORITY: "全部归最多的一栏", LINEAR: "字 TF-IDF + 线性 SVM"}


@dataclass(frozen=True)
class Evaluation:
    """What ``evaluate`` found; every figure is 0–1. ``table()`` is for people, ``as_dict()`` for programs."""

    n: int
    accuracy: float
    macro_f1: float  # the mean over the labels present in the truth
    interval: dict[str, list[float]]  # 95 %: {"accuracy": [low, high], "macro_f1": [low, high]}
    columns: dict[str, dict[str, float]]  # label -> precision, recall, f1, n; the labels present in the truth
    ece: float
    threshold: dict[str, float | None]  # value, coverage, precision (None: no article reaches it), doubtful (articles)
    baselines: dict[str, dict[str, float]]  # name -> accuracy, macro_f1
    signature: str
    unknown_labels: tuple[str, ...] = ()  # in the truth, but not among the model's; counted as wrong
    accuracy_lenient: float | None = None  # over all articles, either label right; None: no article has two
    n_lenient: int = 0  # all articles; the other figures leave out those with two labels
    sources: dict[str, dict[str, float]] = field(default_factory=dict)  # source -> accuracy, n; the frequent ones

    def as_dict(self) -> dict:
        """The JSON of ``subao evaluate --json``; what only some data have is there only where there is any."""
        facts = asdict(self) | {"unknown_labels": list(self.unknown_labels)}
        absent = {"unknown_labels": not self.unknown_labels, "sources": not self.sources}
        absent |= dict.fromkeys(("accuracy_lenient", "n_lenient"), self.accuracy_lenient is None)
        return {name: fact for name, fact in facts.items() if not absent.get(name)}

    def table(self) -> str:
        """The same facts as a Chinese table for a terminal, figures in percent."""
        columns = [["栏目", "N", "精确率", "召回率", "F1"]]
        for name, c in self.columns.items():
            columns.append([name, str(c["n"]), *(as_percent(c[figure]) for figure in ("precision", "recall", "f1"))])
        systems = [["", "准确率", "95% 区间", "宏平均F1", "95% 区间"]]
        accuracy, macro_f1 = as_range(self.interval["accuracy"]), as_range(self.interval["macro_f1"])
        systems.append(["本模型", as_percent(self.accuracy), accuracy, as_percent(self.macro_f1), macro_f1])
        for name, b in self.baselines.items():
            systems.append([_BASELINE_NAMES.get(name, name), as_percent(b["accuracy"]), "", as_percent(b["macro_f1"]), ""])
        notes = [f"校准误差 {as_percent(self.ece)}（把握与实际正确率平均相差的百分点）", _threshold_line(**self.threshold)]
        if self.unknown_labels:
            notes.append(f"模型没有这些栏目，按判错计算：{'、'.join(self.unknown_labels)}")
        if self.accuracy_lenient is not None:
            right = as_percent(self.accuracy_lenient)
            notes.insert(0, f"连同有两个栏目都算对的 {self.n_lenient - self.n} 篇，共 {self.n_lenient} 篇，放对 {right}%")
        sources = [["来源", "N", "准确率"], *([name, str(s["n"]), as_percent(s["accuracy"])] for name, s in self.sources.items())]
        shown = ["", *align(sources)] if self.sources else []
        head = f"共 {self.n} 篇；下表除 N 外均为百分数"
        return "\n".join([head, "", *align(columns), "", *align(systems), *shown, "", *notes, self.signature])


def evaluate(
    truth: Sequence[str],
    predictions: Sequence[Prediction],
    threshold: float,
    *,
    baselines: Mapping[str, Sequence[str]] | None = None,
    training_labels: Sequence[str] | None = None,
    model: str = "",
    version: str = "",
    seed: int = 13,
    resamples: int = 1000,
) -> Evaluation:
    """Compare the editors' labels with the predictions for the same articles.

    ``baselines`` are other systems' labels, e.g. ``{LINEAR: [...]}``; the majority of ``training_labels`` (without
    them: of the truth) is always added. ``model`` and ``version`` are for the signature. Articles with a second right
    label (``Article.also``) count in ``accuracy_lenient`` alone, unless all have one.
    """
    strict = [i for i, p in enumerate(predictions) if not p.article.also]
    if 0 < len(strict) < len(truth):
        lenient = [t == p.column or p.article.also == p.column for t, p in zip(truth, predictions, strict=True)]
        figures = evaluate(
            [truth[i] for i in strict], [predictions[i] for i in strict], threshold,
            baselines={name: [answers[i] for i in strict] for name, answers in (baselines or {}).items()},
            training_labels=training_labels, model=model, version=version, seed=seed, resamples=resamples,
        )  # fmt: skip
        return replace(figures, accuracy_lenient=float(np.mean(lenient)), n_lenient=len(lenient))
    if not truth:
        raise SubaoError("没有可评测的稿件：数据里没有一篇标了栏目；请先给稿件标上栏目（JSONL 的 column）再评测")
    known = list(predictions[0].scores)
    unknown = [label for label in dict.fromkeys(truth) if label not in known]
    labels = [label for label in known if label in set(truth)] + unknown
    predicted = [p.column for p in predictions]
    correct = np.array([t == p for t, p in zip(truth, predicted, strict=True)])
    confidence = np.array([p.confidence for p in predictions])

    hits, given, true = (sums[0] for sums in _sums(truth, predicted, labels))
    rates = np.stack([_ratio(hits, given), _ratio(hits, true), _ratio(2 * hits, given + true)], axis=1).tolist()
    own = score(truth, predicted)
    drawn = _headline(*_sums(truth, predicted, labels, draws=resamples, seed=seed))
    interval = {name: np.percentile(values, [2.5, 97.5]).tolist() for name, values in drawn.items()}
    majority = Counter(training_labels or truth).most_common(1)[0][0]
    others = {**(baselines or {}), MAJORITY: [majority] * len(truth)}
    data = fingerprint(f"{p.article.title}\n{p.article.body}\n{t}" for t, p in zip(truth, predictions, strict=True))
    facts = {"columns": len(labels), "n": len(truth), "model": model, "data": data, "seed": seed, "version": version}
    signature = signature_of("宏平均F1", {"avg": "macro"} | facts, own["macro_f1"], interval["macro_f1"])
    return Evaluation(
        n=len(truth),
        **own,
        interval=interval,
        columns={
            label: {"precision": precision, "recall": recall, "f1": f1, "n": int(n)}
            for label, (precision, recall, f1), n in zip(labels, rates, true, strict=True)
        },
        ece=calibration_error(correct, confidence),
        threshold=_at_threshold(correct, confidence, threshold),
        baselines={name: score(truth, answers) for name, answers in others.items()},
        signature=f"准确率 {as_percent(own['accuracy'])} {as_range(interval['accuracy'])}  {signature}",
        unknown_labels=tuple(unknown),
        sources=_by_source(predictions, correct),
    )


def _by_source(predictions: Sequence[Prediction], correct: np.ndarray) -> dict[str, dict[str, float]]:
    """The accuracy on each source that has ``SOURCE`` articles, the frequent ones first."""
    found: dict[str, list[bool]] = {}
    for p, right in zip(predictions, correct.tolist(), strict=True):
        found.setdefault(p.article.source, []).append(right)
    often = sorted((name for name, rights in found.items() if name and len(rights) >= SOURCE), key=lambda name: -len(found[name]))
    return {name: {"accuracy": float(np.mean(found[name])), "n": len(found[name])} for name in often}


def score(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Accuracy and macro-F1 over the labels present in the truth.

    >>> score(["a", "a", "b", "b"], ["a", "a", "a", "c"])
    {'accuracy': 0.5, 'macro_f1': 0.4}
    """
    figures = _headline(*_sums(truth, predicted, list(dict.fromkeys(truth))))
    return {name: float(values[0]) for name, values in figures.items()}


def _sums(truth: Sequence[str], predicted: Sequence[str], labels: list[str], draws: int = 0, seed: int = 0):
    """For each label how often it was hit, given and true: (1, labels), or (draws, labels) for resampled articles.

    Articles with the same pair of labels are alike, so drawing n articles is one multinomial draw of the pairs.
    """
    kinds = sorted(Counter(zip(truth, predicted, strict=True)).items())
    often = np.array([[count for _, count in kinds]], dtype=float)
    if draws:
        often = np.random.default_rng(seed).multinomial(len(truth), often[0] / len(truth), size=draws).astype(float)
    is_true = np.array([[label == t for label in labels] for (t, _), _ in kinds])
    is_given = np.array([[label == p for label in labels] for (_, p), _ in kinds])
    return often @ (is_true & is_given), often @ is_given, often @ is_true


def _headline(hits: np.ndarray, given: np.ndarray, true: np.ndarray) -> dict[str, np.ndarray]:
    f1 = _ratio(2 * hits, given + true)  # 0 where the label is not in the truth
    return {"accuracy": hits.sum(axis=1) / true.sum(axis=1), "macro_f1": f1.sum(axis=1) / (true > 0).sum(axis=1)}


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def calibration_error(correct: np.ndarray, confidence: np.ndarray) -> float:
    """Expected calibration error (Naeini et al. 2015): |share correct − mean confidence| of each bin, weighted by its articles."""
    bins = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)  # (0, 1/15], (1/15, 2/15], …
    return float(np.abs(np.bincount(bins, weights=correct - confidence)).sum() / len(correct))


def _at_threshold(correct: np.ndarray, confidence: np.ndarray, value: float) -> dict[str, float | None]:
    sure = confidence >= value
    return {
        "value": float(value),
        "coverage": float(sure.mean()),
        "precision": float(correct[sure].mean()) if sure.any() else None,
        "doubtful": int((~sure).sum()),
    }


def error_rows(truth: Sequence[str], predictions: Sequence[Prediction]) -> list[dict[str, str | float]]:
    """The mistakes for ``--errors FILE.csv``, the most confident first; ``id`` is the article's ``path``."""
    rows = [
        {
            "id": p.article.path,
            "title": p.article.title,
            "true": t,
            "predicted": p.column,
            "second": p.second if len(p.scores) > 1 else "",
            "confidence": p.confidence,
        }
        for t, p in zip(truth, predictions, strict=True)
        if t != p.column
    ]
    return sorted(rows, key=lambda row: -row["confidence"])


def _threshold_line(value: float, coverage: float, precision: float | None, doubtful: int) -> str:
    if precision is None:
        return f"把握都低于 {value:.2f}；{doubtful} 篇全部标请核对"
    kept, right = as_percent(coverage), as_percent(precision)
    return f"把握 ≥ {value:.2f} 的 {kept}% 篇，其中 {right}% 正确；其余 {doubtful} 篇标请核对"
