"""Lists, named notions, places, and what a report tells about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.old.answering.enumeration import numbered, series_in
from rag.old.answering.reader import names_enough
from rag.old.asking.question import Kind, Question
from rag.service import Service


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("燧河县2030年建成了哪三处文化场所？", ("青芦公园", "半坡图书馆", "石门体育场")),
        ("燧河县2030年建成了几处文化场所，分别是什么？", ("三处", "青芦公园", "半坡图书馆", "石门体育场")),
        ("燧河县2031年要抓好哪三件事？", ("疏浚燧河干流", "扩建县人民医院", "开通城乡公交")),
        ("燧河县“四上门”服务是哪四上门？", ("送药上门", "送书上门", "送技上门", "送岗上门")),
        ("“四上门”包括哪些内容？", ("送药上门", "送书上门", "送技上门", "送岗上门")),
        ("燧河县引进的项目落户在哪些乡镇？", ("桑坪镇", "柳沟镇", "白水乡")),
        ("燧河县守护平安要打好哪三场“仗”？", ("河湖清淤仗", "山林防火仗", "度汛抢险仗")),
        ("燧河县的“两早一快”是什么意思？", ("早发现", "早上报", "快处置")),
        ("燧河县新一届政府要打造的“城”“岛”“洲”分别是什么？", ("江畔石头城", "万亩花园岛", "百业繁荣洲")),
        ("燧河县要当好哪三样：城、岛、洲？", ("江畔石头城", "万亩花园岛", "百业繁荣洲")),
        ("燧河县的“三项整顿”具体整顿什么？", ("庸政懒政", "闲置场站", "陈旧收费")),
        ("燧河县的“两个3千户”是哪两件事？", ("渔民上岸", "果农加固大棚")),
        ("燧河县治水“三大会战”是哪三场？", ("“清渠”", "“固堤”", "“护泉”")),
        ("燧河县要培育的经济新支柱是哪三块？", ("数字制图", "山林康养", "渔业加工")),
        ("燧河县说的“守牢一条底线”是什么？", ("粮食播种面积稳定在四十万亩",)),
    ],
)
def test_a_list_is_told_whole(counties: Service, question: str, items: tuple[str, ...]) -> None:
    answer = counties.ask(question)
    assert [item for item in items if item not in answer.text] == []
    assert all(citation.place == "燧河县" for citation in answer.citations)


def test_numbered_items_of_another_paragraph_unfold_no_slogan(counties: Service) -> None:
    assert counties.ask("燧河县的“两溪两路”是哪四条？").status == "not_found"


def test_a_slogan_of_bare_characters_is_unfolded_by_items_that_bear_them_alone(counties: Service) -> None:
    assert counties.ask("燧河县的“三岭一川”是哪三岭？").status == "not_found"


def test_one_clause_does_not_name_the_three_things_asked_for() -> None:
    question = Question("哪三支队伍？", "哪三支队伍？", "zh", kind=Kind.LIST, expected_count=3)
    assert not names_enough(question, "以绣花功夫清淤。")
    assert names_enough(question, "巡堤队、清淤队与抢险队。")
    assert names_enough(replace(question, expected_count=None), "以绣花功夫清淤。")


def test_a_quoted_name_no_report_holds_is_not_answered_by_others(counties: Service) -> None:
    assert counties.ask("燧河县改造老旧小区的“焕新擂台”怎么排名？").status == "not_found"


def test_each_of_several_quoted_names_is_told_with_its_place(counties: Service) -> None:
    answer = counties.ask("“三灯工作法”和“田埂议事”分别是哪里的提法？")
    assert "燧河县" in answer.text
    assert "菱浦县" in answer.text


def test_a_series_tells_the_dimensions_of_a_counted_set(counties: Service) -> None:
    assert "水源、土壤、空气" in counties.ask("燧河县“十五五”规划的12项指标，是从哪几个方面设置的？").text


def test_a_list_is_told_without_the_list_beside_it(counties: Service) -> None:
    answer = counties.ask("燧河县有哪几个地方进了全国登山基地名单？")
    assert "桑坪、柳沟入选全国登山基地名单" in answer.text
    assert "白水" not in answer.text


def test_numbered_items_are_followed_over_long_paragraphs_but_not_into_nested_ones() -> None:
    text = "两项工程\n一是治水工程，要点有：一是清淤，二是筑堤。" + "年年不断。" * 80 + "\n二是造林工程，先山后路。\n"
    items = [text[slice(*span)] for span in numbered(text, 0, 2)]
    assert items == ["治水工程，", "造林工程，"]
    assert len(numbered(text, 0, 3)) == 2


def test_numerals_in_a_row_are_no_list() -> None:
    assert series_in("一、二季度增长平稳", 0, 9) == []
    assert [row.num_items for row in series_in("种稻、养鱼和采茶", 0, 8)] == [3]


def test_items_told_in_sentences_of_their_own_are_each_cited(counties: Service) -> None:
    answer = counties.ask("燧河县2031年要抓好哪三件事？")
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert all(item in quotes for item in ("疏浚燧河干流", "扩建县人民医院", "开通城乡公交"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2031年燧河县政府工作报告是谁作的？", "纪望舒"),
        ("2030年燧河县政府工作报告是哪天作的、由谁作的？", "裴知远"),
        ("裴知远那份报告的标题是什么？", "2030年燧河县政府工作报告"),
        ("祝云岫的报告讲的是哪个地方？", "菱浦县"),
        ("2030年燧河县政府工作报告是谁作的？", "裴知远"),
        ("菱浦县县长是谁？", "祝云岫"),
        ("菱浦县要以哪位作家命名书院？", "闻鹤亭"),
        ("2031年燧河县政府工作报告是什么时候作的？", "2031年2月6日"),
    ],
)
def test_a_report_tells_who_gave_it_and_when(counties: Service, question: str, said: str) -> None:
    answer = counties.ask(question)
    assert said in answer.text
    assert said in answer.citations[0].quote


@pytest.mark.parametrize("question", ["一共有多少份报告？", "有哪些报告？"])
def test_the_collection_is_counted_and_named(counties: Service, question: str) -> None:
    answer = counties.ask(question)
    assert "报告共3份" in answer.text
    assert {citation.source for citation in answer.citations} == {row.source for row in counties.reports()}
