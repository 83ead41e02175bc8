"""A fine-tuned BERT as an ONNX graph, exact or with int8 weights.

Written out node by node, so that the same weights give the same bytes and no exporter is needed. The graph reads
one article a run: no padding, no mask; and of the last layer only [CLS], which alone is judged, is worked out.
Knows the weights by their names, nothing of articles or of what the labels mean.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ..errors import SubaoError
from ..model.encoder import SALIENCE
from ..model.folder import ENGINES, fingerprint

FUSED = "com.microsoft"  # onnxruntime's own operators
LARGEST = 63  # of an int8 weight: processors without VNNI add two products in 16 bits, and 2 · 255 · 127 overflows


def build_graph(folder: Path, int8: bool) -> bytes:
    """The model.onnx of a model folder: input_ids and token_type_ids [1, tokens] -> logits [1, labels].

    Where the folder has the second head also salience [1, tokens].

    Exact: the folder's own weights (float16 in the file), calculated in float32. int8: matrices with a scale for
    each column, the word table with one for each row, activations with one a run; the rest stays exact.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if (config.get("model_type"), config.get("hidden_act")) != ("bert", "gelu"):
        raise SubaoError(f"{folder}：只会把 BERT 写成 ONNX，这个是 {config.get('model_type')}（{config.get('hidden_act')}）")
    return _Graph(folder, config, int8).model()


class _Graph:
    """Nodes and constants in the making; a method adds some and returns the name of its result."""

    def __init__(self, folder: Path, config: dict, int8: bool) -> None:
        from safetensors.numpy import load_file

        self.config, self.int8, self.source = config, int8, fingerprint(folder)
        weights = load_file(folder / ENGINES["torch"])
        self.weights = {name.removeprefix("bert."): array for name, array in weights.items()}
        self.nodes: list = []
        self.constants = {"zero": np.array([0]), "one": np.array([1])}

    def model(self) -> bytes:
        from onnx import TensorProto, helper, numpy_helper

        x = self.embeddings()
        last = self.config["num_hidden_layers"] - 1
        for i in range(last):
            x = self.layer(x, f"encoder.layer.{i}.")
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(self.config["id2label"])])]
        if f"{SALIENCE}.weight" in self.weights:
            matrix = self.weight(f"{SALIENCE}.weight", transposed=True)
            salience = self.add("Add", self.add("MatMul", x, matrix), self.weight(f"{SALIENCE}.bias"))
            self.nodes.append(helper.make_node("Squeeze", [salience, self.constant("last axis", np.array([2]))], [SALIENCE]))
            outputs.append(helper.make_tensor_value_info(SALIENCE, TensorProto.FLOAT, [1, "tokens"]))
        x = self.layer(x, f"encoder.layer.{last}.", last=True)
        pooled = self.add("Tanh", self.head(self.add("Squeeze", x, "one"), "pooler.dense"))
        self.nodes.append(helper.make_node("Identity", [self.head(pooled, "classifier")], ["logits"]))
        graph = helper.make_graph(
            self.nodes, "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in ("input_ids", "token_type_ids")],
            outputs,
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
        return self.add("LayerNormalization", x, *self.scale_and_bias("embeddings.LayerNorm"), epsilon=self.epsilon)

    def words(self) -> str:
        from onnx import TensorProto

        name = "embeddings.word_embeddings.weight"
        if not self.int8:
            return self.add("Gather", self.weight(name), "input_ids")
        table, scales = _int8(self.weights[name].T, 127)
        rows = self.add("Gather", self.constant(name, table.T), "input_ids")
        scales = self.add("Gather", self.constant(f"{name}.scales", scales[:, None]), "input_ids")
        return self.add("Mul", self.add("Cast", rows, to=TensorProto.FLOAT), scales)

    def layer(self, x: str, name: str, last: bool = False) -> str:
        """[1, tokens, hidden] -> the same, in the last layer [1, 1, hidden]: no other position is asked for."""
        asking = self.add("Slice", x, "zero", "one", "one") if last else x
        query = self.linear(asking, f"{name}attention.self.query")
        key, value = (self.linear(x, f"{name}attention.self.{part}") for part in ("key", "value"))
        heads = self.config["num_attention_heads"]
        found = self.add("MultiHeadAttention", query, key, value, domain=FUSED, num_heads=heads)
        x = self.normalised(self.linear(found, f"{name}attention.output.dense"), asking, f"{name}attention.output.LayerNorm")
        inner = self.add("Gelu", self.linear(x, f"{name}intermediate.dense"), domain=FUSED)
        return self.normalised(self.linear(inner, f"{name}output.dense"), x, f"{name}output.LayerNorm")

    def linear(self, x: str, name: str) -> str:
        bias = self.weight(f"{name}.bias")
        if not self.int8:
            matrix = self.weight(f"{name}.weight", transposed=True)
            return self.add("Add", self.add("MatMul", x, matrix), bias)
        matrix, scales = _int8(self.weights[f"{name}.weight"].T, LARGEST)
        parts = {"": matrix, ".scales": scales, ".zeros": np.zeros(len(scales), dtype=np.int8)}
        return self.add("DynamicQuantizeMatMul", x, *(self.constant(name + part, array) for part, array in parts.items()),
                        bias, domain=FUSED)  # fmt: skip

    def head(self, x: str, name: str) -> str:
        return self.add("Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def normalised(self, x: str, residual: str, name: str) -> str:
        return self.add("SkipLayerNormalization", x, residual, *self.scale_and_bias(name), domain=FUSED, epsilon=self.epsilon)

    @property
    def epsilon(self) -> float:
        return self.config["layer_norm_eps"]

    def scale_and_bias(self, name: str) -> tuple[str, str]:
        return self.weight(f"{name}.weight"), self.weight(f"{name}.bias")

    def weight(self, name: str, transposed: bool = False) -> str:
        """One of the folder's arrays, stored as it is, used as float32."""
        from onnx import TensorProto

        array = self.weights[name].T if transposed else self.weights[name]
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
