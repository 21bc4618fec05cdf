"""What a single question is understood to ask: place, period, kind, unit, words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.old.answering.about_report import ASPECTS
from rag.language.places import load_gazetteer
from rag.old.question import Kind, Knowledge, Question, understand
from rag.types import Reading, ReportKind
from tests.rag.asking_cases import make_knowledge

KNOWLEDGE = make_knowledge(load_gazetteer())


def ask(text: str, knowledge: Knowledge = KNOWLEDGE) -> Question:
    return understand(text, knowledge=knowledge)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("东台2031年修了多少公里农村公路？", ("东台市",)),
        ("東臺市２０３１年修了多少公里農村公路？", ("东台市",)),
        ("云汀打算新建几所幼儿园？", ("云汀县",)),
        ("What does Dongtai plan for its port?", ("东台市",)),
        ("what does dongtai plan for its port?", ("东台市",)),
        ("How many kindergartens will Yunting build?", ("云汀县",)),
        ("海安产业项目有几个？", ("海安市",)),
        ("海安人工智能企业有几家？", ("海安市",)),
        ("东台和海安谁的税收高？", ("东台市", "海安市")),
        ("江苏省盐城市东台市的森林覆盖率是多少？", ("东台市",)),
    ],
)
def test_finds_the_places_asked_about(text: str, places: tuple[str, ...]) -> None:
    assert ask(text).places == places


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("东台与无锡市共建的园区叫什么？", "无锡市"),
        ("东台支援了南京市多少人？", "南京市"),
        ("东台“苏州日”活动有多少人参加？", "苏州市"),
        ("东台有几个盐城市级重点项目？", "盐城市"),
        ("住在东台、到盐城市上班的人坐什么车？", "盐城市"),
    ],
)
def test_a_partner_place_does_not_become_the_scope(text: str, mention: str) -> None:
    question = ask(text)
    assert question.places == ("东台市",)
    assert mention in question.mentions


@pytest.mark.parametrize("text", ["2031年肥西如东港要添几个泊位？", "Will Feixi-Rudong port add berths in 2031?"])
def test_places_without_reports_run_together_name_a_port(text: str) -> None:
    assert ask(text).places == ()


def test_a_place_without_reports_stays_the_scope_so_that_nothing_nearby_is_cited() -> None:
    question = ask("如东县2031年的GDP增长目标是多少？")
    assert question.places == ("如东县",)


def test_a_smaller_place_written_out_in_full_is_not_widened_to_the_larger_one() -> None:
    question = ask("安徽省肥西县2031年的粮食产量是多少？")
    assert question.places == ("肥西县",)
    assert question.covering == ("安徽省",)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("东台2031年的目标是什么？", (2031,)),
        ("东台二〇三一年的目标是什么？", (2031,)),
        ("从2030年到2031年，东台的学位增加了多少？", (2030, 2031)),
        ("海安去年新建了几座桥？", (2030,)),
        ("海安明年要建几座桥？", (2032,)),
        ("What did Haian build last year?", (2030,)),
        ("东台今年新增多少学位？", (2032,)),
        ("By 2035, how many beds will Dongtai have?", (2035,)),
        ("东台新上10亿元以上项目多少个？", ()),
    ],
)
def test_names_the_years_that_answers_must_bear(text: str, years: tuple[int, ...]) -> None:
    assert ask(text).years == years


def test_relative_years_are_named_in_the_standalone_question() -> None:
    assert ask("海安去年底有多少家高新技术企业？").standalone == "海安2030年底有多少家高新技术企业？"


def test_growth_over_the_year_before_is_not_another_year() -> None:
    assert ask("海安2031年进出口比上年增长多少？").years == (2031,)


def test_the_year_before_is_counted_from_the_year_named() -> None:
    assert ask("海安2029年的产值比上年高吗？").years == (2028, 2029)
    assert ask("海安2029年的产值比去年高吗？").years == (2028, 2029)


def test_questions_in_sentences_of_their_own_are_understood_one_after_another() -> None:
    question = ask("海安2031年建了几座桥？另外花了多少钱？")
    assert [(row.places, row.years) for row in question.separate] == [(("海安市",), (2031,))] * 2
    assert ask("海安2031年建了几座桥？").separate == ()


def test_a_quoted_relative_year_stays_as_quoted() -> None:
    question = ask("东台的讲话里“明年”指的是哪一年？")
    assert (question.standalone, question.kind, question.wants_year) == (question.original, Kind.DATE, True)


@pytest.mark.parametrize("name", ["政府工作报告", "的报告", "政府报告"])
def test_the_year_of_a_report_points_to_the_report_and_does_not_limit_the_facts(name: str) -> None:
    question = ask(f"海安2031年{name}说新增了多少家企业？")
    assert (question.years, question.report_years, question.report_ids) == ((), (2031,), ("haian-2031",))


def test_the_year_of_a_report_that_is_not_held_limits_the_facts() -> None:
    question = ask("海安2027年政府工作报告的增长目标是多少？")
    assert (question.years, question.report_ids) == ((2027,), ())


def test_a_speech_is_found_by_the_year_it_was_given_in() -> None:
    question = ask("2032年底在东台发表的讲话提到了几个园区？")
    assert (question.years, question.report_ids) == ((), ("dongtai-2033",))


def test_plans_and_spans_of_years_are_periods_but_no_hard_years() -> None:
    question = ask("“十四五”期间海安新增了多少公里高速公路？")
    assert [(p.years, p.hard) for p in question.periods] == [((2021, 2022, 2023, 2024, 2025), False)]
    assert question.years == ()
    assert ask("今后五年海安的GDP要达到多少？").reading is Reading.PLAN


@pytest.mark.parametrize(
    "text", ["闻小满文章里说要建几个公园？", "What does Wen Xiaoman say about parks?", "闻市长说要建几个公园？"]
)
def test_an_author_points_to_the_authors_report(text: str) -> None:
    question = ask(text)
    assert (question.places, question.report_ids) == (("东台市",), ("dongtai-2031",))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("海安2031年新建了多少公里绿道？", Kind.FIGURE),
        ("海安的污水处理率提高到百分之几？", Kind.FIGURE),
        ("海安2031年GDP增速？", Kind.FIGURE),
        ("What was Haian's grain output in 2031?", Kind.FIGURE),
        ("海安的体育馆什么时候完工？", Kind.DATE),
        ("In which year did Haian open its port?", Kind.DATE),
        ("海安的工作报告是谁作的？", Kind.PERSON),
        ("Which mayor gave the report of Haian?", Kind.PERSON),
        ("海安要建哪些学校？", Kind.LIST),
        ("海安要打通哪三条断头路？", Kind.LIST),
        ("海安的“五微工程”指什么？", Kind.DEFINITION),
        ("海安的“三张清单”是哪三张？", Kind.DEFINITION),
        ("海安获评省级“领航者”的是哪家企业？", Kind.FACT),
        ("海安的“三合一共”里，“三合”和“一共”各是什么？", Kind.DEFINITION),
        ("海安和东台2031年哪个的增长目标高？", Kind.COMPARISON),
        ("哪个地方的增长目标最高？", Kind.RANKING),
        ("海安的公园和绿道合计投资多少？", Kind.SUM),
        ("海安2031年比东台多种了多少亩树？", Kind.DIFFERENCE),
        ("海安有没有通高铁？", Kind.YES_NO),
        ("Did Haian open a hospital?", Kind.YES_NO),
        ("哪个县提到了氢能？", Kind.PLACE),
        ("这批材料里有几份是讲海安的？", Kind.COUNT_REPORTS),
        ("你们有海安哪几年的报告？", Kind.COLLECTION),
        ("Which reports do you have about Haian?", Kind.COLLECTION),
        ("海安的城市口号是什么？", Kind.FACT),
    ],
)
def test_tells_what_kind_of_answer_is_wanted(text: str, kind: Kind) -> None:
    assert ask(text).kind is kind


@pytest.mark.parametrize("month", ["几月", "几月份", "几月底前"])
def test_which_month_is_asked_for_a_date_and_not_for_a_number_of_days(month: str) -> None:
    question = ask(f"海安的体育馆{month}完工？")
    assert (question.kind, question.units, question.terms) == (Kind.DATE, (), ("体育馆", "完工"))


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("海安2031年政府工作报告里，体育馆是什么时候完工的？", False),
        ("海安2031年的政府工作报告是什么时候作的？", True),
        ("海安的政府工作报告是哪天？", True),
    ],
)
def test_to_name_the_work_report_is_not_to_ask_when_it_was_given(text: str, is_asked: bool) -> None:
    assert ASPECTS["date"](ask(text)) is is_asked


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("海安要整治多少亩土地？", ("亩",)),
        ("海安的粮食面积有多少万亩？", ("万亩",)),
        ("海安新增了几家企业？", ("家",)),
        ("海安的绿化覆盖率是多少？", ("%",)),
        ("海安的大桥要花多少钱？", ("元",)),
        ("海安比东台高几个百分点？", ("个百分点",)),
        ("What share of Haian's GDP is manufacturing?", ("%",)),
        ("How many villages did Haian connect?", ("个",)),
        ("How many kinds of rural households did Haian help?", ("类",)),
        ("How many poor rural households did Haian help?", ("户",)),
        ("How much did Haian save its businesses?", ("元",)),
        ("By how much did Haian cut its spending?", ()),
        ("海安的签约项目总投资多少亿元？", ("亿元",)),
    ],
)
def test_hints_at_the_unit(text: str, units: tuple[str, ...]) -> None:
    assert ask(text).units == units


@pytest.mark.parametrize(
    ("text", "reading", "certain"),
    [
        ("海安2031年力争新增多少家企业？", Reading.TARGET, True),
        ("海安2031年实际新增了多少家企业？", Reading.RESULT, True),
        ("海安要处理多少吨垃圾？", Reading.TARGET, False),
        ("海安的重要河道有几条？", Reading.UNKNOWN, False),
        ("海安过去五年新建了多少学校？", Reading.RESULT, True),
        ("How many jobs does Haian aim to create?", Reading.TARGET, True),
        ("海安完成2031年的增长目标了吗？", Reading.UNKNOWN, False),
    ],
)
def test_tells_targets_from_results(text: str, reading: Reading, certain: bool) -> None:
    question = ask(text)
    assert (question.reading, question.certain) == (reading, certain)


def test_content_words_remain_without_place_year_and_question_words() -> None:
    question = ask("请问海安2031年打算新建多少公里的农村公路？")
    assert question.terms == ("新建", "农村公路")
    assert question.focus == "农村公路"


def test_words_that_only_look_like_grammar_stay_whole() -> None:
    assert ask("海安的可再生能源有多少？").terms == ("可再生能源",)
    assert ask("海安的新材料产业产值是多少？").topic == "新材料产业产值"


def test_quoted_words_are_a_term_of_their_own() -> None:
    question = ask("海安的“能人回乡”计划招了多少人？")
    assert "能人回乡" in question.terms
    assert question.quoted == ("能人回乡",)


def test_each_place_is_paired_with_its_own_year() -> None:
    slots = ask("海安2030年和东台2031年的GDP增长目标，哪个高？").slots
    assert [(slot.place, slot.year) for slot in slots] == [("海安市", 2030), ("东台市", 2031)]


def test_coordinated_topics_get_a_slot_each_where_each_is_asked() -> None:
    slots = ask("海安2031年固定资产投资、进出口总额的增长目标分别是多少？").slots
    assert [slot.topic for slot in slots] == ["固定资产投资", "进出口总额"]


def test_two_questions_in_one_keep_their_own_kinds() -> None:
    asks = ask("海安新建了几所学校？分别是哪些？").asks
    assert [item.kind for item in asks] == [Kind.FIGURE, Kind.LIST]


@pytest.mark.parametrize(
    ("text", "count"), [("海安要修哪两条路？", 2), ("Which three roads?", 3), ("是哪一天？", None), ("有哪些？", None)]
)
def test_counts_the_items_asked_for(text: str, count: int | None) -> None:
    assert ask(text).expected_count == count


def test_an_english_question_is_searched_in_chinese() -> None:
    question = ask("What is Haian's target for fixed-asset investment?")
    assert question.language == "en"
    assert question.query == "固定资产投资"


def test_a_speech_or_article_is_a_hint_at_the_kind_of_report() -> None:
    assert ask("那篇讲话提到几个园区？").reports_kind is ReportKind.SPEECH


def test_quarters_are_kept_apart() -> None:
    assert ask("海安二季度减税多少？").subperiods == ("二季度",)
    assert ask("How much tax did Haian cut in the second quarter?").subperiods == ("二季度",)


def test_a_year_since_which_something_changed_is_not_the_year_asked_about() -> None:
    assert ask("How far has energy use in Haian fallen since 2027?").years == ()
    assert ask("海安2027年以来新建了多少所学校？").years == ()
    assert ask("How far did energy use in Haian fall in 2027?").years == (2027,)


def test_the_parts_of_a_compound_are_words_of_their_own() -> None:
    assert ask("Which fishing-related zone does Haian want?").terms == ("fishing", "related", "zone")


@given(st.text(max_size=200))
def test_any_text_is_understood_without_an_error(text: str) -> None:
    question = ask(text)
    assert question.original == text.strip()


def test_understanding_takes_less_than_five_milliseconds() -> None:
    texts = [
        "海安2031年一般公共预算收入的增长目标是多少？",
        "Which of Haian's parks were opened in 2031?",
        "东台和海安谁高？",
    ]
    ask(texts[0])
    times = []
    for text in texts * 7:
        started = time.process_time()
        ask(text)
        times.append(time.process_time() - started)
    assert sorted(times)[len(times) // 2] < 0.005
