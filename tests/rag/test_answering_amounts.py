"""Amounts asked for in twos, against a target, as a ratio, as a net change, and which year a look back means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.service import Service
from tests.rag.opening import opened_service

LINXI_2031 = """# 2031年霖溪县政府工作报告

霖溪县人民政府县长 温渡

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 一、2030年工作回顾

这一年，促成技术转让63起、4.8亿元。新引进高级技师(团队)27个。科创“瞪羚”企业从14家增加到52家。

城乡居民收入比由1.92:1缩小至1.85:1。居民人均可支配收入3.6万元。全部乡办单位水利建设投资完成七百三十五万元。

## 二、2031年工作安排

2031年是打基础的一年。过去一年，全县稳中有进。旅馆客房出租率控制在61%，乡村民宿营业额2.4亿元。

今年预期目标是：旅馆客房出租率64%左右。疏浚沟渠95公里以上。新引进高级技师(团队)35个。

在乡办单位投资中，水利建设投资七百四十二万元，仓储建设投资九十万元。

集中力量实施县级重点工程17个,计划总投资44.5亿元,年度计划投资12.8亿元。

计划安排，农技员招录三万人，护理员招录六万人，养老员招录五万人。

重点建设1个年产380吨的菌菇棚和1个年产920吨的豆芽房。确保今年9月底前东渡码头开工，明年5月底前全县建成渡口6处。
"""
MEIGANG_2031 = """# 2031年梅岗县政府工作报告

梅岗县人民政府县长 石蕴

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 一、2030年工作回顾

城乡居民收入比由2.10:1缩小至1.98:1。居民人均可支配收入3.1万元。疏浚沟渠88公里。
"""


@pytest.fixture(scope="module")
def amounts(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    files = {"linxi-2031.md": LINXI_2031, "meigang-2031.md": MEIGANG_2031}
    yield from opened_service(tmp_path_factory.mktemp("amounts"), files, models_dir)


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("霖溪2030年促成了多少起技术转让，总金额多大？", ("63起", "4.8亿元")),
        ("霖溪2031年县级重点工程有几个，当年打算投多少钱？", ("17个", "12.8亿元")),
        ("高级技师（团队），霖溪2030年引进了多少个，2031年打算引进多少个？", ("27个", "35个")),
    ],
)
def test_two_things_asked_of_one_event_are_both_told(amounts: Service, question: str, figures: tuple[str, ...]) -> None:
    answer = amounts.ask(question)
    assert all(figure in answer.text for figure in figures)
    assert "没有说明" not in answer.text


def test_what_is_said_not_to_be_asked_is_no_question_of_its_own(amounts: Service) -> None:
    answer = amounts.ask("霖溪2031年要疏浚多少公里沟渠？要今年的目标，不是去年干完的数。")
    assert "95公里" in answer.text
    assert "没有说明" not in answer.text


def test_a_ratio_is_compared_as_a_ratio_and_not_by_other_amounts(amounts: Service) -> None:
    answer = amounts.ask("霖溪和梅岗2030年谁的城乡居民收入差距更小？")
    assert "霖溪县（1.85:1）比梅岗县（1.98:1）低0.13" in answer.text


def test_a_net_increase_is_computed_from_both_ends(amounts: Service) -> None:
    assert "增加38家" in amounts.ask("霖溪的“瞪羚”企业净增多少家？").text


def test_a_topic_told_ahead_holds_for_all_figures_of_its_sentence(amounts: Service) -> None:
    answer = amounts.ask("2031年计划的霖溪乡办单位水利建设投资，比2030年实际完成的多多少万元？")
    assert "多7万元" in answer.text


def test_a_look_back_within_the_plan_tells_results_of_the_year_before(amounts: Service) -> None:
    assert "64%" in amounts.ask("霖溪2031年旅馆客房出租率的目标是多少？").text
    assert "61%" in amounts.ask("霖溪2030年旅馆客房出租率是多少？").text


def test_a_sum_takes_in_all_items_of_one_enumeration(amounts: Service) -> None:
    answer = amounts.ask("霖溪2031年计划招录的农技员、护理员和养老员，三项加起来是多少万人？")
    assert "合计14万人" in answer.text


def test_of_two_things_joined_in_one_clause_only_the_one_asked_about_is_told(amounts: Service) -> None:
    text = amounts.ask("霖溪的菌菇棚设计年产多少吨？").text
    assert "380吨" in text
    assert "920" not in text


def test_of_two_dates_in_one_sentence_only_the_one_asked_for_is_told(amounts: Service) -> None:
    text = amounts.ask("霖溪全县6处渡口要在什么时候建成？").text
    assert "明年5月底" in text
    assert "9月" not in text


SPANS = """# 2032年棠溪县政府工作报告

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 一、过去五年工作回顾

过去五年，新修石板巷道480公里。人均地区生产总值7.2万元，地区生产总值31.4亿元。

## 二、2032年工作安排

今年预期目标是：地区生产总值增长4.5%—5%。
"""
NEIGHBOUR = """# 2032年槐坞县政府工作报告

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 一、2031年工作回顾

2031年，新修石板巷道90公里、青砖步道35公里。地区生产总值28.9亿元，增长4.1%。中华竹鼠出栏量占全国4.6%。

## 二、2032年工作安排

今年预期目标是：地区生产总值增长5%。
"""


@pytest.fixture(scope="module")
def spans(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    files = {"tangxi-2032.md": SPANS, "huaiwu-2032.md": NEIGHBOUR}
    yield from opened_service(tmp_path_factory.mktemp("spans"), files, models_dir)


def test_a_span_of_years_is_one_time_and_not_its_two_ends(spans: Service) -> None:
    text = spans.ask("棠溪2027到2031年新修了多少公里石板巷道？").text
    assert "480公里" in text
    assert "没有说明" not in text


def test_a_range_is_compared_whole_and_without_a_gap(spans: Service) -> None:
    answer = spans.ask("棠溪和槐坞2032年的经济增长目标谁高？")
    assert "槐坞县（5%）比棠溪县（4.5%—5%）高[" in answer.text


def test_a_whole_amount_is_not_compared_with_one_a_head(spans: Service) -> None:
    text = spans.ask("棠溪和槐坞2031年谁的地区生产总值更高？").text
    assert "31.4亿元" in text
    assert "7.2万元" not in text


def test_things_named_together_are_added_where_their_number_in_all_is_asked(spans: Service) -> None:
    assert "合计125公里" in spans.ask("槐坞2031年新修石板巷道和青砖步道一共多少公里？").text


def test_the_nation_as_a_measure_is_not_the_place_asked_about(spans: Service) -> None:
    assert "4.6%" in spans.ask("中华竹鼠出栏量占全国的多少？").text
