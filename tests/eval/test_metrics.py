import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from eval import metrics

RANKING = [frozenset(), frozenset({"a"}), frozenset(), frozenset({"b", "c"}), frozenset({"a"})]


def test_recall_counts_items_and_not_hits():
    assert metrics.recall_at(RANKING, relevant=4, k=5) == 0.75
    assert metrics.recall_at(RANKING, relevant=4, k=1) == 0


def test_any_and_all_look_at_the_first_k_ranks_only():
    assert metrics.any_at(RANKING, k=1) == 0
    assert metrics.any_at(RANKING, k=2) == 1
    assert metrics.all_at(RANKING, relevant=3, k=3) == 0
    assert metrics.all_at(RANKING, relevant=3, k=4) == 1


def test_reciprocal_rank_is_that_of_the_first_hit():
    assert metrics.reciprocal_rank_at(RANKING, k=10) == 0.5
    assert metrics.reciprocal_rank_at(RANKING, k=1) == 0


def test_gain_is_given_once_for_an_item_found_twice():
    once = metrics.ndcg_at([frozenset({"a"}), frozenset()], relevant=2, k=10)
    twice = metrics.ndcg_at([frozenset({"a"}), frozenset({"a"})], relevant=2, k=10)
    assert once == twice == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_an_empty_ranking_scores_zero_everywhere():
    assert metrics.recall_at([], relevant=1, k=5) == 0
    assert metrics.reciprocal_rank_at([], k=5) == 0
    assert metrics.ndcg_at([], relevant=1, k=5) == 0
    assert metrics.all_at([], relevant=0, k=5) == 0


def test_percentile_interpolates():
    assert metrics.percentile([4, 1, 3, 2], 0.5) == 2.5
    assert math.isnan(metrics.percentile([], 0.5))


@given(
    ranked=st.lists(st.sampled_from("abcdefghijkl"), unique=True, min_size=1, max_size=12),
    relevant=st.sets(st.sampled_from("abcdefghijkl"), min_size=1),
    k=st.integers(1, 10),
)
def test_measures_agree_with_ir_measures(ranked, relevant, k):
    qrels = [ir_measures.Qrel("q", name, 1) for name in relevant]
    run = [ir_measures.ScoredDoc("q", name, float(-rank)) for rank, name in enumerate(ranked)]
    theirs = ir_measures.calc_aggregate([R @ k, RR @ k, nDCG @ k], qrels, run)
    ranking = [frozenset({name} & relevant) for name in ranked]
    assert metrics.recall_at(ranking, relevant=len(relevant), k=k) == pytest.approx(theirs[R @ k])
    assert metrics.reciprocal_rank_at(ranking, k=k) == pytest.approx(theirs[RR @ k])
    assert metrics.ndcg_at(ranking, relevant=len(relevant), k=k) == pytest.approx(theirs[nDCG @ k])
