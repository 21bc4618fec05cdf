"""Answers with fewer citations."""

from __future__ import annotations

import re

import pytest

from rag.answering.citing import shorten
from rag.types import Answer, Citation, Understood


def answer(text: str, num_citations: int, *, language: str = "zh") -> Answer:
    citations = tuple(
        Citation(marker, "r1", "青岚县2031年报告", "a.txt", "青岚县", (2031,), (), f"第{marker}句", 0, 3)
        for marker in range(1, num_citations + 1)
    )
    return Answer("a1", "answered", text, "evidence", citations, Understood("问", (), (), language), {})


@pytest.mark.parametrize(
    ("text", "num_citations", "limit", "kept", "num_kept"),
    [
        ("修路[1]；植树[2]；建桥[3]。", 3, 2, "修路[1]；植树[2]。", 2),
        ("修路[1]；植树[2]。", 2, 2, "修路[1]；植树[2]。", 2),
        ("修路[1]；植树[2]；再修路[1]。", 2, 1, "修路[1]。", 1),
        ("两项合计12亿元[1][2]；另有桥[3]。", 3, 1, "两项合计12亿元[1][2]。", 2),
    ],
)
def test_later_statements_go_and_the_first_stays_whole(
    text: str, num_citations: int, limit: int, kept: str, num_kept: int
) -> None:
    shortened = shorten(answer(text, num_citations), limit)
    assert shortened.text == kept
    assert [row.marker for row in shortened.citations] == list(range(1, num_kept + 1))


@pytest.mark.parametrize("limit", range(1, 5))
def test_no_marker_stands_without_its_citation(limit: int) -> None:
    shortened = shorten(answer("Roads[1]; trees[2][3]; a bridge[4].", 4, language="en"), limit)
    assert set(map(int, re.findall(r"\[(\d+)\]", shortened.text))) == {row.marker for row in shortened.citations}
    assert shortened.text.endswith(".")
