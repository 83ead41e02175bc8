"""From a fine-tuned model folder to its model.onnx, if that judges as the weights themselves do.

The graph is made elsewhere; here it is compared with torch on held-out articles, and kept or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..bulletin import Article
from ..errors import SubaoError
from ..evaluation.columns import score
from ..model.classifier import ColumnClassifier
from ..model.encoder import OnnxEncoder, open_session
from ..model.folder import ENGINES
from ..model.onnx_graph import build_graph

AGREEMENT, LOSS = 0.99, 0.005  # least share of the same columns, most macro-F1 lost
INT8, EXACT = "int8", "fp32"


@dataclass(frozen=True)
class Trial:
    """One way to write model.onnx, and how it judged the held-out articles beside torch."""

    kind: str
    n: int
    agreement: float  # share of articles with the same column
    macro_f1: float
    torch_macro_f1: float

    @property
    def passed(self) -> bool:
        """Near enough to be used instead of torch."""
        return self.agreement >= AGREEMENT and self.torch_macro_f1 - self.macro_f1 <= LOSS

    def line(self) -> str:
        """One Chinese line."""
        return (
            f"ONNX {self.kind}：{'通过' if self.passed else '没有通过'}，{self.n} 篇里 {self.agreement:.1%} 与 torch 同栏，"
            f"宏平均F1 {self.macro_f1:.1%}（torch {self.torch_macro_f1:.1%}）"
        )


def export(
    classifier: ColumnClassifier, folder: Path, held_out: Sequence[Article], report: Callable[[str], object] = print
) -> list[Trial]:
    """Write ``folder``/model.onnx: int8 if it passes, else exact if that passes, else none; return what was tried.

    ``classifier`` is the folder's own, on torch. The file is there only once it has passed.
    """
    target, trials = folder / ENGINES["onnx"], []
    target.unlink(missing_ok=True)  # what lies there is of older weights
    truth, expected = [article.column for article in held_out], _columns(classifier, held_out)
    for kind in (INT8, EXACT):
        try:
            graph = build_graph(folder, int8=kind == INT8)
        except SubaoError as error:
            report(str(error))
            break
        encoder = OnnxEncoder(classifier.encoder.tokenizer, open_session(graph), classifier.encoder.length)
        answers = _columns(ColumnClassifier(encoder, classifier.labels, classifier.card, classifier.house), held_out)
        same = sum(a == b for a, b in zip(answers, expected, strict=True)) / len(truth)
        trials.append(Trial(kind, len(truth), same, score(truth, answers)["macro_f1"], score(truth, expected)["macro_f1"]))
        report(trials[-1].line())
        if trials[-1].passed:
            target.with_suffix(".new").write_bytes(graph)
            target.with_suffix(".new").replace(target)
            return trials
    report("没有可用的 model.onnx，分栏仍用 torch")
    return trials


def facts_of(trials: Sequence[Trial]) -> dict:
    """What report.json keeps: which kind model.onnx is (null: there is none), and every trial."""
    used = next((trial.kind for trial in trials if trial.passed), None)
    return {"used": used, "tried": [asdict(trial) for trial in trials]}


def _columns(classifier: ColumnClassifier, articles: Sequence[Article]) -> list[str]:
    return [classifier.labels[i] for i in classifier.logits(articles).argmax(axis=1)]
