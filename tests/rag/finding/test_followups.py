"""What a question leans on, where no model completes it."""

import pytest

from rag.finding.followups import searches
from rag.language.places import load_gazetteer
from rag.types import Turn

FIRST = "扬中市2022年的粮食产量是多少？"


def asked(*questions: str) -> tuple[str, ...]:
    *earlier, question = questions
    return searches(question, [Turn(each, "……") for each in earlier], load_gazetteer())


def test_a_question_without_turns_before_it_stands_alone():
    assert asked(FIRST) == (FIRST,)


@pytest.mark.parametrize(
    "between", [("丹阳市呢？",), ("丹阳市呢？", "2021年呢？"), ("去年呢？", "What about Danyang?", "句容呢")]
)
def test_questions_that_only_change_place_or_year_lean_on_the_one_that_tells_what(between):
    question, leaned = asked("镇江的水质怎么样？", FIRST, *between, "靖江市呢？")
    assert question == "靖江市呢？"
    assert leaned == " ".join([FIRST, *between, "靖江市呢？"])


def test_a_new_subject_is_leaned_on_alone():
    assert asked(FIRST, "小麦种了多少亩？", "丹阳市呢？")[1] == "小麦种了多少亩？ 丹阳市呢？"
