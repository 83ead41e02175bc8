"""Plain text in bulk, without labels: for pre-training and for a teacher to label."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..documents.encodings import decode
from ..documents.rows import read_parquet
from ..errors import SubaoError
from ..text.characters import normalise

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
    if path.suffix != ".parquet" and path.is_file():
        yield normalise(decode(path.read_bytes(), str(path))[0])[:HEAD]
        return
    for row in read_parquet(_existing(path), ["date", "title", "body"]):
        if path.name.startswith("broadcast") and re.sub(r"\D", "", row["date"] or "") >= BEFORE:
            continue
        yield normalise(f"{row['title'] or ''}\n{row['body']}")[:HEAD]


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise SubaoError(f"{path}：没有这个文件；请给出 .parquet 或 .txt 文件")
    return path
