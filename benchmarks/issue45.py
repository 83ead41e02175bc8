"""How many articles of a real issue go into the column where its editors put them.

    python benchmarks/issue45.py ISSUE.txt [--model DIR]

Cuts the text of a published issue at the titles of its 目录 into one .txt file an article, sorts
those files with ``subao sort --json``, and prints each with its first two columns.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COLUMNS = "政策法规 各地动态 行业新闻 产品市场 知识产权 标准化 聚焦常州".split()


def squeeze(line: str) -> str:
    """A line without white space, page number, dots and bullet."""
    return re.sub(r"\s|[.…]+\s*\d*$|\d+$|^-", "", line)


def cut(text: str) -> list[tuple[str, str, str]]:
    """(column, title, body) of every article of a published issue."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    start = lines.index("目录") + 1
    contents, column, end = [], "", start
    for end in range(start, len(lines)):
        if lines[end] in COLUMNS:
            if contents and lines[end] == COLUMNS[0]:
                break
            column = lines[end]
        else:
            contents.append((column, squeeze(re.sub(r"\s\d+$", "", lines[end]))))
    body = lines[end:]
    heads = {}
    for k, (_, title) in enumerate(contents):
        heads[k] = next(i for i, line in enumerate(body) if squeeze(line) == title)
    order = [*sorted(heads.values()), next(i for i, line in enumerate(body) if line.startswith("版权及"))]
    articles = []
    for k, (column, _) in enumerate(contents):
        first = heads[k]
        last = next(i for i in order if i > first)
        text = "\n".join(line for line in body[first + 1 : last] if line not in COLUMNS)
        articles.append((column, body[first], text))
    return articles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("issue", type=Path)
    parser.add_argument("--model", default=None)
    arguments = parser.parse_args()
    articles = cut(arguments.issue.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for k, (_, title, body) in enumerate(articles, 1):
            Path(folder, f"{k:02}.txt").write_text(f"{title}\n\n{body}\n", encoding="utf-8")
        command = [sys.executable, "-m", "nlp.cli", "sort", folder, "--json"]
        command += ["--model", arguments.model] if arguments.model else []
        out = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    first = second = 0
    for (column, title, _), row in zip(articles, map(json.loads, out.splitlines()), strict=True):
        best = sorted(row["scores"], key=row["scores"].__getitem__, reverse=True)[:2]
        first, second = first + (best[0] == column), second + (column in best)
        print(f"{'对' if best[0] == column else '错'}  {column}  {best[0]} {row['confidence']:.0%}，{best[1]}  {title}")
    print(f"N {len(articles)}：第一即对 {first}，前二有对 {second}")


if __name__ == "__main__":
    main()
