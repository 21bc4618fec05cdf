import html
import re
from collections import Counter
from pathlib import Path

import pytest

from eval.dataset import TYPES, read_dialogues, read_questions
from eval.sets import find_set
from eval.text_matching import holds, states

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "eval" / "gold"
TEXTS = {
    path.stem: html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8"))) for path in (ROOT / "samples").iterdir()
}
QUESTIONS = read_questions(GOLD / "samples.jsonl")
TURNS = [turn for dialogue in read_dialogues(GOLD / "samples_dialogues.jsonl") for turn in dialogue.turns]
ALL = [*QUESTIONS, *TURNS]
REAL_SETS = {
    "seeds": 60,
    "reports_a": 60,
    "reports_b": 60,
    "reports_c": 50,
    "reports_d": 50,
    "reports_f": 50,
    "reports_g": 90,
    "reports_h": 104,
    "reports_i": 50,
    "reports_j": 90,
    "reports_scope": 36,
    "seeds_g": 180,
}
WORDED_OTHERWISE = {"crosslingual", "paraphrase", "compare", "aggregate", "list", "time", "unanswerable"}


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.id)
def test_every_evidence_span_stands_in_its_file(item):
    assert [span.quote for span in item.evidence if not holds(span.quote, TEXTS[span.doc])] == []


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.id)
def test_the_reference_answer_states_what_is_required_and_no_confusion(item):
    assert all(states(item.answer, group) for group in item.must_include)
    assert not [wrong for wrong in item.must_not_include if states(item.answer, [wrong])]


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.id)
def test_answerable_questions_have_facts_and_evidence_and_others_have_none(item):
    assert item.answerable == bool(item.evidence) == bool(item.must_include)


def test_the_set_has_every_type_and_enough_of_each():
    counts = Counter(item.type for item in QUESTIONS)
    assert set(counts) == TYPES
    assert len(QUESTIONS) >= 120
    assert min(counts.values()) >= 4
    assert len({item.id for item in ALL}) == len(ALL)


def test_the_dialogues_are_enough_and_have_turns_that_lean_on_the_one_before():
    assert len(read_dialogues(GOLD / "samples_dialogues.jsonl")) >= 10
    assert all(len(dialogue.turns) >= 2 for dialogue in read_dialogues(GOLD / "samples_dialogues.jsonl"))


@pytest.mark.parametrize(("name", "enough"), REAL_SETS.items())
def test_questions_about_real_reports_name_spans_and_quote_nothing(name, enough):
    items = read_questions(GOLD / f"{name}.jsonl")
    assert len(items) >= enough
    assert len({item.id for item in items}) == len(items)
    assert all(span.sha256 and span.start < span.end and not span.quote for item in items for span in item.evidence)
    assert all(states(item.answer, group) for item in items for group in item.must_include)
    assert all(item.answerable == bool(item.evidence) == bool(item.must_include) for item in items)


@pytest.mark.parametrize(
    ("name", "enough"), [("seeds_dialogues", 121), ("reports_scope_dialogues", 69), ("reports_j_dialogues", 28)]
)
def test_dialogues_about_real_reports_name_spans_and_quote_nothing(name, enough):
    turns = [turn for dialogue in read_dialogues(GOLD / f"{name}.jsonl") for turn in dialogue.turns]
    assert len(turns) >= enough
    assert all(span.sha256 and span.start < span.end and not span.quote for turn in turns for span in turn.evidence)
    assert all(states(turn.answer, group) for turn in turns for group in turn.must_include)
    assert all(turn.answerable == bool(turn.evidence) == bool(turn.must_include) for turn in turns)


@pytest.mark.parametrize("name", ["seeds_dialogues", "reports_scope_dialogues"])
def test_every_span_of_a_dialogue_about_real_reports_is_in_the_files(corpus, name):
    found = find_set(name, environment={"REPORT_QA_CORPUS": str(corpus)})
    turns = [turn for row in read_dialogues(found.gold, corpus=found.corpus) for turn in row.turns]
    assert all(span.quote for turn in turns for span in turn.evidence)


@pytest.mark.parametrize("name", REAL_SETS)
def test_evidence_in_real_reports_holds_a_required_fact(corpus, name):
    found = find_set(name, environment={"REPORT_QA_CORPUS": str(corpus)})
    for item in read_questions(found.gold, corpus=found.corpus):
        spans = [span.quote for span in item.evidence]
        assert all(spans), item.id
        assert item.type in WORDED_OTHERWISE or any(
            states(words, group) for words in spans for group in item.must_include
        ), item.id
