"""Single figures: with the year, the place and whether the report tells a result or a target."""

from __future__ import annotations

import re

import pytest

from rag.service import Service
from rag.types import Reading


@pytest.mark.parametrize(
    ("question", "said", "year", "reading"),
    [
        ("燧河县2030年改造老旧小区多少个？", "燧河县2030年：改造老旧小区21个", 2030, Reading.RESULT),
        ("燧河县2029年改造老旧小区多少个？", "燧河县2029年：改造老旧小区16个", 2029, Reading.RESULT),
        ("燧河县2031年改造老旧小区多少个？", "改造老旧小区14个", 2031, Reading.TARGET),
        ("燧河县2031年地区生产总值增长目标是多少？", "地区生产总值增长6.2%左右", 2031, Reading.TARGET),
        ("燧河县2031年新建农村公路多少公里？", "燧河县2031年目标：新建农村公路58公里", 2031, Reading.TARGET),
        ("菱浦县旅游收入多少亿元？", "旅游收入14.5亿元", 2030, Reading.RESULT),
        ("菱浦县2030年一般公共预算收入增长多少？", "增长3.9%", 2030, Reading.RESULT),
        ("燧河县2030年水质达标率从多少提高到多少？", "水质达标率从71%提高到88%", 2030, Reading.RESULT),
    ],
)
def test_a_figure_is_told_for_its_year_as_result_or_target(
    counties: Service, question: str, said: str, year: int, reading: Reading
) -> None:
    answer = counties.ask(question)
    assert said in answer.text
    assert (answer.citations[0].years, answer.citations[0].reading) == ((year,), reading)


def test_a_figure_handed_out_last_is_said_with_its_own_thing_alone(counties: Service) -> None:
    answer = counties.ask("燧河县2030年林果业产值占农业总产值比重是多少？")
    assert "林果业产值占农业总产值比重达22%" in answer.text
    assert "31%" not in answer.text
    both = counties.ask("燧河县2030年渔业、林果业产值占农业总产值的比重分别是多少？")
    assert {"31%", "22%"} <= set(re.findall(r"\d+%", both.text))


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("燧河县要提升的巡护点有多少处？", "52处巡护点", "36处"),
        ("燧河县2031年水果产量是多少？", "水果产量7.3万吨", "7万吨以上"),
        ("燧河县2031年实施市县重点桥梁，这些县级桥梁总投资多少？", "2.6亿元", "6.7亿元"),
        ("燧河县2031年先拨付多少护林专项补助？", "1.2亿元", "没有"),
    ],
)
def test_of_figures_told_together_the_one_asked_for_is_said(
    counties: Service, question: str, said: str, unsaid: str
) -> None:
    text = counties.ask(question).text
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(
    "question", ["燧河县2030年GDP的目标增速和实际增速各是多少？", "燧河县2030年地区生产总值增长多少？"]
)
def test_an_amount_that_was_aimed_at_and_reached_is_told_as_both(counties: Service, question: str) -> None:
    answer = counties.ask(question)
    assert {"6%左右", "5.7%"} <= set(re.findall(r"\d[\d.]*%(?:左右)?", answer.text))
    assert {row.reading for row in answer.citations} == {Reading.RESULT, Reading.TARGET}


@pytest.mark.parametrize(("zone", "figure"), [("东港产业区", "32个"), ("青芦开发区", "18个")])
def test_a_figure_is_of_the_zone_its_paragraph_opens_with(zones: Service, zone: str, figure: str) -> None:
    assert figure in zones.ask(f"燧河县{zone}2031年要引进多少个重点产业项目？").text


def test_each_of_several_zones_gets_its_own_figure(zones: Service) -> None:
    text = zones.ask("燧河县2031年要引进的重点产业项目，东港产业区和青芦开发区各要多少个？").text
    first, second = text.split("；")
    assert "32个" in first
    assert "18个" in second


def test_the_figure_of_each_of_several_years_is_told_without_what_stands_beside_it(counties: Service) -> None:
    text = counties.ask("燧河县2029年和2030年改造的老旧小区各是多少个？").text
    assert "16个" in text
    assert "21个" in text
    assert "4200户" not in text


def test_a_comparison_with_the_target_leaves_a_result_a_result(zones: Service) -> None:
    assert "4.1万个" in zones.ask("燧河县2030年新增了多少个就业岗位？").text


def test_people_are_counted_in_any_of_their_measure_words(zones: Service) -> None:
    assert "260人" in zones.ask("燧河县2031年要引进多少名大专以上毕业生？").text


def test_a_result_is_weighed_against_its_target(counties: Service) -> None:
    answer = counties.ask("燧河县2030年城镇新增就业的目标完成了吗？")
    assert "达到了目标" in answer.text
    assert {"2800人以上", "3150人"} <= set(re.findall(r"\d+人(?:以上)?", answer.text))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many old residential communities did Lingpu County renovate in 2030?", "33个"),
        ("What was the GDP of Suihe County in 2030?", "186.4亿元"),
        ("Who delivered the 2031 work report of Lingpu County?", "祝云岫"),
    ],
)
def test_an_english_question_gets_an_english_frame_around_the_words_of_the_report(
    counties: Service, question: str, said: str
) -> None:
    answer = counties.ask(question)
    assert said in answer.text
    assert re.match(r"[A-Z][a-z]+, \d{4}", answer.text)
    assert answer.understood.language == "en"


def test_each_quote_stands_at_its_offsets_and_bears_the_figure_told(counties: Service) -> None:
    answer = counties.ask("菱浦县2030年改造老旧小区多少个？")
    (citation,) = answer.citations
    assert counties.text(citation.report_id)[citation.start : citation.end] == citation.quote
    assert "33个" in citation.quote
    assert (citation.place, citation.source) == ("菱浦县", "lingpu-2031.md")
