"""From a fine-tuned model folder to its model.onnx, if that judges as the weights themselves do.

``python -m nlp.export DIR DATA…`` does it again for a folder trained before. The graph is made elsewhere; here it is
compared with torch on held-out articles, and kept or not.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .bulletin import Article
from .classifier import HELD_OUT, REPORT, ColumnClassifier
from .encoder import ENGINES, OnnxEncoder, open_session
from .errors import SubaoError
from .evaluation import score
from .graph import build_graph
from .labelled import read_labelled

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


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nlp.export", description="给训练好的模型文件夹重新导出 model.onnx")
    parser.add_argument("folder", type=Path, metavar="DIR", help="模型文件夹")
    parser.add_argument("data", nargs="+", metavar="DATA", help="训练时用的数据；只取模型没有见过的留出部分（held-out.csv）")
    arguments = parser.parse_args(argv)
    try:
        classifier = ColumnClassifier.load(arguments.folder, engine="torch")
        with (arguments.folder / HELD_OUT).open(encoding="utf-8-sig", newline="") as file:
            held = {row["id"] for row in csv.DictReader(file)}
        articles = [article for article in read_labelled(arguments.data) if article.path in held]
        if not articles:
            raise SubaoError(f"{arguments.folder / HELD_OUT} 里的文章，一篇也不在所给的数据里")
        trials = export(classifier, arguments.folder, articles)
        path = arguments.folder / REPORT
        report = json.loads(path.read_text(encoding="utf-8")) | {"onnx": facts_of(trials)}
        path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except (SubaoError, OSError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
