"""What a model says comes through where the reports bear it, and does not where they do not."""

from __future__ import annotations

import json

import pytest

from rag.types import Answer
from tests.rag.answering.conftest import Speaking
from tests.rag.scripted import replies

GDP = "全县完成地区生产总值186.4亿元，比上年增长5.7%"
GOAL = "地区生产总值增长6.2%左右"
JOBS = "城镇新增就业3150人"
JOBS_GOAL = "城镇新增就业3000人以上"
WOODS = "县里新造公益林2.4万亩"
WATER = "水质达标率从71%提高到88%"
BREWERY = "建成青禾酿造、白水纸业等销售收入过10亿元企业3家"
DUST = "扬尘年均浓度降至35微克/立方米"
OTHER_GDP = "全县完成地区生产总值203.1亿元，比上年增长4.8%"

TRUE = {
    "paraphrase": ("燧河县2031年经济要增长多少？", "2031年，燧河县的经济总量预期增长6.2%左右。", [GOAL]),
    "the year of 今年 from the label": (
        "燧河县今年GDP想涨多少？",
        "2031年燧河县地区生产总值增长目标为6.2%左右。",
        [GOAL],
    ),
    "another numeral form": ("燧河县2031年的增长目标？", "燧河县2031年地区生产总值目标增长百分之六点二左右。", [GOAL]),
    "numerals in words": ("燧河县2030年新增就业多少？", "燧河县2030年城镇新增就业三千一百五十人。", [JOBS]),
    "万 written out": ("菱浦县2030年造林多少？", "菱浦县2030年新造公益林24000亩。", [WOODS]),
    "written as 万": ("菱浦县2030年修整梯田多少？", "菱浦县2030年修整梯田0.5万亩。", ["修整梯田5000亩"]),
    "English over Chinese": (
        "What was Suihe County's GDP in 2030?",
        "Suihe County's (燧河县) GDP reached 18.64 billion yuan in 2030, up 5.7%.",
        [GDP],
    ),
    "direction kept": ("燧河县水质怎样？", "2030年燧河县水质达标率从71%提高到88%。", [WATER]),
    "direction in other words": ("燧河县2030年经济增长多少？", "燧河县2030年地区生产总值同比增加5.7%。", [GDP]),
    "bound kept": ("燧河县2031年新增就业目标？", "燧河县2031年要新增城镇就业3000人以上。", [JOBS_GOAL]),
    "sum": (
        "燧河县和菱浦县2030年地区生产总值一共多少？",
        "2030年燧河县（186.4亿元）和菱浦县（203.1亿元）地区生产总值合计389.5亿元。",
        [GDP, OTHER_GDP],
    ),
    "sum before its terms, in the quote's own order": (
        "燧河县2031年提升的驿站和巡护点合计多少处？",
        "88处驿站和巡护点（36处驿站、52处巡护点）。",
        ["36处驿站、52处巡护点"],
    ),
    "sum without a word for it, its terms stated": (
        "燧河县2031年的驿站和巡护点有几处？",
        "88处：36处驿站，52处巡护点。",
        ["36处驿站、52处巡护点"],
    ),
    "difference": (
        "菱浦县2030年地区生产总值比燧河县多多少？",
        "2030年菱浦县地区生产总值203.1亿元，比燧河县的186.4亿元多16.7亿元。",
        [GDP, OTHER_GDP],
    ),
    "a figure in a clause that goes on about the one before": (
        "菱浦县2030年游客多少？",
        "2030年菱浦县接待游客达到63万人次。",
        ["接待游客迈上60万人次台阶，达到63万人次"],
    ),
    "of two places each by its own words": (
        "燧河县和菱浦县2030年地区生产总值各是多少？",
        "2030年菱浦县完成地区生产总值为203.1亿元，燧河县为186.4亿元。",
        [GDP, OTHER_GDP],
    ),
    "one figure against the other": (
        "菱浦县2030年地区生产总值比燧河县多多少？",
        "菱浦县2030年多16.7亿元（203.1亿对186.4亿）。",
        [GDP, OTHER_GDP],
    ),
    "the sum written out": (
        "菱浦县2030年地区生产总值比燧河县多多少？",
        "2030年菱浦县地区生产总值203.1亿元，燧河县186.4亿元，多16.7亿元（203.1－186.4＝16.7）。",
        [GDP, OTHER_GDP],
    ),
    "difference to a figure of the question": (
        "燧河县2030年的地区生产总值离二百亿元还差多少？",
        "燧河县2030年地区生产总值186.4亿元，离二百亿元还差13.6亿元。",
        [GDP],
    ),
    "points are numbered": ("燧河县有哪些好消息？", "第二，水质更好：2030年燧河县水质达标率从71%提高到88%。", [WATER]),
    "points are counted off": ("燧河县有哪些好消息？", "二是水质更好：2030年燧河县水质达标率从71%提高到88%。", [WATER]),
    "points with a figure": ("燧河县有哪些好消息？", "三是抓就业：2030年燧河县城镇新增就业3150人。", [JOBS]),
    "English date": (
        "When was the work report of Suihe County given in 2031?",
        "The work report of Suihe County (燧河县) was given on February 6, 2031.",
        ["2031年2月6日在燧河县第十届人民代表大会第二次会议上"],
    ),
    "difference of figures that English writes otherwise": (
        "How many visits did Lingpu County count in 2030?",
        "In 2030 Lingpu County counted more than 600,000 visits, 630,000 exactly, which is 30,000 above that mark.",
        ["接待游客迈上60万人次台阶，达到63万人次"],
    ),
    "zero in a word": (
        "How are medicines sold in Lingpu County?",
        "Medicines are sold in Lingpu County with zero markup.",
        ["药品零差价销售"],
    ),
    "English ordinals": (
        "Which session of the congress was the 2031 report of Suihe County given to?",
        "It was given to the 2nd session of the 10th People's Congress of Suihe County.",
        ["2031年2月6日在燧河县第十届人民代表大会第二次会议上"],
    ),
    "a large English figure without a unit": (
        "How large was Suihe County's GDP in 2030?",
        "The 2030 GDP of Suihe County (燧河县) stood at 18.64 billion (186.4亿元).",
        [GDP],
    ),
    "a romanised name that is also a county's": (
        "Which company of Suihe County has sales of over a billion yuan?",
        "Qinghe Brewing of Suihe County has sales of over 1 billion yuan.",
        [BREWERY],
    ),
    "beside a place that no report is about": (
        "How many companies of Suihe County sell for over a billion yuan, as on Shenzhen's lists?",
        "There are 3 companies with sales of over 1 billion yuan.",
        [BREWERY],
    ),
    "English unit of a concentration": (
        "What was the dust level in Lingpu County in 2030?",
        "Dust fell to 35 micrograms per cubic meter in 2030.",
        [DUST],
    ),
}
FALSE = {
    "figure": ("燧河县2031年的增长目标？", "燧河县2031年地区生产总值增长目标是6.8%左右。", [GOAL]),
    "figure turned round": ("燧河县2030年GDP？", "燧河县2030年地区生产总值是168.4亿元。", [GDP]),
    "figure in words": ("燧河县2030年新增就业？", "燧河县2030年城镇新增就业三千五百一十人。", [JOBS]),
    "figure and quote alike": ("燧河县2031年增长目标？", "燧河县生产总值增长9.2%左右。", ["生产总值增长9.2%左右"]),
    "year": ("燧河县2030年GDP？", "燧河县2027年地区生产总值是186.4亿元。", [GDP]),
    "place": ("燧河县2031年的增长目标？", "昆山市2031年地区生产总值增长目标是6.2%左右。", [GOAL]),
    "another place's figure": ("菱浦县2031年的增长目标？", "菱浦县2031年地区生产总值增长目标是6.2%左右。", [GOAL]),
    "another's figure in the same unit": (
        "菱浦县2030年碳汇首单成交多少？",
        "碳汇完成首单，成交9万吨，金额210万元。",
        ["碳汇完成首单，成交3.5万吨，金额210万元", "处理毛竹9万吨"],
    ),
    "unit of money": ("燧河县2030年GDP？", "燧河县2030年地区生产总值是186.4万元。", [GDP]),
    "unit counted": ("燧河县2030年新增就业？", "燧河县2030年城镇新增就业3150万人。", [JOBS]),
    "direction": ("燧河县2030年GDP增长？", "燧河县2030年地区生产总值比上年下降5.7%。", [GDP]),
    "direction in English": ("Suihe County's GDP growth in 2030?", "Suihe County's GDP fell by 5.7% in 2030.", [GDP]),
    "direction of a change": ("燧河县水质怎样？", "2030年燧河县水质达标率从71%下降到88%。", [WATER]),
    "bound": ("燧河县2031年新增就业目标？", "燧河县2031年要城镇新增就业3000人以下。", [JOBS_GOAL]),
    "target told as a result": ("燧河县2031年新增就业？", "燧河县已经完成城镇新增就业3000人以上。", [JOBS_GOAL]),
    "result told as a target": ("燧河县2030年GDP目标？", "燧河县力争地区生产总值达到186.4亿元。", [GDP]),
    "sum": (
        "燧河县和菱浦县2030年地区生产总值一共多少？",
        "2030年燧河县（186.4亿元）和菱浦县（203.1亿元）地区生产总值合计399.5亿元。",
        [GDP, OTHER_GDP],
    ),
    "sum without a word for it": (
        "燧河县2031年的驿站和巡护点有几处？",
        "89处：36处驿站，52处巡护点。",
        ["36处驿站、52处巡护点"],
    ),
    "English ordinals": (
        "Which session of the congress was the 2031 report of Suihe County given to?",
        "It was given to the 3rd session of the 10th People's Congress of Suihe County.",
        ["2031年2月6日在燧河县第十届人民代表大会第二次会议上"],
    ),
    "the sum written out with another figure": (
        "菱浦县2030年地区生产总值比燧河县多多少？",
        "2030年菱浦县地区生产总值比燧河县多16.7亿元（213.1－196.4＝16.7）。",
        [GDP, OTHER_GDP],
    ),
    "a date whose figure stands in a word": (
        "燧河县的“三灯工作法”是哪天推行的？",
        "燧河县3月推行“三灯工作法”。",
        ["县里推行“三灯工作法”"],
    ),
    "English date": (
        "When was the work report of Suihe County given in 2031?",
        "The work report of Suihe County (燧河县) was given on March 6, 2031.",
        ["2031年2月6日在燧河县第十届人民代表大会第二次会议上"],
    ),
    "a large English figure without a unit": (
        "How large was Suihe County's GDP in 2030?",
        "The 2030 GDP of Suihe County (燧河县) stood at 18.64 million.",
        [GDP],
    ),
    "another figure in a clause that goes on": (
        "菱浦县2030年游客多少？",
        "2030年菱浦县接待游客达到36万人次。",
        ["接待游客迈上60万人次台阶，达到63万人次"],
    ),
    "the other place's figure": (
        "燧河县和菱浦县2030年地区生产总值各是多少？",
        "2030年菱浦县完成地区生产总值186.4亿元。",
        [GDP, OTHER_GDP],
    ),
    "a romanised name of another": (
        "Which company of Suihe County has sales of over a billion yuan?",
        "Dongli Brewing of Suihe County has sales of over 1 billion yuan.",
        [BREWERY],
    ),
    "order": (
        "燧河县和菱浦县2030年谁的地区生产总值高？",
        "2030年燧河县地区生产总值186.4亿元，高于菱浦县的203.1亿元。",
        [GDP, OTHER_GDP],
    ),
}  # fmt: skip


def claim(text: str, quotes: list[str], *, number: int = 1) -> str:
    """A line of a model's reply; a quote may stand in another span than the one it names."""
    rows = [{"n": number, "quote": quote} for quote in quotes]
    return json.dumps({"claim": text, "quotes": rows}, ensure_ascii=False) + "\n"


def answer_to(speaking: Speaking, question: str, text: str, quotes: list[str]) -> Answer:
    service, _ = speaking(replies(claim(text, quotes)))
    answer = service.ask(question)
    for citation in answer.citations:
        assert service.text(citation.report_id)[citation.start : citation.end] == citation.quote
    return answer


@pytest.mark.parametrize(("question", "text", "quotes"), TRUE.values(), ids=TRUE)
def test_a_true_claim_comes_through(speaking: Speaking, question: str, text: str, quotes: list[str]) -> None:
    answer = answer_to(speaking, question, text, quotes)
    assert answer.answered_by == "scripted:test", answer.notes
    assert answer.text.startswith(text[:-1])
    assert {citation.quote for citation in answer.citations} >= {quote for quote in quotes if len(quote) > 8}
    assert not any(word in note for note in answer.notes for word in ("语言模型", "language model"))


@pytest.mark.parametrize(("question", "text", "quotes"), FALSE.values(), ids=FALSE)
def test_a_false_claim_does_not(speaking: Speaking, question: str, text: str, quotes: list[str]) -> None:
    answer = answer_to(speaking, question, text, quotes)
    assert text[:-1] not in answer.text
    assert answer.answered_by == "evidence"


def test_what_fails_is_named_to_the_model_once_and_its_better_answer_is_taken(speaking: Speaking) -> None:
    wrong, right = TRUE["paraphrase"][1].replace("6.2", "7.1"), TRUE["paraphrase"][1]
    service, model = speaking(replies(claim(wrong, [GOAL]), claim(right, [GOAL])))
    answer = service.ask("燧河县2031年经济要增长多少？")
    assert answer.text == right[:-1] + "[1]。"
    assert len(model.asked) == 2
    assert "7.1%" in str(model.asked[1][-1].content)


def test_of_two_claims_the_false_one_is_left_out_and_told(speaking: Speaking) -> None:
    true, false = TRUE["numerals in words"][1], FALSE["unit of money"][1]
    service, _ = speaking(replies(claim(true, [JOBS]) + claim(false, [GDP])))
    answer = service.ask("燧河县2030年城镇新增就业和地区生产总值是多少？")
    assert answer.text == true[:-1] + "[1]。"
    assert "figure" in "".join(answer.notes)


def test_rows_of_a_table_are_held_to_their_quotes_each(speaking: Speaking) -> None:
    rows = [(["燧河县", "186.4亿元"], GDP), (["菱浦县", "230.1亿元"], OTHER_GDP)]
    lines = [json.dumps({"columns": ["地区", "地区生产总值"]})]
    lines += [json.dumps({"row": cells, "quotes": [{"n": 1, "quote": quote}]}) for cells, quote in rows]
    service, _ = speaking(replies("\n".join(lines)))
    events = list(service.stream("燧河县和菱浦县2030年地区生产总值各多少？"))
    answer = events[-1].value
    assert isinstance(answer, Answer)
    assert answer.table is not None
    assert [row.cells for row in answer.table.rows] == [("燧河县", "186.4亿元")]
    assert "".join(str(event.value) for event in events if event.name == "token") == answer.text


def test_a_row_may_be_numbered(speaking: Speaking) -> None:
    rows = [(["1", "新增就业3150人"], JOBS), (["2", "新造公益林2.4万亩"], WOODS)]
    lines = [json.dumps({"row": cells, "quotes": [{"n": 1, "quote": quote}]}) for cells, quote in rows]
    service, _ = speaking(replies("\n".join(lines)))
    answer = service.ask("燧河县新增就业、菱浦县造林各多少？")
    assert answer.table is not None
    assert [row.cells for row in answer.table.rows] == [tuple(cells) for cells, _ in rows]


def test_a_model_that_asks_for_more_where_there_is_no_more_has_refused(speaking: Speaking) -> None:
    service, model = speaking(replies(json.dumps({"look_for": {"mentions": "飞船"}}, ensure_ascii=False)))
    answer = service.ask("燧河县的飞船停在哪里？")
    assert answer.status == "not_found"
    assert len(model.asked) <= 3


def test_a_refusal_is_said_in_the_models_words_unless_they_hold_what_nothing_bears(speaking: Speaking) -> None:
    plain, false = "报告没有说明燧河县2031年的人口目标。", "报告没有说明，但燧河县2031年人口为73万人。"
    for words, said in ((plain, True), (false, False)):
        service, _ = speaking(replies(json.dumps({"not_found": words, "quotes": []}, ensure_ascii=False)))
        answer = service.ask("燧河县2031年的人口目标是多少？")
        assert (answer.status, answer.citations) == ("not_found", ())
        assert (answer.text == words) is said
