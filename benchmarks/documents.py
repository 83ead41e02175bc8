"""Read real Word, PDF, WPS and OFD files beside plain peers: titles, numbers kept, seconds, memory.

    python benchmarks/documents.py DOCUMENTS [--list]     # DOCUMENTS holds names.jsonl (file, name) and the files

A file's original name is mostly its title; a title is right if one holds the other without signs and spaces. Numbers
are the runs of digits that the peer finds in the file (PDF: pdftotext of poppler; docx: python-docx): how many of
them this program's reader lost, table cells and running heads included; those of the form over a notice (文号, 网址, day) and
of the paper it was cut from are left out on purpose and not counted. A peer that is not installed is left out.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nlp.bulletin import Article  # noqa: E402
from nlp.documents.articles import read_articles  # noqa: E402


def letters(text: str) -> str:
    """Letters and digits only, the day a name may end with left out."""
    return re.sub(r"[\W_]+", "", re.sub(r"_\d{4}-\d\d-\d\d$", "", text))


def is_right(title: str, name: str) -> bool:
    """Tell whether a title is the one in the file's name, which may be cut short."""
    a, b = letters(title), letters(name)
    return a == b or ((len(a) >= 6 and (a in b and len(a) >= 0.8 * len(b))) or (b in a and len(b) >= 0.8 * len(a)))


FORM = re.compile(r"发文字号|发布时间|(?:19|20)\d{2}\.\d\d\.\d\d\s|来源\s*[:：]\s*https?:|https?:\S*$|摘\s*.\s*《|《\s*人民日报\s*》|[\u4e00-\u9fff]{1,12}\s*[〔\[]\d{4}[〕\]]\s*\d+\s*号$")


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", re.sub(r"(?<=\d)\s+(?=[.,%])|(?<=[.,])\s+(?=\d)", "", text)))


def everything(article: Article) -> str:
    return "\n".join((article.title, article.body, article.source, article.date, *article.notes))


def peer_text(path: Path) -> str | None:
    """What the plain peer reads; None without one."""
    if path.suffix == ".pdf" and shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True).stdout.decode("utf-8", "replace")
    if path.suffix == ".docx":
        import docx

        document = docx.Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([p.text for p in document.paragraphs] + cells)
    return None


def peer_title(text: str) -> str:
    """The first line: what a reader does that knows no titles."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def wilson(right: int, n: int) -> str:
    """A share with its 95 % interval: ``wilson(20, 20) -> "20/20 [84, 100]"``."""
    z, p = 1.96, right / n
    middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n) / (1 + z * z / n)
    return f"{right}/{n} [{100 * (middle - half):.0f}, {100 * (middle + half):.0f}]"


def main() -> None:
    """Read every file, print a table by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--list", action="store_true", help="one line a file")
    parser.add_argument("--kinds", default="docx,pdf,wps,ofd", help="which suffixes")
    arguments = parser.parse_args()
    names = [json.loads(line) for line in (arguments.documents / "names.jsonl").open(encoding="utf-8")]
    print("| kind | read | titles | titles of the peer | dates | sources | numbers lost | paragraphs of one number | s a file |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    listed = []
    for kind in arguments.kinds.split(","):
        rows = [row for row in names if row["file"].endswith(f".{kind}")]
        if not rows:
            continue
        read = right = peer = peers = dated = sourced = lost = among = bare = 0
        began = time.perf_counter()
        for row in rows:
            path, name = arguments.documents / row["file"], Path(row["name"]).stem
            refused: list[str] = []
            articles = read_articles(path, lambda error: refused.append(error.reason))  # noqa: B023
            title = articles[0].title if articles else ""
            read += bool(articles)
            right += is_right(title, name)
            dated += bool(articles and articles[0].date)
            sourced += bool(articles and articles[0].source)
            bare += sum(bool(re.fullmatch(r"[\d.,%]+", line)) for a in articles for line in a.body.split("\n"))
            missing: Counter[str] = Counter()
            text = peer_text(path)
            if text is not None and articles:
                peers += 1
                peer += is_right(peer_title(text), name)
                text = "\n".join("" if FORM.match(line.strip()) or line.strip() in title else line for line in text.splitlines())
                missing = numbers(text) - numbers("\n".join(map(everything, articles)))
                lost, among = lost + missing.total(), among + numbers(text).total()
            listed.append(f"{row['file']} {'' if is_right(title, name) else 'TITLE '}{title!r} {len(articles)} "
                          f"{articles[0].date if articles else ''} {articles[0].source if articles else ''} {refused or ''} "
                          f"{dict(missing) or ''} {articles[0].notes if articles else ''} for {name!r}")  # fmt: skip
        took = (time.perf_counter() - began) / len(rows)
        print(f"| {kind} | {read}/{len(rows)} | {wilson(right, len(rows))} | {wilson(peer, peers) if peers else '—'} | {dated} | {sourced} "
              f"| {f'{lost} of {among}' if peers else '—'} | {bare} | {took:.2f} |", flush=True)  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nmemory at most {peak} MB")
    for line in listed if arguments.list else ():
        print(line)


if __name__ == "__main__":
    main()
