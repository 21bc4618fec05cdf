"""Where a question and a report, or two reports, disagree, the difference is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.service import Service

FIRST = """2031年岚汐县政府工作报告

——2031年1月8日在岚汐县人民代表大会上

各位代表：现在，我代表县人民政府向大会报告工作。

一、2030年工作回顾

2030年，全县粮食产量达到12.6万吨。新建农村公路48公里。

二、今后五年目标

今后五年，旅游收入突破90亿元。
"""
SECOND = """岚汐县2030年统计资料

岚汐县2030年国民经济运行情况

2030年，岚汐县粮食产量达到12.9万吨。全年新增路灯300盏。
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("disagreeing")
    (folder / "one.txt").write_text(FIRST, encoding="utf-8")
    (folder / "two.txt").write_text(SECOND, encoding="utf-8")
    opened = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    opened.ingest([folder / "one.txt", folder / "two.txt"])
    yield opened
    opened.close()


def test_two_reports_with_different_figures_are_both_quoted_and_the_difference_named(service: Service) -> None:
    answer = service.ask("岚汐县2030年粮食产量是多少？")
    assert "12.6万吨" in answer.text
    assert "12.9万吨" in answer.text
    assert "相差0.3万吨" in answer.text
    assert {citation.source for citation in answer.citations} == {"one.txt", "two.txt"}


def test_a_figure_of_other_years_in_the_question_is_named_as_such(service: Service) -> None:
    answer = service.ask("岚汐县2031年旅游收入要突破90亿元，比2030年多多少亿元？")
    assert answer.status == "not_found"
    assert "90亿元" in answer.text
    assert "不是" in answer.text
