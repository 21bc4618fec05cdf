from __future__ import annotations

from dataclasses import replace

import pytest

from rag.old.reranking import WEIGHTS, Wish, rerank
from rag.types import Hit, Passage, Reading
from tests.rag.invented import make_report


def hit(text: str, *, number: int = 0, header: str = "青岚县 · 2031年", reading: Reading = Reading.UNKNOWN) -> Hit:
    first = make_report().passages[0]
    passage = replace(first, passage_id=f"aa:{number:05d}", text=text, header=header, reading=reading)
    return Hit(passage, 1.0, 0)


def texts(*hits: Hit) -> dict[str, str]:
    return {each.passage.passage_id: each.passage.text for each in hits}


@pytest.mark.parametrize(
    ("wish", "better", "worse"),
    [
        (Wish(phrases=("灌区", "通水")), "第三号灌区全部通水", "灌区在建"),
        (Wish(focus="清淤"), "青岚河清淤完成", "青岚河两岸"),
        (Wish(units=("公里",)), "新修道路40公里", "新修道路40条"),
        (Wish(units=("工作日",)), "0.5个工作日办结", "当日办结"),
        (Wish(units=("%",)), "增长百分之六", "增长六亿元"),
        (Wish(wordings=(("地区生产总值", 0.5),)), "地区生产总值增长", "经济总量增长"),
    ],
)
def test_what_the_question_wants_comes_first(wish: Wish, better: str, worse: str) -> None:
    first, second = hit(worse), hit(better, number=1)
    assert rerank([first, second], wish, texts(first, second))[0].passage.text == better


def test_a_target_is_asked_for_and_a_result_falls_behind() -> None:
    result, target = hit("增长6%", reading=Reading.RESULT), hit("增长6%", number=1, reading=Reading.TARGET)
    found = rerank([result, target], Wish(reading=Reading.TARGET), texts(result, target))
    assert [each.passage.reading for each in found] == [Reading.TARGET, Reading.RESULT]


def test_another_year_falls_behind_and_an_unknown_one_does_not() -> None:
    other, unknown = hit("增长6%"), hit("增长6%", number=1)
    other = replace(other, passage=replace(other.passage, years=(2030,)))
    unknown = replace(unknown, passage=replace(unknown.passage, years=()))
    found = rerank([other, unknown], Wish(years=(2031,)), texts(other, unknown))
    assert found[0].passage.years == ()
    assert found[1].score == pytest.approx(1.0 + WEIGHTS["years"])


def test_a_heading_in_the_questions_words_counts() -> None:
    plain, headed = hit("全部完成"), hit("全部完成", number=1, header="青岚县 · 农田水利建设")
    found = rerank([plain, headed], Wish(topic="农田水利建设进展"), texts(plain, headed))
    assert found[0].signals["heading"] == 1
    assert found[0].passage.header.endswith("农田水利建设")


def test_the_signals_say_what_counted_and_no_wish_changes_nothing() -> None:
    only = hit("新修道路40公里")
    assert rerank([only], Wish(), texts(only)) == [only]
    assert "unit" in rerank([only], Wish(units=("公里",)), texts(only))[0].signals


def test_no_hits_stay_no_hits() -> None:
    assert rerank([], Wish(focus="清淤"), {}) == []


def test_ties_are_broken_by_passage_id() -> None:
    hits = [hit("全部通水", number=number) for number in (2, 0, 1)]
    ordered: list[Passage] = [each.passage for each in rerank(hits, Wish(), texts(*hits))]
    assert [each.passage_id for each in ordered] == ["aa:00000", "aa:00001", "aa:00002"]
