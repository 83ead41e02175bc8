"""The encoder that reads along while choices are learnt: a model folder's, or none; and its vectors on disk."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..errors import SubaoError
from ..model.encoder import load_encoder
from ..model.folder import chosen_model
from ..model.states import WINDOW, Reader


def add_reader(parser: argparse.ArgumentParser) -> None:
    """The options that say who reads along."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--model", help="a model folder whose encoder answers with states (default: the model in use)")
    who.add_argument("--alone", action="store_true", help="no encoder: named features only")
    parser.add_argument("--cache", type=Path, help="an .npz file to keep the vectors in")


def reader_of(options: argparse.Namespace) -> Reader | None:
    """The reader that the options name; SubaoError where its encoder gives no states."""
    if options.alone:
        return None
    encoder = load_encoder(chosen_model(options.model), WINDOW)
    if not encoder.has_states:
        raise SubaoError(f"{chosen_model(options.model)}：这个模型不给出句向量（states）；请换一个 --model，或用 --alone 只用有名的特征")
    return Reader(encoder)


def cached(file: Path | None, texts: Sequence, read: Callable[[Sequence], Sequence[np.ndarray]]) -> list[np.ndarray]:
    """What ``read`` answers to the texts, out of the file where it holds just these, else read and kept there."""
    key = hashlib.sha256(repr(texts).encode()).hexdigest()
    if file and file.is_file():
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["key"]) == key:
                return np.split(kept["vectors"].astype(np.float32), np.cumsum(kept["lengths"])[:-1])
    answers: list[np.ndarray] = []
    for at in range(0, len(texts), 32):
        answers += list(read(texts[at : at + 32]))
        print(f"{len(answers)}/{len(texts)}", flush=True)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, key=key, vectors=np.concatenate(answers), lengths=[len(answer) for answer in answers])
    return answers
