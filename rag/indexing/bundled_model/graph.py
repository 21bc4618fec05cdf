"""Build the encoder as an ONNX graph for one text: int8 products, float32 for the rest, no torch.

Weights are rounded to int8 column by column; activations to uint8 as they come, one scale for a text, so that the
vector of a text never depends on the texts beside it. The word embeddings stay in their 4-bit blocks.

Source: operators ``DynamicQuantizeMatMul``, ``GatherBlockQuantized``, ``MultiHeadAttention`` and ``BiasGelu`` of
onnxruntime's com.microsoft domain. ``SkipLayerNormalization`` would fit too, but is ten times slower than its parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from rag.indexing.bundled_model.container import BLOCK_SIZE, PackedModel
from rag.indexing.bundled_model.outliers import OUTLIERS

_OPSET = 21
_IR_VERSION = 10
_MICROSOFT = "com.microsoft"
_MAX_INT8 = 127


def build_graph(model: PackedModel) -> onnx.ModelProto:
    """Build the encoder.

    Input: ``input_ids`` int64 ``(1, length)``. Outputs, float32: ``vector`` ``(1, hidden)``, the mean over the tokens
    with length 1; ``token_vectors`` ``(1, length, hidden)``.
    """
    return _GraphBuilder(model).build()


class _GraphBuilder:
    """Collects the nodes and weights of one graph."""

    def __init__(self, model: PackedModel) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        self._constant("first_axis", np.array([0]))
        self._constant("token_axis", np.array([1]))
        self._constant("thirds", np.full(3, self.model.sizes.hidden))
        states = self._embed_tokens()
        for layer in range(self.model.sizes.layers):
            states = self._feed_forward(f"l{layer}", self._attend(f"l{layer}", states))
        self._node("Identity", [states], "token_vectors")
        mean = self._node("ReduceMean", [states, "token_axis"], "mean", keepdims=0)
        self._node("LpNormalization", [mean], "vector", axis=-1, p=2)
        return self._finish()

    def _finish(self) -> onnx.ModelProto:
        hidden = self.model.sizes.hidden
        inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])]
        outputs = [
            helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, hidden]),
            helper.make_tensor_value_info("token_vectors", TensorProto.FLOAT, [1, "length", hidden]),
        ]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, self.weights)
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=domains, ir_version=_IR_VERSION)

    def _node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **options: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **options))
        return output

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.weights.append(onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _vector(self, name: str) -> str:
        return self._constant(name, self.model.vectors[name])

    def _embed_tokens(self) -> str:
        words = self._gather_words()
        sizes, vectors = self.model.sizes, self.model.vectors
        places = vectors["emb.pos"].reshape(sizes.positions, sizes.hidden) + vectors["emb.type"][: sizes.hidden]
        table = self._constant("emb.places", places)
        length = self._node("Shape", ["input_ids"], "length", start=1)
        inputs = [table, "first_axis", length, "first_axis", "token_axis"]
        positions = self._node("Slice", inputs, "positions")
        return self._add_and_normalise("emb.ln", words, positions)

    def _gather_words(self) -> str:
        words = self.model.matrices["emb.word"]
        nibbles = (words.weights.astype(np.uint8) & 0x0F).reshape(-1, 2)
        packed = (nibbles[:, 0] | (nibbles[:, 1] << 4)).astype(np.uint8)
        tensor = helper.make_tensor("emb.word", TensorProto.INT4, words.weights.shape, packed.tobytes(), raw=True)
        self.weights.append(tensor)
        inputs = ["emb.word", "input_ids", self._constant("emb.word.scales", words.scales)]
        options: dict[str, Any] = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK_SIZE}
        return self._node("GatherBlockQuantized", inputs, "words", domain=_MICROSOFT, **options)

    def _add_and_normalise(self, name: str, states: str, change: str) -> str:
        added = self._node("Add", [states, change], f"{name}.sum")
        inputs = [added, self._vector(f"{name}.w"), self._vector(f"{name}.b")]
        return self._node("LayerNormalization", inputs, f"{name}.out", epsilon=self.model.sizes.epsilon)

    def _multiply(self, name: str, states: str, weights: NDArray[np.float32], bias: NDArray[np.float32] | None) -> str:
        """Multiply states with weights ``(outputs, inputs)`` in int8, outliers tamed first."""
        factors = np.ones(weights.shape[1], np.float32)
        for channel, factor in OUTLIERS.get(name, {}).items():
            factors[channel] = factor
        if name in OUTLIERS:
            states = self._node("Mul", [states, self._constant(f"{name}.tame", 1 / factors)], f"{name}.tamed")
        columns = (weights * factors).T
        scales = np.abs(columns).max(axis=0) / _MAX_INT8
        rounded = np.round(columns / scales).astype(np.int8)
        inputs = [states, self._constant(f"{name}.w", rounded), self._constant(f"{name}.scales", scales), ""]
        if bias is not None:
            inputs.append(self._constant(f"{name}.b", bias))
        return self._node("DynamicQuantizeMatMul", inputs, f"{name}.product", domain=_MICROSOFT)

    def _matrix(self, name: str) -> NDArray[np.float32]:
        return self.model.matrices[f"{name}.w"].to_float32()

    def _attend(self, layer: str, states: str) -> str:
        names = [f"{layer}.{part}" for part in "qkv"]
        weights = np.concatenate([self._matrix(name) for name in names])
        bias = np.concatenate([self.model.vectors[f"{name}.b"] for name in names])
        together = self._multiply(f"{layer}.qkv", states, weights, bias)
        self.nodes.append(helper.make_node("Split", [together, "thirds"], names, axis=-1))
        heads = self.model.sizes.heads
        context = self._node("MultiHeadAttention", names, f"{layer}.context", domain=_MICROSOFT, num_heads=heads)
        output = f"{layer}.ao"
        change = self._multiply(output, context, self._matrix(output), self.model.vectors[f"{output}.b"])
        return self._add_and_normalise(f"{layer}.aln", states, change)

    def _feed_forward(self, layer: str, states: str) -> str:
        first, second = f"{layer}.fi", f"{layer}.fo"
        wide = self._multiply(first, states, self._matrix(first), None)
        active = self._node("BiasGelu", [wide, self._vector(f"{first}.b")], f"{layer}.active", domain=_MICROSOFT)
        change = self._multiply(second, active, self._matrix(second), self.model.vectors[f"{second}.b"])
        return self._add_and_normalise(f"{layer}.oln", states, change)
