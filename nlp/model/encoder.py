"""A tokenizer and a fine-tuned BERT: titles and bodies in, logits, pooled vectors or the tokens' states out.

Two engines read the same model folder: ``onnx`` (model.onnx, by onnxruntime alone: the everyday one) and
``torch`` (model.safetensors, else the weights of model.onnx: for training, for comparison, and where there is no model.onnx).
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
from .onnx_graph import HEAD, LOGITS, POOLED, STATES, read_weights

TITLE_TOKENS = 64
_BATCH_TOKENS = 4096
_WORKERS = min(8, os.cpu_count() or 1)


class Encoder:
    """Reads ``[CLS] title [SEP] body [SEP]``, at most ``length`` tokens, and answers with logits."""

    engine: str  # one of ENGINES
    has_states = True  # a model.onnx of an earlier version gives none

    def __init__(self, tokenizer, length: int) -> None:
        """``tokenizer``: a ``tokenizers.Tokenizer``."""
        self.tokenizer, self.length = tokenizer, length

    def ids(self, title: str, body: str, length: int = 0) -> tuple[list[int], int]:
        """Token ids of one article and the index where the second segment begins; ``length`` for another window."""
        encode, length = self.tokenizer.encode, length or self.length
        head = encode(title[: TITLE_TOKENS * 4], add_special_tokens=False).ids[: min(TITLE_TOKENS, length // 2 - 2)]
        room = length - len(head) - 3
        tail = encode(body[: room * 6], add_special_tokens=False).ids[:room]
        cls_, sep = self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")
        return [cls_, *head, sep, *tail, sep], len(head) + 2

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """Logits [len(texts), labels] in float32 for (title, body) pairs, in their order."""
        raise NotImplementedError

    def features(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """What the head judges by, float32 [len(texts), hidden]: the mean of the tokens' states (mean pooling)."""
        raise NotImplementedError

    def head(self) -> tuple[np.ndarray, np.ndarray]:
        """Weights [labels, hidden] and bias [labels] of the head: logits = features · weights.T + bias."""
        raise NotImplementedError

    def states(self, encoded: Sequence[tuple[list[int], int]]) -> list[np.ndarray]:
        """The states at the last layer, float32 [tokens, hidden], of each text as ``ids`` gives it."""
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
        self.session, self.workers = session, _WORKERS
        self.has_states = self.size_of(STATES) > 0

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        return self._read(LOGITS, texts, progress)

    def features(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        return self._read(POOLED, texts, progress)

    def head(self) -> tuple[np.ndarray, np.ndarray]:
        one = np.zeros((1, 1), dtype=np.int64)  # the graph wants to be asked about something
        return tuple(self.session.run(list(HEAD), {"input_ids": one, "token_type_ids": one}))

    def states(self, encoded: Sequence[tuple[list[int], int]]) -> list[np.ndarray]:
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(lambda text: self._run(STATES, *text), encoded))

    def _read(self, output: str, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None) -> np.ndarray:
        answer = np.zeros((len(texts), self.size_of(output)), dtype=np.float32)
        with ThreadPoolExecutor(self.workers) as pool:
            for at in range(0, len(texts), 64):  # never all at once: Ctrl-C need not wait for them
                for i, row in enumerate(pool.map(lambda text: self._run(output, *self.ids(*text)), texts[at : at + 64]), at):
                    answer[i] = row
                    if progress:
                        progress(1)
        return answer

    def size_of(self, output: str) -> int:
        """The last dimension of one of the graph's outputs, 0 if it has none of that name."""
        return next((found.shape[-1] for found in self.session.get_outputs() if found.name == output), 0)

    def _run(self, output: str, tokens: Sequence[int], second: int) -> np.ndarray:
        from onnxruntime import RunOptions

        ids, segment = np.array([tokens], dtype=np.int64), np.zeros((1, len(tokens)), dtype=np.int64)
        segment[0, second:] = 1
        options = RunOptions()
        options.only_execute_path_to_fetches = True
        return self.session.run([output], {"input_ids": ids, "token_type_ids": segment}, options)[0][0]


class TorchEncoder(Encoder):
    """Batches of texts of like length, so that hardly anything is padded."""

    engine = "torch"

    def __init__(self, tokenizer, model, length: int) -> None:
        """``model``: a ``network.MeanPooledClassifier``."""
        super().__init__(tokenizer, length)
        self.model = model.eval()

    def logits(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        return self._read([self.ids(*text) for text in texts], self.model.classifier.out_features, self.model, progress)

    def features(self, texts: Sequence[tuple[str, str]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        return self.pooled([self.ids(*text) for text in texts], progress)

    def pooled(self, encoded: Sequence[tuple[list[int], int]], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """``features`` of articles as ``ids`` gives them."""
        return self._read(encoded, self.model.classifier.in_features, self.model.pooled, progress)

    def head(self) -> tuple[np.ndarray, np.ndarray]:
        head = self.model.classifier
        return head.weight.detach().float().cpu().numpy(), head.bias.detach().float().cpu().numpy()

    def states(self, encoded: Sequence[tuple[list[int], int]]) -> list[np.ndarray]:
        import torch

        answers = []
        with torch.inference_mode():
            for tokens, second in encoded:
                ids = torch.tensor([tokens])
                segment = torch.tensor([[int(i >= second) for i in range(len(tokens))]])
                answers.append(self.model.states(ids, torch.ones_like(ids), segment)[0].float().numpy())
        return answers

    def _read(self, encoded, size: int, answer: Callable, progress: Callable[[int], object] | None = None) -> np.ndarray:
        import torch

        device = next(self.model.parameters()).device
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
                out = answer(**{name: torch.from_numpy(array).to(device) for name, array in inputs.items()})
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
    if engine == "torch" and not weights.is_file():
        weights = folder / ENGINES["onnx"]
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
    encoder, source = OnnxEncoder(tokenizer, session, length), session.get_modelmeta().custom_metadata_map.get("weights")
    if source != (fingerprint(folder) or source) or encoder.size_of(LOGITS) != len(config["id2label"]):
        raise UnusableModel(f"{weights}：不是由同一文件夹的权重导出的；请重新复制整个文件夹，或删去它")
    return encoder


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
    """The network with the weights of model.safetensors or, where there is none, of model.onnx."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from safetensors.numpy import load_file
    from transformers import AutoConfig, AutoModel

    from .network import MeanPooledClassifier

    stored = folder / ENGINES["torch"]
    if stored.is_file():
        weights = {name: array.astype(np.float32) for name, array in load_file(stored).items()}
    else:
        weights = read_weights((folder / ENGINES["onnx"]).read_bytes())
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    config._attn_implementation = "eager"  # as in training on a CPU: the same rounding
    network = MeanPooledClassifier(AutoModel.from_config(config, add_pooling_layer=False), len(config.id2label))
    network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return network
