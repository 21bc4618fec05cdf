"""Sums, differences and comparisons: always with their operands, each under its own citation."""

from __future__ import annotations

import pytest

from rag.service import Service


@pytest.mark.parametrize(
    ("question", "total", "operands"),
    [
        ("燧河县2029年和2030年改造老旧小区合计多少个？", "合计37个", ("16个", "21个")),
        ("燧河县和菱浦县2030年一般公共预算收入合计多少亿元？", "合计20.9亿元", ("9.3亿元", "11.6亿元")),
    ],
)
def test_a_sum_names_what_it_adds(counties: Service, question: str, total: str, operands: tuple[str, ...]) -> None:
    answer = counties.ask(question)
    assert total in answer.text
    assert all(operand in answer.text for operand in operands)
    assert len(answer.citations) == 2


def test_a_sum_over_places_or_years_is_headed_by_none_of_them(counties: Service) -> None:
    assert counties.ask("燧河县和菱浦县2030年一般公共预算收入合计多少亿元？").text.startswith("合计")
    assert counties.ask("燧河县2029年和2030年改造老旧小区合计多少个？").text.startswith("合计")


@pytest.mark.parametrize(
    ("question", "gap", "operands"),
    [
        ("燧河县2030年改造老旧小区比2029年多多少个？", "相差5个", ("21个", "16个")),
        ("燧河县和菱浦县2030年地区生产总值相差多少？", "燧河县比菱浦县低16.7亿元", ("186.4亿元", "203.1亿元")),
    ],
)
def test_a_difference_names_both_sides(counties: Service, question: str, gap: str, operands: tuple[str, ...]) -> None:
    answer = counties.ask(question)
    assert gap in answer.text
    assert all(operand in answer.text for operand in operands)
    assert len(answer.citations) == 2


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("燧河县和菱浦县2030年哪个地区生产总值更高？", "菱浦县更多"),
        ("燧河县和菱浦县2030年哪个改造的老旧小区少？", "燧河县更少"),
    ],
)
def test_a_comparison_says_which_is_larger_or_smaller(counties: Service, question: str, verdict: str) -> None:
    answer = counties.ask(question)
    assert answer.text.startswith(verdict)
    assert {citation.place for citation in answer.citations} == {"燧河县", "菱浦县"}


def test_two_reports_asked_together_are_told_each_by_its_name(counties: Service) -> None:
    answer = counties.ask("燧河县和菱浦县2030年改造老旧小区分别是多少个？")
    first, second = answer.text.split("；")
    assert first.startswith("燧河县2030年：改造老旧小区21个")
    assert second.startswith("菱浦县2030年：改造老旧小区33个")


@pytest.mark.parametrize("limit", [1, 2])
def test_under_a_limit_no_marker_stands_without_its_citation(counties: Service, limit: int) -> None:
    answer = counties.ask("燧河县和菱浦县2030年改造老旧小区分别是多少个？", limit=limit)
    assert len(answer.citations) == limit
    assert answer.text.count("[") == limit
