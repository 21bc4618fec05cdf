"""What sort of thing is asked to be named, and the one clause that names it."""

import pytest

from rag.matching import make_matcher
from rag.sentences import Span
from rag.sorts import sort_asked
from rag.wanted import Wanted
from rag.windows import best_window

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
