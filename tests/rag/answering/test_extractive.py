"""The extractive reader answers with the reports' own words: those that fit what is asked, or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering.extractive import load_weights
from rag.answering.reader_windows import Features
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service
from rag.types import Scope, Turn


@pytest.fixture(scope="module")
def service(settings: Settings, embedder: Embedder) -> Iterator[Service]:
    """The invented counties without a language model."""
    opened = open_service(settings, embedder=embedder)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("燧河县2030年的地区生产总值是多少？", ["186.4亿元"]),
        ("燧河县2031年地区生产总值预期增长多少？", ["6.2%左右"]),
        ("菱浦县2031年地区生产总值预期增长多少？", ["5.5%左右"]),
        ("燧河县2029年改造了多少个老旧小区？", ["16个"]),
        ("菱浦县的书院以哪位作家命名？", ["闻鹤亭"]),
        ("How many billion yuan was the GDP of Suihe County in 2030?", ["186.4亿元"]),
        ("燧河县和菱浦县2030年各改造了多少个老旧小区？", ["燧河", "21个", "菱浦", "33个"]),
        ("燧河县2030年改造的老旧小区比2029年多了几个？", ["21个", "16个", "相差5个"]),
    ],
)
def test_the_words_that_fit_are_said_and_cited(service: Service, question: str, told: list[str]) -> None:
    answer = service.ask(question)
    assert (answer.status, answer.answered_by) == ("answered", "evidence")
    assert all(each in answer.text for each in told), answer.text
    for citation in answer.citations:
        assert service.text(citation.report_id)[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["燧河县2027年的地区生产总值是多少？", "昆山市2030年的地区生产总值是多少？"])
def test_a_year_or_place_without_a_report_is_not_found(service: Service, question: str) -> None:
    assert service.ask(question).status == "not_found"


def test_a_follow_up_leans_on_the_question_before(service: Service) -> None:
    before = Turn("燧河县2030年的地区生产总值是多少？", "186.4亿元。")
    assert "203.1亿元" in service.ask("菱浦县呢？", history=[before]).text


def test_a_limit_on_reports_is_kept(service: Service) -> None:
    reports = {row.source: row.report_id for row in service.reports()}
    scope = Scope(report_ids=(reports["lingpu-2031.md"],))
    answer = service.ask("2030年的地区生产总值是多少？", scope=scope)
    assert {citation.report_id for citation in answer.citations} == {reports["lingpu-2031.md"]}


def test_every_feature_has_a_weight_for_both_purposes() -> None:
    assert set(load_weights()) == {"ranking", "answering"}
    assert all(len(weights) == len(Features._fields) for weights, _ in load_weights().values())


def test_of_a_place_without_a_report_only_words_that_name_it_speak(service: Service) -> None:
    assert service.ask("鹭湾县2030年的粮食产量是多少？").status == "not_found"
    assert "桑坪镇" in service.ask("桑坪镇引进了什么？").text


def test_where_several_are_asked_for_they_are_told(service: Service, tmp_path: Path) -> None:
    report = (
        "2030年桐屿县政府工作报告\n\n实施“两河三路”工程：整治桐河、屿溪，贯通望海路、文昌路、工业路。改造小区12个。\n"
    )
    (tmp_path / "tongyu.txt").write_text(report, "utf-8")
    service.ingest([tmp_path / "tongyu.txt"])
    answer = service.ask("桐屿县2030年的“两河三路”工程是哪些？").text
    assert all(each in answer for each in ("桐河", "屿溪", "工业路")), answer
