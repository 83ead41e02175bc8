"""subao issue: an issue file to the Word file that the readers get, once its slips are mended."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .parser import add_house, add_verb, say


def add_issue(verbs) -> None:
    parser = add_verb(
        verbs, "issue", _issue, "把稿件文件排成 Word 文件（封面、本期重点、目录、各栏目、声明）",
        "subao issue corpus/issues/第12期.md -o 第12期.docx",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE.md", help="稿件文件，或它所在的文件夹")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.docx", help="Word 文件（默认与稿件文件同名）")
    add_template(parser)
    add_house(parser)
    parser.add_argument("--no-pictures", action="store_true", help="不印图片")
    parser.add_argument("--pdf", action="store_true", help="另存一份同名的 PDF（要装有 LibreOffice）")
    parser.add_argument("--anyway", action="store_true", help="查出差错也照样排版（默认停下，退出码 1）")
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")


def add_template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--template", type=Path, metavar="T.docx", help="自己的 Word 模板：用它的页面、样式、页眉页脚")


def _issue(arguments: argparse.Namespace) -> None:
    from ..files import write_files
    from ..issue.folder import Place, read_register, read_standing, write_standing
    from ..issue.history import hold
    from ..issue.house_check import check_house
    from ..issue.printing import as_pdf, set_in_type, unchanged
    from ..word.package import title_of

    house, place = load_house(arguments.house), Place.of(arguments.file)
    path = arguments.output or place.word
    if path.suffix.lower() != ".docx":
        raise SubaoError(f"{path}：-o 后面写 .docx 文件名；要 PDF 请加 --pdf")
    standing = read_standing(place, house)
    if standing.drafted:
        with hold(place.folder):
            standing = read_standing(place, house)
            taken = read_register(standing, house)
            wrote = write_standing(standing, taken.issue, house, "校对", memory=taken.memory)
        for line in (*taken.lines, *map(str, wrote.refused)):
            say(line)
        standing, remarks = wrote.standing, wrote.remarks
    else:
        standing, remarks = _look_over(standing, house)
    remarks = sorted([*remarks, *check_house(standing.text, house, datetime.date.today())], key=lambda one: one.line)
    for remark in remarks:
        where = f"{place.file} 第 {remark.line} 行：" if remark.line else ""
        say(f"{'差错：' if remark.error else ''}{where}{remark.text}")
    if (errors := sum(remark.error for remark in remarks)) and not arguments.anyway:
        raise SubaoError(f"{place.file}：有 {errors} 处差错（见上，文件里标着“提醒”），没有排版；请改好存盘后再运行，确要照样排版请加 --anyway")
    word, said = set_in_type(standing.issue, house, arguments.template, place.folder, not arguments.no_pictures)
    mine = path.stem == place.file.stem
    ours = unchanged(path, "" if mine else title_of(word))
    copy = {path.with_suffix(".pdf"): as_pdf(word)} if arguments.pdf else {}
    for line in said:
        say(line)
    if standing.drafted and path == place.word and (arguments.force or ours or not path.exists()):
        with hold(place.folder):
            written = bool(write_standing(standing, standing.issue, house, "排版", more={path: word}).written)
    else:
        written = bool(write_files({path: word}, force=arguments.force, ours=ours))
    written |= bool(write_files(copy, force=arguments.force, ours=[known for file in copy for known in unchanged(file)]))
    say(f"{'写好' if written else '没有变化'}：{'、'.join(map(str, (path, *copy)))}")


def _look_over(standing, house):
    """Check an issue file that no draft made: it is marked only where errors stop the printing."""
    from ..issue.checks import check
    from ..issue.folder import write_standing

    remarks = check(standing.text, house)
    if not any(remark.error for remark in remarks):
        return standing, remarks
    wrote = write_standing(standing, standing.issue, house, "校对")
    return wrote.standing, wrote.remarks
