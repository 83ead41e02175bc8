"""How many articles of a real issue go into the column where its editors put them.

    python benchmarks/issue45.py ISSUE.txt [--model DIR]

Reads a published issue into one .txt file an article, sorts those files with ``subao sort --json``, and prints each
with its first two columns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nlp.house import load_house  # noqa: E402
from nlp.published.issue import read_published  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("issue", type=Path)
    parser.add_argument("--model", default=None)
    arguments = parser.parse_args()
    articles = read_published(arguments.issue.read_bytes(), arguments.issue.name, load_house()).issue.articles
    with tempfile.TemporaryDirectory() as folder:
        for k, article in enumerate(articles, 1):
            Path(folder, f"{k:02}.txt").write_text(f"{article.title}\n\n{article.body}\n", encoding="utf-8")
        command = [sys.executable, "-m", "nlp.cli", "sort", folder, "--json"]
        command += ["--model", arguments.model] if arguments.model else []
        out = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT).stdout
    first = second = 0
    for article, row in zip(articles, map(json.loads, out.splitlines()), strict=True):
        column = article.column
        best = sorted(row["scores"], key=row["scores"].__getitem__, reverse=True)[:2]
        first, second = first + (best[0] == column), second + (column in best)
        print(f"{'对' if best[0] == column else '错'}  {column}  {best[0]} {row['confidence']:.0%}，{best[1]}  {article.title}")
    print(f"N {len(articles)}：第一即对 {first}，前二有对 {second}")


if __name__ == "__main__":
    main()
