"""What the reports do not tell is refused, with what is missing; nothing near it is offered instead."""

from __future__ import annotations

import pytest

from rag.service import Service
from rag.types import Scope


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("燧河县2027年改造老旧小区多少个？", "没有燧河县2027年的报告"),
        ("云陵县2030年改造老旧小区多少个？", "没有云陵县2030年的报告"),
        ("燧河县2030年旅游收入是多少？", "旅游收入"),
        ("菱浦县2030年粮食产量是多少？", "粮食产量"),
        ("菱浦县2030年城镇新增就业多少人？", "城镇新增就业"),
        ("燧河县2030年水产品产量多少？", "水产品产量"),
        ("燧河县2030年扩建了几所医院？", "医院"),
        ("燧河县半坡图书馆投资多少万元？", "半坡图书馆"),
        ("燧河县有多少人口？", "人口"),
        ("菱浦县“美丽庭院”指什么？", "美丽庭院"),
        ("燧河县县长纪望舒的办公电话是什么？", "电话"),
    ],
)
def test_what_no_report_tells_is_refused_by_its_name(counties: Service, question: str, reason: str) -> None:
    answer = counties.ask(question)
    assert (answer.status, answer.citations) == ("not_found", ())
    assert reason in answer.text


def test_a_refusal_for_the_year_names_the_years_there_are(counties: Service) -> None:
    text = counties.ask("燧河县2027年改造老旧小区多少个？").text
    assert "燧河县2030年" in text
    assert "燧河县2031年" in text


def test_an_english_refusal_is_english(counties: Service) -> None:
    answer = counties.ask("What was the fish output of Suihe County in 2030?")
    assert answer.status == "not_found"
    assert answer.text.isascii()


def test_nothing_outside_the_scope_is_cited(counties: Service) -> None:
    question = "改造老旧小区多少个？"
    cited = counties.ask(question, scope=Scope(places=("菱浦县",))).citations
    assert {citation.place for citation in cited} == {"菱浦县"}
    assert counties.ask("燧河县2030年改造老旧小区多少个？", scope=Scope(places=("菱浦县",))).status == "not_found"
