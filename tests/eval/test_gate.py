import math

import pytest

from eval.gate import judge, read_record, write_record
from eval.intervals import Estimate, estimate
from rag.errors import BadInputError


def figures(right, unsupported=0.0):
    return {"answers": {"right": Estimate(right, right - 0.05, right + 0.05, 100),
                        "unsupported": Estimate(unsupported, unsupported, unsupported + 0.01, 100)}}  # fmt: skip


def fallen(recorded, measured):
    return [verdict.figure for verdict in judge(recorded, measured) if not verdict.held]


def test_a_fall_within_the_recorded_interval_is_held():
    assert fallen(figures(0.8), figures(0.76)) == []


def test_a_fall_below_the_recorded_interval_falls_through():
    assert fallen(figures(0.8), figures(0.74)) == ["right"]


def test_what_should_be_low_falls_through_when_it_rises():
    assert fallen(figures(0.8), figures(0.8, unsupported=0.2)) == ["unsupported"]


def test_a_recorded_figure_that_is_no_longer_measured_falls_through():
    assert fallen(figures(0.8), {"answers": {}}) == ["right", "unsupported"]


def test_a_figure_over_no_questions_is_recorded_and_held(tmp_path):
    nothing = {"answers": {"right": estimate([])}}
    write_record(nothing, tmp_path / "record.json")
    recorded = read_record(tmp_path / "record.json")
    assert math.isnan(recorded["answers"]["right"].value)
    assert fallen(recorded, nothing) == []


def test_without_a_record_there_is_nothing_to_hold(tmp_path):
    assert read_record(tmp_path / "absent.json") == {}


def test_a_broken_record_says_how_to_mend_it(tmp_path):
    (tmp_path / "record.json").write_text("[1]")
    with pytest.raises(BadInputError, match="--record"):
        read_record(tmp_path / "record.json")
