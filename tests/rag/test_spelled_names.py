"""Names in Latin letters, found as the reports write them."""

from __future__ import annotations

import time

import pytest

from rag.old.answering.spelled_names import spelled_names

TEXT = "推进总投资三亿元的云雀商城建设，修缮小麻桥，支持大岳集团扩产。"


@pytest.mark.parametrize(
    ("question", "wordings"),
    [
        ("How much will the Yunque mall cost?", ("云雀",)),
        ("When will Xiao Ma Qiao be repaired?", ("小麻桥",)),
        ("What does the Dayue Group make?", ("大岳",)),
        ("How much will the Panda mall cost?", ()),
        ("Yunque is what?", ()),
        ("how much will the yunque mall cost?", ()),
    ],
)
def test_finds_what_sounds_like_a_capitalised_word(question: str, wordings: tuple[str, ...]) -> None:
    assert tuple(row.phrase for row in spelled_names(question, [TEXT])) == wordings


def test_looks_for_nothing_in_very_long_texts() -> None:
    assert spelled_names("How much will the Yunque mall cost?", [TEXT * 20_000]) == ()


def test_a_word_that_falls_apart_into_syllables_in_many_ways_takes_no_time():
    began = time.perf_counter()
    for letters in ("Ananananananananananan", "A" + "na" * 400):
        spelled_names(f"How large is the {letters} mall?", [TEXT + "安南阿那按"])
    assert time.perf_counter() - began < 1
