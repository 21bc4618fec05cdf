from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.config import Settings
from rag.errors import ConfigurationError
from rag.indexing.embedding import Embedder, batches_by_length, load_embedder

PASSAGES = [
    "青岚县2031年粮食产量达到十二万吨，比上年增长百分之三点五。",
    "云塘区全年新修乡村道路四十公里，沿线群众出行更加方便。",
    "今年力争引进项目二十个，总投资超过六十亿元。",
    "The county library opened a reading room for children.",
]


def test_the_bundled_model_is_named_with_its_arithmetic(embedder: Embedder):
    assert (embedder.name, embedder.dimension) == ("multilingual-e5-small/onnx-int8", 384)


def test_vectors_are_float32_of_length_one(embedder: Embedder):
    vectors = embedder.embed_passages(PASSAGES)
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_a_query_is_one_vector_of_length_one(embedder: Embedder):
    vector = embedder.embed_query("粮食产量是多少？")
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("粮食产量是多少？", 0),
        ("修了多少公里路？", 1),
        ("How many projects are to be attracted?", 2),
        ("儿童阅览室", 3),
    ],
)
def test_a_question_in_either_language_finds_its_passage(embedder: Embedder, query: str, best: int):
    assert int(np.argmax(embedder.embed_passages(PASSAGES) @ embedder.embed_query(query))) == best


def test_no_texts_give_no_vectors(embedder: Embedder):
    assert embedder.embed_passages([]).shape == (0, 384)


def test_an_empty_text_has_a_vector(embedder: Embedder):
    assert np.isfinite(embedder.embed_passages([""])).all()


def test_the_vector_of_a_text_is_the_same_in_any_company_and_order(embedder: Embedder):
    texts = [*PASSAGES, "项目" * 200]
    together = embedder.embed_passages(texts)
    reversed_order = embedder.embed_passages(texts[::-1])[::-1]
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
    np.testing.assert_array_equal(together, reversed_order)
    np.testing.assert_array_equal(together, alone)


def test_queries_and_passages_carry_their_prefixes(embedder: Embedder):
    text = PASSAGES[0]
    assert float(embedder.embed_query(text) @ embedder.embed_passages([text])[0]) < 0.999


def test_a_text_counts_by_its_first_512_tokens(embedder: Embedder):
    text = "青岚河清淤工程完成。" * 120
    first, second = embedder.embed_passages([text, text + "另一件事。"])
    np.testing.assert_array_equal(first, second)


def test_progress_counts_every_text(embedder: Embedder):
    counts: list[int] = []
    embedder.embed_passages(PASSAGES * 50, counts.append)
    assert sum(counts) == 200


def test_batches_hold_every_index_once_and_keep_to_their_limit():
    lengths = [5, 90, 7, 300, 6, 80, 1]
    batches = batches_by_length(lengths, max_total=100)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= 100 for batch in batches)


def test_batches_of_nothing_are_none():
    assert batches_by_length([], max_total=100) == []


def test_an_unknown_model_is_refused_with_the_setting_to_change(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="REPORT_QA_EMBEDDING_MODEL"):
        load_embedder(Settings(embedding_model=str(tmp_path / "absent")))


@pytest.mark.slow
def test_the_bundled_model_runs_without_torch(models_dir: Path):
    program = (
        "import sys; from pathlib import Path; from rag.config import Settings;"
        "from rag.indexing.embedding import load_embedder;"
        f"load_embedder(Settings(models_dir=Path({str(models_dir)!r}))).embed_query('路');"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
