"""The small parts answers are made of: folding, spans, passages, matching, windows, scope and wording."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.old.answering.wording import tidy, year_words
from rag.old.evidence import Sentence
from rag.language.folding import fold
from rag.old.matching import Matcher, Synonym, make_matcher
from rag.reading.passages import MAX_CHARS, make_passages
from rag.language.places import load_gazetteer
from rag.old.scoping import select_reports
from rag.old.scoring import fits_years, score_sentences
from rag.language.sentences import Span, split_clauses, split_items, split_sentences, strip
from rag.service import Service
from rag.types import Figure, Profile, Reading, Scope, Section
from rag.old.wanted import Wanted
from rag.old.windows import WINDOW_MAX_CHARS, best_window, part_around
from tests.rag.answering_reports import FILES

WORDS = st.text(alphabet="燧河修路。！？；，：、,.:1250“”（） \nAbc", max_size=120)
SOME_FIGURE = Wanted(number=True)


@given(st.text(max_size=200))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_meets_full_width_traditional_and_capitals() -> None:
    assert fold("ＧＤＰ達６.５％") == "gdp达6.5%"
    assert fold("") == ""


@pytest.mark.parametrize("split", [split_sentences, split_clauses, split_items])
@given(text=WORDS)
def test_spans_lie_in_order_and_leave_out_nothing_but_white_space(split, text: str) -> None:
    spans = split(text)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert all(span == strip(text, span) and span.start < span.end for span in spans)
    assert "".join("".join(text[span.start : span.end] for span in spans).split()) == "".join(text.split())


@given(text=WORDS)
def test_the_clauses_of_a_sentence_and_the_items_of_a_clause_cover_it(text: str) -> None:
    for outer, inner in ((split_sentences, split_clauses), (split_clauses, split_items)):
        for whole in outer(text):
            parts = inner(text, whole.start, whole.end)
            assert (parts[0].start, parts[-1].end) == whole


def test_a_thousands_mark_or_a_decimal_ends_no_clause() -> None:
    text = "粮食1,250吨，油料3.5吨；9:30开工。"
    assert [text[a:b] for a, b in split_clauses(text)] == ["粮食1,250吨，", "油料3.5吨；", "9:30开工。"]


@given(st.lists(st.text(alphabet="燧河修路，。", min_size=1, max_size=400), min_size=1, max_size=6))
def test_passages_cover_their_section_in_pieces_of_bounded_length(paragraphs: list[str]) -> None:
    text = "\n".join(paragraphs)
    passages = make_passages("r1", text, (Section(0, 0, 0, len(text)),), (), Profile("燧河县报告"))
    assert all(0 < row.end - row.start <= MAX_CHARS and text[row.start : row.end] == row.text for row in passages)
    assert "".join("".join(row.text for row in passages).split()) == "".join(text.split())


def test_no_passage_crosses_a_section() -> None:
    text = "甲段修路。" * 5 + "乙段植树。" * 5
    middle = len(text) // 2
    sections = (Section(0, 0, 0, middle), Section(1, middle, middle, len(text)))
    passages = make_passages("r1", text, sections, (), Profile("燧河县报告"))
    assert [(row.section_index, row.start, row.end) for row in passages] == [(0, 0, middle), (1, middle, len(text))]


def matcher_for(*phrases: str, synonyms: tuple[Synonym, ...] = ()) -> Matcher:
    return make_matcher(phrases, synonyms=synonyms, document_frequency=lambda _: 1, num_documents=10)


def test_coverage_is_the_share_of_the_question_that_is_borne() -> None:
    matcher = matcher_for("改造小区")
    assert matcher.coverage((matcher.borne("今年改造小区三个"), 1.0)) == pytest.approx(1.0)
    assert 0 < matcher.coverage((matcher.borne("小区停车"), 1.0)) < 1
    assert matcher.coverage((matcher.borne("造林"), 1.0)) == 0


def test_rare_words_weigh_more() -> None:
    often = {"道路": 9, "灯塔": 1}
    matcher = make_matcher(["道路", "灯塔"], document_frequency=lambda gram: often[gram], num_documents=10)
    assert matcher.coverage((matcher.borne("灯塔"), 1.0)) > matcher.coverage((matcher.borne("道路"), 1.0))


def test_another_wording_counts_a_little_less_than_the_question_s_own() -> None:
    matcher = matcher_for("公路", synonyms=(Synonym("马路", "公路", 0.9),))
    assert matcher.coverage((matcher.borne("修马路"), 1.0)) == pytest.approx(0.9)


def test_a_question_of_no_words_is_borne_by_nothing() -> None:
    assert matcher_for().coverage((matcher_for().borne("修路"), 1.0)) == 0


def test_the_window_for_a_figure_is_the_clause_that_holds_it() -> None:
    text = "全县粮食产量12.8万吨，蔬菜产量9.6万吨，水果产量3.1万吨。"
    window = best_window(text, Span(0, len(text)), matcher_for("蔬菜产量"), SOME_FIGURE)
    assert text[window.start : window.end] == "蔬菜产量9.6万吨，"


@given(st.lists(st.text(alphabet="燧河修路1", min_size=1, max_size=60), min_size=1, max_size=8))
def test_a_window_is_whole_clauses_and_no_longer_than_allowed(clauses: list[str]) -> None:
    text = "，".join(clauses) + "。"
    window = best_window(text, Span(0, len(text)), matcher_for("修路"), SOME_FIGURE)
    assert window.end - window.start <= WINDOW_MAX_CHARS
    assert {window.start, window.end} <= {edge for span in split_clauses(text) for edge in span}


def test_a_window_takes_in_what_stands_beside_it_but_no_other_item_of_a_list() -> None:
    text = "城区" + "新辟公园绿地，" * 12 + "；老渡口重修，两岸从此通航；县城" + "更换路灯水管，" * 12
    window = best_window(text, Span(0, len(text)), matcher_for("两岸通航"), Wanted())
    assert text[slice(*window)] == "老渡口重修，两岸从此通航；"


def test_a_window_lies_around_the_part_nearest_in_meaning_where_words_tell_nothing() -> None:
    text = "县里" + "整修沿街门面，" * 16 + "迟到三次的当众检讨，" + "打扫背街小巷，" * 16
    start = text.index("迟到")
    nearest = Span(start, start + 10)
    window = best_window(text, Span(0, len(text)), matcher_for("怎么罚"), Wanted(), nearest=nearest)
    assert window.start <= nearest.start
    assert nearest.end <= window.end


def test_the_part_around_a_position_is_found() -> None:
    text = "修路3公里，植树5亩。"
    part = part_around(text, Span(0, len(text)), text.index("5"), split_clauses)
    assert text[part.start : part.end] == "植树5亩。"


def sentence(text: str, start: int, *, year: int, reading: Reading) -> Sentence:
    number = next(word for word in ("21", "14") if word in text)
    at = start + text.index(number)
    figure = Figure("r1", 0, "改造小区", float(number), "个", f"{number}个", "", "", "", (year,), reading, at, at + 3)
    return Sentence("r1", start, 0, start, start + len(text), text, "", "", "", (year,), reading, (figure,), False)


@pytest.mark.parametrize(("year", "reading", "best"), [(2030, Reading.RESULT, "21"), (2031, Reading.TARGET, "14")])
def test_the_year_and_the_reading_decide_between_equal_words(year: int, reading: Reading, best: str) -> None:
    rows = [
        sentence("全县改造小区21个。", 0, year=2030, reading=Reading.RESULT),
        sentence("全县改造小区14个。", 40, year=2031, reading=Reading.TARGET),
    ]
    wanted = Wanted(units=("个",), years=(year,), reading=reading, number=True)
    scored = score_sentences(rows, matcher_for("改造小区"), wanted)
    assert best in scored[0].sentence.text
    assert scored[0].score > scored[1].score


@pytest.mark.parametrize(
    ("years", "reading", "wanted", "fits"),
    [
        ((2030,), Reading.RESULT, (2030,), True),
        ((2030,), Reading.RESULT, (2031,), False),
        ((), Reading.RESULT, (2031,), True),
        ((2031, 2035), Reading.PLAN, (2035,), True),
        ((2031, 2035), Reading.PLAN, (2031,), False),
    ],
)
def test_a_plan_for_several_years_means_its_last(years, reading: Reading, wanted, fits: bool) -> None:
    assert fits_years(years, reading, wanted) is fits


@pytest.mark.parametrize(
    ("scope", "sources"),
    [
        (Scope(), set(FILES)),
        (Scope(places=("燧河县",)), {"suihe-2030.md", "suihe-2031.md"}),
        (Scope(places=("燧河县",), years=(2031,)), {"suihe-2031.md"}),
        (Scope(years=(2030,)), set(FILES)),
        (Scope(places=("云陵县",)), set()),
        (Scope(places=("菱浦县",), years=(2029,)), set()),
    ],
)
def test_a_scope_never_widens(counties: Service, scope: Scope, sources: set[str]) -> None:
    by_id = {row.report_id: row for row in counties.reports()}
    chosen = select_reports(by_id.values(), scope, load_gazetteer(), lambda key: fold(counties.text(key)))
    assert {by_id[report_id].source for report_id in chosen} == sources


@pytest.mark.parametrize(
    ("words", "tidied"),
    [
        ("，修路3公里。", "修路3公里"),
        ("“三灯工作法", "“三灯工作法”"),
        ("增长2%<img src=x onerror='f()'>，", "增长2%"),
        ("产量<5吨", "产量<5吨"),
    ],
)
def test_a_quote_is_trimmed_for_a_sentence(words: str, tidied: str) -> None:
    assert tidy(words) == tidied


def test_years_are_named_alone_or_by_their_ends() -> None:
    assert (year_words((2031,), "zh"), year_words((2030, 2031), "zh"), year_words((), "zh")) == (
        "2031年",
        "2030—2031年",
        "",
    )
