"""Articles a second for 300 articles of 800 characters, start included: the two engines beside simpler classifiers.

    python benchmarks/speed.py [--model DIR] [--n 300] [--runs 3]

Whole processes run in turn on the same files; quote the ratios, not the seconds. The second table is one article:
the wait for the first result. The peers are TF-IDF + linear SVM and, where snownlp is installed, its classifier, trained
on corpus/ before the clock starts.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINEAR = """
import json, sys
from nlp.model.linear import LinearClassifier
rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
for label in LinearClassifier.load(sys.argv[1]).predict([r["title"] + "\\n" + r["body"] for r in rows]): print(label)
"""
SNOWNLP = """
import json, sys
from snownlp import normal, seg
from snownlp.classification.bayes import Bayes
task, model, path = sys.argv[1:]
rows = [json.loads(line) for line in open(path, encoding="utf-8")]
words = [normal.filter_stop(seg.seg(r["title"] + "\\n" + r["body"])) for r in rows]
bayes = Bayes()
if task == "train":
    bayes.train([(said, row["column"]) for said, row in zip(words, rows)])
    bayes.save(model)
else:
    bayes.load(model)
    for said in words: print(bayes.classify(said)[0])
"""


def write_articles(path: Path, n: int) -> None:
    """n articles of 800 characters, cut at different places out of corpus/."""
    corpus = [json.loads(line) for line in (ROOT / "corpus/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(row["body"] for row in corpus)
    step = max(1, (len(text) - 800) // n)
    with path.open("w", encoding="utf-8") as file:
        for k in range(n):
            row = {"title": corpus[k % len(corpus)]["title"], "body": text[k * step : k * step + 800]}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def time_in_turn(commands: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """Wall seconds of each command's runs; the first round is a warm-up."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if run:
                seconds[name].append(time.perf_counter() - begin)
    return seconds


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from nlp.model.folder import chosen_model

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None)
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    model = chosen_model(arguments.model).resolve()
    engines = [engine for engine in ("onnx", "torch") if engine == "torch" or (model / "model.onnx").is_file()]
    print(f"{arguments.runs} 次取中位数；{platform.machine()}，{os.cpu_count()} 核")
    with tempfile.TemporaryDirectory() as folder:
        bayes = [sys.executable, "-c", SNOWNLP]
        peer = importlib.util.find_spec("snownlp") is not None
        if peer:
            subprocess.run([*bayes, "train", f"{folder}/bayes", str(ROOT / "corpus/articles.jsonl")], check=True)
        else:
            print("没有装 snownlp，这一次不比较它；要比较请先 pip install snownlp")
        for n in (arguments.n, 1):
            path = Path(folder, f"{n}.jsonl")
            write_articles(path, n)
            sort = [sys.executable, "-m", "nlp.cli", "sort", str(path), "--json", "--model", str(model), "--engine"]
            commands = {f"subao sort --engine {engine}": [*sort, engine] for engine in engines}
            commands["字 TF-IDF + 线性 SVM"] = [sys.executable, "-c", LINEAR, str(model / "baseline.npz"), str(path)]
            if peer:
                commands["snownlp 的贝叶斯分类器（训练不计时）"] = [*bayes, "classify", f"{folder}/bayes", str(path)]
            print(f"{n} 篇 × 800 字，含启动")
            seconds = time_in_turn(commands, arguments.runs)
            first = statistics.median(next(iter(seconds.values())))
            for name, s in seconds.items():
                middle = statistics.median(s)
                print(f"  {name}：{middle:.2f} 秒（{min(s):.2f}–{max(s):.2f}），{n / middle:.1f} 篇/秒，用时是第一行的 {middle / first:.2f} 倍")


if __name__ == "__main__":
    main()
