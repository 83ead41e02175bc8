"""Compare predictions with the editors' labels: figures, intervals, calibration, signature.

It knows labels and probabilities only: it loads no model, reads no file and prints nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .bulletin import Prediction
from .errors import SubaoError
from .text import align, fingerprint

BINS = 15  # of the calibration error, equal width
MAJORITY, LINEAR = "majority", "linear"  # the baselines' names in JSON
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

    def as_dict(self) -> dict:
        """The JSON of ``subao evaluate --json``; ``unknown_labels`` only where there are any."""
        facts = asdict(self)
        unknown = list(facts.pop("unknown_labels"))
        return facts | ({"unknown_labels": unknown} if unknown else {})

    def table(self) -> str:
        """The same facts as a Chinese table for a terminal, figures in percent."""
        columns = [["栏目", "N", "精确率", "召回率", "F1"]]
        for name, c in self.columns.items():
            columns.append([name, str(c["n"]), *(_percent(c[figure]) for figure in ("precision", "recall", "f1"))])
        systems = [["", "准确率", "95% 区间", "宏平均F1", "95% 区间"]]
        accuracy, macro_f1 = _range(self.interval["accuracy"]), _range(self.interval["macro_f1"])
        systems.append(["本模型", _percent(self.accuracy), accuracy, _percent(self.macro_f1), macro_f1])
        for name, b in self.baselines.items():
            systems.append([_BASELINE_NAMES.get(name, name), _percent(b["accuracy"]), "", _percent(b["macro_f1"]), ""])
        notes = [f"校准误差 {_percent(self.ece)}（把握与实际正确率平均相差的百分点）", _threshold_line(**self.threshold)]
        if self.unknown_labels:
            notes.append(f"模型没有这些栏目，按判错计算：{'、'.join(self.unknown_labels)}")
        head = f"共 {self.n} 篇；下表除 N 外均为百分数"
        return "\n".join([head, "", *align(columns), "", *align(systems), "", *notes, self.signature])


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
    them: of the truth) is always added. ``model`` and ``version`` are for the signature.
    """
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
    trail = "".join(f"|{key}:{value}" for key, value in facts.items() if value != "")
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
        signature=(
            f"准确率 {_percent(own['accuracy'])} {_range(interval['accuracy'])}  "
            f"宏平均F1|avg:macro{trail} = {_percent(own['macro_f1'])} {_range(interval['macro_f1'])}"
        ),
        unknown_labels=tuple(unknown),
    )


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
    pairs = sorted(Counter(zip(truth, predicted, strict=True)).items())
    often = np.array([[count for _, count in pairs]], dtype=float)
    if draws:
        often = np.random.default_rng(seed).multinomial(len(truth), often[0] / len(truth), size=draws).astype(float)
    is_true = np.array([[label == t for label in labels] for (t, _), _ in pairs])
    is_given = np.array([[label == p for label in labels] for (_, p), _ in pairs])
    return often @ (is_true & is_given), often @ is_given, often @ is_true


def _headline(hits: np.ndarray, given: np.ndarray, true: np.ndarray) -> dict[str, np.ndarray]:
    f1 = _ratio(2 * hits, given + true)  # 0 where the label is not in the truth
    return {"accuracy": hits.sum(axis=1) / true.sum(axis=1), "macro_f1": f1.sum(axis=1) / (true > 0).sum(axis=1)}


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def calibration_error(correct: np.ndarray, confidence: np.ndarray) -> float:
    """Expected calibration error: |share correct − mean confidence| of each bin, weighted by its articles."""
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


@dataclass(frozen=True)
class McNemar:
    """Two systems on the same articles: right only in the one, only in the other, and the exact two-sided p."""

    a_only: int
    b_only: int
    p: float

    def as_dict(self) -> dict[str, float]:
        """The JSON beside ``evaluate --against``."""
        return asdict(self)

    def line(self) -> str:
        """One Chinese line; ``a`` is this model, ``b`` the other one."""
        p = f"p = {self.p:.3f}" if self.p >= 0.001 else "p < 0.001"
        verdict = "差别不像偶然" if self.p < 0.05 else "差别可能出于偶然"
        return f"只有本模型判对 {self.a_only} 篇，只有对方判对 {self.b_only} 篇；McNemar 精确检验 {p}，{verdict}"


def mcnemar(truth: Sequence[str], a: Sequence[str], b: Sequence[str]) -> McNemar:
    """McNemar's test, exact at every size: is the difference between two systems more than chance?

    Nine articles only ``a`` has right and one only ``b``: p = 2 · (C(10,0) + C(10,1)) / 2¹⁰ = 0.0215.
    """
    rights = Counter((x == t, y == t) for t, x, y in zip(truth, a, b, strict=True))
    a_only, b_only = rights[True, False], rights[False, True]
    n, ways, tail = a_only + b_only, 1, 0
    for k in range(min(a_only, b_only) + 1):
        tail += ways
        ways = ways * (n - k) // (k + 1)
    return McNemar(a_only, b_only, min(1.0, 2 * tail / 2**n))


def choose_threshold(correct: Sequence[bool], confidence: Sequence[float], precision: float = 0.95) -> float:
    """The smallest confidence at or above which at least ``precision`` of the held-out articles are correct.

    It is one of the confidences seen; 1.0 (everything is doubtful) where no threshold reaches the precision.
    ``choose_threshold([True, True, False, True], [.9, .8, .7, .6], .75) -> 0.6``
    """
    order = np.argsort(-np.asarray(confidence, dtype=float), kind="stable")
    falling = np.asarray(confidence, dtype=float)[order]
    share = np.cumsum(np.asarray(correct)[order]) / np.arange(1, len(order) + 1)
    last_of_ties = np.append(falling[1:] < falling[:-1], True)[: len(order)]
    reached = falling[(share >= precision) & last_of_ties]
    return float(reached[-1]) if len(reached) else 1.0


def fit_temperature(logits: np.ndarray, labels: Sequence[int]) -> float:
    """The temperature (0.1–10) that makes softmax(logits / temperature) most likely; by golden-section search.

    ``logits`` are (rows, labels) of held-out rows, ``labels`` their true columns in it.
    """
    logits = np.asarray(logits, dtype=float)
    logits = logits - logits.max(axis=1, keepdims=True)
    right = logits[np.arange(len(logits)), labels]

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float((np.log(np.exp(logits * scale).sum(axis=1)) - right * scale).mean())

    low, high, golden = np.log(0.1), np.log(10.0), (5**0.5 - 1) / 2
    while high - low > 1e-6:
        left, middle = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, middle) if loss(left) <= loss(middle) else (left, high)
    return float(np.exp((low + high) / 2))


def fit_mixture(logits: np.ndarray, margins: np.ndarray, labels: Sequence[int]) -> tuple[float, float]:
    """The (temperature, weight) that make softmax(logits / temperature + weight · margins) most likely.

    Both arrays are (rows, labels) of held-out rows, ``labels`` their true columns; weight 0 leaves the margins out.
    A few dozen rows cannot tell: they are drawn towards temperature 2 and weight 1.5, near what hundreds gave.
    """
    from scipy.optimize import minimize

    both, rows, usual = np.stack([logits, margins]).astype(float), np.arange(len(labels)), np.array([0.5, 1.5])

    def loss(scales: np.ndarray) -> float:
        scores = np.tensordot(scales, both, 1)
        scores -= scores.max(axis=1, keepdims=True)
        likely = (np.log(np.exp(scores).sum(axis=1)) - scores[rows, labels]).sum()
        return float(likely + ((scales - usual) ** 2).sum()) / len(rows)

    scales = minimize(loss, usual, method="L-BFGS-B", bounds=[(0.1, 10), (0, 10)]).x
    return float(1 / scales[0]), float(scales[1])


def error_rows(truth: Sequence[str], predictions: Sequence[Prediction]) -> list[dict[str, str | float]]:
    """The mistakes for ``--errors FILE.csv``, the most confident first; ``id`` is the article's place."""
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


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _range(interval: Sequence[float]) -> str:
    return f"[{_percent(interval[0])}, {_percent(interval[1])}]"


def _threshold_line(value: float, coverage: float, precision: float | None, doubtful: int) -> str:
    if precision is None:
        return f"把握都低于 {value:.2f}；{doubtful} 篇全部标请核对"
    kept, right = _percent(coverage), _percent(precision)
    return f"把握 ≥ {value:.2f} 的 {kept}% 篇，其中 {right}% 正确；其余 {doubtful} 篇标请核对"
