"""subao highlights: a draft of 本期重点, with the reasons and the key sentence of each article."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from .archive import add_ray, answer_archive, refuse_without_ray
from .model import load_classifier, scorer_of
from .parser import add_model, add_verb, positive, say

NOT_ALONE = "（没有能单独成立的句子，这是首句，请改写）"


def add_highlights(verbs) -> None:
    parser = add_verb(
        verbs, "highlights", _highlights, "起草本期重点：选出的文章、理由和各篇的要点句",
        "subao highlights corpus/issues/第12期.md",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE.md", help="稿件文件；与 --ray 一起是 .jsonl、.parquet 或其文件夹，每篇都找要点句")
    parser.add_argument("--k", type=positive, metavar="N", help="选几篇（默认：篇数的三分之一，最多 5 篇）")
    parser.add_argument("--must", action="append", default=[], metavar="TITLE", help="这一篇一定要选（标题或其中一段，可以写几次）")
    parser.add_argument("--never", action="append", default=[], metavar="TITLE", help="这一篇不要选（同上）")
    parser.add_argument("--sentences", type=positive, default=1, metavar="N", help="每篇几个要点句（默认 1）")
    parser.add_argument("--abstract", action="store_true", help="另起草一段导语：本期文章里的两三句原话，各注明出处")
    parser.add_argument("--json", action="store_true", help="一个 JSON 对象，句子附在正文中的位置")
    parser.add_argument("--write", action="store_true", help="把选出的标题写进稿件文件的“本期重点”")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="与 --ray 一起：结果文件夹")
    add_model(parser)
    add_ray(parser)


def _highlights(arguments: argparse.Namespace) -> None:
    if arguments.ray:
        if arguments.k or arguments.must or arguments.never or arguments.abstract or arguments.json or arguments.write:
            raise SubaoError("--ray 给每一篇找要点句，不选重点；请去掉 --k、--must、--never、--abstract、--json、--write")
        answer_archive(arguments, "sentences", [str(arguments.file), *arguments.more], arguments.sentences)
        return
    refuse_without_ray(arguments)
    if arguments.output:
        raise SubaoError("-o 要与 --ray 一起用；写进稿件文件用 --write")
    from ..highlights.abstract import abstract, sentence_dict
    from ..highlights.ranking import as_dict, choose
    from ..issue.archive import read_issue

    house = load_house(arguments.house)
    issue = read_issue(arguments.file, house)
    scorer = scorer_of(load_classifier(arguments.model, house, arguments.engine))
    choices = choose(issue.articles, house, arguments.k, arguments.sentences, scorer, arguments.must, arguments.never, issued=issue.date)
    if not choices and arguments.never:
        raise SubaoError(f"{arguments.file}：除去 --never 的，各栏目里没有可选的文章；请少写几个 --never")
    if not choices:
        raise SubaoError(f"{arguments.file}：各栏目里还没有文章，没有可选的；请先用 subao sort 或 subao draft 放进稿件")
    opening = abstract(choices) if arguments.abstract else []
    if arguments.json:
        more = {"abstract": [sentence_dict(highlight) for highlight in opening]} if arguments.abstract else {}
        print(json.dumps({"highlights": [as_dict(choice) for choice in choices], **more}, ensure_ascii=False))
    else:
        for line in [*lines_of(choices), *abstract_lines(opening)]:
            print(line)
    if arguments.write:
        _write(arguments.file, issue, [choice.article.title for choice in choices], house)


def lines_of(choices) -> list[str]:
    """The list to paste, then for each article why it was chosen and what it says."""
    from ..text.sentences import on_one_line

    lines = [f"- {choice.article.title}" for choice in choices]
    for choice in choices:
        lines += ["", f"{choice.article.title}（{choice.article.column}）", f"  理由：{'；'.join(choice.reasons)}"]
        lines += [f"  要点：{on_one_line(h.sentence)}{'' if h.stands else NOT_ALONE}" for h in choice.sentences]
    return lines


def abstract_lines(opening) -> list[str]:
    """The paragraph that some bulletins print under the list, to paste, and where each of its sentences stands."""
    from ..text.sentences import on_one_line

    if not opening:
        return []
    lines = ["", "导语（原句，供修改）", "　　" + "".join(on_one_line(h.sentence) for h in opening)]
    return lines + [f"  {n}. 《{h.article.title}》（{h.article.column}）正文第 {h.start + 1}–{h.end} 字" for n, h in enumerate(opening, 1)]


def _write(file: Path, issue, titles: list[str], house) -> None:
    from ..files import write_file
    from ..issue import markdown as issues

    dropped = [title for title in issue.highlights if title not in titles]
    text = issues.write(replace(issue, highlights=tuple(titles)), house)
    written = write_file(file, text.encode(), force=True)
    if dropped:
        say(f"本期重点里原有、现在没有的：{'；'.join(dropped)}")
    say(f"{'本期重点已写进' if written else '没有变化'}：{file}")
