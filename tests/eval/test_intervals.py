import math

import pytest

from eval.intervals import estimate, paired_difference


def test_the_interval_holds_the_mean_and_repeats_to_the_digit():
    values = [1.0] * 30 + [0.0] * 10
    first, second = estimate(values), estimate(values)
    assert first == second
    assert first.low < first.value == 0.75 < first.high
    assert first.high - first.low == pytest.approx(0.27, abs=0.04)


def test_equal_values_have_no_width():
    assert estimate([1.0, 1.0]).half_width == 0


def test_no_values_have_no_mean():
    assert estimate([]).n == 0
    assert math.isnan(estimate([]).value)


def test_differences_are_taken_question_by_question():
    difference = paired_difference([0, 0, 1, 1], [1, 1, 1, 1])
    assert difference.value == 0.5


def test_runs_over_other_questions_cannot_be_compared():
    with pytest.raises(ValueError, match="longer"):
        paired_difference([1], [1, 1])
