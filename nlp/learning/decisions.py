"""What a newsroom decided: corrections of 更正.jsonl, and articles as published issues printed them.

Reads both and says which of them can be learnt from; it refuses to know models and vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..bulletin import HIGHLIGHTS, REJECTED, RESERVE, Article
from ..duplicates import clusters, find_duplicates
from ..errors import SubaoError, UnreadableFile, system_reason
from ..house import House
from ..issue.archive import issue_files, read_issue
from ..model.linear import texts_of

CORRECTIONS = "更正.jsonl"  # append-only, beside the issues it is about
PRINTED, CORRECTED = "期刊", "更正"
_LONGEST = 4 << 20  # characters of one line


@dataclass(frozen=True)
class Decision:
    """One article and the column that the newsroom gave it; the rest is known of corrections only."""

    article: Article
    column: str
    origin: str  # PRINTED or CORRECTED
    place: str  # file, or file and line
    issue: str = ""
    time: str = ""  # ISO 8601; empty: unknown, earlier than any known
    was: str = ""  # the column before
    second: str = ""
    confidence: float | None = None
    model: str = ""
    who: str = ""


def read_decisions(paths: Sequence[Path], house: House, report: Callable[[str], object]) -> list[Decision]:
    """Read all decisions below the paths; what cannot be read is reported in one line and the others go on.

    Files are read once however often they are named. Of a folder also the 更正.jsonl beside it is read.
    """
    found: list[Decision] = []
    for file in _files(paths):
        try:
            found += _standing(_corrections(file, report)) if file.suffix == ".jsonl" else _printed(file, house)
        except SubaoError as error:
            report(f"跳过 {error}")
    return found


def _files(paths: Sequence[Path]) -> list[Path]:
    files: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise SubaoError(f"{path}：没有这个文件或文件夹；请写以前各期 第N期.md 或 {CORRECTIONS} 所在的文件夹")
        if path.is_dir():
            inside = [*sorted(path.rglob(CORRECTIONS)), *issue_files(path)]
            beside = path.resolve().parent / CORRECTIONS
            inside += [beside] if beside.is_file() else []
        else:
            inside = [path]
        files |= {file.resolve(): file for file in inside if file.is_file() and "历史" not in file.parts}
    return list(files.values())


def _standing(corrections: Iterable[Decision]) -> list[Decision]:
    """The last correction of each article of an issue; one that leads back to where it began has been taken back."""
    last: dict[tuple[str, str], Decision] = {}
    for d in corrections:
        key = d.issue, d.article.path or key_of(d.article)
        last.pop(key, None)
        last[key] = d
    return [d for d in last.values() if d.was != d.column]


def _corrections(file: Path, report: Callable[[str], object]) -> Iterator[Decision]:
    """The corrections of one file; a line that a crash cut off, or that is no correction, costs that line."""
    try:
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise UnreadableFile(file, f"打不开（{system_reason(error)}）", "请检查路径和权限") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            if len(line) > _LONGEST:
                raise ValueError("too long")
            facts = json.loads(line)
            words = {name: str(facts.get(name) or "") for name in ("title", "body", "to", "issue", "id", "time", "from", "second", "model", "who")}
            confidence = facts.get("confidence")
            if not (words["to"] and words["title"] + words["body"]):
                raise ValueError("no article or no column")
            confidence = None if confidence in (None, "") else float(confidence)
        except (ValueError, TypeError, AttributeError, RecursionError):
            report(f"跳过 {file} 第 {number} 行：不是一条完整的更正（要有 title 或 body，还有 to）")
            continue
        if words["to"] == HIGHLIGHTS or words["from"] == HIGHLIGHTS:
            continue  # a choice for 本期重点: the issue file has it too
        article = Article(words["title"], words["body"], path=words["id"], column=words["to"])
        yield Decision(
            article, words["to"], CORRECTED, f"{file} 第 {number} 行", words["issue"], words["time"], words["from"],
            words["second"], confidence, words["model"], words["who"],
        )  # fmt: skip


def _printed(file: Path, house: House) -> list[Decision]:
    """The articles in the columns of an issue that was printed.

    Where articles have a place in an inbox it is a draft: its columns are the tool's opinion, and what an editor
    changed in it is in 更正.jsonl.
    """
    issue = read_issue(file, house)
    if any(article.path for article in issue.articles):
        return []
    return [
        Decision(article, article.column, PRINTED, str(file), issue.number, issue.date)
        for article in issue.articles
        if article.column in house.column_names and not article.doubt and article.title + article.body
    ]


@dataclass(frozen=True)
class Material:
    """What can be learnt from, one decision for a story, and what not, with the reason."""

    decisions: list[Decision]
    groups: list[int]  # a number for each decision; stories that are nearly alike share one
    contradicting: list[tuple[Decision, str]]
    unknown: list[Decision]  # the house has no such column
    waiting: int  # decisions that say nothing of a column: 备选


def sift(found: Sequence[Decision], house: House) -> Material:
    """Keep the last decision on each article; set aside those that contradict each other and those of no column.

    The same article decided twice is a change of mind: the later one counts, a correction more than print of the
    same time. Two versions of one story with different columns contradict each other: neither counts.
    """
    waiting = [d for d in found if d.column == RESERVE]
    known = (*house.column_names, REJECTED)
    unknown = [d for d in found if d.column not in (*known, RESERVE)]
    last: dict[str, Decision] = {}
    for decision in sorted((d for d in found if d.column in known), key=lambda d: (d.time[:10], d.origin == CORRECTED, d.time)):
        last[key_of(decision.article)] = decision
    kept = list(last.values())
    copies, columns = find_duplicates([d.article for d in kept]), {}
    story = [copies.get(i, i) for i in range(len(kept))]
    for decision, root in zip(kept, story, strict=True):
        columns.setdefault(root, set()).add(decision.column)
    against = [(d, "、".join(sorted(columns[root] - {d.column}))) for d, root in zip(kept, story, strict=True) if len(columns[root]) > 1]
    clear = [d for d, root in zip(kept, story, strict=True) if len(columns[root]) == 1]
    return Material(clear, clusters(texts_of([d.article for d in clear])) if clear else [], against, unknown, len(waiting))


def key_of(article: Article) -> str:
    """What identifies an article whatever its place: the hash of its text, blanks left aside."""
    text = "".join(f"{article.title}\n{article.body}".split())
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
