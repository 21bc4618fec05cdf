from eval.dataset import Evidence, GoldQuestion
from eval.run_answers import run_answers
from eval.scoring import score
from eval.summary import headlines, right_by
from rag.errors import BadInputError
from rag.types import Answer, Citation, Understood

TEXT = "云汀县2023年地区生产总值增长6%；固定资产投资增长8%。"
ITEM = GoldQuestion(
    id="q1",
    question="云汀2023年GDP目标？",
    answer="增长6%。",
    must_include=(("6%",),),
    must_not_include=("4.2%",),
    evidence=(Evidence(doc="yunting", quote="地区生产总值增长6%"),),
    places=("云汀县",),
    years=(2023,),
)


def cited(quote, *, marker=1, years=(2023,), place="云汀县", source="yunting.txt"):
    start = TEXT.index(quote)
    return Citation(marker, "r1", "报告", source, place, years, (), quote, start, start + len(quote))


def answered(text, *citations, status="answered"):
    return Answer("a", status, text, "evidence", citations, Understood("", (), (), "zh"))


def scored(text, *citations, item=ITEM, status="answered"):
    return score(item, answered(text, *citations, status=status), {"r1": TEXT})


def test_an_accurate_cited_answer_is_right():
    row = scored("增长6%[1]。", cited("地区生产总值增长6%"))
    assert row.right
    assert (row.valid, row.covering, row.found) == (1, 1, 1)


def test_a_citation_whose_marker_is_not_in_the_answer_is_not_valid():
    assert not scored("增长6%。", cited("地区生产总值增长6%")).right


def test_a_quote_that_does_not_stand_at_its_offsets_is_not_valid():
    moved = Citation(1, "r1", "", "yunting.txt", None, (), (), "地区生产总值增长6%", 0, 11)
    assert scored("增长6%[1]。", moved).valid == 0


def test_the_typical_confusion_makes_an_answer_wrong():
    row = scored("增长6%，上年4.2%[1]。", cited("地区生产总值增长6%"))
    assert row.confused
    assert not row.right


def test_a_figure_that_no_quote_bears_makes_an_answer_wrong():
    row = scored("增长6%，投资增长13%[1]。", cited("地区生产总值增长6%"))
    assert row.unsupported == ("13",)
    assert row.accurate
    assert not row.right


def test_a_long_answer_is_not_concise():
    assert not scored("增长6%" + "很" * 130 + "[1]", cited("地区生产总值增长6%")).concise


def test_another_place_or_year_is_counted():
    row = scored("增长6%[1]。", cited("地区生产总值增长6%", years=(2022,), place="澄岚市"))
    assert row.wrong_place
    assert row.wrong_year


def test_an_unanswerable_question_is_right_when_refused():
    item = ITEM.model_copy(update={"answerable": False, "evidence": ()})
    assert scored("报告没有说。", item=item, status="not_found").right
    assert not scored("增长6%。", item=item).right


def test_headlines_count_citations_and_refusals():
    refusal = ITEM.model_copy(update={"answerable": False})
    rows = [
        scored("增长6%[1]。", cited("地区生产总值增长6%")),
        scored("没有", status="not_found"),
        scored("没有", item=refusal, status="not_found"),
    ]
    figures = headlines(rows)
    assert figures["right"].value == 2 / 3
    assert figures["refusal_precision"].value == 0.5
    assert figures["refusal_recall"].value == 1
    assert figures["citation_recall"].value == 0.5
    assert figures["citation_precision"].value == 1
    assert right_by(rows, "place")["云汀县"].n == 3


class Refuses:
    def ask(self, question, *, history=()):
        raise BadInputError("question is empty")

    def text(self, report_id):
        return TEXT


def test_a_question_that_fails_is_wrong_and_not_left_out():
    (row,) = run_answers([ITEM], Refuses())
    assert row.status == "failed"
    assert not row.right
