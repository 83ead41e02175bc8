"""The command line: the only module that prints, reads the arguments and returns an exit code.

Heavy modules are imported by the verb that needs them, so that ``--help`` answers at once.
stdout is the product; progress, remarks and errors go to stderr. Exit 0 done, 1 something the
user can mend, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import __version__
from .bulletin import House, load_house
from .errors import SubaoError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; every mistake of the user becomes one Chinese line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8")
        stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    try:
        arguments.run(arguments)
        return 0
    except SubaoError as error:
        _say(f"错误：{error}")
        return 1
    except KeyboardInterrupt:
        _say("已中断；写好的文件都是完整的。再运行一次即可接着做（训练要加 --resume）")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class _Parser(argparse.ArgumentParser):
    """argparse that speaks Chinese; metavars stay ASCII, because its tables count characters."""

    _SAYS = (
        (r"the following arguments are required: (.+)", r"缺少 \1"),
        (r"unrecognized arguments: (.+)", r"不认识 \1"),
        (r"argument \S+: invalid choice: (\S+) .*", r"没有 \1 这个命令"),
        (r"argument (\S+): expected .*", r"\1 后面缺少内容"),
        (r"argument (\S+): invalid \w+ value: (.+)", r"\1 要写数字，不能是 \2"),
        (r"argument (\S+): not allowed with argument (\S+)", r"\1 与 \2 不能同时用"),
        (r"one of the arguments (.+) is required", r"要写明其中一个：\1"),
    )

    def error(self, message: str) -> NoReturn:
        for english, chinese in self._SAYS:
            message = re.sub(f"^{english}$", chinese, message)
        self.exit(2, f"用法不对：{message}；说明见 {self.prog} --help\n")


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="subao", description="速报：把来稿分进栏目。", add_help=False, formatter_class=_Help,
        epilog="各命令的说明：subao COMMAND --help\n\n例：\n  subao sort corpus/inbox",
    )  # fmt: skip
    _common(parser)
    parser.add_argument("--version", action="version", version=f"subao {__version__}", help="显示版本")
    verbs = parser.add_subparsers(metavar="COMMAND", required=True, title="命令")
    for add in (_add_sort, _add_evaluate, _add_train, _add_use):
        add(verbs)
    return parser


def _verb(verbs, name: str, run, summary: str, example: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(
        name, help=summary, description=summary, epilog=f"例：\n  {example}", add_help=False, formatter_class=_Help
    )
    _common(parser)
    parser.set_defaults(run=run)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser._positionals.title, parser._optionals.title = "参数", "选项"
    parser.add_argument("-h", "--help", action="help", help="显示这份说明")


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="DIR", help="模型文件夹（默认：SUBAO_MODEL、subao use 设定的，或自带的）")
    _add_house(parser)


def _add_house(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--house", type=Path, metavar="FILE", help="刊物设定文件（默认：《4.0 信息速报》的）")


def _classifier(model: str | None, house: House):
    from .classifier import ColumnClassifier, chosen_model

    return ColumnClassifier.load(chosen_model(model), house)


def _predict(classifier, articles):
    from tqdm import tqdm

    with tqdm(total=len(articles), desc="分栏", unit="篇", disable=None, leave=False) as bar:
        return classifier.predict(articles, bar.update)


# sort ------------------------------------------------------------------------------------------


def _add_sort(verbs) -> None:
    parser = _verb(verbs, "sort", _sort, "把来稿分进栏目", "subao sort corpus/inbox")
    parser.add_argument("inbox", metavar="INPUT", help="来稿文件夹、单个文件，或 - 表示标准输入")
    _add_model(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("-o", "--output", type=Path, metavar="FILE.md", help="写成一期的稿件文件（Markdown）")
    form.add_argument("--folders", type=Path, metavar="DIR", help="把原文件复制进 DIR/01_政策法规 等文件夹，附清单")
    form.add_argument("--json", action="store_true", help="每篇一行 JSON，次序同来稿")
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")


def _sort(arguments: argparse.Namespace) -> None:
    from . import sorting
    from .duplicates import find_duplicates
    from .reading import read_articles

    refused: list[SubaoError] = []

    def refuse(error: SubaoError) -> None:
        refused.append(error)
        _say(f"跳过 {error}")

    house = load_house(arguments.house)
    articles = read_articles(arguments.inbox, refuse)
    if not articles:
        raise SubaoError(f"{arguments.inbox}：没有读到一篇文章；可读 txt、docx、html、pdf、jsonl、csv、xlsx")
    classifier = _classifier(arguments.model, house)
    predictions = _predict(classifier, articles)
    inbox = sorting.Sorted(predictions, find_duplicates(articles))
    if arguments.json:
        for line in sorting.json_lines(inbox):
            print(line)
    elif arguments.output:
        _write_issue(arguments, inbox, house)
    elif arguments.folders:
        _copy_into_folders(arguments, inbox, refused, house)
    else:
        for line in sorting.table(inbox, house, shutil.get_terminal_size((100, 24)).columns):
            print(line)
    sys.stdout.flush()
    if inbox.doubtful and (card := classifier.card).precision:
        _say(f"把握低于 {card.threshold:.0%} 的标请核对；不低于的，在没有参加训练的文章上 {card.precision:.0%} 正确")
    _say(sorting.summary(inbox, len(refused)))


def _write_issue(arguments: argparse.Namespace, inbox, house: House) -> None:
    from . import issues
    from .filing import write_file
    from .sorting import draft_issue

    text = issues.write(draft_issue(inbox, house, arguments.output.stem), house)
    written = write_file(arguments.output, text.encode(), force=arguments.force)
    _say(f"{'写好' if written else '没有变化'}：{arguments.output}")


def _original(inbox: Path, place: str) -> Path | None:
    """The file an article was read from; None for a row of a table, whose id is no path, and for standard input."""
    if not inbox.is_dir():
        return inbox if inbox.suffix.lower() not in (".jsonl", ".csv", ".xlsx") and inbox.is_file() else None
    for table in (".jsonl#", ".csv#", ".xlsx#"):
        if table in place.lower():
            return None
    return inbox / place


def _copy_into_folders(arguments: argparse.Namespace, inbox, refused, house: House) -> None:
    from . import filing, sorting

    names, copies = filing.folder_names(house), []
    for i, p in enumerate(inbox.predictions):
        folder = filing.COPIES if i in inbox.copies else names.get(p.column, filing.safe_name(p.column))
        if original := _original(Path(arguments.inbox), p.article.path):
            copies.append(filing.Copy(folder, original.name, original))
        else:
            copies.append(filing.Copy(folder, f"{p.article.title}.txt", filing.article_text(p.article)))
    written = filing.copy_into_folders(
        arguments.folders, copies, sorting.HEADER, lambda i, place: sorting.manifest_row(inbox, i, place),
        map(sorting.refused_row, refused), force=arguments.force,
    )  # fmt: skip
    _say(f"写好 {written} 个文件：{arguments.folders}（清单在 {filing.MANIFEST}）" if written else f"没有变化：{arguments.folders}")


# evaluate --------------------------------------------------------------------------------------


def _add_evaluate(verbs) -> None:
    parser = _verb(
        verbs, "evaluate", _evaluate, "与编辑的判断对照：准确率、F1、校准",
        "subao evaluate corpus --picture confusion.svg",
    )  # fmt: skip
    parser.add_argument("data", nargs="+", metavar="DATA", help="带栏目的文章：.jsonl、.csv、.xlsx、稿件文件 .md 或文件夹")
    _add_model(parser)
    parser.add_argument("--json", action="store_true", help="同样的数字，一个 JSON 对象")
    parser.add_argument("--baseline", nargs="+", metavar="TRAIN", help="线性基线改用这些文章训练（默认用模型自己的训练数据）")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="混淆矩阵图，.png 或 .svg")
    parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="判错的文章，把握高的在前")
    parser.add_argument("--against", metavar="DIR", help="与另一个模型比较（McNemar 检验）")
    parser.add_argument("--force", action="store_true", help="已有别的内容也覆盖")


def _evaluate(arguments: argparse.Namespace) -> None:
    from . import evaluation
    from .labelled import read_labelled, texts_of
    from .training import linear_baseline

    house = load_house(arguments.house)
    articles = read_labelled(arguments.data, _say, house)
    if arguments.picture and arguments.picture.exists() and not arguments.force:
        raise SubaoError(f"{arguments.picture}：已经存在；确要覆盖请加 --force，或换一个名字")
    if any(article.part == "test" for article in articles):
        articles = [article for article in articles if article.part != "train"]
        _say(f"只用没有参加训练的 {len(articles)} 篇（part 写着 train 的不算）")
    classifier = _classifier(arguments.model, house)
    predictions = _predict(classifier, articles)
    truth = [article.column for article in articles]
    rows = read_labelled(arguments.baseline, _say, house) if arguments.baseline else None
    linear, majority = linear_baseline(classifier.folder, rows)
    figures = evaluation.evaluate(
        truth, predictions, classifier.card.threshold, model=classifier.signature, version=__version__,
        baselines={evaluation.LINEAR: [*map(classifier.name_of, linear.predict(texts_of(articles)))]},
        training_labels=[classifier.name_of(majority)],
    )  # fmt: skip
    facts, text = figures.as_dict(), figures.table()
    predicted = [p.column for p in predictions]
    if arguments.against:
        other = _predict(_classifier(arguments.against, house), articles)
        test = evaluation.mcnemar(truth, predicted, [p.column for p in other])
        facts["against"] = {"model": arguments.against, **test.as_dict()}
        text += f"\n与 {arguments.against} 比较：{test.line()}"
    print(json.dumps(facts, ensure_ascii=False) if arguments.json else text)
    if arguments.picture:
        from .picture import confusion_picture

        path = confusion_picture(truth, predicted, list(figures.columns), arguments.picture, "编辑与模型的栏目")
        _say(f"写好：{path}")
    if arguments.errors:
        _write_errors(arguments, truth, predictions)


def _write_errors(arguments: argparse.Namespace, truth, predictions) -> None:
    from .evaluation import error_rows
    from .filing import csv_bytes, write_file

    header = ("编号", "标题", "编辑", "模型", "次选", "把握")
    rows = [[*list(row.values())[:-1], f"{row['confidence']:.1%}"] for row in error_rows(truth, predictions)]
    write_file(arguments.errors, csv_bytes(header, rows), force=arguments.force)
    _say(f"写好：{arguments.errors}（{len(rows)} 篇）")


# train, use ------------------------------------------------------------------------------------


def _add_train(verbs) -> None:
    parser = _verb(
        verbs, "train", _train, "用带栏目的文章训练一个模型（同 python train.py）",
        "subao train --output models/mine-2 --epochs 3",
    )  # fmt: skip
    parser.add_argument("--data", nargs="+", metavar="PATH", help="带栏目的文章：.jsonl、.csv、.xlsx、.md 或文件夹（默认 corpus/）")
    parser.add_argument("--base", default="", metavar="DIR", help="基础编码器：本地文件夹或模型名（默认自带的）")
    parser.add_argument("--output", type=Path, default=Path("models/mine"), metavar="DIR", help="写到哪里（默认 models/mine）")
    parser.add_argument("--epochs", type=float, default=0, metavar="N", help="轮数（默认按篇数：几千篇 5 轮，几百篇 15 轮）")
    parser.add_argument("--seed", type=int, default=13, metavar="N", help="随机种子（默认 13）")
    parser.add_argument("--length", type=int, default=256, metavar="N", help="每篇读多少个词元（默认 256）")
    parser.add_argument("--batch", type=int, default=16, metavar="N", help="每批多少篇（默认 16）")
    parser.add_argument("--learning-rate", type=float, default=2e-4, metavar="X", help="学习率（默认 2e-4；大模型用 2e-5）")
    parser.add_argument("--unlabelled", nargs="+", default=(), metavar="TEXT", help="未标注的文章（.parquet、.txt），先跟线性模型学一遍")
    _add_house(parser)
    parser.add_argument("--no-holdout", action="store_true", help="量过以后，再用全部文章训练一次")
    parser.add_argument("--resume", action="store_true", help="接着上次中断的地方训练")


def _train(arguments: argparse.Namespace) -> None:
    from .classifier import shipped_model
    from .finetuning import Settings
    from .labelled import read_labelled
    from .training import train

    if arguments.length < 16 or arguments.batch < 1 or arguments.seed < 0 or arguments.epochs < 0:
        raise SubaoError("--length 至少 16，--batch 至少 1，--seed 和 --epochs 不能是负数")
    settings = Settings(
        base=arguments.base, output=arguments.output, epochs=arguments.epochs, seed=arguments.seed,
        length=arguments.length, batch=arguments.batch, learning_rate=arguments.learning_rate,
        unlabelled=tuple(arguments.unlabelled), holdout=not arguments.no_holdout, resume=arguments.resume,
    )  # fmt: skip
    corpus = shipped_model().parents[1] / "corpus"
    house = load_house(arguments.house)
    output = train(read_labelled(arguments.data or [corpus], _say, house), settings, print, house)
    if int(os.environ.get("RANK", 0)) == 0:
        print(f"模型写好：{output}；试用：subao sort corpus/inbox --model {output}")


def _add_use(verbs) -> None:
    parser = _verb(verbs, "use", _use, "设定以后默认用哪个模型", "subao use --shipped")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="模型文件夹")
    which.add_argument("--shipped", action="store_true", help="换回自带的模型")


def _use(arguments: argparse.Namespace) -> None:
    from .classifier import choose_model

    print(f"现在用的模型：{choose_model(None if arguments.shipped else arguments.folder)}")


if __name__ == "__main__":
    sys.exit(main())
