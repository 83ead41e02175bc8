"""How far a newsroom's own choices have moved the named weights of 本期重点: one small file of this user's.

It adds numbers to names; it refuses to know how they were learnt, and articles.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from ..model.folder import user_models

FILE = "highlights.json"  # {"weights": {kind or column: what is added to its weight}, …}


def moved_weights() -> Mapping[str, float]:
    """What is added to a kind's or a column's weight; empty where nothing was learnt, or the file is none of these."""
    path = user_models() / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return {}


@functools.lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Mapping[str, float]:
    try:
        return {str(name): float(weight) for name, weight in json.loads(path.read_text(encoding="utf-8"))["weights"].items()}
    except (ValueError, TypeError, LookupError, AttributeError):
        return {}
