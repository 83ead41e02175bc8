"""The corrections log: where an editor put an article elsewhere than the model, one JSON line each, for learning.

It only appends, and each line is on the disk before the next step. What was said last of an article in an issue holds;
a line whose ``to`` is its ``from`` says that an earlier correction was taken back. It judges and learns nothing.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Sequence
from pathlib import Path

from ..bulletin import REJECTED, RESERVE, Issue
from ..errors import SubaoError, system_reason
from .memory import Memory, Record

FIELDS = ("time", "issue", "id", "title", "body", "from", "to", "second", "confidence", "model")


def log_corrections(file: Path, issue: Issue, memory: Memory) -> list[dict]:
    """Append what the issue file decides otherwise than the model and the log does not say yet; return the new lines.

    An article under 备选 was not corrected (its column waits with it), nor one rejected as a copy. The same call
    again appends nothing, so that a killed run is made good by the next one.
    """
    logged = {str(row.get("id")): row.get("to") for row in read_corrections(file) if row.get("issue") == issue.number}
    now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    rows = []
    for record, column in _decisions(issue, memory):
        if column != logged.get(record.id, record.label):
            rows.append({
                "time": now, "issue": issue.number, "id": record.id, "title": record.title, "body": record.body,
                "from": record.label, "to": column, "second": record.second, "confidence": round(record.confidence, 4),
                "model": memory.model,
            })  # fmt: skip
    append_lines(file, rows)
    return rows


def _decisions(issue: Issue, memory: Memory) -> list[tuple[Record, str]]:
    """Each article of the draft that has a column now, with that column."""
    found = []
    for i, record in memory.of(issue.articles).items():
        article = issue.articles[i]
        column = record.chosen or record.label if article.column == RESERVE else article.column
        copy = article.column == REJECTED and bool(article.duplicate_of)
        if record.label and column and not copy:
            found.append((record, column))
    return found


def append_lines(file: Path, rows: Sequence[dict]) -> None:
    """Append rows to a JSONL file, on the disk when this returns; SubaoError if the disk refuses."""
    if not rows:
        return
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        with open(file, "a+b") as log:
            if log.tell() and not _ends_a_line(log):
                text = "\n" + text  # the last line was cut off by a killed run
            log.write(text.encode("utf-8", "replace"))
            log.flush()
            os.fsync(log.fileno())
    except OSError as error:
        raise SubaoError(f"{file}：更正没有记上（{system_reason(error)}）；稿件文件已经写好，请关闭正在使用它的程序后再运行一次") from error


def _ends_a_line(log) -> bool:
    log.seek(-1, os.SEEK_END)
    return log.read(1) == b"\n"


def read_corrections(file: Path) -> list[dict]:
    """The lines of a log, the oldest first; a line that is no JSON object is left out."""
    rows = []
    try:
        with open(file, encoding="utf-8-sig", errors="replace") as log:
            for line in log:
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    rows.append(row)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SubaoError(f"{file}：打不开（{system_reason(error)}）；请检查权限，或关闭正在使用它的程序") from error
    return rows
