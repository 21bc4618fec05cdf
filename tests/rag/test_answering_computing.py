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
        ("燧河县2030年改造老旧小区比2029年多多少个？", "2030年（21个）比2029年（16个）多5个", ("21个", "16个")),
        (
            "燧河县和菱浦县2030年地区生产总值相差多少？",
            "燧河县（186.4亿元）比菱浦县（203.1亿元）少16.7亿元",
            ("186.4亿元", "203.1亿元"),
        ),
        (
            "燧河县2030年和2031年两份报告定的GDP增长目标，差了多少个百分点？",
            "2030年（6%左右）比2031年（6.2%左右）低0.2个百分点",
            ("6%左右", "6.2%左右"),
        ),
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
        ("燧河县和菱浦县2030年哪个地区生产总值更高？", "菱浦县（203.1亿元）比燧河县（186.4亿元）多16.7亿元"),
        ("燧河县和菱浦县2030年哪个改造的老旧小区少？", "燧河县（21个）比菱浦县（33个）少12个"),
    ],
)
def test_a_comparison_says_which_is_larger_or_smaller(counties: Service, question: str, verdict: str) -> None:
    answer = counties.ask(question)
    assert answer.text.startswith(f"2030年：{verdict}")
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


@pytest.mark.parametrize(
    ("question", "conclusion"),
    [
        ("燧河县2030年粮食产量和蔬菜产量哪个多，多出多少万吨？", "粮食产量（12.8万吨）比蔬菜产量（9.6万吨）多3.2万吨"),
        ("燧河县2030年取缔的小砖窑和小造纸厂，哪一个少？", "小造纸厂（9家）比小砖窑（17家）少8家"),
        (
            "燧河县2031年的城镇新增就业目标比2030年实际完成的少多少？",
            "2031年目标（3000人以上）比2030年（3150人）少150人",
        ),
        ("2030年燧河县和菱浦县谁的GDP涨得快，快多少？", "燧河县（5.7%）比菱浦县（4.8%）高0.9个百分点"),
        ("2030年燧河县和菱浦县的GDP哪个增长得快？", "燧河县（5.7%）比菱浦县（4.8%）高0.9个百分点"),
    ],
)
def test_parts_and_years_are_weighed_by_what_tells_them_apart(
    counties: Service, question: str, conclusion: str
) -> None:
    answer = counties.ask(question)
    assert conclusion in answer.text
    assert answer.status == "answered"


@pytest.mark.parametrize(
    ("question", "verdict", "figure"),
    [
        ("燧河县2030年一般公共预算收入有没有超过9亿元？", "是，", "9.3亿元"),
        ("菱浦县2030年地区生产总值是否达到210亿元？", "否，", "203.1亿元"),
        ("Did the general public budget revenue of Suihe County exceed 900 million yuan in 2030?", "Yes, ", "9.3亿元"),
    ],
)
def test_an_amount_in_the_question_gets_yes_or_no_with_the_figure(
    counties: Service, question: str, verdict: str, figure: str
) -> None:
    answer = counties.ask(question)
    assert answer.text.startswith(verdict)
    assert figure in answer.text


def test_a_lower_bound_below_the_amount_asked_is_no_verdict(counties: Service) -> None:
    assert not counties.ask("燧河县2031年城镇新增就业目标是不是低于3500人？").text.startswith(("是", "否"))


def test_amounts_in_different_scales_are_weighed_and_added_in_one(counties: Service) -> None:
    both = "燧河县和菱浦县2030年修整梯田"
    assert "燧河县（3.8万亩）比菱浦县（5000亩）多3.3万亩" in counties.ask(f"{both}，哪个更多，差多少？").text
    assert "合计4.3万亩" in counties.ask(f"{both}合计多少？").text
