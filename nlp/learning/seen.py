"""The vectors of articles that were decided before, so that learning again reads only the new ones.

Keeps numbers under the hash of what was read; no text. A file that is damaged or of another model is begun anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError
from ..files import write_file
from ..model.classifier import ColumnClassifier


def vectors_of(
    classifier: ColumnClassifier, articles: Sequence[Article], store: Path, progress: Callable[[int], object] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Features and margins of the articles, in their order; what ``store`` does not hold yet is read and added."""
    known = _open(store)
    keys = [_key(classifier, article) for article in articles]
    fresh = {key: article for key, article in zip(keys, articles, strict=True) if key not in known}
    if progress:
        progress(len(articles) - len(fresh))
    if fresh:
        rows = list(fresh.values())
        features, margins = classifier.features(rows, progress), classifier.margins(rows)
        known |= {key: (f.astype(np.float16), m.astype(np.float16)) for key, f, m in zip(fresh, features, margins, strict=True)}
        _keep(store, known)
    found = [known[key] for key in keys]
    return np.array([f for f, _ in found], dtype=np.float32), np.array([m for _, m in found], dtype=np.float32)


def _key(classifier: ColumnClassifier, article: Article) -> bytes:
    read = repr((classifier.text_of(article), article.title, article.body))
    return hashlib.sha256(read.encode(errors="replace")).hexdigest()[:32].encode()


def _open(store: Path) -> dict[bytes, tuple[np.ndarray, np.ndarray]]:
    try:
        with open(store, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            keys, features, margins = file["keys"], file["features"], file["margins"]
        return {bytes(key): (f, m) for key, f, m in zip(keys, features, margins, strict=True)}
    except Exception:  # only a store: whatever is wrong with it, the articles can be read again
        return {}


def _keep(store: Path, known: dict[bytes, tuple[np.ndarray, np.ndarray]]) -> None:
    file, rows = BytesIO(), list(known.values())
    np.savez(file, keys=np.array(list(known)), features=np.array([f for f, _ in rows]), margins=np.array([m for _, m in rows]))
    try:
        write_file(store, file.getvalue(), force=True)
    except SubaoError:
        return  # the next run reads them again
