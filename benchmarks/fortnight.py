"""A fortnight of one issue, played through on real text: every decision of the editor is accounted for.

    python benchmarks/fortnight.py DATA.jsonl [--model DIR] [--seed 13] [--keep DIR]

DATA holds articles with title, body, source and date (JSONL). Draft of 40; 12 corrections in the text editor; 8 late
files, 2 changed, 1 gone; 3 corrections in Excel; 10 on the desk (as the page writes them); 2 undone; printed twice. Then
300 articles and 20 late ones, and what merging them costs beyond sorting them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nlp.bulletin import REJECTED, RESERVE, Article, Issue  # noqa: E402
from nlp.cli import main as subao  # noqa: E402
from nlp.house import load_house  # noqa: E402
from nlp.issue import markdown  # noqa: E402
from nlp.issue.corrections import read_corrections  # noqa: E402
from nlp.issue.folder import Place, read_standing, write_standing  # noqa: E402
from nlp.issue.register import HEADER  # noqa: E402

HOUSE = load_house()
DRAFTED, LATE = 40, 8


class Fortnight:
    """The folder of an issue, what was decided in it, and whether it still holds."""

    def __init__(self, folder: Path, rows: list[dict], model: str) -> None:
        self.inbox, self.folder, self.rows, self.model = folder / "来稿", folder / "第46期", rows, model
        self.decided: dict[str, str] = {}  # what -> how it is looked up in the end
        self.checks: list[tuple[str, bool]] = []
        self.inbox.mkdir(parents=True)

    def arrive(self, first: int, last: int) -> None:
        for n in range(first, last):
            row = self.rows[n]
            text = f"{row['title']}\n\n{row['body']}\n"
            (self.inbox / f"{n:03}.txt").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> str:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = subao([*arguments])
        self.say(f"subao {arguments[0]}：退出码 {code}", code == 0)
        out.flush()
        return out.buffer.getvalue().decode()

    def draft(self, *more: str) -> str:
        model = ["--model", self.model] if self.model else []
        return self.run("draft", str(self.inbox), "-o", str(self.folder), *more, *model)

    def say(self, what: str, holds: bool) -> None:
        self.checks.append((what, holds))

    @property
    def place(self) -> Place:
        return Place.of(self.folder)

    @property
    def issue(self) -> Issue:
        return read_standing(self.place, HOUSE).issue

    def find(self, title: str) -> Article | None:
        return next((a for a in self.issue.articles if a.title == title), None)


def in_the_text_editor(play: Fortnight, chance: random.Random) -> dict[str, tuple[str, str]]:
    """Twelve corrections in the file: 4 columns, 3 titles, 2 texts, 2 deletions, 1 highlight; title -> (field, value)."""
    issue = play.issue
    articles = list(issue.articles)
    printed = [i for i, a in enumerate(articles) if a.column in HOUSE.column_names]
    chosen = chance.sample(printed, 12)
    wishes: dict[str, tuple[str, str]] = {}
    deleted = set()
    for k, i in enumerate(chosen):
        a = articles[i]
        if k < 4:
            column = chance.choice([c for c in HOUSE.column_names if c != a.column])
            articles[i], wishes[a.title] = replace(a, column=column, doubt=""), ("column", column)
        elif k < 7:
            title = f"编者改：{a.title[:20]}{k}"
            articles[i], wishes[title] = replace(a, title=title), ("title", title)
        elif k < 9:
            body = a.body + f"\n编者补写的第{k}段。"
            articles[i], wishes[a.title] = replace(a, body=body), ("body", body)
        elif k < 11:
            deleted.add(i)
            wishes[a.title] = ("deleted", "")
        else:
            wishes[a.title] = ("highlight", a.title)
    gone = {articles[i].title for i in deleted}
    titles = {a.title for i, a in enumerate(articles) if i not in deleted}
    lead = [t for t in issue.highlights if t in titles and t not in gone][:3]
    lead += [title for title, (kind, _) in wishes.items() if kind == "highlight" and title not in lead]
    kept = tuple(a for i, a in enumerate(articles) if i not in deleted)
    play.place.file.write_text(markdown.write(replace(issue, articles=kept, highlights=tuple(lead)), HOUSE), encoding="utf-8")
    return wishes


def in_excel(play: Fortnight, chance: random.Random, spare: set[str]) -> dict[str, tuple[str, str]]:
    """Three cells of the register changed: a column, one to print, one not to print."""
    import openpyxl

    path = play.place.registers[0]
    book = openpyxl.load_workbook(path)
    rows = [row for row in book.active.iter_rows(min_row=2) if row[1].value and row[1].value not in spare]
    cells = {state: [r for r in rows if r[HEADER.index("登")].value == state] for state in ("登", "备选")}
    wishes = {}
    one, other = chance.sample(cells["登"], 2)
    column = chance.choice([c for c in HOUSE.column_names if c != one[HEADER.index("栏目")].value])
    one[HEADER.index("栏目")].value = column
    wishes[one[1].value] = ("column", column)
    other[HEADER.index("登")].value = "不登"
    wishes[other[1].value] = ("column", REJECTED)
    waiting = [r for r in cells["备选"] if r[HEADER.index("栏目")].value in HOUSE.column_names]
    if waiting:
        waiting[0][HEADER.index("登")].value = "登"
        wishes[waiting[0][1].value] = ("column", waiting[0][HEADER.index("栏目")].value)
    book.save(path)
    return wishes


def on_the_desk(play: Fortnight, chance: random.Random, spare: set[str], n: int) -> dict[str, tuple[str, str]]:
    """Single moves as the page writes them, each one step."""
    wishes = {}
    for _ in range(n):
        standing = read_standing(play.place, HOUSE)
        i = chance.choice([i for i, a in enumerate(standing.issue.articles) if a.title not in {*spare, *wishes}])
        a = standing.issue.articles[i]
        column = chance.choice([c for c in (*HOUSE.column_names, RESERVE) if c != a.column])
        articles = [*standing.issue.articles[:i], *standing.issue.articles[i + 1 :], replace(a, column=column, fresh=False)]
        write_standing(standing, replace(standing.issue, articles=tuple(articles)), HOUSE, "移动", register=False)
        wishes[a.title] = ("column", column)
    return wishes


def account(play: Fortnight, when: str, wishes: dict[str, tuple[str, str]]) -> None:
    """Each decision as it stands in the file now."""
    for title, (kind, value) in wishes.items():
        a = play.find(title)
        holds = {
            "column": lambda a=a, value=value: a is not None and a.column == value,
            "title": lambda a=a: a is not None,
            "body": lambda a=a, value=value: a is not None and a.body == markdown.characters.normalise(value),
            "deleted": lambda a=a: a is None,
            "highlight": lambda title=title: title in play.issue.highlights,
        }[kind]()
        play.say(f"{when}：{kind} {title[:24]}", holds)


def fortnight(play: Fortnight, chance: random.Random) -> None:
    play.arrive(0, DRAFTED)
    play.draft("--date", "2030-01-15")
    first = play.issue
    play.say(f"起草 {DRAFTED} 篇都在", len(first.articles) == DRAFTED)
    wishes = in_the_text_editor(play, chance)
    play.arrive(DRAFTED, DRAFTED + LATE)
    for n in (1, 2):
        path = play.inbox / f"{n:03}.txt"
        path.write_text(path.read_text(encoding="utf-8").replace("。", "（更正）。", 1), encoding="utf-8")
    (play.inbox / "003.txt").unlink()
    said = play.draft()
    play.say(f"合并：{said.strip().splitlines()[-1].partition('。')[0]}", f"新增 {LATE} 篇" in said)
    account(play, "合并以后", wishes)
    play.say("新到的都标着", sum(a.fresh for a in play.issue.articles) == LATE)
    play.say("没有丢一篇", len(play.issue.articles) == DRAFTED + LATE - 2)
    excel = in_excel(play, chance, set(wishes))
    play.run("issue", str(play.folder), "--anyway")
    account(play, "清单", {**wishes, **excel})
    before = play.place.file.read_bytes()
    desk = on_the_desk(play, chance, {*wishes, *excel}, 10)
    last = list(desk)[-2:]
    for _ in range(2):
        play.run("undo", str(play.folder))
    kept = {title: wish for title, wish in desk.items() if title not in last}
    account(play, "审稿", {**wishes, **excel, **kept})
    for title in last:
        play.say(f"撤销：{title[:24]}", play.find(title).column != desk[title][1])
    play.run("issue", str(play.folder), "--anyway")
    account(play, "再排版", {**wishes, **excel, **kept})
    after = play.place.file.read_bytes()
    steps = 0
    with contextlib.suppress(Exception):
        while play.place.file.read_bytes() != before:
            from nlp.issue import history

            history.undo(play.folder)
            steps += 1
    from nlp.issue import history

    for _ in range(steps):
        history.redo(play.folder)
    play.say(f"退 {steps} 步再进 {steps} 步，字节相同", play.place.file.read_bytes() == after)
    columns = {**{t: v for t, (k, v) in {**wishes, **excel, **kept}.items() if k == "column"}}
    log = {row["title"]: row["to"] for row in read_corrections(play.place.corrections)}
    logged = [t for t, to in columns.items() if to != RESERVE and t in log]
    play.say(f"更正.jsonl 记着 {len(log)} 篇", all(log[t] == columns[t] for t in logged))


def load(folder: Path, rows: list[dict], model: str) -> str:
    """300 articles, then 20 late ones: seconds of the merge, and of sorting the 20 alone."""
    play = Fortnight(folder, rows, model)
    play.arrive(0, 300)
    play.draft()
    play.arrive(300, 320)
    alone = folder / "晚到"
    alone.mkdir()
    for n in range(300, 320):
        shutil.copy(play.inbox / f"{n:03}.txt", alone)
    seconds = []
    for work in (
        lambda: play.run("sort", str(alone), *(["--model", model] if model else [])),
        lambda: play.draft(),
    ):
        begin, used = time.perf_counter(), time.process_time()
        work()
        seconds.append((time.perf_counter() - begin, time.process_time() - used))
    (sort, sort_cpu), (merge, merge_cpu) = seconds
    return f"300 篇并入 20 篇：{merge:.1f} 秒（处理器 {merge_cpu:.1f}），只给这 20 篇分栏 {sort:.1f} 秒（处理器 {sort_cpu:.1f}）"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--keep", type=Path, help="where to leave the folder")
    parser.add_argument("--load", action="store_true", help="also 300 articles and 20 late ones")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    rows = [json.loads(line) for line in arguments.data.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row.get("title") and 200 < len(row.get("body", "")) < 3000 and row["title"] not in row["body"][:60]]
    rows = chance.sample(rows, min(len(rows), 320))
    with tempfile.TemporaryDirectory() as temporary:
        play = Fortnight(arguments.keep or Path(temporary) / "a", rows, arguments.model)
        fortnight(play, chance)
        for what, holds in play.checks:
            print(f"{'  ' if holds else '✗ '}{what}")
        wrong = sum(not holds for _, holds in play.checks)
        print(f"\n{len(play.checks)} 项核对，{wrong} 项不符；种子 {arguments.seed}；{platform.machine()}，{os.cpu_count()} 核")
        if arguments.load:
            print(load(Path(temporary) / "b", rows, arguments.model))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
