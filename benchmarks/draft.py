"""Seconds and memory of ``subao draft``, start included, from 300 articles to the Word file.

    python benchmarks/draft.py [--model DIR] [--n 300] [--runs 3]

The articles are 800-character windows of corpus/, one .txt each; memory is the largest of any one process.
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
MEASURED = """
import resource, sys
from nlp.cli import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
sys.exit(code)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="")
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in (ROOT / "corpus/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(row["body"] for row in rows)
    step = max(1, (len(text) - 800) // arguments.n)
    seconds, memory = [], 0
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder, "inbox")
        inbox.mkdir()
        for k in range(arguments.n):
            body = text[k * step : k * step + 800]
            (inbox / f"{k:05}.txt").write_text(f"{rows[k % len(rows)]['title']}\n\n{body}\n", encoding="utf-8")
        for run in range(arguments.runs):
            command = [sys.executable, "-c", MEASURED, "draft", str(inbox), "-o", f"{folder}/第{run + 1}期"]
            command += ["--model", arguments.model] if arguments.model else []
            begin = time.perf_counter()
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
            seconds.append(time.perf_counter() - begin)
            memory = max(memory, int(done.stderr.split()[-1]))
    print(done.stdout.strip().splitlines()[-1].replace(folder, "…"))
    print(f"{arguments.n} 篇 × 800 字，{arguments.runs} 次取中位数；{platform.machine()}，{os.cpu_count()} 核")
    print(f"{statistics.median(seconds):.1f} 秒（{min(seconds):.1f}–{max(seconds):.1f}），内存最多 {memory} MB")


if __name__ == "__main__":
    main()
