"""A model folder: what lies in it, whether it is whole, its signature, and which one is in use.

Reads headers, settings and hashes; it opens no weights and imports no library of models.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from ..errors import UnusableModel
from ..files import write_file

BASELINE = "baseline.npz"  # the linear model fitted on the same training rows
CARD = "subao.json"  # how the model reads an article and how far its word can be trusted
REPORT = "report.json"  # the figures of the held-out part
ENGINES = {"onnx": "model.onnx", "torch": "model.safetensors"}  # engine -> its weights
HELD_OUT = "held-out.csv"  # id, label and predictions of each held-out article, no text
DECISION = "decision.npz"  # what a newsroom learnt on top of a whole model: such a folder has no weights of its own
SHIPPED = "shipped"  # how a card names the shipped model as the one its decision layer stands on


def signature(folder: Path, engine: str = "") -> str:
    """The first seven hexadecimal digits of the hash of all that an engine's answers depend on."""
    if below := parent_of(folder):
        own = b"".join((folder / name).read_bytes() for name in (CARD, DECISION))
        return hashlib.sha256(signature(below, engine).encode() + own).hexdigest()[:7]
    digest = hashlib.sha256()
    for name in (ENGINES[engine or engine_of(folder)], "tokenizer.json", "config.json", CARD, BASELINE):
        digest.update((folder / name).read_bytes() if (folder / name).exists() else b"")
    return digest.hexdigest()[:7]


def parent_of(folder: Path) -> Path | None:
    """The whole model that a folder's decision layer stands on; None where the folder is a whole model itself.

    UnusableModel: the card does not name it, or it is another one by now.
    """
    if not (folder / DECISION).is_file():
        return None
    try:
        facts = json.loads((folder / CARD).read_text(encoding="utf-8"))["parent"]
        place, expected = str(facts["folder"]), str(facts["signature"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UnusableModel(f"{folder / CARD}：读不出决定层属于哪个模型；{_AGAIN}") from error
    below = shipped_model() if place == SHIPPED else Path(place)
    check_folder(below)
    if (found := signature(below)) != expected:
        raise UnusableModel(f"{folder}：是在模型 {expected} 上学的，那个模型已换成 {found}；{_AGAIN}")
    return below


_AGAIN = "请再运行一次 subao learn，或用 subao use --shipped 换回自带模型"


def shipped_model(name: str = "columns") -> Path:
    """The folder of a model that came with the program: in a checkout or inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    folders = [package / "models" / name, package.parent / "models" / name]
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def chosen_model(model: str | Path | None = None) -> Path:
    """Which model is used: the one named, else ``SUBAO_MODEL``, else ``subao use``, else the shipped one."""
    if model or (model := os.environ.get("SUBAO_MODEL")):
        return Path(model)
    return Path(line) if (line := _read(_choice_file())) else shipped_model()


def choose_model(folder: Path | None) -> Path:
    """Remember a model folder for later calls (None: the shipped one again); return the folder in force."""
    if folder is not None:
        check_folder(parent_of(folder) or folder)
    _remember("" if folder is None else str(folder.resolve()))
    return chosen_model()


def choose_back() -> Path:
    """Choose the model again that was in use before the last choice; twice is as if nothing had been done."""
    before = _read(_choice_file(before=True))
    return choose_model(Path(before) if before else None)


def user_models() -> Path:
    """Where what this user's newsroom learnt is kept: beside the choice, never in the installation."""
    return _choice_file().with_name("models")


def _remember(line: str) -> None:
    """Whole or not at all: a choice that is cut off would be another one."""
    if (now := _read(_choice_file())) != line:
        write_file(_choice_file(before=True), now.encode(), force=True)
        write_file(_choice_file(), line.encode(), force=True)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def _choice_file(before: bool = False) -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "subao" / ("model-before.txt" if before else "model.txt")


def engine_of(folder: Path) -> str:
    """The engine that a model folder is used with unless another is asked for."""
    return "onnx" if (folder / ENGINES["onnx"]).is_file() else "torch"


def fingerprint(folder: Path) -> str:
    """The hash of a folder's model.safetensors, which the model.onnx made from it carries; "" where there is none."""
    weights = folder / ENGINES["torch"]
    return hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else ""


def check_folder(folder: Path) -> dict:
    """Return config.json of a usable model folder, or say in one line what is wrong with it.

    Reads only the headers: files present, weights complete, as many labels as the head has rows. Weights are
    model.safetensors or, in the shipped folder, model.onnx alone.
    """
    if not folder.is_dir():
        raise UnusableModel(f"{folder}：没有这个模型文件夹；请检查 --model，或用 subao use --shipped 换回自带模型")
    weights = folder / ENGINES["torch"]
    needed = ("config.json", "tokenizer.json", *(() if (folder / ENGINES["onnx"]).is_file() else (weights.name,)))
    for name in needed:
        if not (folder / name).is_file():
            raise UnusableModel(f"{folder}：缺少 {name}，不是完整的模型文件夹；请重新复制整个文件夹")
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        labels = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableModel(f"{folder}：config.json 不是分类模型的设定；请用 train.py 训练出的文件夹") from error
    if not weights.is_file():
        return config  # model.onnx says itself what is wrong with it when it is opened
    with weights.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        try:
            header = json.loads(file.read(size)) if size < 100_000_000 else {}
            tensors = {k: v for k, v in header.items() if k != "__metadata__"}
            end = max(v["data_offsets"][1] for v in tensors.values())
            rows = tensors["classifier.weight"]["shape"][0]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnusableModel(f"{weights}：权重文件损坏或不是分类模型；请重新复制模型文件夹") from error
    if weights.stat().st_size < 8 + size + end:
        raise UnusableModel(f"{weights}：权重文件不完整（应有 {8 + size + end:,} 字节）；请重新复制模型文件夹")
    if rows != len(labels):
        raise UnusableModel(f"{folder}：标签 {len(labels)} 个，输出层却有 {rows} 个；config.json 与权重不是一套")
    return config
