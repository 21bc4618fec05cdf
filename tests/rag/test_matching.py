"""Matching a question's words with texts: how much each word weighs, in the texts' own language and in another."""

from __future__ import annotations

import pytest

from rag.old.matching import Matcher, Synonym, make_matcher, make_translated_matcher, stands_in

FREQUENCY = {"果园": 3, "项目": 80, "gdp": 20}


def frequency(gram: str) -> int:
    return FREQUENCY.get(gram, 0)


def translated(*words: str) -> Matcher:
    synonyms = (Synonym("果园", "orchards"), Synonym("项目", "projects"), Synonym("gdp", "GDP"))
    return make_translated_matcher(words, synonyms=synonyms, document_frequency=frequency, num_documents=100)


def test_a_foreign_word_is_as_rare_as_its_translation() -> None:
    weights = translated("orchards", "projects", "gdp").weights
    own = make_matcher(("果园", "项目", "GDP"), document_frequency=frequency, num_documents=100).weights
    assert (weights["orchards"], weights["projects"], weights["gdp"]) == (own["果园"], own["项目"], own["gdp"])


def test_the_commonest_translation_tells_how_rare_a_word_is() -> None:
    synonyms = (Synonym("果园", "schemes"), Synonym("项目", "schemes"))
    matcher = make_translated_matcher(("schemes",), synonyms=synonyms, document_frequency=frequency, num_documents=100)
    assert matcher.weights["schemes"] == translated("projects").weights["projects"]


def test_a_word_without_translation_blocks_no_sentence() -> None:
    known = translated("orchards", "picturesque")
    assert known.coverage((known.borne("全县新建果园"), 1.0)) > 0.5
    unknown = translated("picturesque")
    assert unknown.coverage((unknown.borne("全县新建果园"), 1.0)) == 0.0


@pytest.mark.parametrize(
    ("phrase", "text", "stands"),
    [
        ("5g", "新建5g基站30座", True),
        ("5g", "组件35gw投产", False),
        ("5g", "组件35gw投产,5g网络覆盖", True),
        ("gdp", "gdp增长6%", True),
        ("产量", "粮食产量", True),
    ],
)
def test_a_latin_wording_stands_only_as_a_whole(phrase: str, text: str, stands: bool) -> None:
    assert stands_in(phrase, text) is stands


def test_a_part_of_a_phrase_does_not_tell_how_rare_the_phrase_is() -> None:
    synonyms = (Synonym("果园", "new orchards"), Synonym("项目", "new", 0.45))
    matcher = make_translated_matcher(
        ("new", "orchards"), synonyms=synonyms, document_frequency=frequency, num_documents=100
    )
    assert matcher.weights["new"] == matcher.weights["orchards"]
