"""Result against target, asked of a service that holds an invented county's plan and its look back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.service import Service

PLAN = """2031年砾原县政府工作报告

一、2030年工作回顾

2030年，全县地区生产总值完成88.2亿元，增长4.1%；新建公园5个。

二、2031年工作目标

2031年经济社会发展的主要预期目标是：地区生产总值增长6%；一般公共预算收入增长4%以上；新建公园9个；城镇调查失业率控制在5%以内；旅游总收入增长7%。
"""
LOOK_BACK = """2032年砾原县政府工作报告

一、2031年工作回顾

2031年，全县地区生产总值完成93.1亿元，增长5.2%；一般公共预算收入6.4亿元，增长4.9%；新建公园9个；城镇调查失业率为5.4%。

二、2032年工作目标

2032年经济社会发展的主要预期目标是：地区生产总值增长5%；新建公园3个。
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("targets")
    (folder / "2031.txt").write_text(PLAN, encoding="utf-8")
    (folder / "2032.txt").write_text(LOOK_BACK, encoding="utf-8")
    opened = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    assert len(opened.ingest([folder / "2031.txt", folder / "2032.txt"]).new) == 2
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "verdict", "aimed", "reached"),
    [
        ("砾原县2031年一般公共预算收入的目标达到了吗？", "：达到了目标", "4%以上", "4.9%"),
        ("砾原县2031年经济增长目标完成没有？", "没有达到目标", "增长6%", "5.2%"),
        ("砾原县2031年新建公园的目标实现了没有？", "：达到了目标", "9个", "9个"),
        ("砾原县2031年城镇调查失业率的控制目标完成了吗？", "没有达到目标", "5%以内", "5.4%"),
    ],
)
def test_the_verdict_comes_with_target_and_result_of_two_reports(
    service: Service, question: str, verdict: str, aimed: str, reached: str
) -> None:
    answer = service.ask(question)
    assert verdict in answer.text
    target, result = answer.citations
    assert (target.source, result.source) == ("2031.txt", "2032.txt")
    assert aimed in target.quote
    assert reached in result.quote


def test_the_verdict_is_told_in_english(service: Service) -> None:
    assert "the target was not met" in service.ask("Did Liyuan County meet its 2031 GDP growth target?").text


@pytest.mark.parametrize("question", ["砾原县2031年旅游总收入的目标达到了吗？", "砾原县2032年新建公园的目标完成了吗？"])
def test_a_target_without_a_result_is_no_verdict(service: Service, question: str) -> None:
    answer = service.ask(question)
    assert answer.status == "not_found"
    assert "没有说实际完成了多少" in answer.text


def test_a_question_for_the_target_itself_gets_the_target(service: Service) -> None:
    answer = service.ask("砾原县2031年地区生产总值增长目标是多少？")
    assert "6%" in answer.text
    assert "达到了目标" not in answer.text


def test_a_question_whether_a_target_exceeds_an_amount_is_not_one_for_its_fulfilment(service: Service) -> None:
    answer = service.ask("砾原县2031年旅游总收入增长目标是否超过5%？")
    assert "没有说实际完成了多少" not in answer.text
