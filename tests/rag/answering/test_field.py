"""Reports of other languages, calendars and forms, asked for without a model: what stands in them is what is said."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service
from rag.types import Answer

ENGLISH = """City of Harrowgate
Annual Report, Fiscal Year 2021-22

A word from the Mayor, Joan Tilley

In fiscal year 2021-22 total revenue reached $63.7 million, 2.8% above the prior year. The Council adopted a fiscal
year 2022-23 budget of $66.1 million.

Parks crews planted 1,940 trees, against a goal of 2,500 trees. The swimming hall, budgeted at $9 million, will open in
2024.

The transit office counted 81,200 bus riders, down from 90,450 a year earlier. Our target for next year is 95,000.
"""
KOREAN = """새벽시 2022년 시정 보고

2022년 우리 시의 특별회계 예산은 3조 1,870억 원으로 전년보다 4.1% 줄었습니다. 가로등 7,610개를 바꾸었습니다.
2023년에는 가로등 8,200개를 바꾸고, 보건소 3곳을 새로 짓겠습니다.
"""
JAPANESE = """令和4年度 浜風市 市政報告

令和4年度の一般会計予算は2,315億円でした。保育所を14か所開設しました。
令和5年度は保育所を20か所開設する計画です。
"""
SPANISH = """Informe anual de Valdeluna 2023

En 2023 el presupuesto municipal fue de 48,6 millones de euros. Se plantaron 12.450 árboles en las calles.
La meta para el próximo año es de 15.000 árboles.
"""
TAIWAN = """雲嶺縣政府105年度施政報告

105年度總預算歲出編列318億元，較104年度減少2.4%。本府持續檢討各項補助，凡成效不彰者一律停止，所節餘款項全數投入偏鄉道路養護，
並優先整修老舊校舍與堤防，各鄉公所均已依限完成發包，預計全數工程可在汛期之前竣工驗收。

托育中心由104年底的37處增至52處。全縣公共圖書館延長開放時間，週末服務到晚間九時。
"""
TABLES = """菱湖市统计手册

表1 2029年各行业用水量（单位：亿立方米）
行业	用水量	增长%
纺织	7.3	2.2
造纸	4.6	-1.8

表2 2030年各行业用水量（单位：亿立方米）
行业	用水量	增长%
纺织	6.9	-5.5
造纸	4.9	6.5
"""
COLUMNS = "梨园县主要农产品\n单位：万吨\n"
COLUMNS += "品种        2030年      2031年\n稻谷        31.5        33.2\n油料         3.1         3.4\n"
EARLIER = "菱浦县2031年政府工作报告\n\n县长 祝云岫\n\n2030年，全县渔业总产值完成15.2亿元，增长3.3%。\n"
LATER = "菱浦县2032年政府工作报告\n\n县长 祝云岫\n\n2031年，渔业总产值完成16.4亿元。2030年渔业总产值修订为14.8亿元。\n"
FILES = {
    "Harrowgate_FY2022.txt": ENGLISH, "새벽시_2022.txt": KOREAN, "浜風市_令和4年度.txt": JAPANESE,
    "Valdeluna_2023.txt": SPANISH, "民國105年雲嶺縣施政報告.txt": TAIWAN, "菱湖市统计手册.txt": TABLES,
    "梨园县主要农产品.txt": COLUMNS,
    "菱浦县2031.txt": EARLIER, "菱浦县2032.txt": LATER,
}  # fmt: skip


def radical_pdf() -> bytes:
    """A table whose writer put ⻔ (U+2ED4) where 门 is meant."""
    spec = importlib.util.spec_from_file_location("made", Path(__file__).parents[1] / "reading" / "made_pdf.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    rows = [("乡镇", "常住人口", "村数"), ("柳塘镇", "23145", "12"), ("龙⻔乡", "9034", "7")]
    cells = "".join(
        made.text_at(95 + 130 * x, 640 - 20 * y, each) for y, row in enumerate(rows) for x, each in enumerate(row)
    )
    rules = "".join(made.rule(90, y, 480, y) for y in (655, 635, 615, 595))
    rules += "".join(made.rule(x, 595, x, 655) for x in (90, 220, 350, 480))
    return made.make_pdf(
        made.text_at(90, 700, "2031年松塘县各乡镇人口表") + made.text_at(90, 675, "单位：人") + cells + rules
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("field")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "松塘县.pdf").write_bytes(radical_pdf())
    service = open_service(Settings(data_dir=folder / "data", models_dir=models_dir), embedder=embedder)
    assert service.ingest([folder / name for name in (*FILES, "松塘县.pdf")]).refused == ()
    yield service
    service.close()


def cited(answer: Answer) -> set[str]:
    return {citation.source for citation in answer.citations}


@pytest.mark.parametrize(
    ("question", "said", "unsaid", "source"),
    [
        ("What was Harrowgate's total revenue in fiscal year 2021-22?", ["63.7"], "66.1", "Harrowgate_FY2022.txt"),
        ("What was the total revenue of Harrowgate in FY2022?", ["63.7"], "66.1", "Harrowgate_FY2022.txt"),
        ("How many trees did crews plant, and what was the goal?", ["1,940", "2,500"], "81", "Harrowgate_FY2022.txt"),
        ("How many bus riders does Harrowgate aim for next year?", ["95,000"], "81,200", "Harrowgate_FY2022.txt"),
        ("새벽시는 2023년에 가로등을 몇 개 바꿀 계획인가요?", ["8,200"], "7,610", "새벽시_2022.txt"),
        ("새벽시의 2022년 특별회계 예산은 얼마입니까?", ["3조 1,870억"], "8,200", "새벽시_2022.txt"),
        ("浜風市の令和4年度の一般会計予算はいくらですか。", ["2,315億円"], "20か所", "浜風市_令和4年度.txt"),
        ("浜風市は令和5年度に保育所を何か所開設する計画ですか。", ["20か所"], "14か所", "浜風市_令和4年度.txt"),
        ("¿Cuántos árboles se plantaron en Valdeluna en 2023?", ["12.450"], "15.000", "Valdeluna_2023.txt"),
        ("雲嶺縣105年度總預算歲出是多少？", ["318"], "52", "民國105年雲嶺縣施政報告.txt"),
        ("雲嶺縣2016年托育中心有多少處？", ["52"], "318", "民國105年雲嶺縣施政報告.txt"),
        ("菱湖市2030年纺织用水量是多少？", ["6.9亿立方米"], "7.3", "菱湖市统计手册.txt"),
        ("菱湖市2029年造纸用水量增长多少？", ["-1.8"], "6.5", "菱湖市统计手册.txt"),
        ("梨园县2031年稻谷产量是多少？", ["33.2万吨"], "31.5", "梨园县主要农产品.txt"),
        ("松塘县龙门乡2031年常住人口是多少人？", ["9034人"], "23145", "松塘县.pdf"),
    ],
)  # fmt: skip
def test_what_is_asked_is_said_and_nothing_beside_it(
    service: Service, question: str, said: list[str], unsaid: str, source: str
) -> None:
    answer = service.ask(question)
    assert answer.status == "answered", answer.text
    assert all(each in answer.text for each in said), answer.text
    assert unsaid not in answer.text, answer.text
    assert source in cited(answer)


def test_a_year_of_another_calendar_is_the_reports_year(service: Service) -> None:
    years = {row.source: row.profile.years for row in service.reports()}
    assert years["民國105年雲嶺縣施政報告.txt"] == (2016,)
    assert 2022 in years["浜風市_令和4年度.txt"]


def test_a_figure_that_a_later_report_restates_is_told_both_ways(service: Service) -> None:
    answer = service.ask("菱浦县2030年渔业总产值是多少？")
    assert "15.2亿元" in answer.text
    assert "14.8亿元" in answer.text
    assert cited(answer) == {"菱浦县2031.txt", "菱浦县2032.txt"}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("¿Cuántos aeropuertos hay en la provincia de los lagos?", "Los informes"),
        ("كم عدد المطارات في المدينة؟", "التقارير"),
    ],
)
def test_not_found_is_said_in_the_questions_language(service: Service, question: str, words: str) -> None:
    answer = service.ask(question)
    assert answer.status == "not_found", answer.text
    assert words in answer.text
