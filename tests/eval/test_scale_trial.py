"""The trial of more than one machine, small; by hand: ``pytest -m scale``. What it calls a fault is tested always."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from eval.scale_trial import faults, main
from tests.postgres_server import MISSING, find_programs


@pytest.mark.scale
@pytest.mark.skipif(find_programs() is None, reason=MISSING)
def test_several_processes_answer_like_one_and_lose_nothing():
    assert main(["--kills", "3", "--most", "4", "--away", "5"]) == 0


def seen(**counts: int) -> dict[str, Any]:
    return {"seen": Counter({name.lstrip("_"): count for name, count in counts.items()}), "wrong": []}


def trial(**changes: Any) -> dict[str, Any]:
    sound = {
        "first half": Counter(done=4),
        "kills": seen(_200=40) | {"jobs": Counter(done=4)},
        "reports right": True,
        "different after kills": [],
        "postgres away": seen(_503=9),
        "chroma away": {"seen": Counter({"200": 5, "with a note": 3}), "wrong": []},
        "note left": False,
    }
    return sound | changes


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 0),
        ({"first half": Counter(done=3, refused=1)}, 1),
        ({"kills": seen(_200=40, _500=1) | {"jobs": Counter(done=4)}}, 1),
        ({"kills": seen(_200=40) | {"jobs": Counter(done=3, queued=1)}}, 1),
        ({"reports right": False}, 1),
        ({"different after chroma": ["a question"]}, 1),
        ({"postgres away": seen(_200=9)}, 1),
        ({"postgres away": seen(_503=9, _507=1)}, 1),
        ({"chroma away": seen(_200=9)}, 1),
        ({"chroma away": {"seen": Counter({"200": 5, "with a note": 3}), "wrong": ["words nobody wrote"]}}, 1),
        ({"note left": True}, 1),
    ],
)
def test_each_thing_that_does_not_hold_is_named(changes: dict[str, Any], count: int):
    assert len(faults(trial(**changes))) == count
