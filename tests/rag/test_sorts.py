"""What sort of thing is asked to be named, and the one clause that names it."""

import pytest

from rag.old.matching import make_matcher
from rag.language.sentences import Span
from rag.old.sorts import sort_asked
from rag.old.wanted import Wanted
from rag.old.windows import best_window

STATIONS = "扩建梨溪镇消防站，正式启用竹浦镇新消防站，启动枫桥乡消防站建设，完善网点布局"
ENTERED = "松坪、柳河入选全国试点，松坪、石湾、竹浦入选全国垂钓运动名单"


@pytest.mark.parametrize(
    ("question", "text", "named"),
    [
        ("澄岚支持哪所学校申办高职？", "支持青石中专申办高职", True),
        ("澄岚支持哪所学校申办高职？", "支持申办高职", False),
        ("枫桥乡的消防站归哪个乡镇？", "枫桥乡消防站", False),
        ("枫桥乡的消防站归哪个乡镇？", "并入梨溪镇", True),
        ("那座岛叫什么？", "串起白沙岛与渔港", True),
        ("什么时候通车？", "六月底前通车", True),
        ("什么时候通车？", "全线通车", False),
        ("服务品牌叫什么？", "打造“一点通”服务", True),
        ("服务品牌叫什么？", "打造优质服务", False),
        ("Which Chenglan team's study won a prize?", "白鹭团队成果获奖", True),
        ("Which Chenglan team's study won a prize?", "成果获奖", False),
    ],
)
def test_a_text_names_the_sort_of_thing_asked_for(question, text, named):
    sort = sort_asked(question)
    assert sort is not None
    assert sort.named_in(text) is named


@pytest.mark.parametrize("question", ["粮食产量多少？", "为什么停工？", "怎么推进？", "what is the target?"])
def test_other_questions_ask_for_no_sort(question):
    assert sort_asked(question) is None


@pytest.mark.parametrize(
    ("question", "phrases", "text", "clause"),
    [
        ("哪个镇启动消防站建设？", ("启动", "消防站", "建设"), STATIONS, "启动枫桥乡消防站建设，"),
        ("消防站建设点了哪几个镇？", ("消防站", "建设"), STATIONS, STATIONS),  # the others belong to the answer, too
        (
            "哪个镇完善了消防站建设的布局？",
            ("完善", "消防站", "建设", "布局"),
            STATIONS,
            STATIONS,
        ),  # two clauses bear it
        ("哪几条河入选垂钓运动名单？", ("入选", "垂钓", "运动", "名单"), ENTERED, ENTERED),  # names no river
    ],
)
def test_one_clause_is_enough_where_it_names_the_thing_beside_all_the_words(question, phrases, text, clause):
    matcher = make_matcher(phrases, document_frequency=lambda gram: 1, num_documents=100)
    window = best_window(text, Span(0, len(text)), matcher, Wanted(sort=sort_asked(question)))
    assert text[slice(*window)] == clause


@pytest.mark.parametrize(
    ("question", "text", "named"),
    [
        ("要学习哪个省的经验？", "在总结安徽经验的基础上推开", True),
        ("要学习哪个省的经验？", "农村改革是治本之策", False),
        ("和哪座城市共建园区？", "与江阴共建园区", True),
        ("谁当选劳动模范？", "护林员的事迹传遍全县，劳动模范陶望山", True),
        ("谁当选劳动模范？", "高质量完成各项任务", False),
        ("哪家企业上市？", "青石电气登陆创业板", True),
        ("哪家企业上市？", "两家企业登陆创业板", False),
    ],
)
def test_divisions_people_and_companies_are_known_by_their_names(question, text, named):
    sort = sort_asked(question)
    assert sort is not None
    assert sort.named_in(text) is named


def test_only_sorts_whose_names_are_all_known_are_closed():
    closed = [sort_asked(question).closed for question in ("哪个省？", "哪座城市？", "哪所学校？", "是谁？")]
    assert closed == [True, True, False, False]


def test_of_several_clauses_that_name_one_the_nearest_in_meaning_tells():
    matcher = make_matcher(("消防站",), document_frequency=lambda _: 1, num_documents=10)
    wanted = Wanted(sort=sort_asked("哪个镇的消防站才动工？"))
    start = STATIONS.index("启动")
    window = best_window(STATIONS, Span(0, len(STATIONS)), matcher, wanted, nearest=Span(start, start + 9))
    assert STATIONS[slice(*window)] == "启动枫桥乡消防站建设，"
    assert best_window(STATIONS, Span(0, len(STATIONS)), matcher, wanted) == Span(0, len(STATIONS))
