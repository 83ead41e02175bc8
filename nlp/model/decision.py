"""The decision layer of a newsroom: what it learnt on top of a whole model, which stays as it is.

Knows vectors and labels; nothing of articles, of the newsroom's decisions, or of how they were learnt from.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ..errors import UnusableModel
from ..files import write_file


@dataclass(frozen=True)
class DecisionLayer:
    """A linear layer over the encoder's features and the linear model's margins; softmax of its scores is the answer.

    A layer that says what its model said before: ``DecisionLayer(labels, head / temperature, linear · I, bias / temperature)``.
    """

    labels: tuple[str, ...]  # as in the training data; new columns come after the model's own
    features: np.ndarray  # [labels, hidden], float32
    margins: np.ndarray  # [labels, labels of the whole model], float32
    bias: np.ndarray  # [labels], float32

    def scores(self, features: np.ndarray, margins: np.ndarray) -> np.ndarray:
        """What speaks for each label: [articles, labels], float64; one article at a time, so that none hangs on how many there are."""
        read, said = self.features.astype(float), self.margins.astype(float)
        rows = [read @ vector.astype(float) + said @ margin + self.bias for vector, margin in zip(features, margins, strict=True)]
        return np.array(rows).reshape(len(rows), len(self.labels))

    def save(self, path: Path) -> None:
        """Write one .npz of plain arrays, whole or not at all; the same layer gives the same bytes."""
        from io import BytesIO

        file, words = BytesIO(), json.dumps(self.labels).encode("ascii")
        np.savez(file, words=np.frombuffer(words, np.uint8), features=self.features, margins=self.margins, bias=self.bias)
        write_file(path, file.getvalue(), force=True)

    @classmethod
    def load(cls, path: Path) -> DecisionLayer:
        """Read what ``save`` wrote; anything else is an UnusableModel."""
        try:
            with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
                labels = tuple(map(str, json.loads(file["words"].tobytes())))
                features, margins, bias = (file[name].astype(np.float32) for name in ("features", "margins", "bias"))
            if not labels or features.ndim != 2 or margins.ndim != 2 or {len(features), len(margins), len(bias)} != {len(labels)}:
                raise ValueError("arrays of different sizes")
            if not all(np.isfinite(array).all() for array in (features, margins, bias)):
                raise ValueError("no numbers")
            return cls(labels, features, margins, bias)
        except (OSError, EOFError, ValueError, TypeError, LookupError, RuntimeError, BadZipFile, zlib.error) as error:
            raise UnusableModel(f"{path}：学到的决定层打不开或已损坏；请再运行一次 subao learn，或用 subao use --shipped") from error
