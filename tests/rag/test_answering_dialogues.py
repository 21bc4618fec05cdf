"""Follow-ups, answered through the service."""

from __future__ import annotations

import pytest

from rag.service import Service
from rag.types import Turn


@pytest.mark.parametrize(
    ("turns", "last"),
    [
        (("燧河县2030年地区生产总值是多少？", "那菱浦县呢？"), "203.1亿元"),
        (
            ("燧河县2030年地区生产总值是多少？", "那菱浦县呢？", "哪个更高？"),
            "菱浦县（203.1亿元）比燧河县（186.4亿元）多",
        ),
        (("燧河县2030年地区生产总值是多少？", "那菱浦县呢？", "哪个更高？", "相差多少？"), "少16.7亿元"),
        (("燧河县2030年城镇新增就业多少人？", "目标呢？"), "2800人以上"),
        (("燧河县2031年城镇新增就业目标是多少？", "上一年实际完成了多少？"), "3150人"),
        (("燧河县2030年改造老旧小区多少个？", "惠及多少户？"), "惠及居民4200户"),
        (("燧河县2030年地区生产总值是多少？", "比上年多多少？"), "11.5亿元"),
        (("燧河县2031年改造老旧小区多少个？", "2030年呢？", "菱浦县呢？"), "改造老旧小区33个"),
        (("燧河县2030年建成了哪三处文化场所？", "它们收费吗？"), "免费开放"),
    ],
)
def test_a_follow_up_is_answered_in_the_light_of_the_turns_before(
    counties: Service, turns: tuple[str, ...], last: str
) -> None:
    history: list[Turn] = []
    for question in turns:
        answer = counties.ask(question, history=tuple(history))
        history.append(Turn(question, answer.text))
    assert last in history[-1].answer
