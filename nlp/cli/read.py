"""subao read: published bulletins of the archive to issue files."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..bulletin import PICTURES
from ..errors import SubaoError, UnreadableFile, system_reason
from ..house import House, load_house
from .parser import add_house, add_verb, say

_KINDS = (".txt", ".docx", ".pdf")
_REST = ".未归入.txt"  # beside each issue file: what is not in it


def add_read(verbs) -> None:
    parser = add_verb(
        verbs, "read", _read, "把已出版的一期读成稿件文件（训练、查重都用得上）",
        "subao issue corpus/issues/第12期.md -o 第12期.docx\n  subao read 第12期.docx -o 存档",
    )  # fmt: skip
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="已出版的一期：.txt、.docx、.pdf，或它们所在的文件夹")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="写到哪个文件夹，每期一个 第N期.md")
    add_house(parser)
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")


def _read(arguments: argparse.Namespace) -> None:
    house, done = load_house(arguments.house), {}
    files = [file for path in arguments.files for file in _bulletins(path)]
    for file in files:
        try:
            _read_one(file, arguments.output, house, arguments.force, done)
        except SubaoError as error:
            say(f"跳过 {error}")
    if not done:
        raise SubaoError(f"{'、'.join(map(str, arguments.files))}：没有读出一期；可读已出版的 .txt、.docx、.pdf")


def _bulletins(path: Path) -> list[Path]:
    """The file itself, or the files of a folder that may be bulletins."""
    if not path.is_dir():
        return [path]
    return [
        file for file in sorted(path.iterdir())
        if file.suffix.lower() in _KINDS and not file.name.startswith(("~$", ".")) and not file.name.endswith(_REST)
    ]  # fmt: skip


def _read_one(file: Path, folder: Path, house: House, force: bool, done: dict[Path, Path]) -> None:
    """Read one bulletin; ``done`` are the issue files written in this run, and from what."""
    from ..files import safe_name, write_files
    from ..issue import markdown as issues
    from ..published.issue import LEFT_OVER, read_published, unplaced_text

    if file.suffix.lower() == ".md":
        raise UnreadableFile(file, "已经是稿件文件，不用再读", "read 读的是已出版的 .txt、.docx、.pdf")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UnreadableFile(file, f"打不开（{system_reason(error)}）", "请检查路径和权限") from error
    published = read_published(data, str(file), house)
    issue = published.issue
    name = safe_name(f"第{issue.number}期" if issue.number else file.stem)
    target, rest = folder / f"{name}.md", folder / f"{name}{_REST}"
    if target in done:
        raise SubaoError(f"{file}：期号与 {done[target]} 相同（{name}），没有写；请核对期号，或用 -o 写到另一个文件夹")
    files = {folder / PICTURES / p.name: p.data for article in issue.articles for p in article.pictures}
    files |= {target: issues.write(issue, house).encode(), rest: unplaced_text(published).encode()}
    written = write_files(files, force=force)
    done[target] = file
    missing = "、".join(label for label, value in _fields(issue) if not value)
    if unknown := sum(not article.source for article in issue.articles):
        missing += f"{'、' if missing else ''}{unknown} 篇的来源"
    left = sum(line.why == LEFT_OVER for line in published.unplaced)
    say(
        f"{'写好' if written else '没有变化'}：{target}（{len(issue.articles)} 篇，本期重点 {len(issue.highlights)} 条"
        + (f"，{missing}空着" if missing else "")
        + f"）；{f'{left} 行没有归入，' if left else ''}其余文字按行号记在 {rest.name}"
    )


def _fields(issue) -> tuple[tuple[str, str], ...]:
    return ("期号", issue.number), ("日期", issue.date), ("编印单位", issue.institution)
