"""The reader knows what measure an amount is asked for in."""

from __future__ import annotations

import pytest

from rag.answering.reader_evidence import ASKS_AMOUNT, asked_measure
from rag.language.folding import fold


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("菱浦县2030年的出口额是多少万美元？", "美元"),
        ("总投资多少亿元？", "money"),
        ("修了多少公里绿道？", "length"),
        ("一共花了多少钱？", "money"),
        ("增长百分之几？", "ratio"),
        ("新增了几家企业？", "家"),
        ("是哪几家企业？", ""),
        ("什么时候通车？", "date"),
        ("目标是多少？", ""),
        ("How many households moved?", "户"),
        ("When does the bridge open?", "date"),
    ],
)
def test_the_measure_that_is_asked_for(question: str, measure: str) -> None:
    assert asked_measure(fold(question)) == measure


def test_which_ones_is_no_amount() -> None:
    assert ASKS_AMOUNT.search("新增了几家企业？")
    assert not ASKS_AMOUNT.search("是哪几家企业？")
