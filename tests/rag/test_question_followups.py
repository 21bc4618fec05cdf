"""Follow-ups are completed from the turns before them."""

from __future__ import annotations

import pytest

from rag.language.places import load_gazetteer
from rag.old.question import Kind, Question, understand
from rag.types import Reading, Turn
from tests.rag.asking_cases import make_knowledge

KNOWLEDGE = make_knowledge(load_gazetteer())


def last(*questions: str, answer: str = "见上。") -> Question:
    history = tuple(Turn(question, answer) for question in questions[:-1])
    return understand(questions[-1], history=history, knowledge=KNOWLEDGE)


@pytest.mark.parametrize(
    ("questions", "standalone"),
    [
        (("海安2031年GDP增长目标是多少？", "那东台呢？"), "东台市2031年GDP增长目标是多少？"),
        (("海安2031年GDP增长目标是多少？", "东台2033年呢？"), "东台市2033年GDP增长目标是多少？"),
        (("海安2031年GDP增长目标是多少？", "上一年呢？"), "海安2030年GDP增长目标是多少？"),
        (("海安2031年新建了几座桥？", "第二年呢？"), "海安2032年新建几座桥？"),
        (("海安2031年GDP增长目标是多少？", "固定资产投资呢？"), "海安2031年固定资产投资目标是多少？"),
        (("海安取缔了多少家小砖窑？", "改造的呢？"), "海安改造了多少家小砖窑？"),
        (("海安新签约过亿元项目多少个？", "过10亿元的呢？"), "海安新签约过10亿元项目多少个？"),
        (("海安的河滨公园投资多少？", "市民广场呢？", "它什么时候开放？"), "海安市市民广场什么时候开放？"),
        (("海安2031年进口额多少？", "比上年是涨是跌？"), "海安市2031年进口额比2030年是涨是跌？"),
        (("海安2031年签约项目多少个？", "比计划少多少？"), "海安市2031年签约项目比计划少多少？"),
        (("海安2031年签约项目多少个？", "明年的目标呢？"), "海安市2032年签约项目目标是多少？"),
        (("海安2031年要净增多少家高新技术企业？", "PM2.5目标呢？"), "海安市2031年PM2.5目标是多少？"),
        (("海安2031年净增多少户企业？", "那年电动船产量呢？"), "海安市2031年电动船产量是多少？"),
        (("海安西河镇2031年产值多少？", "有几家规上企业？"), "海安市2031年西河镇有几家规上企业？"),
        (("海安西河开发区要引进多少个项目？", "柳塘工业园区呢？"), "海安柳塘工业园区要引进多少个项目？"),
        (("海安2031年关停了几家砖窑？", "那里的粮食产量多少？"), "2031年海安市的粮食产量多少？"),
        (("陆遥的文章里，海安的河滨公园投资多少？", "它什么时候开放？"), "海安市陆遥的文章里河滨公园什么时候开放？"),
        (("陆遥的文章里，海安的河滨公园投资多少？", "养老方面有什么打算？"), "海安市陆遥的文章里养老方面有什么打算？"),
        (("陆遥的文章里，海安的河滨公园投资多少？", "到2033年要建成几座大桥？"), "海安市到2033年要建成几座大桥？"),
        (("海安2031年进口额多少？", "跟前一年相比呢？"), "海安市2031年进口额和2030年相比呢？"),
        (("海安2031年进口额多少？", "这跟它上一年比有增加吗？"), "海安市2031年进口额比2030年有增加吗？"),
        (("海安的河滨公园零部件项目投资多少？", "项目用了多少工人？"), "海安市河滨公园零部件项目用了多少工人？"),
        (("海安的河滨水库投资多少？", "那座水库什么时候开工？"), "海安市河滨水库什么时候开工？"),
        (("海安2031年粮食产量多少？", "在全国排名第几？"), "海安市2031年粮食产量，在全国排名第几？"),
        (("海安2031年粮食产量多少？", "东台呢，产量多少？"), "2031年粮食产量，东台呢，产量多少？"),
        (("海安2031年农业方面有什么打算？", "养老方面呢？"), "海安2031年养老方面有什么打算？"),
        (("海安2031年新增就业目标是多少？", "教育上呢？"), "海安市2031年教育方面有什么目标？"),
        (("海安2031年农村居民收入增长多少？", "城镇居民的呢？"), "海安2031年城镇居民收入增长多少？"),
        (("海安2031年研发投入强度目标是多少？", "高新技术企业数量呢？"), "海安2031年高新技术企业数量目标是多少？"),
        (("海安2031年水稻面积多少？", "原来是多少？"), "海安市2031年水稻面积，原来是多少？"),
        (("海安2031年水稻产量多少？", "该市桑蚕产量呢？"), "海安市2031年桑蚕产量多少？"),
        (("海安2031年水稻面积多少？", "那里的机场有几个？"), "2031年海安市的机场有几个？"),
        (("海安2031年水稻面积多少？", "这个市的市长是谁？"), "海安市的市长是谁？"),
        (
            ("What is Haian's GDP growth target for 2031?", "How does it compare with Dongtai's?"),
            "Haian Dongtai 2031, gdp growth target: which is higher, and by how much?",
        ),
        (
            ("How many kilometres of railway did Haian build in 2031?", "And expressways?"),
            "Haian 2031: how much is the expressways?",
        ),
        (
            ("How much rural income did Haian reach in 2031?", "And the part paid by the government?"),
            "Haian 2031: rural income reach, the part paid by the government?",
        ),
        (
            ("What is Haian's GDP growth target for 2031?", "And the year before?"),
            "What is Haian's GDP growth target for 2030?",
        ),
        (
            ("What is Haian's GDP growth target for 2031?", "And Dongtai?"),
            "What is Dongtai's GDP growth target for 2031?",
        ),
        (
            ("What is Haian's GDP growth target for 2031?", "And in 2032?"),
            "What is Haian's GDP growth target for 2032?",
        ),
    ],
)
def test_an_ellipsis_changes_only_what_it_names(questions: tuple[str, ...], standalone: str) -> None:
    question = last(*questions)
    assert question.standalone == standalone
    assert question.original == questions[-1]


def test_a_chain_of_follow_ups_keeps_every_change() -> None:
    question = last("海安2031年GDP增长目标是多少？", "固定资产投资呢？", "那东台呢？", "2033年呢？")
    assert question.standalone == "东台市2033年固定资产投资目标是多少？"


def test_a_whole_new_question_keeps_the_place() -> None:
    question = last("海安2031年GDP增长目标是多少？", "新建了多少公里绿道？")
    assert (question.places, question.years, question.terms) == (("海安市",), (2031,), ("新建", "绿道"))


def test_a_new_question_about_another_place_does_not_take_the_year() -> None:
    question = last("海安2031年GDP增长目标是多少？", "东台的低保户都脱贫了吗？")
    assert (question.places, question.years) == (("东台市",), ())


def test_a_target_takes_the_year_of_the_target_asked_before() -> None:
    question = last("海安2031年要新建几座桥？", "2030年底有几座？", "PM2.5目标呢？")
    assert (question.years, question.indicators) == ((2031,), ("PM2.5平均浓度",))


def test_a_question_for_a_named_person_takes_no_topic() -> None:
    question = last("海安2031年GDP增长目标是多少？", "闻小满任什么职务？")
    assert (question.places, question.indicators) == (("东台市",), ())


def test_an_indicator_in_place_of_another_may_be_an_amount() -> None:
    question = last("海安2031年进出口要增长多少？", "实际利用外资呢？")
    assert (question.units, question.reading) == ((), Reading.TARGET)


def test_a_question_about_the_whole_place_leaves_the_town() -> None:
    question = last("海安西河镇2031年产值多少？", "全市有几家规上企业？")
    assert "西河镇" not in question.standalone
    assert (question.places, question.years) == (("海安市",), (2031,))


def test_the_second_is_an_item_of_the_answer() -> None:
    answer = "海安市2031年目标：打造制造城、生态岛、幸福洲[1]。"
    question = last("海安2031年要打造哪三个？", "第二个怎么打造？", answer=answer)
    assert question.standalone == "海安市2031年生态岛怎么打造？"
    numbered = last("海安2031年要建哪两条高铁？", "第二条什么时候通车？", answer="建成东海、西河高铁[1]。")
    assert "西河高铁什么时候通车" in numbered.standalone


def test_a_target_of_another_place_takes_the_year_of_the_target_asked_before() -> None:
    question = last("海安2031年新增就业目标是多少？", "上一年实际完成了多少？", "东台的目标呢？")
    assert (question.places, question.years, question.reading) == (("东台市",), (2031,), Reading.TARGET)


def test_the_place_of_the_answer_stays() -> None:
    question = last("南湖水库扩容要花多少钱？", "施工单位是谁？", answer="东台市2031年目标：总投资3亿元[1]。")
    assert question.places == ("东台市",)


def test_the_two_places_of_earlier_turns_are_compared() -> None:
    question = last("海安2031年GDP增长目标是多少？", "那东台2033年呢？", "两个地方哪个定得高？")
    assert question.kind is Kind.COMPARISON
    assert [(slot.place, slot.year) for slot in question.slots] == [("海安市", 2031), ("东台市", 2033)]
    assert question.reading is Reading.TARGET


def test_the_difference_is_asked_over_the_same_cells() -> None:
    question = last("海安2031年GDP增长目标是多少？", "那东台呢？", "哪个高？", "相差多少？")
    assert question.kind is Kind.DIFFERENCE
    assert [slot.place for slot in question.slots] == ["海安市", "东台市"]


@pytest.mark.parametrize("asked", ["多多少？", "高了多少？", "增加了多少？"])
def test_by_how_much_is_asked_of_the_two_figures_before(asked: str) -> None:
    question = last("海安2031年新建几座桥？", "上一年呢？", asked)
    assert question.kind is Kind.DIFFERENCE
    assert [slot.year for slot in question.slots] == [2031, 2030]


@pytest.mark.parametrize("asked", ["How much more is that?", "What is the difference?", "Which one is longer?"])
def test_english_follow_ups_weigh_the_two_figures_before(asked: str) -> None:
    question = last("How many kilometres of road did Haian build in 2031?", "What about Dongtai?", asked)
    assert question.kind in (Kind.DIFFERENCE, Kind.COMPARISON)
    assert [slot.place for slot in question.slots] == ["海安市", "东台市"]
    assert "kilometres" in question.topic.split()


def test_what_an_author_says_is_asked_without_the_saying() -> None:
    question = last("海安2031年政府工作报告是谁作的？", "他说百强县排名要冲到第几？", answer="市长陆遥。[1]")
    assert question.terms == ("百强县排名",)
    assert question.report_ids == ("haian-2031",)


def test_topics_of_one_place_are_added_up() -> None:
    question = last("海安取缔了多少家小砖窑？", "改造的呢？", "一共多少家？")
    assert question.kind is Kind.SUM
    assert [slot.topic for slot in question.slots] == ["取缔小砖窑", "改造小砖窑"]


def test_he_is_the_author_named_in_the_answer() -> None:
    question = last("海安2031年政府工作报告是谁作的？", "他是哪天讲的？", answer="市长陆遥。[1]")
    assert "陆遥" in question.standalone
    assert (question.kind, question.report_ids) == (Kind.DATE, ("haian-2031",))


def test_the_target_instead_of_the_result() -> None:
    question = last("海安2031年GDP实际增长多少？", "目标呢？")
    assert (question.reading, question.years, question.places) == (Reading.TARGET, (2031,), ("海安市",))


def test_an_english_target_for_the_year_after() -> None:
    question = last("How fast did Haian expect its GDP to grow in 2031?", "What about the goal for the next year?")
    assert (question.reading, question.certain, question.years) == (Reading.TARGET, True, (2032,))


def test_a_thin_question_takes_the_topic() -> None:
    question = last("海安2031年有哪些企业上市？", "第二年又准备推哪几家？")
    assert "企业上市" in question.terms
    assert (question.kind, question.years) == (Kind.LIST, (2032,))


def test_a_question_about_the_collection_takes_nothing() -> None:
    question = last("海安2031年GDP增长目标是多少？", "你们一共有多少份报告？")
    assert (question.kind, question.places, question.years) == (Kind.COUNT_REPORTS, (), ())


def test_only_the_last_turns_count() -> None:
    question = last("海安2031年GDP增长目标是多少？", *["你们有哪些报告？"] * 9, "2030年呢？")
    assert question.places == ()
