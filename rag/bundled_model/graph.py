"""Build the encoder as an ONNX graph that computes with the 4-bit weights as they are.

Matrices stay in blocks of 32 weights with their scales; onnxruntime multiplies them with activations rounded to int8,
block by block and row by row (``accuracy_level`` 4). So the weights lose nothing, and the vector of a text does not
depend on the texts beside it in the batch.

Source: operators ``MatMulNBits``, ``GatherBlockQuantized``, ``MultiHeadAttention``, ``SkipLayerNormalization`` and
``BiasGelu`` of onnxruntime's com.microsoft domain.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from rag.bundled_model.container import BLOCK_SIZE, BlockMatrix, PackedModel

_OPSET = 21
_INT8_ACTIVATIONS = 4


def build_graph(model: PackedModel) -> onnx.ModelProto:
    """Build the encoder.

    Inputs: ``input_ids`` int64 ``(batch, length)`` and ``lengths`` int32 ``(batch,)``, the tokens of each text before
    its padding. Output: ``embeddings`` float32 ``(batch, length, hidden)``, one vector a token; those of padding mean
    nothing.
    """
    return _GraphBuilder(model).build()


class _GraphBuilder:
    """Collects the nodes and weights of one graph."""

    def __init__(self, model: PackedModel) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        states = self._embed_tokens()
        for layer in range(self.model.sizes.layers):
            states = self._feed_forward(layer, self._attend(layer, states))
        self._node("Identity", [states], "embeddings", domain="")
        inputs = [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ]
        shape: list[str | int | None] = ["batch", "length", self.model.sizes.hidden]
        outputs = [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, self.weights)
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=domains, ir_version=10)

    def _node(self, kind: str, inputs: list[str], output: str, *, domain: str = "com.microsoft", **options: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **options))
        return output

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.weights.append(onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _vector(self, name: str) -> str:
        return self._constant(name, self.model.vectors[name])

    def _embed_tokens(self) -> str:
        sizes, vectors = self.model.sizes, self.model.vectors
        words = self.model.matrices["emb.word"]
        packed = _pack_nibbles(words.weights)
        self.weights.append(
            helper.make_tensor("emb.word", TensorProto.INT4, words.weights.shape, packed.tobytes(), raw=True)
        )
        scales = self._constant("emb.word.scales", words.scales)
        inputs = ["emb.word", "input_ids", scales]
        found = self._node(
            "GatherBlockQuantized", inputs, "words", gather_axis=0, quantize_axis=1, block_size=BLOCK_SIZE
        )
        places = vectors["emb.pos"].reshape(sizes.positions, sizes.hidden) + vectors["emb.type"][: sizes.hidden]
        table = self._constant("emb.places", places)
        zero, one = self._constant("zero", np.array([0])), self._constant("one", np.array([1]))
        shape = self._node("Shape", ["input_ids"], "shape", domain="", start=1)
        positions = self._node("Slice", [table, zero, shape, zero, one], "positions", domain="")
        batched = self._node("Unsqueeze", [positions, zero], "positions_batched", domain="")
        added = self._node("Add", [found, batched], "summed", domain="")
        return self._normalise("emb.ln", added)

    def _normalise(self, name: str, states: str) -> str:
        weight, bias = self._vector(f"{name}.w"), self._vector(f"{name}.b")
        epsilon = self.model.sizes.epsilon
        return self._node("LayerNormalization", [states, weight, bias], f"{name}.out", domain="", epsilon=epsilon)

    def _add_and_normalise(self, name: str, states: str, change: str) -> str:
        inputs = [change, states, self._vector(f"{name}.w"), self._vector(f"{name}.b")]
        return self._node("SkipLayerNormalization", inputs, f"{name}.out", epsilon=self.model.sizes.epsilon)

    def _multiply(self, name: str, states: str, *, bias: bool = True) -> str:
        matrix = self.model.matrices[f"{name}.w"]
        rows, columns = matrix.weights.shape
        weights = self._constant(f"{name}.w", _unsigned_blocks(matrix))
        scales = self._constant(f"{name}.w.scales", matrix.scales.reshape(-1))
        inputs = [states, weights, scales, "", "", self._vector(f"{name}.b")] if bias else [states, weights, scales]
        options = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK_SIZE, "accuracy_level": _INT8_ACTIVATIONS}
        return self._node("MatMulNBits", inputs, f"{name}.product", **options)

    def _attend(self, layer: int, states: str) -> str:
        parts = [self._multiply(f"l{layer}.{name}", states) for name in ("q", "k", "v")]
        heads = self.model.sizes.heads
        inputs = [*parts, "", "lengths"]
        context = self._node("MultiHeadAttention", inputs, f"l{layer}.context", num_heads=heads)
        return self._add_and_normalise(f"l{layer}.aln", states, self._multiply(f"l{layer}.ao", context))

    def _feed_forward(self, layer: int, states: str) -> str:
        wide = self._multiply(f"l{layer}.fi", states, bias=False)
        active = self._node("BiasGelu", [wide, self._vector(f"l{layer}.fi.b")], f"l{layer}.active")
        return self._add_and_normalise(f"l{layer}.oln", states, self._multiply(f"l{layer}.fo", active))


def _pack_nibbles(values: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
    """Pack neighbours two to a byte, the first in the low half."""
    nibbles = (values.astype(np.uint8) & 0x0F).reshape(-1, 2)
    return (nibbles[:, 0] | (nibbles[:, 1] << 4)).astype(np.uint8, copy=False)


def _unsigned_blocks(matrix: BlockMatrix) -> NDArray[np.uint8]:
    """Shift weights to 0..15 (zero point 8) and pack them: ``(rows, blocks, 16)``."""
    rows, columns = matrix.weights.shape
    return _pack_nibbles(matrix.weights + np.int8(8)).reshape(rows, columns // BLOCK_SIZE, BLOCK_SIZE // 2)
