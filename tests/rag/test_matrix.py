"""The rows of a large matrix nearest to a query, beside an exact comparison with all of them."""

import numpy as np
import pytest

from rag.finding.matrix import MIN_ROWS, Matrix


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors():
    """Vectors as models give them: some directions hold far more than others."""
    random = np.random.default_rng(7)
    spread = 0.2 + 3 * np.exp(-np.arange(384) / 50)
    return unit(random.standard_normal((3 * MIN_ROWS, 384)) * spread + spread[0])


@pytest.mark.parametrize("num_rows", [1, 79, 80, MIN_ROWS, MIN_ROWS + 1, 3 * MIN_ROWS])
def test_the_nearest_rows_are_found(vectors, num_rows):
    held = vectors[:num_rows]
    matrix = Matrix([str(row) for row in range(num_rows)], held)
    queries = unit(vectors[-20:] + 0.02 * np.random.default_rng(3).standard_normal((20, 384)))
    missed = 0
    for query in queries:
        best = np.argsort(-(held @ query), kind="stable")[:80]
        found = matrix.nearest(query, 80)
        assert len(found) == len(set(found)) == min(80, num_rows)
        assert str(best[0]) in found
        missed += len({str(row) for row in best} - set(found))
    assert missed <= (0 if num_rows <= MIN_ROWS else 0.01 * 80 * len(queries))


def test_more_rows_than_the_first_comparison_leaves_are_compared_whole(vectors):
    matrix = Matrix([str(row) for row in range(len(vectors))], vectors)
    best = np.argsort(-(vectors @ vectors[0]), kind="stable")[:1000]
    assert set(matrix.nearest(vectors[0], 1000)) == {str(row) for row in best}


def test_no_rows_have_no_nearest():
    assert Matrix([], np.zeros((0, 0), np.float32)).nearest(np.ones(384, np.float32), 5) == []
