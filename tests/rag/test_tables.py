"""Questions about cells of tables, asked of a service that holds two invented tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.old.answering.verification import verify
from rag.language.places import load_gazetteer
from rag.service import Service
from rag.types import Answer
from tests.rag.opening import opened_service

TOWNS = """砾原县2031年各乡镇基本情况,,,,
单位：亿元、万人,,,,
乡镇,工业总产值,比上年增长（%）,常住人口,学校（所）
苔石镇,31.4,4.5,6.2,11
麓雪镇,18.7,-2.6,4.9,9
葭渚乡,7.2,0.8,1.3,3
合计,57.3,1.9,12.4,23
"""
PRODUCTS = """<html><head><title>砾原县2031年国民经济和社会发展统计公报</title></head><body>
<h1>砾原县2031年国民经济和社会发展统计公报</h1>
<p>2031年，全县上下攻坚克难，经济运行总体平稳，各项社会事业取得新的进步。</p>
<h2>一、工业</h2><p>全年工业生产稳步回升，主要产品产量有增有减，企业效益逐步改善。</p>
<p>表1 2031年主要工业产品产量</p>
<table><tr><th>产品名称</th><th>单位</th><th>产量</th><th>比上年增长（%）</th></tr>
<tr><td>水泵</td><td>台</td><td>5,310</td><td>12.4</td></tr>
<tr><td>其中：潜水泵</td><td>台</td><td>1,204</td><td>-3.1</td></tr>
<tr><td>毛巾</td><td>万条</td><td>864</td><td>-7.5</td></tr></table>
</body></html>
"""
YEARS = """砾原县2029—2031年财政收支,,,
单位：亿元,,,
指标,2029年,2030年,2031年
财政专户资金,5.2,6.1,6.4
住房维修资金,3.4,3.8,3.5
"""
CROPS = """<html><head><title>砾原县2031年各乡镇农业生产情况</title></head><body>
<h1>砾原县2031年各乡镇农业生产情况</h1><p>全县农业生产形势稳定，各乡镇都把任务落实到了田头。</p>
<table><caption>粮食与蔬菜</caption><tr><th>指标</th><th>单位</th><th>苔石镇</th><th>麓雪镇</th></tr>
<tr><td>粮食总产量</td><td>万吨</td><td>1.4</td><td>1.1</td></tr>
<tr><td>蔬菜产量</td><td>万吨</td><td>2.0</td><td>0.9</td></tr></table></body></html>
"""
PROMISES = """砾原县2031年实事清单,,,,
项目,单位,年度目标,实际完成,完成率（%）
新建公园,个,9,11,122.2
改造老旧小区,个,20,18,90
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("tables")
    files = {
        "towns.csv": TOWNS,
        "products.html": PRODUCTS,
        "years.csv": YEARS,
        "crops.html": CROPS,
        "promises.csv": PROMISES,
    }
    yield from opened_service(folder, files, models_dir)


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("苔石镇2031年的工业总产值是多少？", "苔石镇工业总产值31.4亿元"),
        ("砾原县葭渚乡有多少常住人口？", "葭渚乡常住人口1.3万人"),
        ("麓雪镇有多少人？", "麓雪镇常住人口4.9万人"),
        ("麓雪镇2031年有几所学校？", "麓雪镇学校9所"),
        ("麓雪镇2031年工业产值是增是减，幅度多少？", "麓雪镇工业总产值下降2.6%"),
        ("砾原县2031年生产了多少台水泵？", "水泵产量5,310台"),
        ("2031年砾原县毛巾产量比上年变了多少？", "毛巾产量下降7.5%"),
        ("砾原县2031年潜水泵产量是多少台？", "潜水泵产量1,204台"),
        ("砾原县2030年财政专户资金有多少？", "砾原县2030年：财政专户资金6.1亿元"),
        ("砾原县财政专户资金有多少亿元？", "砾原县2031年：财政专户资金6.4亿元"),
        ("麓雪镇2031年粮食总产量是多少万吨？", "麓雪镇粮食总产量1.1万吨"),
        ("砾原县2031年新建公园的目标是多少个？", "目标：新建公园9个"),
        ("砾原县2031年改造老旧小区完成了多少个？", "改造老旧小区18个"),
        ("How many people lived in Taishi Town in 2031?", "6.2万人"),
    ],
)
def test_a_cell_is_told_with_row_column_and_unit(service: Service, question: str, said: str) -> None:
    answer = service.ask(question)
    assert answer.status == "answered"
    assert said in answer.text
    assert len(answer.citations) == 2


def test_the_row_is_cited_and_the_header_with_the_line_that_tells_the_unit(service: Service) -> None:
    row, head = quotes(service.ask("苔石镇2031年的工业总产值是多少？"))
    assert row == "苔石镇 | 31.4 | 4.5 | 6.2 | 11"
    assert head.startswith("单位：亿元、万人\n乡镇 | 工业总产值")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("砾原县哪个镇2031年工业总产值最高？", "最高的是苔石镇（31.4亿元）"),
        ("砾原县哪个乡镇人口最少？", "最少的是葭渚乡（1.3万人）"),
        ("砾原县哪个乡镇增长最慢？", "最慢的是麓雪镇（下降2.6%）"),
        ("砾原县人口前两名的乡镇", "苔石镇（6.2万人）、麓雪镇（4.9万人）"),
        ("砾原县哪些乡镇2031年负增长？", "麓雪镇（下降2.6%）"),
        ("砾原县哪些乡镇常住人口超过4万人？", "苔石镇（6.2万人）、麓雪镇（4.9万人）"),
        ("砾原县各乡镇2031年工业总产值合计多少？", "57.3亿元"),
        ("苔石镇和葭渚乡哪个常住人口多？", "更多的是苔石镇（6.2万人）"),
        ("哪个乡镇的蔬菜产量最高？", "蔬菜产量最高的是苔石镇（2.0万吨）"),
        ("苔石镇和麓雪镇2031年蔬菜产量一共多少万吨？", "合计2.9万吨"),
        ("砾原县2031年财政专户资金比2029年增加多少亿元？", "2031年比2029年多1.2亿元"),
        ("砾原县2031年改造老旧小区的目标完成了吗？", "没有达到目标"),
        ("砾原县2031年哪个项目完成率最低？", "完成率最低的是改造老旧小区（90%）"),
        ("砾原县2031年哪种产品产量下降？", "毛巾（下降7.5%）"),
    ],
)
def test_rows_are_compared_chosen_and_totalled(service: Service, question: str, said: str) -> None:
    assert said in service.ask(question).text


def test_a_sum_and_a_difference_cite_both_operands(service: Service) -> None:
    total = service.ask("苔石镇和麓雪镇2031年工业总产值加起来是多少？")
    assert "50.1亿元" in total.text
    assert len(total.citations) == 3
    gap = service.ask("苔石镇比麓雪镇多多少所学校？")
    assert "多2所" in gap.text
    assert [quote.split(" ")[0] for quote in quotes(gap)[:2]] == ["苔石镇", "麓雪镇"]


@pytest.mark.parametrize(
    "question",
    [
        "苔石镇2031年有多少家医院？",
        "苔石镇2030年的工业总产值是多少？",
        "砾原县2031年雨伞产量是多少？",
        "浔岭镇2031年的工业总产值是多少？",
        "砾原县2030年水泵产量是多少台？",
    ],
)
def test_a_row_column_or_year_that_is_not_there_is_refused(service: Service, question: str) -> None:
    assert service.ask(question).status == "not_found"


def test_a_refusal_says_what_the_table_has(service: Service) -> None:
    assert "工业总产值、常住人口、学校" in service.ask("苔石镇2031年有多少家医院？").text


def test_figures_of_rows_may_not_change_places(service: Service) -> None:
    answer = service.ask("砾原县哪些乡镇常住人口超过4万人？")
    swapped = answer.text.replace("6.2", "*").replace("4.9", "6.2").replace("*", "4.9")
    verdicts = [
        verify(text, answer.citations, question="", language="zh", gazetteer=load_gazetteer())
        for text in (answer.text, swapped)
    ]
    assert [verdict.ok for verdict in verdicts] == [True, False]
