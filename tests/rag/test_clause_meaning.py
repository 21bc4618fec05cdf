"""Meaning by clause: a sentence that says several things is as near as the nearest of them."""

from __future__ import annotations

import numpy as np

from rag.old.answering.clause_meaning import MIN_PART_CHARS, ClauseMeaning, parts_of
from tests.rag.invented import LetterEmbedder

LONG = "青芦公园开放夜游观灯活动场次翻番，渡口码头修缮一新全线恢复通航，老街石板路面铺设全部完成。"
QUERY = "渡口码头修缮一新全线恢复通航，"


def test_the_nearest_part_of_a_long_sentence_is_found_where_it_stands() -> None:
    embedder = LetterEmbedder()
    query = embedder.embed_query(QUERY)
    [(cosine, part)] = ClauseMeaning(embedder).nearest(query, [LONG])
    assert LONG[slice(*part)] == QUERY
    assert cosine > float(embedder.embed_query(LONG) @ query)


def test_short_clauses_are_joined_and_nothing_is_left_out() -> None:
    text = "一是修路，二是架桥，三是把沿河两岸的旧堤坝全部加固到位，四是植树。"
    parts = parts_of(text)
    assert "".join(text[slice(*part)] for part in parts) == text
    assert all(part.end - part.start >= MIN_PART_CHARS for part in parts[:-1])
    assert parts_of("") == []


def test_vectors_once_made_are_kept_up_to_a_bound() -> None:
    embedder = LetterEmbedder()
    meaning = ClauseMeaning(embedder, max_kept=4)
    query = np.ones(embedder.dimension, np.float32)
    meaning.nearest(query, [LONG])
    meaning.nearest(query, [LONG])
    assert embedder.texts_embedded == 3
    meaning.nearest(query, ["另一件事在别处办成了。", "又一件事在远处也办成了。"])
    meaning.nearest(query, [LONG])
    assert embedder.texts_embedded == 3 + 2 + 3
