"""What a model remembers of the articles it was made from, without their text: vectors to rehearse, vectors to guard.

Two files beside the model: memory.npz (what learning rehearses) and guard.npz (a frozen set that no learnt layer may be
worse on). Knows vectors and labels; refuses to know a newsroom's decisions.

``python -m nlp.learning.memory MODEL DATA…`` makes both from the model's labelled data.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError, UnusableModel
from ..files import write_file
from ..model.classifier import ColumnClassifier
from ..model.folder import BASELINE, ENGINES, HELD_OUT, engine_of

MEMORY, GUARD = "memory.npz", "guard.npz"
REHEARSED, GUARDED = 5_000, 1_000  # at most so many vectors: 2.0 and 0.8 MB
LEAST = 500  # articles of a guard that is worth the name


@dataclass(frozen=True)
class Vectors:
    """Articles as a model sees them; all arrays have a row for each."""

    labels: tuple[str, ...]  # of the model, as in its training data
    features: np.ndarray  # float32 [articles, hidden]
    margins: np.ndarray  # float32 [articles, labels]
    answers: np.ndarray  # the right label's index
    weights: np.ndarray  # how many articles of the training data a row stands for, mean 1

    def save(self, path: Path, model: str) -> None:
        """Write int8 features with a centre and a scale for each column; ``model`` is ``encoder_mark`` of its folder."""
        centre = self.features.mean(axis=0)
        scale = np.maximum(np.abs(self.features - centre).max(axis=0), 1e-6) / 127
        words = json.dumps({"labels": self.labels, "model": model}).encode("ascii")
        file = BytesIO()
        np.savez_compressed(
            file, words=np.frombuffer(words, np.uint8), features=np.rint((self.features - centre) / scale).astype(np.int8),
            centre=centre.astype(np.float32), scale=scale.astype(np.float32), margins=self.margins.astype(np.float16),
            answers=self.answers.astype(np.int16), weights=self.weights.astype(np.float32),
        )  # fmt: skip
        write_file(path, file.getvalue(), force=True)

    @classmethod
    def load(cls, path: Path, model: str) -> Vectors:
        """Read what ``save`` wrote for this model; anything else is an UnusableModel."""
        try:
            with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
                words = json.loads(file["words"].tobytes())
                if words["model"] != model:
                    raise UnusableModel(f"{path}：不属于这个模型；请重新复制整个模型文件夹")
                features = file["features"].astype(np.float32) * file["scale"] + file["centre"]
                found = cls(tuple(words["labels"]), features, file["margins"].astype(np.float32), file["answers"].astype(int), file["weights"])
            sizes = {len(found.features), len(found.margins), len(found.answers), len(found.weights)}
            if len(sizes) > 1 or found.margins.shape[1] != len(found.labels) or not 0 <= found.answers.min() <= found.answers.max() < len(found.labels):
                raise ValueError("arrays of different sizes")
            return found
        except FileNotFoundError as error:
            raise UnusableModel(f"{path}：模型文件夹里缺少它，不能在这个模型上学；请用自带的模型（subao use --shipped）") from error
        except (OSError, EOFError, ValueError, TypeError, LookupError, RuntimeError, BadZipFile, zlib.error) as error:
            raise UnusableModel(f"{path}：打不开或已损坏；请重新复制整个模型文件夹") from error


def encoder_mark(folder: Path) -> str:
    """What a model's vectors hang on: its weights, tokenizer and linear model, not its calibration."""
    digest = hashlib.sha256()
    for name in (ENGINES[engine_of(folder)], "tokenizer.json", BASELINE):
        digest.update((folder / name).read_bytes() if (folder / name).exists() else b"")
    return digest.hexdigest()[:16]


def draw(labels: Sequence[str], most: int, seed: int = 13) -> tuple[np.ndarray, np.ndarray]:
    """Rows to keep and what each stands for: rare labels whole, of the others an even number, at random.

    >>> rows, weights = draw(["a"] * 8 + ["b"] * 2, 4)
    >>> sorted(labels[i] for i in rows for labels in [["a"] * 8 + ["b"] * 2]), weights.tolist()
    (['a', 'a', 'b', 'b'], [1.6, 1.6, 0.4, 0.4])
    """
    random, named = np.random.default_rng(seed), np.array(labels)
    rows: list[int] = []
    weights: list[float] = []
    names = sorted(set(labels), key=lambda name: (int((named == name).sum()), name))
    for turn, name in enumerate(names):
        own = np.flatnonzero(named == name)
        kept = random.permutation(own)[: max(1, (most - len(rows)) // (len(names) - turn))]
        rows += kept.tolist()
        weights += [len(own) / len(kept)] * len(kept)
    order, shares = np.argsort(rows), np.array(weights)
    return np.array(rows)[order], (shares / shares.mean())[order]


def remember(classifier: ColumnClassifier, articles: Sequence[Article], weights: np.ndarray, progress: Callable | None = None) -> Vectors:
    """Labelled articles as the classifier sees them; their columns must be its labels."""
    own = [classifier.label_of(label) for label in classifier.own_labels]
    answers = np.array([own.index(article.column) for article in articles])
    features = classifier.features(articles, progress)
    return Vectors(tuple(own), features, classifier.margins(articles).astype(np.float32), answers, weights)


def make(folder: Path, articles: Sequence[Article], report: Callable[[str], object] = print, progress: Callable | None = None) -> None:
    """Write memory.npz and guard.npz into a model folder; the guard is what the model has not been trained on.

    That are the articles marked ``part: test``, and those of held-out.csv.
    """
    classifier = ColumnClassifier.load(folder)
    held = {article.path for article in articles if article.part == "test"} | _held_out(folder)
    own = {classifier.label_of(label) for label in classifier.own_labels}
    articles = [article for article in articles if article.column in own]
    for name, rows, most in (
        (MEMORY, [a for a in articles if a.path not in held], REHEARSED), (GUARD, [a for a in articles if a.path in held], GUARDED),
    ):  # fmt: skip
        if not rows:
            raise SubaoError(f"{folder}：数据里没有可作 {name} 的文章；请给出训练时的全部数据（编号要与 {HELD_OUT} 一致）")
        kept, weights = draw([a.column for a in rows], most) if name == MEMORY else _plain(len(rows), most)
        remember(classifier, [rows[i] for i in kept], weights, progress).save(folder / name, encoder_mark(folder))
        report(f"写好：{folder / name}（{len(kept)} 篇，{(folder / name).stat().st_size / 1e6:.1f} MB）")
    if len(kept) < LEAST:
        report(f"把关用的只有 {len(kept)} 篇，不到 {LEAST} 篇，看不出小的退步")


def _plain(n: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """A guard is drawn as the articles come, so that its share of right answers is theirs."""
    rows = np.sort(np.random.default_rng(13).permutation(n)[:most])
    return rows, np.ones(len(rows))


def _held_out(folder: Path) -> set[str]:
    if not (folder / HELD_OUT).is_file():
        return set()
    with (folder / HELD_OUT).open(encoding="utf-8-sig", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


def main(argv: Sequence[str] | None = None) -> int:
    from tqdm import tqdm

    from ..training.data import read_labelled

    parser = argparse.ArgumentParser(prog="python -m nlp.learning.memory", description="给模型文件夹做 memory.npz 和 guard.npz")
    parser.add_argument("folder", type=Path, metavar="MODEL", help="模型文件夹")
    parser.add_argument("data", nargs="+", metavar="DATA", help="训练时用的全部数据")
    arguments = parser.parse_args(argv)
    try:
        with tqdm(unit="篇", disable=None, leave=False) as bar:
            make(arguments.folder, read_labelled(arguments.data), print, bar.update)
    except (SubaoError, OSError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
