"""Turn texts into vectors: the bundled model on onnxruntime, or any sentence-transformers model by name or path.

All vectors are float32 and of length 1, so that their dot product is the cosine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from tokenizers import Tokenizer

from rag.config import Settings
from rag.errors import ConfigurationError
from rag.indexing.bundled_model.folder import GRAPH_FILE, MAX_TOKENS, PROMPTS, TOKENIZER_FILE, bundled_model_folder

Vectors = NDArray[np.float32]
OnBatch = Callable[[int], None]
_TOKENS_BETWEEN_CALLS = 8_192
_CHARACTERS_A_BATCH = 8_192


class Embedder(Protocol):
    """A model that embeds queries and passages into one space.

    ``name`` identifies model and arithmetic and is stored with every vector; vectors of different names must not be
    compared. Texts longer than the model reads (512 tokens) count by their beginning.
    """

    @property
    def name(self) -> str:
        """Name of model and backend, such as ``multilingual-e5-small/onnx-int8``."""

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
    """Keep idle OpenMP and BLAS threads from spinning, which slows others down up to 30 times.

    Call it before torch is imported anywhere in the process: the first lines of an entry point. A product of a matrix
    and a vector waits for memory: further BLAS threads gain nothing, and on a busy machine wait for each other.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    threadpool_limits(1, user_api="blas")


def load_embedder(settings: Settings) -> Embedder:
    """Load the model ``settings.embedding_model`` names: ``bundled``, or a sentence-transformers name or path.

    Raises:
        ConfigurationError: there is no such model; the message says what to set.
        StorageError: the bundled model cannot be unpacked.
    """
    limit_spinning()
    threads = settings.embedding_threads or os.cpu_count() or 1
    if settings.embedding_model == "bundled":
        return BundledEmbedder(bundled_model_folder(settings.models_folder), threads=threads)
    return SentenceTransformersEmbedder(settings.embedding_model, threads=threads)


class BundledEmbedder:
    """The bundled multilingual-e5-small on onnxruntime in int8, without torch.

    Each text is computed by itself, several at a time on as many threads, so that nothing is padded and a text's vector
    is the same in any company. Safe to share between threads.
    """

    name = "multilingual-e5-small/onnx-int8"

    def __init__(self, folder: Path, *, threads: int) -> None:
        self._tokenizer = _load_tokenizer(folder)
        self._session = _open_session(folder / GRAPH_FILE)
        self._threads = threads
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def embed_query(self, text: str) -> Vectors:
        """Embed search text: shape ``(dimension,)``."""
        return self._run(self._tokenizer.encode(PROMPTS["query"] + text).ids)

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """Embed passages: shape ``(len(texts), dimension)``, in the order given."""
        tokens = [found.ids for found in self._tokenizer.encode_batch_fast([PROMPTS["passage"] + t for t in texts])]
        vectors = np.empty((len(tokens), self.dimension), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            for batch in batches_by_length([len(ids) for ids in tokens], max_total=_TOKENS_BETWEEN_CALLS):
                vectors[batch] = list(pool.map(self._run, [tokens[index] for index in batch]))
                if on_batch is not None:
                    on_batch(len(batch))
        return vectors

    def _run(self, ids: list[int]) -> Vectors:
        found: list[Vectors] = self._session.run(["vector"], {"input_ids": np.array([ids], np.int64)})
        return found[0].reshape(-1)


def _load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _open_session(graph: Path) -> Any:
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False
    # The graph is written as it should run; onnxruntime's own fusions make it slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


class SentenceTransformersEmbedder:
    """Any sentence-transformers model in float32; each applies its own prompts. Torch is imported only here."""

    def __init__(self, model: str, *, threads: int) -> None:
        self._model = _load_sentence_transformer(model, threads=threads)
        self.name = f"{Path(model).name if Path(model).is_dir() else model}/torch-float32"
        self.dimension = int(self._model.get_embedding_dimension())

    def embed_query(self, text: str) -> Vectors:
        """Embed search text: shape ``(dimension,)``."""
        return _normalise(np.asarray(self._model.encode_query([text]), np.float32)).reshape(-1)

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """Embed passages: shape ``(len(texts), dimension)``, in the order given."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for batch in batches_by_length([len(text) for text in texts], max_total=_CHARACTERS_A_BATCH):
            found = self._model.encode_document([texts[index] for index in batch], show_progress_bar=False)
            vectors[batch] = _normalise(np.asarray(found, np.float32))
            if on_batch is not None:
                on_batch(len(batch))
        return vectors


def _load_sentence_transformer(model: str, *, threads: int) -> Any:
    mend = "set REPORT_QA_EMBEDDING_MODEL to `bundled`, to a folder or to a sentence-transformers name"
    if model.startswith((".", "/", "~")) and not Path(model).is_dir():
        raise ConfigurationError(f"embedding model {model!r} is not a folder; {mend}")
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        mend = "run: pip install 'report-qa[sentence-transformers]'"
        raise ConfigurationError(f"embedding model {model!r} needs what is not installed here; {mend}") from error

    torch.set_num_threads(threads)
    try:
        return SentenceTransformer(model, device="cpu", trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"embedding model {model!r} cannot be loaded: {error}; {mend}") from error


def batches_by_length(lengths: Sequence[int], *, max_total: int) -> list[list[int]]:
    """Group indexes of texts of similar length, longest first.

    A batch, padded to its longest text, holds at most ``max_total``, or one text. No lengths give no batches.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= max_total:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _normalise(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)
