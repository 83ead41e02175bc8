"""Real titles as they come out in print: in 本期重点, in 目录 and over the article; what a line's end parts is counted.

    python benchmarks/titles_print.py DATA.jsonl… [--n 758] [--seed 13] [--show 10] [-o FILE.pdf]

DATA are articles, one JSON object a line with a ``title``. The issue is set, LibreOffice lays it out, and the lines are
read back from the PDF's pages (pypdfium2), not reckoned. Words are those of jieba with its guesses, names those it takes
for persons or the house lists as leaders, an amount is a figure with its unit.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PLACES = ("本期重点", "目录", "文章标题")
AMOUNT = re.compile(r"第?\d[\d.,]*(?:[%％‰℃]|[多余]?[万亿千百]*(?:元|美元|个|家|项|年|月|日|号|吨|台|套|米|公里|户|人|次|倍|届|期|度|时|小时|分|秒|条|批|座|艘|辆|件|种|名|位|亩|岁|点|天)?)")


def main() -> None:
    import jieba
    import jieba.posseg

    from nlp.bulletin import Article, Issue
    from nlp.house import load_house
    from nlp.word.page_numbers import to_pdf
    from nlp.word.typeset import typeset

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--n", type=int, default=758)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    jieba.setLogLevel(60)
    house = load_house()
    titles = drawn(arguments.data, arguments.n, arguments.seed)
    column = house.column_names[0]
    articles = tuple(Article(title, "正文在此。", "来源在此", column=column) for title in titles)
    issue = Issue(articles, "46", "2022-05-31", highlights=tuple(titles))
    pdf = to_pdf(typeset(issue, house, [900] * len(titles)))
    if arguments.output:
        arguments.output.write_bytes(pdf)
    faults: dict[str, list[str]] = {}
    counts = Counter()
    for place, lines in zip(PLACES, zones(pdf), strict=True):
        for title, printed in zip(titles, match(lines, titles, place), strict=True):
            counts[place, "titles"] += 1
            counts[place, "several"] += len(printed) > 1
            for kind in judged(title, printed, house.leaders, jieba):
                counts[place, kind] += 1
                faults.setdefault(kind, []).append(f"{place}：{'｜'.join(printed)}")
    for place in PLACES:
        said = "，".join(f"{kind} {counts[place, kind]}" for kind in KINDS)
        print(f"{place}：N {counts[place, 'titles']}，多行 {counts[place, 'several']}；{said}")
    for kind, found in faults.items():
        for line in found[: arguments.show]:
            print(f"  {kind} {line}")


KINDS = ("词中断开", "人名断开", "数字断开", "书名号断开", "引号断开", "末行独字", "末行两字", "行首标点")


def drawn(files: list[Path], n: int, seed: int) -> list[str]:
    """So many different titles, of 4 to 80 characters, drawn from all files."""
    from nlp.text.characters import normalise

    rows = (json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    titles = dict.fromkeys(normalise(" ".join(row.get("title", "").split())) for row in rows)
    usable = [title for title in titles if 4 <= len(title) <= 80]
    return random.Random(seed).sample(usable, min(n, len(usable)))


def zones(pdf: bytes) -> list[list[str]]:
    """The lines of 本期重点, of 目录 and of the columns, as the pages show them, without heads and feet."""
    import pypdfium2

    found: list[list[str]] = [[], [], []]
    zone = -1
    for page in pypdfium2.PdfDocument(pdf):
        lines = [line.strip() for line in lines_of(page.get_textpage()) if line.strip()]
        if zone < 0 and lines and bare(lines[0]) == PLACES[0]:
            zone, lines = 0, lines[1:]
        elif zone == 0 and lines and bare(lines[0]) == PLACES[1]:
            zone, lines = 1, lines[1:]
        elif zone >= 1 and lines and lines[0].startswith("4.0 信息速报"):
            zone, lines = 2, [line for line in lines[1:] if not re.fullmatch(r"— \d+ —", line)]
        if zone >= 0:
            found[zone] += lines
    return found


def lines_of(page) -> list[str]:
    """The characters of a page by the lines on which they stand; pdfium's own lines join at a hyphen and part at a mark."""
    import ctypes

    from pypdfium2 import raw

    lines, base = [""], None
    x, y = ctypes.c_double(), ctypes.c_double()
    for i in range(page.count_chars()):
        if raw.FPDFText_IsGenerated(page, i) == 1:  # a space, a line's end or a hyphen that is not in the file
            continue
        raw.FPDFText_GetCharOrigin(page, i, x, y)
        if base is not None and abs(y.value - base) > 3:
            lines.append("")
        base = y.value
        lines[-1] += chr(raw.FPDFText_GetUnicode(page, i)).replace("\x02", "-")  # its sign for a hyphen at a line's end
    return lines


def match(lines: list[str], titles: list[str], place: str) -> list[list[str]]:
    """The printed lines of each title, in order; a title that cannot be found ends the run."""
    behind = re.compile(r"[.…]*\d+" if place == "目录" else "")  # the dots and the page's number
    found, at = [], 0
    for title in titles:
        taken = next(filter(None, (_taken(lines, start, bare(title), behind) for start in range(at, len(lines)))), None)
        if taken is None:
            raise SystemExit(f"{place}里没有找到“{title}”（第 {at} 行以后：{lines[at : at + 4]}）")
        found.append(taken[1])
        at = taken[0]
    return found


def _taken(lines: list[str], start: int, key: str, behind: re.Pattern[str]) -> tuple[int, list[str]] | None:
    """The lines from ``start`` on that are a title (and what stands behind it), and where they end; None if they are not."""
    joined = ""
    for end in range(start, len(lines)):
        whole = joined + bare(lines[end])
        if whole.startswith(key) and behind.fullmatch(whole[len(key) :]):
            return end + 1, [*lines[start:end], key[len(joined) :]]
        if not whole or not key.startswith(whole):
            return None
        joined = whole
    return None


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def judged(title: str, printed: list[str], leaders: tuple[str, ...], jieba) -> set[str]:
    """What the ends of a title's lines part."""
    if len(printed) < 2:
        return set()
    key = bare(title)
    ends = list(accumulate(len(bare(line)) for line in printed))[:-1]
    kinds = set()
    spans = {
        "词中断开": [word for word in words_of(jieba.cut(title))],
        "人名断开": [span for span, tag in tagged(jieba.posseg.cut(title)) if tag in ("nr", "nrt", "nrfg")]
        + [found.span() for name in leaders for found in re.finditer(name, key)],
        "数字断开": [found.span() for found in AMOUNT.finditer(key)],
        "书名号断开": [found.span() for found in re.finditer("《[^》]*》", key) if len(found[0]) <= 23],
        "引号断开": [found.span() for found in re.finditer("“[^”]*”", key) if len(found[0]) <= 12],
    }
    for kind, places in spans.items():
        if any(start < end < stop for start, stop in places for end in ends):
            kinds.add(kind)
    last = len(re.findall(r"\w", printed[-1]))
    kinds |= {"末行独字"} if last == 1 else {"末行两字"} if last == 2 else set()
    if any(re.match("[，。；：、！？”》）]", bare(line)) for line in printed[1:]):
        kinds.add("行首标点")
    return kinds


def words_of(words) -> list[tuple[int, int]]:
    at, spans = 0, []
    for word in words:
        length = len(bare(word))
        spans.append((at, at + length))
        at += length
    return spans


def tagged(pairs) -> list[tuple[tuple[int, int], str]]:
    pairs = list(pairs)
    return list(zip(words_of(pair.word for pair in pairs), (pair.flag for pair in pairs), strict=True))


if __name__ == "__main__":
    main()
