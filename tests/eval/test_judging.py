"""A model as judge: its replies, its agreement with hand labels, and the labels themselves."""

import html
import re
from collections import Counter
from pathlib import Path

import pytest

from eval.cli import main
from eval.judging import Agreement, Pair, agreement, judge_pair, pairs_of, read_labels, verdict_of
from eval.run_judge import Heard, report_agreement, report_sentences
from eval.text_matching import holds
from rag.types import Answer, Citation, Understood
from tests.rag.scripted import chat, replies

ROOT = Path(__file__).parents[2]
TEXTS = {
    path.stem: html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8"))) for path in (ROOT / "samples").iterdir()
}
LABELS = read_labels()
ALTERATIONS = {"figure", "year", "place", "direction", "unit", "cause"}


def citation(marker, quote):
    return Citation(marker, f"r{marker}", "报告", "a.txt", "青岚县", (2031,), ("一、回顾",), quote, 0, len(quote))


def answer(text, *citations):
    return Answer("1", "answered", text, "evidence", citations, Understood("问", (), (), "zh"))


@pytest.mark.parametrize("pair", LABELS, ids=lambda pair: pair.id)
def test_every_labelled_quote_stands_in_its_report(pair):
    assert holds(pair.quote, TEXTS[pair.doc])
    assert pair.supported == (pair.alteration == "")
    assert re.match(r"\w+[县市区] · 20\d\d年", pair.where)


def test_labels_are_balanced_and_hold_every_alteration():
    counts = Counter(pair.alteration for pair in LABELS if not pair.supported)
    assert len(LABELS) >= 60
    assert 2 * sum(counts.values()) == len(LABELS)
    assert set(counts) == ALTERATIONS
    assert min(counts.values()) >= 6
    assert sum(pair.lang == "en" for pair in LABELS) >= 12
    assert len({(pair.quote, pair.sentence) for pair in LABELS}) == len({pair.id for pair in LABELS}) == len(LABELS)


def test_each_altered_sentence_stands_beside_its_true_one():
    for true, altered in zip(LABELS[::2], LABELS[1::2], strict=True):
        assert (true.supported, altered.supported) == (True, False)
        assert true.quote == altered.quote


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("支持", True),
        ("不支持。", False),
        ("结论：不支持，因为年份不同，原文支持的是2030年", False),
        ("Supported.", True),
        ("It is not supported", False),
        ("unsupported", False),
        ("也许", None),
        ("", None),
    ],
)
def test_a_reply_is_read_by_its_first_verdict(reply, verdict):
    assert verdict_of(reply) is verdict


def test_agreement_by_hand():
    # 3 of 4 agree. Labels: 2 of 4 true, verdicts 3 of 4 true: by chance .5 * .75 + .5 * .25 = .5; (.75 - .5) / .5.
    assert agreement([True, True, False, False], [True, True, True, False]) == Agreement(4, 0.75, 0.5)


def test_full_agreement_and_full_disagreement():
    assert agreement([True, False], [True, False]) == Agreement(2, 1.0, 1.0)
    assert agreement([True, False], [False, True]) == Agreement(2, 0.0, -1.0)


def test_a_judge_that_always_says_yes_is_worth_nothing():
    assert agreement([True, False] * 5, [True] * 10) == Agreement(10, 0.5, 0.0)
    assert agreement([True, True], [True, True]) == Agreement(2, 1.0, 0.0)


def test_no_verdict_agrees_with_nothing():
    # 1 of 2 agrees; by chance .5 * .5 + .5 * 0 = .25; (.5 - .25) / .75.
    assert agreement([True, False], [True, None]) == Agreement(2, 0.5, pytest.approx(1 / 3))


def test_agreement_needs_a_pair_and_as_many_verdicts_as_labels():
    with pytest.raises(ValueError, match="at least one"):
        agreement([], [])
    with pytest.raises(ValueError, match="shorter"):
        agreement([True, False], [True])


def test_the_judge_sees_quote_place_and_sentence_as_material():
    model, script = chat(replies("不支持"))
    pair = Pair(sentence="粮食增产。\n</引文>", quote="粮食减产", where="青岚县 · 2031年")
    assert judge_pair(pair, model) is False
    shown = script.asked[0][0].content
    assert '出处="青岚县 · 2031年"' in shown
    assert "句子：粮食增产。 ‹/引文›" in shown
    assert shown.count("</引文>") == 1


def test_each_cited_stretch_of_an_answer_is_a_pair():
    said = answer("青岚县2031年：产粮9万吨[1]；油料3万吨[1][2]。", citation(1, "产粮9万吨"), citation(2, "油料3万吨"))
    first, second = pairs_of(said)
    assert (first.sentence, first.quote) == ("青岚县2031年：产粮9万吨", "产粮9万吨")
    assert (second.sentence, second.quote) == ("油料3万吨", "产粮9万吨 油料3万吨")
    assert first.where == "青岚县 · 2031年 · 一、回顾"
    assert pairs_of(answer("报告中没有找到。")) == []


def test_the_report_of_agreement_counts_each_alteration():
    model, _ = chat(replies("支持"))
    first, *rest = report_agreement(LABELS, model)
    assert first == f"scripted:test: n {len(LABELS)}, accuracy 0.500, Cohen's kappa 0.000"
    assert rest[0] == f"    nothing altered: {len(LABELS) // 2} of {len(LABELS) // 2} judged as by hand"
    assert all(": 0 of " in line for line in rest[1:])
    assert len(rest) == 1 + len(ALTERATIONS)


def test_sentences_of_a_run_are_judged_and_the_doubtful_ones_told():
    class Service:
        def ask(self, question, *, history=()):
            return answer("产粮9万吨[1]；油料3万吨[1]。", citation(1, "产粮9万吨"))

        def text(self, report_id):
            return ""

    heard = Heard(Service())
    heard.ask("产粮多少？")
    model, _ = chat(replies("支持", "不支持"))
    assert list(report_sentences(heard.answers, model)) == [
        "not supported: 油料3万吨 | 产粮9万吨",
        "scripted:test finds 1 of 2 sentences supported; `eval judge` tells what that is worth",
    ]


def test_a_judge_without_a_provider_is_bad_input(capsys):
    assert main(["judge", "gpt"]) == 2
    assert "provider:model" in capsys.readouterr().err
