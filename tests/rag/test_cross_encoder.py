from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from rag.indexing.cross_encoder import CrossEncoderReranker
from rag.errors import ConfigurationError

QUERY = "青岚县粮食产量是多少"
TEXTS = ["青岚县粮食产量达到十二万吨。", "云塘区新修道路四十公里。", "青岚县粮食产量达到十二万吨。"]


def write_model(folder: Path, *, num_labels: int) -> str:
    """Save a tiny BERT with random weights and a vocabulary of the test's own characters."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    characters = sorted(set("".join([QUERY, *TEXTS])))
    vocabulary = {
        token: index for index, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters])
    }
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=num_labels,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder)
    return str(folder)


@pytest.fixture(autouse=True)
def _torch_warns_of_its_own_plans():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.slow
def test_scores_come_in_the_order_of_the_texts(tmp_path: Path):
    reranker = CrossEncoderReranker(write_model(tmp_path, num_labels=1))
    first, second, third = reranker.score(QUERY, TEXTS)
    assert first == pytest.approx(third, rel=1e-3)
    assert first != pytest.approx(second, rel=1e-3)
    assert reranker.score(QUERY, TEXTS[1:2]) == pytest.approx([second], rel=1e-4)


@pytest.mark.slow
def test_no_texts_give_no_scores(tmp_path: Path):
    assert CrossEncoderReranker(write_model(tmp_path, num_labels=1)).score(QUERY, []) == []


@pytest.mark.slow
def test_a_model_with_several_scores_a_pair_is_refused(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="3 scores a pair"):
        CrossEncoderReranker(write_model(tmp_path, num_labels=3))


def test_a_folder_that_is_absent_is_refused_with_the_setting_to_change(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="REPORT_QA_RERANKER"):
        CrossEncoderReranker(str(tmp_path / "absent"))
