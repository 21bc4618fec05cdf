import pytest

from rag.old.answering.defining import defines, terms_to_define
from rag.old.asking.question import Question


@pytest.mark.parametrize(
    "words",
    [
        "“三灯”即红灯、黄灯、绿灯",
        "“三灯”工作法是指红灯停、绿灯行",
        "推行红灯、黄灯、绿灯“三灯”，效果明显",
        "推行红灯、黄灯和绿灯三灯管理",
        "三灯——红灯、黄灯、绿灯",
        "推行“三灯”，红灯停办、黄灯限改、绿灯放行",
    ],
)
def test_a_term_is_defined_by_a_defining_word_or_by_all_it_counts(words):
    assert defines(words, "三灯")


@pytest.mark.parametrize(
    "words",
    [
        "编制古桥、古树“三灯”①,四大产业实现销售700亿元",
        "做强“三灯”品牌，新建驿站是重点",
        "加快道路、桥梁、隧道、管网“三灯”建设",
    ],
)
def test_to_use_a_term_is_not_to_define_it(words):
    assert not defines(words, "三灯")


def test_a_term_without_a_number_needs_a_series_that_ends_openly():
    assert defines("发展氢能、储能等新赛道", "新赛道")
    assert not defines("发展氢能、布局新赛道", "新赛道")


@pytest.mark.parametrize(
    ("asked", "terms"),
    [
        ("“三灯”指什么？", ["三灯"]),
        ("什么是“三灯”工作法？", ["三灯"]),
        ("“3+2”机制，3和2各是什么？", ["3+2"]),
        ("“3+2”救护站布局中的3、2各是什么？", ["3+2"]),
        ("“真帮实扶”，帮的都是什么？", ["真帮实扶"]),
        ("为了“三灯”齐亮，建立的是什么机制？", []),
        ("“三灯”有哪些成效？", []),
    ],
)
def test_a_term_named_beside_what_is_asked_is_not_the_one_to_define(asked, terms):
    name = asked.partition("“")[2].partition("”")[0]
    assert terms_to_define(Question(asked, asked, "zh", quoted=(name,))) == terms
