"""Read published bulletins and print what was found, what was left over, and how the reader stands broken copies.

    python benchmarks/read_issue.py ISSUE… [--mutations 300] [--joins]

``--joins`` lists every place where two lines were joined and every subheading that was inferred, to be judged by hand.
Mutations are of .txt files: lines lost, doubled, swapped, cut; contents, columns or widths broken.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import random
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from printed import mutate  # noqa: E402

from nlp.documents.encodings import decode  # noqa: E402
from nlp.errors import SubaoError  # noqa: E402
from nlp.house import House, load_house  # noqa: E402
from nlp.issue.markdown import parse, write  # noqa: E402
from nlp.published.issue import Published, read_published  # noqa: E402
from nlp.published.outline import Role, key_of  # noqa: E402


def count(texts) -> int:
    """Characters without white space."""
    return sum(len("".join(text.split())) for text in texts)


def show(published: Published, characters: int) -> None:
    """What was found, and whether every character is accounted for."""
    issue = published.issue
    print(f"  第 {issue.number} 期  {issue.date}  {issue.institution}")
    titles = {article.title for article in issue.articles}
    print(f"  本期重点 {len(issue.highlights)} 条，是文章标题的 {len(titles & set(issue.highlights))} 条")
    for n, article in enumerate(issue.articles, 1):
        headings = sum(line.startswith("### ") for line in article.body.split("\n"))
        source = "，".join(filter(None, (article.source, article.date)))
        print(f"  {n:2} {article.column}  {article.title}（{source}）{len(article.body)} 字，小标题 {headings}")
    why = collections.Counter(line.why for line in published.unplaced)
    placed, unplaced = count(line.text for line in published.placed), count(line.text for line in published.unplaced)
    print(f"  字符（不计空白）：{characters} = 归入 {placed} + 未归入 {unplaced}：{placed + unplaced == characters}")
    print("  未归入：" + "，".join(f"{name} {lines} 行" for name, lines in why.items()))


def joins(published: Published) -> list[str]:
    """The places where lines were joined: line numbers, end of the one, beginning of the other."""
    lines = [line for line in published.placed if line.role in (Role.TEXT, Role.SUBHEADING)]
    ends, length = set(), 0
    for paragraph in (p for article in published.issue.articles for p in article.body.split("\n")):
        length += len(key_of_all(paragraph.removeprefix("### ")))
        ends.add(length)
    found, length = [], 0
    for line, following in itertools.pairwise(lines):
        length += len(key_of_all(line.text))
        if length not in ends:
            found.append(f"{line.line}-{following.line}  {line.text[-16:]} ┃ {following.text[:16]}")
    return found


def key_of_all(text: str) -> str:
    return "".join(map(key_of, re.findall(".{1,300}", text)))


def shape(published: Published) -> list[tuple[str | None, str]]:
    return [(article.column, key_of(article.title)) for article in published.issue.articles]


def break_copies(text: str, house: House, copies: int, whole: Published) -> None:
    """Read broken copies; count the refused ones, those with every article still right, and whatever went wrong."""
    chance, results = random.Random(45), collections.Counter()
    for _ in range(copies):
        broken = mutate(text, house, chance)
        try:
            published = read_published(broken.encode(), "a.txt", house)
        except SubaoError:
            results["拒读"] += 1
            continue
        except Exception as error:
            results[f"出错 {type(error).__name__}"] += 1
            continue
        kept = count(line.text for line in (*published.placed, *published.unplaced))
        results["字符不守恒"] += kept != count([broken])
        results["写出再读不同"] += parse(write(published.issue, house), house) != published.issue
        results["栏目和标题全对"] += shape(published) == shape(whole)
    print(f"  改坏 {copies} 份：" + "，".join(f"{name} {n}" for name, n in results.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("issues", type=Path, nargs="+", metavar="ISSUE")
    parser.add_argument("--mutations", type=int, default=0, metavar="N")
    parser.add_argument("--joins", action="store_true")
    arguments = parser.parse_args()
    house = load_house()
    for path in arguments.issues:
        data, start = path.read_bytes(), time.perf_counter()
        published = read_published(data, path.name, house)
        print(f"{path.name}  {len(data) / 1024:.0f} KB，{time.perf_counter() - start:.2f} 秒")
        lines = (*published.placed, *published.unplaced)
        text = decode(data, path.name)[0] if path.suffix == ".txt" else ""
        show(published, count([text] if text else [line.text for line in lines]))
        found = joins(published)
        print(f"  接行 {len(found)} 处")
        if arguments.joins:
            print("\n".join(f"    {join}" for join in found))
            headings = [p for a in published.issue.articles for p in a.body.split("\n") if p.startswith("### ")]
            print("\n".join(f"    {heading}" for heading in headings))
        if arguments.mutations and text:
            break_copies(text, house, arguments.mutations, published)


if __name__ == "__main__":
    main()
