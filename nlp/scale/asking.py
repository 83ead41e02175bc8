"""What is asked of an article, its column or its key sentences; and the model that answers, as it travels.

A model is a dictionary of file names and bytes: what a folder needs to be opened elsewhere. Knows one article at a
time: no answer hangs on the others, nor on where the archive is cut.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..bulletin import Article
from ..errors import UnusableModel
from ..highlights.key_sentences import key_sentences
from ..house import House
from ..issue.sorting import as_dict
from ..model.classifier import ColumnClassifier
from ..model.folder import BASELINE, CARD, DECISION, ENGINES, check_folder, engine_of, parent_of, shipped_model
from ..model.states import Reader
from .plan import Job

_FILES = (ENGINES["onnx"], "tokenizer.json", "config.json", CARD, BASELINE)
_LAYER = (CARD, DECISION)  # what a newsroom learnt, and
_BELOW = "below/"  # the whole model that it stands on


class Columns:
    """``subao sort --json`` of an article; copies are not looked for."""

    def __init__(self, classifier: ColumnClassifier, job: Job) -> None:
        self.classifier = classifier

    def __call__(self, article: Article) -> dict:
        return as_dict(self.classifier.predict([article])[0])

    def schema(self):
        """The columns of its answers as parquet has them."""
        import pyarrow as pa

        scores = pa.struct([(label, pa.float64()) for label in self.classifier.labels])
        sure = [("confidence", pa.float64()), ("scores", scores), ("doubtful", pa.bool_())]
        texts = [(name, pa.string()) for name in ("id", "title", "column")]
        return pa.schema([*texts, *sure, ("duplicate_of", pa.string()), ("error", pa.string())])


class Sentences:
    """The key sentences of an article, with their places in the body as it is read."""

    def __init__(self, classifier: ColumnClassifier, job: Job) -> None:
        self.reader = Reader(classifier.encoder) if classifier.encoder.has_states else None
        self.n = job.sentences

    def __call__(self, article: Article) -> dict:
        found = [
            {"text": h.sentence, "start": h.start, "end": h.end, "score": h.score, "stands": h.stands}
            for h in key_sentences(article, self.n, self.reader)
        ]
        return {"id": article.path, "title": article.title, "sentences": found}

    def schema(self):
        """The columns of its answers as parquet has them."""
        import pyarrow as pa

        span = [("start", pa.int64()), ("end", pa.int64()), ("score", pa.float64()), ("stands", pa.bool_())]
        sentences = pa.list_(pa.struct([("text", pa.string()), *span]))
        return pa.schema([("id", pa.string()), ("title", pa.string()), ("sentences", sentences), ("error", pa.string())])


ASKS = {"columns": Columns, "sentences": Sentences}


def folder_for(asks: str, chosen: Path) -> Path:
    """The model folder that answers: the chosen one; for key sentences the shipped one. UnusableModel: it has no model.onnx."""
    folder = shipped_model() if asks == "sentences" and shipped_model().is_dir() else chosen
    whole = parent_of(folder) or folder
    check_folder(whole)
    if engine_of(whole) != "onnx":
        raise UnusableModel(f"{whole}：里面没有 model.onnx，--ray 只用 onnx；请用 subao train 重新训练，或用 --model 换一个")
    return folder


def pack(folder: Path) -> dict[str, np.ndarray]:
    """The files of a model folder that ``unpack`` needs, as bytes."""
    below = parent_of(folder)
    places = {name: folder / name for name in (_LAYER if below else _FILES)}
    places |= {_BELOW + name: below / name for name in _FILES} if below else {}
    return {name: np.frombuffer(path.read_bytes(), np.uint8) for name, path in places.items() if path.is_file()}


def unpack(model: Mapping[str, np.ndarray], house: House) -> ColumnClassifier:
    """The classifier of a packed model; it works on one core, and nothing of it stays on the disk."""
    with tempfile.TemporaryDirectory(prefix="subao-") as place:
        folder = Path(place)
        (folder / _BELOW).mkdir()
        for name, data in model.items():
            (folder / name).write_bytes(data)
        if DECISION in model:
            classifier = ColumnClassifier.load(folder / _BELOW, house).decide_by(folder)
        else:
            classifier = ColumnClassifier.load(folder, house)
    classifier.encoder.workers = 1
    return classifier
