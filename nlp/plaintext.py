"""Plain text in bulk, without labels: for pre-training, and for a teacher to label."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .documents.encodings import decode
from .errors import SubaoError
from .text import normalise

HEAD = 2_000  # characters read of each document
BEFORE = "20250101"  # later broadcast items stay out: they test the key sentences


def read_texts(sources: Iterable[str]) -> Iterator[str]:
    """Yield title and body, on lines of their own, of every document in .parquet or .txt files (one a file).

    ``PATH=0.3`` keeps that share of a file's documents, chosen by the hash of each text.
    """
    for source in sources:
        path, share = re.fullmatch(r"(.+?)(?:=([01]?\.?\d+))?", source).groups()
        keep = float(share or 1) * 2**32
        for text in _documents(Path(path)):
            if int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") < keep:
                yield text


def _documents(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise SubaoError(f"{path}：没有这个文件；请给出 .parquet 或 .txt 文件")
    if path.suffix != ".parquet":
        yield normalise(decode(path.read_bytes(), str(path))[0])[:HEAD]
        return
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        rows = parquet.read_table(path, columns=["date", "title", "body"]).to_pylist()
    except (pyarrow.ArrowException, KeyError) as error:
        raise SubaoError(f"{path}：读不了；.parquet 要有 date、title、body 三列") from error
    for row in rows:
        if path.name.startswith("broadcast") and re.sub(r"\D", "", row["date"] or "") >= BEFORE:
            continue
        yield normalise(f"{row['title'] or ''}\n{row['body']}")[:HEAD]
