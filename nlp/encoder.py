"""A tokenizer and a fine-tuned BERT: titles and bodies in, logits out.

Knows the files of a model folder and how to batch; nothing of columns, calibration or issues.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .errors import UnusableModel

TITLE_TOKENS = 64
_BATCH_TOKENS = 4096


class Encoder:
    """Reads ``[CLS] title [SEP] body [SEP]``, at most ``length`` tokens, and answers with logits."""

    def __init__(self, tokenizer, model, length: int) -> None:
        """``tokenizer``: a ``tokenizers.Tokenizer``; ``model``: a BertForSequenceClassification."""
        self.tokenizer, self.model, self.length = tokenizer, model.eval(), length

    @classmethod
    def load(cls, folder: Path, length: int) -> Encoder:
        """Open a folder with config.json, model.safetensors and tokenizer.json; nothing else is read."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from tokenizers import Tokenizer

        check_folder(folder)
        from transformers import AutoModelForSequenceClassification
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            model = AutoModelForSequenceClassification.from_pretrained(
                folder, use_safetensors=True, local_files_only=True, trust_remote_code=False, dtype="float32"
            )
        except Exception as error:  # each library raises its own kinds for a damaged file
            reason = str(error).strip().split("\n")[0][:120]
            raise UnusableModel(f"{folder}：模型打不开（{reason}）；请重新复制模型文件夹，或用 subao use --shipped") from error
        return cls(tokenizer, model, length)

    def ids(self, title: str, body: str) -> tuple[list[int], int]:
        """Token ids of one article and the index where the second segment begins."""
        encode = self.tokenizer.encode
        head = encode(title[: TITLE_TOKENS * 4], add_special_tokens=False).ids[: min(TITLE_TOKENS, self.length // 2 - 2)]
        room = self.length - len(head) - 3
        tail = encode(body[: room * 6], add_special_tokens=False).ids[:room]
        cls_, sep = self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")
        return [cls_, *head, sep, *tail, sep], len(head) + 2

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """Logits [len(texts), labels] in float32 for (title, body) pairs, in their order.

        Batches are made of texts of like length, so that hardly anything is padded.
        """
        import torch

        encoded = [self.ids(title, body) for title, body in texts]
        order = sorted(range(len(texts)), key=lambda i: (len(encoded[i][0]), encoded[i][0]))
        answer = np.zeros((len(texts), self.model.config.num_labels), dtype=np.float32)
        at = 0
        while at < len(order):
            end = at + 1
            while end < len(order) and (end + 1 - at) * len(encoded[order[end]][0]) <= _BATCH_TOKENS:
                end += 1
            rows = order[at:end]
            width = max(len(encoded[i][0]) for i in rows)
            ids, mask, segment = (np.zeros((len(rows), width), dtype=np.int64) for _ in range(3))
            for row, i in enumerate(rows):
                tokens, second = encoded[i]
                ids[row, : len(tokens)], mask[row, : len(tokens)], segment[row, second : len(tokens)] = tokens, 1, 1
            with torch.inference_mode():
                out = self.model(
                    input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask),
                    token_type_ids=torch.from_numpy(segment),
                ).logits  # fmt: skip
            answer[rows] = out.float().numpy()
            at = end
            if progress:
                progress(len(rows))
        return answer


def check_folder(folder: Path) -> dict:
    """Return config.json of a usable model folder, or say in one line what is wrong with it.

    Reads only the headers: files present, weights complete, as many labels as the head has rows.
    """
    if not folder.is_dir():
        raise UnusableModel(f"{folder}：没有这个模型文件夹；请检查 --model，或用 subao use --shipped 换回自带模型")
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise UnusableModel(f"{folder}：缺少 {name}，不是完整的模型文件夹；请重新复制整个文件夹")
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        labels = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableModel(f"{folder}：config.json 不是分类模型的设定；请用 train.py 训练出的文件夹") from error
    weights = folder / "model.safetensors"
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
