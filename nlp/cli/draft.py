"""subao draft: everything at once, from a folder of articles to an issue's folder; again, to merge what came later."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..bulletin import Article
from ..errors import SubaoError
from ..house import House, load_house
from ..text.characters import read_number
from .inbox import add_inbox, load_for_issue, read_inbox, say_precision
from .issue import add_template
from .model import predict, scorer_of
from .parser import add_verb, iso_date, positive, say

LIMIT = 20


def add_draft(verbs) -> None:
    parser = add_verb(
        verbs, "draft", _draft, "一步到位：来稿分栏、选稿、起草本期重点、排出 Word 文件；再运行一次，合并后到的稿件",
        "subao draft corpus/inbox -o 第46期",
    )  # fmt: skip
    add_inbox(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="写到哪个文件夹，如 第46期；已有稿件文件的就合并")
    parser.add_argument("--number", default="", metavar="N", help="期号（默认取文件夹名里的“第N期”，没有就空着）")
    parser.add_argument("--date", type=iso_date, metavar="YYYY-MM-DD", help="出版日期（默认空着，或照稿件文件）")
    parser.add_argument("--limit", type=positive, metavar="N", help=f"最多登几篇，其余进备选（默认 {LIMIT}，或照上一次）")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="以前各期稿件文件所在的文件夹；登过的不再登，进备选")
    add_template(parser)
    parser.add_argument("--force", action="store_true", help="不合并，从头来过；原来的留在 DIR/历史")


def _draft(arguments: argparse.Namespace) -> None:
    from ..issue.folder import Place

    folder, house = arguments.output, load_house(arguments.house)
    number = _bare(arguments.number) or _number_of(folder)
    place = Place(folder / (f"第{number}期.md" if number else "本期.md"))
    earlier = _earlier(arguments.archive, place.file, number, house)
    if place.file.is_file() and not arguments.force:
        _merge(arguments, place, earlier, house)
    else:
        _begin(arguments, place, earlier, number, house)


def _begin(arguments: argparse.Namespace, place, earlier: list[tuple[str, Article]], number: str, house: House) -> None:
    """Draft an issue from nothing, or anew."""
    from ..bulletin import Issue
    from ..issue import draft as drafting
    from ..issue.folder import Standing, read_memory
    from ..issue.sorting import Sorted
    from ..issue.stories import find_stories

    articles, refused = read_inbox(arguments)
    classifier = load_for_issue(arguments, house)
    stories = find_stories(articles, earlier)
    inbox = Sorted(predict(classifier, articles), stories.copies, stories.earlier)
    limit = arguments.limit or LIMIT
    made = drafting.draft(inbox, house, limit, number=number, date=arguments.date or "", scorer=scorer_of(classifier))
    facts = drafting.Facts(limit, classifier.signature, tuple((error.path, error.reason) for error in refused))
    issue, memory = drafting.remember(made, inbox, house, facts)
    standing = Standing(place, Issue(), read_memory(place), place.file.read_bytes() if place.file.is_file() else None)
    if not (arguments.force or standing.drafted):
        _refuse_foreign(place)
    wrote = _write(arguments, standing, issue, memory, house, "起草", articles)
    for line in drafting.overview(made, house):
        print(line)
    sys.stdout.flush()
    say_precision(inbox, classifier.card)
    _finish(place, wrote, drafting.last_line(made, len(refused), limit))


def _merge(arguments: argparse.Namespace, place, earlier: list[tuple[str, Article]], house: House) -> None:
    """Merge the inbox into the issue that stands there."""
    from ..issue.draft import Facts
    from ..issue.folder import read_memory, read_register, read_standing
    from ..issue.history import hold
    from ..issue.merge import merge, unknown_articles

    read_standing(place, house)  # an issue file that cannot be read is told before the work
    articles, refused = read_inbox(arguments)
    unknown = unknown_articles(read_memory(place), articles)
    classifier = load_for_issue(arguments, house) if unknown else None
    predictions = {p.article.path: p for p in predict(classifier, unknown)} if classifier else {}
    with hold(place.folder):
        standing = read_standing(place, house)
        taken = read_register(standing, house)
        if any(article.path not in predictions for article in unknown_articles(taken.memory, articles)):
            raise SubaoError(f"{place.file}：在这期间被别处改过，没有写；请再运行一次")
        limit = arguments.limit or standing.memory.limit or LIMIT
        facts = Facts(limit, classifier.signature if classifier else "", tuple((e.path, e.reason) for e in refused))
        merged = merge(
            taken.issue, taken.memory, articles, predictions, house, facts,
            earlier=earlier, date=arguments.date or "",
        )  # fmt: skip
        wrote = _write(arguments, standing, merged.issue, merged.memory, house, "合并来稿", articles)
    for line in (*taken.lines, *merged.report.overview()):
        print(line)
    sys.stdout.flush()
    _finish(place, wrote, merged.report.last_line())


def _write(arguments: argparse.Namespace, standing, issue, memory, house: House, what: str, articles: list[Article]):
    """Write the issue with its Word file and its pictures; a Word file that was changed by hand stays as it is."""
    from ..issue.folder import write_standing
    from ..issue.printing import set_in_type, unchanged

    place = standing.place
    held = {picture.name: picture.data for article in articles for picture in article.pictures}
    more = {place.pictures / name: data for name, data in held.items()}
    if arguments.force or not place.word.exists() or unchanged(place.word):
        word, said = set_in_type(issue, house, arguments.template, place.folder, held=held)
        more[place.word] = word
    else:
        said = [f"{place.word}：手工改过，原样留着；要重新排版请先改名，再运行 subao issue {place.file}"]
    wrote = write_standing(standing, issue, house, what, memory=memory, more=more)
    for line in (*said, *map(str, wrote.refused)):
        say(line)
    return wrote


def _finish(place, wrote, counts: str) -> None:
    for remark in wrote.remarks:
        say(remark.text if not remark.line else f"{place.file.name} 第 {remark.line} 行：{remark.text}")
    say(f"下一步：打开 {place.file}，看标着“请核对”“新到”“提醒”的，改好存盘，再运行 subao issue {place.file}")
    names = "、".join(dict.fromkeys(path.name for path in wrote.written if path.parent == place.folder))
    outcome = f"写好：{place.folder}（{names}）" if names else f"没有变化：{place.folder}"
    print(f"\n{counts}。{outcome}", flush=True)


def _refuse_foreign(place) -> None:
    """Where no draft was made, a file of the user's own is in the way of the register or the Word file."""
    from ..issue.printing import unchanged

    for path in (*place.registers, place.word):
        if path.exists() and not (path == place.word and unchanged(path)):
            raise SubaoError(f"{path}：已有另外的内容，没有覆盖；确要覆盖请加 --force（原来的留在 历史/），或换一个 -o")


def _bare(number: str) -> str:
    """``第46期``, ``第四十六期`` and ``46`` are the same number."""
    if number.strip() and not (read := read_number(number) or read_number(f"第{number.strip()}期")):
        raise SubaoError(f"--number 要写数字，如 46，不能是“{number}”")
    return read if number.strip() else ""


def _number_of(folder: Path) -> str:
    """The number in the folder's name or, at a re-run, of the one issue file in it; else empty, never invented."""
    inside = {read_number(file.stem) for file in folder.glob("第*期.md")} - {""}
    return read_number(folder.resolve().name) or (inside.pop() if len(inside) == 1 else "")


def _earlier(archive: Path | None, target: Path, number: str, house: House) -> list[tuple[str, Article]]:
    """The articles that earlier issues printed, with the name of the issue; the issue in the making is none."""
    from ..bulletin import HISTORY
    from ..issue.archive import read_issues
    from ..published.issue import NO_COLUMN

    if archive is None:
        return []
    if not archive.exists():
        raise SubaoError(f"{archive}：没有这个文件夹；--archive 后面写以前各期 第N期.md 所在的文件夹（可用 subao read 生成）")
    found, issues = [], 0
    for file, issue in read_issues(archive, house, lambda error: say(f"跳过 {error}")):
        if HISTORY in file.parts:
            continue
        if file.resolve() == target.resolve() or (number and issue.number == number):
            say(f"{file}：就是这一期，不算以前登过的")
            continue
        issues += 1
        printed = [a for a in issue.articles if a.column in house.column_names or a.doubt == NO_COLUMN]
        found += [(file.stem, article) for article in printed]
    if not issues:
        say(f"{archive}：里面没有以前各期的稿件文件（第N期.md），没有查登过的稿件")
    return found
