"""One part from beginning to end: its rows read, asked one by one, the answers laid down. Runs wherever it is called."""

from __future__ import annotations

import io
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError, UnreadableFile, system_reason
from .asking import ASKS, Columns, Sentences, unpack
from .parts import read
from .plan import Job, Task, program

_ready: dict[Job, Columns | Sentences] = {}  # the last model opened in this process


@dataclass(frozen=True)
class Done:
    """A part that stands; or, with a ``failure``, why it could not be read or written."""

    rows: int = 0
    refused: int = 0  # rows that hold a message instead of an answer
    failure: str = ""


def do_part(model: Mapping[str, np.ndarray], task: Task) -> Done:
    """Make a part; an article that cannot be judged is a row with its message."""
    try:
        if program() != task.program:
            raise SubaoError("这台机器上的 subao 与发起任务的不一样；请在每台机器上装同一份")
        ask = _asker(model, task.job)
        answers = [_answer(ask, row) for row in read(task.source, task.part)]
        task.lay_down(as_bytes(answers, task.job.form, ask))
        return Done(len(answers), sum("error" in answer for answer in answers))
    except SubaoError as error:
        return Done(failure=f"{platform.node()}：{error}")
    except OSError as error:
        reason = f"{error.filename or task.place}：{system_reason(error)}"
        return Done(failure=f"{platform.node()}：{reason}；来稿和结果要放在每台机器都能用同一路径打开的地方")


def _asker(model: Mapping[str, np.ndarray], job: Job) -> Columns | Sentences:
    if job not in _ready:
        _ready.clear()
        _ready[job] = ASKS[job.asks](unpack(model, job.house), job)
    return _ready[job]


def _answer(ask: Columns | Sentences, row: Article | UnreadableFile) -> dict:
    """The answer to an article, or what is wrong with it: one article never stops the others."""
    if isinstance(row, UnreadableFile):
        return {"id": row.path, "title": "", "error": "；".join(filter(None, (row.reason, row.remedy)))}
    try:
        return ask(row)
    except Exception as error:
        return {"id": row.path, "title": row.title, "error": f"算不出（{type(error).__name__}：{' '.join(str(error).split())[:200]}）"}


def as_bytes(answers: Sequence[dict], form: str, ask: Columns | Sentences) -> bytes:
    """The answers of a part as a file: JSON lines, or parquet with an ``error`` column."""
    if form == "jsonl":
        return "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers).encode(errors="replace")
    import pyarrow as pa
    import pyarrow.parquet as parquet

    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(list(answers), ask.schema()), file)
    return file.getvalue()
