"""The weights of the two choices, of sentences and of articles: few, named, in one file that a person can read and correct.

``weights.json`` has for each choice two columns of weights, *with* the encoder's reading and *without* it, and what the
encoder's vectors count lies beside it in ``vectors.npz``. Knows names and numbers; nothing of sentences or articles.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import UnusableModel
from ..model.folder import shipped_model

NAMED, VECTORS = "weights.json", "vectors.npz"
COUNTS = "_counts"  # what nearness to each row of the array before it counts
SENTENCES, ARTICLES = "sentences", "articles"


@dataclass(frozen=True)
class Weights:
    """What each named feature counts, ``read`` beside the encoder's vectors and ``alone`` without them."""

    read: Mapping[str, float]
    alone: Mapping[str, float]
    vectors: Mapping[str, np.ndarray]  # part of an article -> what its vector counts
    base: Mapping[str, float]  # the settings learnt beside them, by name

    def of(self, hidden: int) -> Mapping[str, float]:
        """The weights to use beside vectors of so many numbers; 0 for none, or for another encoder than the one fitted."""
        return self.read if self.reads(hidden) else self.alone

    def reads(self, hidden: int) -> bool:
        return bool(hidden and self.vectors) and all(v.shape[-1] == hidden for name, v in self.vectors.items() if not name.endswith(COUNTS))


@functools.cache
def load_weights(kind: str, folder: Path | None = None) -> Weights:
    """The weights of ``SENTENCES`` or ``ARTICLES``; without a folder the shipped ones. UnusableModel where damaged."""
    folder = folder or shipped_model("highlights")
    try:
        facts = json.loads((folder / NAMED).read_text(encoding="utf-8"))[kind]
        named = {name: tuple(map(float, pair)) for name, pair in facts["weights"].items()}
        vectors = {}
        if (folder / VECTORS).is_file():
            with np.load(folder / VECTORS, allow_pickle=False) as file:
                vectors = {name.removeprefix(f"{kind}."): file[name] for name in file.files if name.startswith(f"{kind}.")}
        read, alone = ({name: pair[i] for name, pair in named.items()} for i in (0, 1))
        return Weights(read, alone, vectors, {name: float(value) for name, value in facts["base"].items()})
    except FileNotFoundError as error:
        raise UnusableModel(f"{folder / NAMED}：缺少选重点、选要点句用的权重；请重新安装，或重新复制整个 models 文件夹") from error
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise UnusableModel(f"{folder / NAMED}：选重点、选要点句用的权重读不出或已损坏；请重新复制整个 models 文件夹") from error


def save_weights(kind: str, weights: Weights, folder: Path) -> None:
    """Write one kind into a folder; what the folder has of the other kind stays."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAMED
    facts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    facts[kind] = {
        "base": dict(weights.base),
        "weights": {name: [round(weights.read[name], 4), round(weights.alone[name], 4)] for name in weights.alone},
    }
    path.write_text(_as_text(facts), encoding="utf-8", newline="\n")
    arrays: dict[str, np.ndarray] = {}
    if (folder / VECTORS).is_file():
        with np.load(folder / VECTORS, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if not name.startswith(f"{kind}.")}
    arrays |= {f"{kind}.{name}": vector.astype(np.float32 if name.endswith(COUNTS) else np.float16) for name, vector in weights.vectors.items()}
    if arrays:
        np.savez(folder / VECTORS, **arrays)
    load_weights.cache_clear()


def _as_text(facts: Mapping) -> str:
    """JSON with one weight a line: [beside the encoder, without it]."""
    kinds = []
    for kind, entry in facts.items():
        lines = ",\n".join(f"   {json.dumps(name, ensure_ascii=False)}: {pair}" for name, pair in entry["weights"].items())
        base = json.dumps(entry["base"], ensure_ascii=False)
        kinds.append(f' "{kind}": {{\n  "base": {base},\n  "weights": {{\n{lines}\n  }}\n }}')
    return "{\n" + ",\n".join(kinds) + "\n}\n"
