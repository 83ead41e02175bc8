"""Read saved web pages beside other extractors and print how much of each article is right.

    python benchmarks/pages.py PAGES [--list]      # PAGES holds gold.jsonl (file, body, date, title) and the files

Content: precision, recall and F of the characters in runs of five, the mean over the pages with a 95 % interval; the
same of the pages whose article is short. Titles count spaces away. Dates count against the silver date, and where two
peers agree on a day. A peer that is not installed is left out (pip install trafilatura gne).
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nlp.documents.articles import read_articles  # noqa: E402
from nlp.documents.encodings import decode  # noqa: E402
from nlp.documents.provenance import parse_date  # noqa: E402
from nlp.evaluation.intervals import resampled_means  # noqa: E402
from nlp.text.markup import plain_text  # noqa: E402

SHORT = 350  # characters of a short article
RUN = 5  # characters


class Read(NamedTuple):
    """What a reader made of a page."""

    body: str = ""
    title: str = ""
    date: str = ""
    source: str = ""
    said: str = ""


def ours(path: Path) -> Read:
    """This program's reader, through the same door as everything else."""
    refused: list[str] = []
    articles = read_articles(path, lambda error: refused.append(error.reason))
    if not articles:
        return Read(said="；".join(refused))
    return Read(plain_text("\n".join(a.body for a in articles)), articles[0].title, articles[0].date, articles[0].source,
                f"{len(articles)} 篇" * (len(articles) > 1))  # fmt: skip


def trafilatura_reader() -> Callable[[Path], Read]:
    """The peer trafilatura, with the settings that its documentation gives for articles."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

    def read(path: Path) -> Read:
        found = trafilatura.bare_extraction(decode(path.read_bytes(), path.name)[0], with_metadata=True, include_comments=False)
        return Read(found.text or "", found.title or "", parse_date(found.date or "")) if found else Read()

    return read


def gne_reader() -> Callable[[Path], Read]:
    """The peer GeneralNewsExtractor."""
    from gne import GeneralNewsExtractor

    def read(path: Path) -> Read:
        try:
            found = GeneralNewsExtractor().extract(decode(path.read_bytes(), path.name)[0])
        except Exception:  # it raises whatever lxml raises
            return Read()
        return Read(found["content"], found["title"], parse_date(found["publish_time"]))

    return read


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return re.sub(r"[\W_]+", "", text)


def overlap(found: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F of the runs of characters: ``overlap("一二三四五", "一二三四五六") -> (1.0, 0.5, 0.67)``."""
    a, b = (Counter(text[i : i + RUN] for i in range(max(1, len(text) - RUN + 1))) for text in map(letters, (found, gold)))
    both = (a & b).total() if letters(found) else 0
    precision, recall = both / max(1, a.total()), both / max(1, b.total())
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def interval(values: list[float]) -> str:
    low, high = np.percentile(resampled_means(np.array(values), 13), [2.5, 97.5])
    return f"{np.mean(values):.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    """Read every page with every reader, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--list", action="store_true", help="one line a page for this program's reader")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in (arguments.pages / "gold.jsonl").open(encoding="utf-8")]
    readers: dict[str, Callable[[Path], Read]] = {"subao": ours}
    for name, make in (("trafilatura", trafilatura_reader), ("gne", gne_reader)):
        try:
            readers[name] = make()
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
    short = [len(letters(row["body"])) < SHORT for row in rows]
    print(f"{len(rows)} pages, {sum(short)} with under {SHORT} characters\n")
    print("| reader | content F | precision | recall | precision, short | titles | dates | ms a page |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    results: dict[str, list[Read]] = {}
    dated = [row for row in rows if row["date"]]
    for name, read in readers.items():
        began = time.process_time()
        found = results[name] = [read(arguments.pages / row["file"]) for row in rows]
        took = 1000 * (time.process_time() - began) / len(rows)
        scores = [overlap(f.body, row["body"]) for f, row in zip(found, rows, strict=True)]
        p, r, f = (list(column) for column in zip(*scores, strict=True))
        titles = sum(letters(x.title) == letters(row["title"]) for x, row in zip(found, rows, strict=True))
        dates = sum(x.date == row["date"] for x, row in zip(found, rows, strict=True) if row["date"])
        short_p = [x for x, is_short in zip(p, short, strict=True) if is_short]
        print(f"| {name} | {interval(f)} | {interval(p)} | {interval(r)} | {interval(short_p)} | {titles}/{len(rows)} "
              f"| {dates}/{len(dated)} | {took:.0f} |", flush=True)  # fmt: skip
    peers = [results[name] for name in readers if name != "subao"]
    if len(peers) > 1:
        agreed = [(i, days[0]) for i, days in enumerate(zip(*[[x.date for x in peer] for peer in peers], strict=True))
                  if days[0] and len(set(days)) == 1]  # fmt: skip
        right = sum(results["subao"][i].date == day for i, day in agreed)
        print(f"\ndates on which the peers agree: {right} of {len(agreed)}")
    if arguments.list:
        for x, row in zip(results["subao"], rows, strict=True):
            p, r, f = overlap(x.body, row["body"])
            marks = ("" if letters(x.title) == letters(row["title"]) else f"  title {x.title!r} for {row['title']!r}") + (
                "" if x.date == row["date"] else f"  date {x.date!r} for {row['date']!r}")  # fmt: skip
            print(f"{row['file']} F {f:.2f} P {p:.2f} R {r:.2f} {x.source!r}{marks} {x.said}")


if __name__ == "__main__":
    main()
