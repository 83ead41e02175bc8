"""Articles a second for 300 articles of 800 characters, start included, beside TF-IDF + linear SVM.

    python benchmarks/speed.py [--model DIR] [--n 300] [--runs 3]

Both are whole processes run in turn on the same files; quote the ratio, not the seconds.
"""

from __future__ import annotations

import argparse
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
from nlp.baseline import LinearBaseline
rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
for label in LinearBaseline.load(sys.argv[1]).predict([r["title"] + "\\n" + r["body"] for r in rows]): print(label)
"""


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from nlp.classifier import chosen_model

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None)
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    model = str(chosen_model(arguments.model))
    corpus = [json.loads(line) for line in (ROOT / "corpus/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(row["body"] for row in corpus)
    step = max(1, (len(text) - 800) // arguments.n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "articles.jsonl")
        with path.open("w", encoding="utf-8") as file:
            for k in range(arguments.n):
                row = {"title": corpus[k % len(corpus)]["title"], "body": text[k * step : k * step + 800]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        commands = {
            "subao sort": [sys.executable, "-m", "nlp.cli", "sort", str(path), "--json", "--model", model],
            "字 TF-IDF + 线性 SVM": [sys.executable, "-c", LINEAR, str(Path(model, "baseline.npz")), str(path)],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(arguments.runs + 1):  # the first is a warm-up
            for name, command in commands.items():
                begin = time.perf_counter()
                subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                if run:
                    seconds[name].append(time.perf_counter() - begin)
    print(f"{arguments.n} 篇 × 800 字，{arguments.runs} 次取中位数；{platform.machine()}，{os.cpu_count()} 核")
    medians = {name: statistics.median(s) for name, s in seconds.items()}
    for name, s in medians.items():
        spread = f"{min(seconds[name]):.1f}–{max(seconds[name]):.1f}"
        print(f"{name}：{s:.1f} 秒（{spread}），{arguments.n / s:.1f} 篇/秒")
    first, second = medians.values()
    print(f"用时之比 {first / second:.2f}")


if __name__ == "__main__":
    main()
