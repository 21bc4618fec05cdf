"""Amounts apart from what they belong to: investments of projects, parts with one head, further clauses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.service import Service
from tests.rag.opening import opened_service

QUEYANG_2031 = """# 2031年鹊阳县政府工作报告

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 一、2030年工作回顾

单位产值水耗较2024年下降17%。单位产值水耗下降3.3%。

## 二、2031年工作安排

全力实施计划总投资88.2亿元、年度计划投资31.6亿元的26个省市水利工程,其中:省级水利工程9个,计划总投资52.7亿元,年度计划投资19.4亿元;市级水利工程17个,计划总投资35.5亿元,年度计划投资12.2亿元。

全县46家砖瓦厂，关停19家、搬离3家。栽种乌桕2.7万株。茶寮、驿亭分别修缮41处、58处。竹编产值增长6.4%。
"""
QUEYANG_2032 = """# 2032年鹊阳县政府工作报告

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 二、2032年工作安排

今年栽种乌桕3.6万株。
"""


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    files = {"queyang-2031.md": QUEYANG_2031, "queyang-2032.md": QUEYANG_2032}
    yield from opened_service(tmp_path_factory.mktemp("owners"), files, models_dir)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("鹊阳2031年省市水利工程计划总投资比年度计划投资多多少亿元？", "多56.6亿元"),
        ("鹊阳2031年省级和市级水利工程年度计划投资合计多少亿元？", "合计31.6亿元"),
        ("鹊阳2031年和2032年栽种乌桕总共多少万株？", "合计6.3万株"),
    ],
)
def test_properties_told_before_or_after_what_they_belong_to_are_computed_with(
    owners: Service, question: str, told: str
) -> None:
    assert told in owners.ask(question).text


def test_the_parts_of_a_sum_are_named_where_their_clauses_do_not(owners: Service) -> None:
    text = owners.ask("鹊阳2031年省级和市级水利工程年度计划投资合计多少亿元？").text
    assert "省级水利工程" in text
    assert "市级水利工程" in text


def test_a_further_clause_in_the_same_unit_asks_for_another_figure(owners: Service) -> None:
    text = owners.ask("鹊阳一共有多少家砖瓦厂，关了几家？").text
    assert "46家" in text
    assert "关停19家" in text


def test_a_year_that_a_change_is_counted_from_is_not_the_year_asked_about(owners: Service) -> None:
    assert "17%" in owners.ask("和2024年比，鹊阳单位产值水耗一共下降了多少？").text


def test_figures_shared_out_among_several_things_are_told_together(owners: Service) -> None:
    text = owners.ask("鹊阳2031年茶寮和驿亭分别要修缮多少处？").text
    assert "41处" in text
    assert "58处" in text


def test_growth_in_one_year_is_no_average_of_years(owners: Service) -> None:
    assert "6.4%" not in owners.ask("鹊阳竹编产值年均增长多少？").text
