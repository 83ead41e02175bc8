"""Plain text in bulk, without labels: for pre-training, for a teacher to label, and bodies with their headlines."""

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
TAUGHT_BEFORE = "20240101"  # headlines of later items choose settings (2024) and test (2025 on)
FLASH = 100  # a body of fewer characters is a flash: nothing is to be chosen in it


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


def read_headlines(sources: Iterable[str | Path], since: str = "", before: str = TAUGHT_BEFORE) -> Iterator[tuple[str, str]]:
    """Yield (headline, body) of the items in .parquet files with since <= date < before (YYYYMMDD), flashes left out."""
    for path in map(Path, sources):
        for row in read_parquet(_existing(path), ["date", "title", "body", "headline"]):
            day, body = re.sub(r"\D", "", row["date"] or ""), normalise(row["body"])
            if row["headline"] and since <= day < before and "快讯" not in row["title"] and len(body) >= FLASH:
                yield normalise(row["headline"]), body


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
