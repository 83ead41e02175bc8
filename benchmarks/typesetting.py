"""Seconds, memory and pages for an issue of 300 articles of 800 characters as a Word file.

    python benchmarks/typesetting.py [--n 300] [-o FILE.docx]

Set without page numbers, laid out by LibreOffice where it is installed, set again with the numbers it found.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    from nlp.bulletin import Article, Issue
    from nlp.house import load_house
    from nlp.word.page_numbers import PagesUnknown, find_pages
    from nlp.word.typeset import typeset

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("-o", "--output", type=Path, default=None)
    arguments = parser.parse_args()
    house = load_house()
    corpus = [json.loads(line) for line in (ROOT / "corpus/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(row["body"] for row in corpus)
    step = max(1, (len(text) - 800) // arguments.n)
    articles = tuple(
        Article(corpus[k % len(corpus)]["title"], text[k * step : k * step + 800], "常州日报", "2022-05-15",
                column=house.column_names[k * len(house.columns) // arguments.n])
        for k in range(arguments.n)
    )  # fmt: skip
    issue = Issue(articles, "46", "2022-05-31", highlights=tuple(a.title for a in articles[:5]))

    begin = time.perf_counter()
    docx = typeset(issue, house)
    print(f"{arguments.n} 篇 × 800 字排成 Word：{time.perf_counter() - begin:.2f} 秒，{len(docx) / 2**20:.1f} MB，{_memory()}")
    begin = time.perf_counter()
    try:
        pages = find_pages(docx, len(articles))
    except PagesUnknown as error:
        print(error)
    else:
        print(f"LibreOffice 找页码：{time.perf_counter() - begin:.1f} 秒，末篇在第 {pages[-1]} 页")
        begin = time.perf_counter()
        docx = typeset(issue, house, pages)
        print(f"带页码重排：{time.perf_counter() - begin:.2f} 秒，{_memory()}")
    if arguments.output:
        arguments.output.write_bytes(docx)


def _memory() -> str:
    """The most memory this process has held so far."""
    try:
        import resource
    except ImportError:
        return "内存未量（只在 Linux、macOS 上量）"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"内存峰值 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20:.0f} MB"


if __name__ == "__main__":
    main()
