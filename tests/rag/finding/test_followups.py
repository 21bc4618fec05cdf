"""What a question leans on, where no model completes it."""

import pytest

from rag.finding.followups import searches, with_history
from rag.finding.scope import read_scope
from rag.language.places import load_gazetteer
from rag.types import Profile, ReportSummary, Scope, Turn

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


REPORTS = [
    ReportSummary(f"{place}{year}", "", "", Profile("", place, (place,), year, year, (year,), author=author), 1_000, 5)
    for place, author in (("燧河县", "纪望舒"), ("菱浦县", ""))
    for year in (2029, 2030, 2031)
]


@pytest.mark.parametrize(
    ("questions", "places", "years"),
    [
        (["燧河县2030年呢？", "菱浦县呢？"], ("菱浦县",), (2030,)),
        (["燧河县2029年造林多少？", "菱浦县2030年呢？", "2031年呢？"], ("菱浦县",), (2031,)),
        (["燧河县2029年造林多少？", "菱浦县呢？", "哪个更多？"], ("燧河县", "菱浦县"), (2029,)),
        (["燧河县2030年造林多少？", "下一年呢？"], ("燧河县",), (2030, 2031)),
        (["菱浦县2030年造林多少？", "纪望舒讲了什么？"], (), ()),
    ],
)
def test_where_and_when_are_as_they_were_said_last(questions, places, years):
    *earlier, question = questions
    gazetteer = load_gazetteer()
    scope = read_scope(question, REPORTS, gazetteer, Scope())
    turns = [Turn(each, "……") for each in earlier]
    found = with_history(scope, question, turns, REPORTS, gazetteer, Scope())
    assert (tuple(sorted(found.places)), found.years) == (tuple(sorted(places)), years)
