"""A fine-tuned BERT as an ONNX graph, exact or with int8 weights; and the weights read back out of such a graph.

Written out node by node, so that the same weights give the same bytes and no exporter is needed. The graph reads
one article a run: no padding, no mask. Knows the weights by their names, nothing of articles or of what labels mean.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ..errors import SubaoError
from .folder import ENGINES, fingerprint

FUSED = "com.microsoft"  # onnxruntime's own operators
LARGEST = 63  # of an int8 weight: processors without VNNI add two products in 16 bits, and 2 · 255 · 127 overflows
LOUD = 6.0  # a channel whose normalised states are so many times the usual stays exact (LLM.int8, arXiv:2208.07339)
LOGITS, POOLED, STATES = "logits", "pooled", "states"  # the outputs
HEAD = ("head.weight", "head.bias")  # outputs too, whatever the input: logits = pooled · weight.T + bias


def build_graph(folder: Path, int8: bool) -> bytes:
    """The model.onnx of a model folder: input_ids and token_type_ids [1, tokens] -> logits [1, labels].

    Beside them pooled [1, hidden], what the head judges by: the mean over the tokens of states [1, tokens, hidden].

    Exact: the folder's own weights (float16 in the file), calculated in float32. int8: matrices with a scale for
    each column, the word table with one for each row, activations with one a run; loud channels and the rest stay exact.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if (config.get("model_type"), config.get("hidden_act")) != ("bert", "gelu"):
        raise SubaoError(f"{folder}：只会把 BERT 写成 ONNX，这个是 {config.get('model_type')}（{config.get('hidden_act')}）")
    return _Graph(folder, config, int8).model()


def read_weights(graph: bytes) -> dict[str, np.ndarray]:
    """The weights of a model.onnx by their names in model.safetensors, float32; int8 ones as they are multiplied.

    Needs the onnx library.
    """
    import onnx

    stored = {array.name: onnx.numpy_helper.to_array(array) for array in onnx.load_from_string(graph).graph.initializer}
    weights = {}
    for name, array in stored.items():
        bare, _, kind = name.rpartition(".")
        if kind == "int8":
            matrix = array * stored[f"{bare}.scales"]
            if f"{bare}.channels" in stored:
                matrix[stored[f"{bare}.channels"]] = stored[f"{bare}.loud"]
            weights[bare if bare.endswith(".weight") else f"{bare}.weight"] = matrix if bare.endswith(".weight") else matrix.T
        elif kind == "transposed":
            weights[bare] = array.T
        elif kind in ("weight", "bias"):
            weights[name] = array
    return {
        name if name.startswith("classifier.") else f"bert.{name}": np.ascontiguousarray(array, dtype=np.float32)
        for name, array in weights.items()
    }


class _Graph:
    """Nodes and constants in the making; a method adds some and returns the name of its result."""

    def __init__(self, folder: Path, config: dict, int8: bool) -> None:
        from safetensors.numpy import load_file

        self.config, self.int8, self.source = config, int8, fingerprint(folder)
        weights = load_file(folder / ENGINES["torch"])
        self.weights = {name.removeprefix("bert."): array for name, array in weights.items()}
        self.nodes: list = []
        self.constants = {"zero": np.array([0]), "one": np.array([1])}
        self.loud: dict[str, tuple[str, str, np.ndarray]] = {}  # of a normalised result: its quiet part, its loud one, the channels

    def model(self) -> bytes:
        from onnx import TensorProto, helper, numpy_helper

        x = self.embeddings()
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{i}.")
        pooled = self.add("ReduceMean", x, axes=[1], keepdims=0)
        weight, bias = self.weight("classifier.weight"), self.weight("classifier.bias")
        results = {
            LOGITS: self.add("Gemm", pooled, weight, bias, transB=1), POOLED: pooled, STATES: x, HEAD[0]: weight, HEAD[1]: bias,
        }  # fmt: skip
        for name, result in results.items():
            self.nodes.append(helper.make_node("Identity", [result], [name]))
        hidden, labels = self.config["hidden_size"], len(self.config["id2label"])
        shapes = {
            LOGITS: [1, labels], POOLED: [1, hidden], STATES: [1, "tokens", hidden], HEAD[0]: [labels, hidden], HEAD[1]: [labels],
        }  # fmt: skip
        graph = helper.make_graph(
            self.nodes, "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in ("input_ids", "token_type_ids")],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )  # fmt: skip
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=8)
        helper.set_model_props(model, {"weights": self.source})
        return model.SerializeToString(deterministic=True)

    def embeddings(self) -> str:
        """Word + segment + position, normalised: [1, tokens, hidden]."""
        tokens = self.add("Shape", "input_ids", start=1)
        positions = self.weight("embeddings.position_embeddings.weight")
        positions = self.add("Slice", positions, "zero", tokens)
        segments = self.add("Gather", self.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")
        x = self.add("Add", self.add("Add", self.words(), segments), positions)
        name = "embeddings.LayerNorm"
        return self.split(self.add("LayerNormalization", x, *self.scale_and_bias(name), epsilon=self.epsilon), name)

    def words(self) -> str:
        from onnx import TensorProto

        name = "embeddings.word_embeddings.weight"
        if not self.int8:
            return self.add("Gather", self.weight(name), "input_ids")
        table, scales = _int8(self.weights[name].T, 127)
        rows = self.add("Gather", self.constant(f"{name}.int8", table.T), "input_ids")
        scales = self.add("Gather", self.constant(f"{name}.scales", scales[:, None]), "input_ids")
        return self.add("Mul", self.add("Cast", rows, to=TensorProto.FLOAT), scales)

    def layer(self, x: str, name: str) -> str:
        """[1, tokens, hidden] -> the same."""
        query, key, value = (self.linear(x, f"{name}attention.self.{part}") for part in ("query", "key", "value"))
        heads = self.config["num_attention_heads"]
        found = self.add("MultiHeadAttention", query, key, value, domain=FUSED, num_heads=heads)
        x = self.normalised(self.linear(found, f"{name}attention.output.dense"), x, f"{name}attention.output.LayerNorm")
        inner = self.add("Gelu", self.linear(x, f"{name}intermediate.dense"), domain=FUSED)
        return self.normalised(self.linear(inner, f"{name}output.dense"), x, f"{name}output.LayerNorm")

    def linear(self, x: str, name: str) -> str:
        bias = self.weight(f"{name}.bias")
        if not self.int8:
            return self.add("Add", self.add("MatMul", x, self.weight(f"{name}.weight", transposed=True)), bias)
        full = self.weights[f"{name}.weight"].T
        quiet, loud, channels = self.loud.get(x, (x, "", np.zeros(0, dtype=np.int64)))
        rest = full.copy()
        rest[channels] = 0
        matrix, scales = _int8(rest, LARGEST)
        parts = {".int8": matrix, ".scales": scales, ".zeros": np.zeros(len(scales), dtype=np.int8)}
        y = self.add("DynamicQuantizeMatMul", quiet, *(self.constant(name + part, array) for part, array in parts.items()),
                     bias, domain=FUSED)  # fmt: skip
        if not loud:
            return y
        self.constant(f"{name}.channels", channels)
        return self.add("Add", y, self.add("MatMul", loud, self.exact(f"{name}.loud", full[channels])))

    def normalised(self, x: str, residual: str, name: str) -> str:
        x = self.add("SkipLayerNormalization", x, residual, *self.scale_and_bias(name), domain=FUSED, epsilon=self.epsilon)
        return self.split(x, name)

    def split(self, x: str, name: str) -> str:
        """Set the loud channels of a normalised result apart: one scale for all would drown the quiet ones in int8."""
        gain, offset = (np.abs(self.weights[f"{name}.{part}"].astype(np.float32)) for part in ("weight", "bias"))
        strength = 3 * gain + offset  # about the most that a normalised channel reaches
        channels = np.flatnonzero(strength > LOUD * np.median(strength))
        if self.int8 and len(channels):
            places = self.constant(f"{name}.channels", channels)
            mask = np.ones(len(strength), dtype=np.float32)
            mask[channels] = 0
            quiet = self.add("Mul", x, self.constant(f"{name}.quiet", mask))
            self.loud[x] = quiet, self.add("Gather", x, places, axis=2), channels
        return x

    @property
    def epsilon(self) -> float:
        return self.config["layer_norm_eps"]

    def scale_and_bias(self, name: str) -> tuple[str, str]:
        return self.weight(f"{name}.weight"), self.weight(f"{name}.bias")

    def weight(self, name: str, transposed: bool = False) -> str:
        """One of the folder's arrays, stored as it is, used as float32."""
        return self.exact(f"{name}.transposed", self.weights[name].T) if transposed else self.exact(name, self.weights[name])

    def exact(self, name: str, array: np.ndarray) -> str:
        from onnx import TensorProto

        stored = self.constant(name, array)
        return stored if array.dtype == np.float32 else self.add("Cast", stored, to=TensorProto.FLOAT)

    def constant(self, name: str, array: np.ndarray) -> str:
        self.constants[name] = np.ascontiguousarray(array)
        return name

    def add(self, kind: str, *inputs: str, domain: str = "", **settings) -> str:
        from onnx import helper

        output = f"{kind}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **settings))
        return output


def _int8(matrix: np.ndarray, largest: int) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as whole numbers of at most ``largest`` and a scale for each column.

    >>> whole, scales = _int8(np.array([[2.0, 0.5], [-1.0, 0.25]]), 2)
    >>> whole.tolist(), scales.tolist()
    ([[2, 2], [-1, 1]], [1.0, 0.25])
    """
    matrix = matrix.astype(np.float32)
    scales = np.abs(matrix).max(axis=0) / np.float32(largest)
    scales[scales == 0] = 1
    return np.rint(matrix / scales).astype(np.int8), scales
