"""subao issue: an issue file to the Word file that the readers get."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..bulletin import Issue
from ..documents.provenance import parse_date
from ..errors import SubaoError, UnreadableFile, system_reason
from ..house import House, load_house
from ..text.terminal import shorten
from .parser import add_house, add_verb, say


def add_issue(verbs) -> None:
    parser = add_verb(
        verbs, "issue", _issue, "把稿件文件排成 Word 文件（封面、本期重点、目录、各栏目、声明）",
        "subao issue corpus/issues/第12期.md -o 第12期.docx",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE.md", help="稿件文件")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.docx", help="Word 文件（默认与稿件文件同名）")
    add_template(parser)
    add_house(parser)
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")


def add_template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--template", type=Path, metavar="T.docx", help="自己的 Word 模板：用它的页面、样式、页眉页脚")


def _issue(arguments: argparse.Namespace) -> None:
    from ..files import write_files
    from ..issue.archive import read_issue
    from ..word.package import title_of
    from ..word.typeset import printed

    house = load_house(arguments.house)
    issue = read_issue(arguments.file, house)
    path = arguments.output or arguments.file.with_suffix(".docx")
    if path.suffix.lower() != ".docx":
        raise SubaoError(f"{path}：-o 后面写 .docx 文件名；PDF 请用 Word 或 WPS 打开后另存")
    for line in remarks(issue, house):
        say(line)
    if doubtful := sum(bool(article.doubt) for article in printed(issue, house)):
        say(f"还有 {doubtful} 篇标着“请核对”")
    word = set_in_type(issue, house, arguments.template)
    mine = path.stem == arguments.file.stem
    written = write_files({path: word}, force=arguments.force, ours=unchanged(path, "" if mine else title_of(word)))
    say(f"{'写好' if written else '没有变化'}：{path}")


def set_in_type(issue: Issue, house: House, template: Path | None) -> bytes:
    """The Word file of an issue, with the pages LibreOffice finds; says what an editor should know about it."""
    from ..word.page_numbers import PagesUnknown, find_pages
    from ..word.typeset import printed, typeset

    try:
        form = template.read_bytes() if template else None
    except OSError as error:
        raise UnreadableFile(template, f"打不开模板（{system_reason(error)}）", "请检查 --template 后面的路径") from error
    unnumbered = typeset(issue, house, template=form)
    try:
        return typeset(issue, house, find_pages(unnumbered, len(printed(issue, house))), form)
    except PagesUnknown as error:
        say(str(error))
        return unnumbered


def unchanged(path: Path, title: str = "") -> list[Path]:
    """The Word file at a path, if it is one of ours (of that title) that nobody has changed: it may be set anew."""
    from ..word.package import is_as_bound, title_of

    standing = path.read_bytes() if path.is_file() else b""
    return [path] if is_as_bound(standing) and title in ("", title_of(standing)) else []


def remarks(issue: Issue, house: House) -> list[str]:
    """What is still open in an issue before it is printed, one line each."""
    from ..word.typeset import printed

    articles, lines = printed(issue, house), []
    if empty := [label for label, value in (("期号", issue.number), ("日期", issue.date)) if not value]:
        lines.append(f"{'、'.join(empty)}空着，封面上就没有这一行；可在稿件文件开头填写")
    if unknown := [article.title for article in articles if not article.source]:
        lines.append(f"{len(unknown)} 篇没有来源，请补：{'、'.join(f'《{shorten(title, 40)}》' for title in unknown[:5])}")
    if issue.date and not parse_date(issue.date):
        lines.append(f"日期“{issue.date}”不是一个日子，先照样印出；请写成 2022-05-15 的样子")
    titles = {article.title for article in articles}
    strange = [title for title in issue.highlights if title not in titles]
    lines += [f"本期重点里的“{t}”与本期各篇的标题都对不上，先照样印出；改过标题的请一并改" for t in strange]
    return lines
