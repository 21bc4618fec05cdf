"""Turn texts into vectors: the bundled model on onnxruntime, or any sentence-transformers model by name or path.

All vectors are float32 and of length 1, so that their dot product is the cosine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.bundled_model.folder import GRAPH_FILE, MAX_TOKENS, PROMPTS, bundled_model_folder
from rag.config import Settings
from rag.errors import ConfigurationError

Vectors = NDArray[np.float32]
OnBatch = Callable[[int], None]


class Embedder(Protocol):
    """A model that embeds queries and passages into one space.

    ``name`` identifies model and arithmetic and is stored with every vector; vectors of different names must not be
    compared. Texts longer than the model reads (512 tokens) count by their beginning.
    """

    @property
    def name(self) -> str:
        """Name of model and backend, such as ``multilingual-e5-small/onnx-q4``."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_query(self, text: str) -> Vectors:
        """Embed search text: shape ``(dimension,)``."""

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """Embed passages: shape ``(len(texts), dimension)``, in the order given.

        ``on_batch`` is called with the number of texts each batch finished; the calls add up to ``len(texts)``.
        """


def limit_spinning() -> None:
    """Keep idle OpenMP threads from spinning, which slows others down up to 30 times.

    Call it before torch is imported anywhere in the process: the first lines of an entry point.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")


def load_embedder(settings: Settings) -> Embedder:
    """Load the model ``settings.embedding_model`` names: ``bundled``, or a sentence-transformers name or path.

    Raises:
        ConfigurationError: there is no such model; the message says what to set.
        StorageError: the bundled model cannot be unpacked.
    """
    limit_spinning()
    threads = settings.embedding_threads or os.cpu_count() or 1
    if settings.embedding_model == "bundled":
        return BundledEmbedder(
            bundled_model_folder(settings.models_dir or settings.data_dir / "models"), threads=threads
        )
    return SentenceTransformersEmbedder(settings.embedding_model, threads=threads)


class BundledEmbedder:
    """The bundled multilingual-e5-small on onnxruntime: no torch, 4-bit weights as they are, int8 arithmetic.

    Safe to share between threads.
    """

    name = "multilingual-e5-small/onnx-q4"

    def __init__(self, folder: Path, *, threads: int) -> None:
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH_FILE), options, providers=["CPUExecutionProvider"]
        )
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def embed_query(self, text: str) -> Vectors:
        """Embed search text: shape ``(dimension,)``."""
        vectors = self._embed([PROMPTS["query"] + text], None)
        return vectors.reshape(-1)

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """Embed passages: shape ``(len(texts), dimension)``, in the order given."""
        return self._embed([PROMPTS["passage"] + text for text in texts], on_batch)

    def _embed(self, texts: list[str], on_batch: OnBatch | None) -> Vectors:
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for batch in batches_by_length([len(ids) for ids in tokens], max_tokens=MAX_TOKENS * 2):
            vectors[batch] = self._run([tokens[index] for index in batch])
            if on_batch is not None:
                on_batch(len(batch))
        return vectors

    def _run(self, tokens: list[list[int]]) -> Vectors:
        lengths = np.array([len(ids) for ids in tokens], np.int32)
        padded = np.ones((len(tokens), int(lengths.max())), np.int64)
        for row, ids in zip(padded, tokens, strict=True):
            row[: len(ids)] = ids
        states: Vectors = self._session.run(None, {"input_ids": padded, "lengths": lengths})[0]
        is_text = np.arange(padded.shape[1]) < lengths[:, None]
        # The mean's divisor falls away when the length becomes 1.
        return _normalise(np.einsum("nth,nt->nh", states, is_text.astype(np.float32)))


class SentenceTransformersEmbedder:
    """Any sentence-transformers model; each applies its own prompts. Torch is imported only here."""

    def __init__(self, model: str, *, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        try:
            loaded: Any = SentenceTransformer(model, device="cpu", trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"embedding model {model!r} cannot be loaded: {error}; set REPORT_QA_EMBEDDING_MODEL to `bundled`, "
                "to a folder or to a sentence-transformers name"
            ) from error
        self._model = loaded
        path = Path(model)
        self.name = f"{path.name if path.is_dir() else model}/torch-float32"
        self.dimension = int(self._model.get_embedding_dimension())

    def embed_query(self, text: str) -> Vectors:
        """Embed search text: shape ``(dimension,)``."""
        return _normalise(np.asarray(self._model.encode_query([text]), np.float32)).reshape(-1)

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """Embed passages: shape ``(len(texts), dimension)``, in the order given."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for batch in batches_by_length([len(text) for text in texts], max_tokens=MAX_TOKENS * 16):
            found = self._model.encode_document([texts[index] for index in batch], show_progress_bar=False)
            vectors[batch] = _normalise(np.asarray(found, np.float32))
            if on_batch is not None:
                on_batch(len(batch))
        return vectors


def batches_by_length(lengths: Sequence[int], *, max_tokens: int) -> list[list[int]]:
    """Group indexes of texts of similar length, longest first.

    A batch padded to its longest text holds at most ``max_tokens`` tokens, or one text.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= max_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _normalise(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)
