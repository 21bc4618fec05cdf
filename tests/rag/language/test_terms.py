from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.terms import terms


def test_chinese_is_not_split_on_spaces_but_into_pairs() -> None:
    assert terms("粮食产量") == ["粮食", "食产", "产量"]


def test_a_lone_character_is_a_term_and_a_character_of_a_run_is_not() -> None:
    assert terms("市、县") == ["市", "县"]
    assert "县" not in terms("全县")


@pytest.mark.parametrize("written", ["增长6.5%", "增长６.５％", "增長6.5%"])
def test_one_statement_has_the_same_terms_however_it_is_written(written: str) -> None:
    assert terms(written) == ["增长", "6.5", "6.5%"]


def test_a_figure_is_a_term_alone_and_with_its_unit() -> None:
    assert "38.3亿元" in terms("达到38.3 亿元")
    assert "38.3" in terms("达到38.3 亿元")
    assert "38.3%" not in terms("达到38.3 亿元")


def test_thousands_commas_make_no_difference() -> None:
    assert terms("1,505个") == terms("1505个")


def test_latin_words_are_whole_and_small() -> None:
    assert terms("GDP of e-Commerce") == ["gdp", "of", "e-commerce", "e-com…"]


def test_white_space_and_punctuation_have_no_terms() -> None:
    assert terms(" ，。\n") == []
    assert terms("") == []


@given(st.text())
def test_no_term_holds_white_space(text: str) -> None:
    assert all(term and not any(character.isspace() for character in term) for term in terms(text))
