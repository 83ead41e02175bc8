"""A tokenizer and a fine-tuned BERT: titles and bodies in, logits out; token ids in, the salience of each token out.

Two engines read the same model folder: ``onnx`` (model.onnx, by onnxruntime alone: the everyday one) and
``torch`` (model.safetensors: for training, for comparison, and where there is no model.onnx).
Knows nothing of columns, calibration or issues.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ..errors import UnusableModel
from .folder import ENGINES, check_folder, engine_of, fingerprint

TITLE_TOKENS = 64
_BATCH_TOKENS = 4096
_WORKERS = min(8, os.cpu_count() or 1)
SALIENCE = "salience"  # the second head: its name in the weights and the graph


class Encoder:
    """Reads ``[CLS] title [SEP] body [SEP]``, at most ``length`` tokens, and answers with logits."""

    engine: str  # one of ENGINES
    has_salience: bool  # whether there is a second head, for sentences

    def __init__(self, tokenizer, length: int) -> None:
        """``tokenizer``: a ``tokenizers.Tokenizer``."""
        self.tokenizer, self.length = tokenizer, length

    def ids(self, title: str, body: str) -> tuple[list[int], int]:
        """Token ids of one article and the index where the second segment begins."""
        encode = self.tokenizer.encode
        head = encode(title[: TITLE_TOKENS * 4], add_special_tokens=False).ids[: min(TITLE_TOKENS, self.length // 2 - 2)]
        room = self.length - len(head) - 3
        tail = encode(body[: room * 6], add_special_tokens=False).ids[:room]
        cls_, sep = self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")
        return [cls_, *head, sep, *tail, sep], len(head) + 2

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """Logits [len(texts), labels] in float32 for (title, body) pairs, in their order."""
        raise NotImplementedError

    def salience(self, tokens: Sequence[int], second: int) -> np.ndarray:
        """How much each of one article's tokens says of what it is about: float32 [len(tokens)], any scale.

        ``second`` is where the second segment begins, as ``ids`` gives it.
        """
        raise NotImplementedError


class OnnxEncoder(Encoder):
    """One article a run, on every core another one: nothing is padded and no answer hangs on its neighbours.

    In a batch it would (int8 scales are taken over everything in a run), and two runs side by side are faster than
    one run on two cores.
    """

    engine = "onnx"

    def __init__(self, tokenizer, session, length: int) -> None:
        """``session``: an ``onnxruntime.InferenceSession`` of what ``export`` wrote."""
        super().__init__(tokenizer, length)
        self.session = session
        self.has_salience = SALIENCE in [output.name for output in session.get_outputs()]

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        answer = np.zeros((len(texts), self.session.get_outputs()[0].shape[1]), dtype=np.float32)
        with ThreadPoolExecutor(_WORKERS) as pool:
            for at in range(0, len(texts), 64):  # never all at once: Ctrl-C need not wait for them
                for i, row in enumerate(pool.map(self._read, texts[at : at + 64]), at):
                    answer[i] = row
                    if progress:
                        progress(1)
        return answer

    def salience(self, tokens: Sequence[int], second: int) -> np.ndarray:
        return self._run(SALIENCE, tokens, second)

    def _read(self, text: tuple[str, str]) -> np.ndarray:
        return self._run("logits", *self.ids(*text))

    def _run(self, output: str, tokens: Sequence[int], second: int) -> np.ndarray:
        from onnxruntime import RunOptions

        ids, segment = np.array([tokens], dtype=np.int64), np.zeros((1, len(tokens)), dtype=np.int64)
        segment[0, second:] = 1
        options = RunOptions()
        options.only_execute_path_to_fetches = True  # not the other head
        return self.session.run([output], {"input_ids": ids, "token_type_ids": segment}, options)[0][0]


class TorchEncoder(Encoder):
    """Batches of texts of like length, so that hardly anything is padded."""

    engine = "torch"

    def __init__(self, tokenizer, model, length: int) -> None:
        """``model``: a BertForSequenceClassification."""
        super().__init__(tokenizer, length)
        self.model = model.eval()
        self.has_salience = hasattr(model, SALIENCE)

    def salience(self, tokens: Sequence[int], second: int) -> np.ndarray:
        import torch

        segment = torch.tensor([[int(i >= second) for i in range(len(tokens))]])
        with torch.inference_mode():
            states = self.model.base_model(torch.tensor([tokens]), token_type_ids=segment, output_hidden_states=True).hidden_states
            return self.model.salience(states[-2])[0, :, 0].float().numpy()

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        return self._read([self.ids(*text) for text in texts], self.model.config.num_labels, lambda **inputs: self.model(**inputs).logits, progress)

    def pooled(self, encoded: Sequence[tuple[list[int], int]]) -> np.ndarray:
        """What the heads judge by: [CLS] of each article, pooled, float32 [articles, hidden]; articles as ``ids`` gives them."""
        return self._read(encoded, self.model.config.hidden_size, lambda **inputs: self.model.base_model(**inputs).pooler_output)

    def _read(self, encoded, size: int, answer: Callable, progress: Callable[[int], object] | None = None) -> np.ndarray:
        import torch

        order = sorted(range(len(encoded)), key=lambda i: (len(encoded[i][0]), encoded[i][0]))
        answers = np.zeros((len(encoded), size), dtype=np.float32)
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
                inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": segment}
                out = answer(**{name: torch.from_numpy(array).to(self.model.device) for name, array in inputs.items()})
            answers[rows] = out.float().cpu().numpy()
            at = end
            if progress:
                progress(len(rows))
        return answers


def load_encoder(folder: Path, length: int, engine: str = "") -> Encoder:
    """Open a folder with config.json, model.safetensors, tokenizer.json and, for onnx, model.onnx.

    ``engine``: onnx or torch; by default onnx where the folder has its file.
    """
    config = check_folder(folder)
    engine = engine or engine_of(folder)
    weights = folder / ENGINES[engine]
    if not weights.is_file():
        raise UnusableModel(f"{folder}：缺少 {weights.name}，不能用 --engine {engine}；请去掉 --engine，或重新训练")
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        if engine == "torch":
            return TorchEncoder(tokenizer, _open_torch(folder), length)
        session = open_session(weights.read_bytes())
    except Exception as error:  # each library raises its own kinds for a damaged file
        reason = " ".join(str(error).split())[:120]
        raise UnusableModel(f"{folder}：模型打不开（{reason}）；请重新复制模型文件夹，或用 subao use --shipped") from error
    source = session.get_modelmeta().custom_metadata_map.get("weights")
    if source != fingerprint(folder) or session.get_outputs()[0].shape[1] != len(config["id2label"]):
        raise UnusableModel(f"{weights}：不是由同一文件夹的权重导出的；请重新复制整个文件夹，或删去它")
    return OnnxEncoder(tokenizer, session, length)


def open_session(model: bytes):
    """An ``onnxruntime.InferenceSession`` of a model.onnx; it works on one core, so that several can work side by side."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # as fast without, and the memory goes back
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _open_torch(folder: Path):
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, trust_remote_code=False, dtype="float32",
        attn_implementation="eager",  # as in training on a CPU: the same rounding
    )  # fmt: skip
    load_salience(model, folder)
    return model


def add_salience(model) -> None:
    """Give a torch classifier the second head: a number for each token's state before the last layer."""
    import torch

    model.salience = torch.nn.Linear(model.config.hidden_size, 1)


def load_salience(model, folder: Path) -> None:
    """Give a torch classifier the second head that its folder has; transformers does not know it."""
    from safetensors import safe_open

    with safe_open(folder / ENGINES["torch"], "pt") as weights:
        if f"{SALIENCE}.weight" in weights.keys():  # noqa: SIM118  no mapping
            add_salience(model)
            model.salience.load_state_dict({name: weights.get_tensor(f"{SALIENCE}.{name}") for name in ("weight", "bias")})
