"""Whatever a model replies, it ends in verified claims or in the extractive answer with a note, never in an error."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Sequence

import pytest

from rag.answering.replies import MAX_REPLY_CHARS
from rag.answering.replying import MAX_CLAIMS
from rag.types import Answer, Event
from tests.rag.answering.conftest import Speaking
from tests.rag.scripted import replies

QUESTION = "燧河县2031年地区生产总值的增长目标是多少？"
TRUE = "燧河县2031年地区生产总值增长目标是6.2%左右。"
QUOTE = "地区生产总值增长6.2%左右"
FALSE = "燧河县2031年地区生产总值增长目标是9.9%。"


def claim(text: str, quote: str, number: int = 1) -> str:
    return json.dumps({"claim": text, "quotes": [{"n": number, "quote": quote}]}, ensure_ascii=False) + "\n"


def tokens(events: Sequence[Event]) -> str:
    return "".join(str(event.value) for event in events if event.name == "token")


def assert_by_the_reader(answer: Answer) -> None:
    assert answer.answered_by == "evidence"
    assert answer.status == "answered"
    assert "6.2%" in answer.text
    assert answer.notes


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "\n \n\n",
        "{}",
        "[]",
        "null",
        '{"answer": "6.2%"}',
        '{"claim": 6.2, "quotes": "6.2"}',
        '{"claim": "", "quotes": []}',
        '{"row": []}',
        claim(TRUE, QUOTE)[:-14],
        '{"claim": "' + TRUE,
        "<html><body>502 Bad Gateway</body></html>",
        "```json\n```",
        "| 地区 | 目标 |\n|---|---|",
        "\x00\ufffd\ufeff{",
        "[" * 3_000,
        '{"claim": ' * 600,
        '{"a":' * 1_500,
    ],
    ids=lambda reply: repr(reply[:24]),
)
def test_a_reply_that_says_nothing_is_answered_for_by_the_reader(speaking: Speaking, reply: str) -> None:
    service, _ = speaking(replies(reply))
    assert_by_the_reader(service.ask(QUESTION))


@pytest.mark.parametrize("piece", ["嗯" * 50, '{"claim": "', "\n" * 50, "{" * 50, claim(FALSE, QUOTE)])
def test_an_endless_reply_is_cut_off(speaking: Speaking, piece: str) -> None:
    service, model = speaking(lambda _: itertools.repeat(piece))
    assert_by_the_reader(service.ask(QUESTION))
    assert all(model.stopped)
    assert sum(map(len, model.pieces_given)) <= 2 * (MAX_REPLY_CHARS + len(piece))


def test_an_endless_reply_of_true_claims_is_stopped(speaking: Speaking) -> None:
    def script(_: object) -> Iterator[str]:
        for number in itertools.count(1):
            yield claim(TRUE.replace("目标", "目标" * number), QUOTE)

    service, model = speaking(script)
    answer = service.ask(QUESTION)
    assert answer.text.count("6.2%") == MAX_CLAIMS
    assert model.stopped == [True]
    assert len(model.pieces_given) < MAX_CLAIMS + 3


def test_a_line_said_many_times_is_said_once(speaking: Speaking) -> None:
    service, _ = speaking(replies(claim(TRUE, QUOTE) * 100))
    assert service.ask(QUESTION).text == TRUE[:-1] + "[1]。"


def test_prose_is_read_sentence_by_sentence_and_code_finds_the_quotes(speaking: Speaking) -> None:
    service, _ = speaking(replies(f"好的，以下是回答：\n1. {TRUE}\n2. {FALSE}"))
    answer = service.ask(QUESTION)
    assert answer.answered_by == "scripted:test"
    assert TRUE[:-1] in answer.text
    assert "9.9" not in answer.text
    assert QUOTE in answer.citations[0].quote


def test_a_quote_that_code_finds_is_the_clause_and_not_its_sentence(speaking: Speaking) -> None:
    service, _ = speaking(replies("2031年燧河县地区生产总值增长目标是6.2%左右，城镇新增就业3000人以上。"))
    (citation,) = service.ask("燧河县2031年有哪些目标？").citations
    assert citation.quote.startswith("今年的主要预期目标是：地区生产总值增长6.2%左右，")
    assert citation.quote.endswith("城镇新增就业3000人以上。")
    service, _ = speaking(replies("2031年燧河县一般公共预算收入预期增长5%。"))
    (citation,) = service.ask("燧河县2031年有哪些目标？").citations
    assert citation.quote == "今年的主要预期目标是：地区生产总值增长6.2%左右，一般公共预算收入增长5%"
    assert service.text(citation.report_id)[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("wrapped", ["```json\n{}```\n", "[{}]", "答案如下：\n{}", "{}\n以上。"])
def test_a_claim_is_found_in_what_models_put_around_it(speaking: Speaking, wrapped: str) -> None:
    service, _ = speaking(replies(wrapped.replace("{}", claim(TRUE, QUOTE).strip() + "\n")))
    answer = service.ask(QUESTION)
    assert answer.text.startswith(TRUE[:-1])
    assert answer.answered_by == "scripted:test"


@pytest.mark.parametrize("number", [0, -1, 99, 10**20])
@pytest.mark.parametrize("quote", [QUOTE, "没有这样的话没有这样的话"])
def test_a_number_that_was_not_shown_proves_nothing_and_loses_nothing(
    speaking: Speaking, number: int, quote: str
) -> None:
    service, _ = speaking(replies(claim(TRUE, quote, number) + claim(FALSE, quote, number)))
    answer = service.ask(QUESTION)
    assert answer.text == TRUE[:-1] + "[1]。"
    assert QUOTE in answer.citations[0].quote


def test_a_quote_over_two_spans_is_not_cited(speaking: Speaking) -> None:
    service, _ = speaking(replies(claim(TRUE, "地区生产总值增长6.2%左右\n[2] 地区生产总值增长6%左右")))
    answer = service.ask(QUESTION)
    assert answer.text.startswith(TRUE[:-1])
    for citation in answer.citations:
        assert "[2]" not in citation.quote
        assert service.text(citation.report_id)[citation.start : citation.end] == citation.quote


def test_the_stream_never_shows_what_was_not_verified(speaking: Speaking) -> None:
    service, _ = speaking(replies(claim(FALSE, QUOTE) + claim(TRUE, QUOTE) + FALSE, claim(FALSE, QUOTE)))
    shown = ""
    events = []
    for event in service.stream(QUESTION):
        events.append(event)
        if event.name == "token":
            shown += str(event.value)
            assert "9.9" not in shown
            assert (TRUE[:-1] + "[1]。").startswith(shown)
    assert events[-1].name == "done"
    assert isinstance(events[-1].value, Answer)
    assert events[-1].value.text == shown == tokens(events) != ""


def test_a_listener_that_goes_away_stops_the_model(speaking: Speaking) -> None:
    service, model = speaking(lambda _: itertools.chain([claim(TRUE, QUOTE)], itertools.repeat("嗯")))
    stream = service.stream(QUESTION)
    while (event := next(stream)).name != "token" or not event.value:
        pass
    stream.close()
    assert model.stopped == [True]
    assert len(model.pieces_given) < 5


def test_a_provider_that_fails_is_answered_for_with_a_note(speaking: Speaking) -> None:
    def script(_: object) -> Iterator[str]:
        yield "燧河"
        raise ConnectionError

    service, _ = speaking(script)
    answer = service.ask(QUESTION)
    assert_by_the_reader(answer)
    assert "scripted:test cannot be reached" in answer.notes[0]


def test_a_provider_that_fails_after_a_claim_keeps_the_claim_and_says_so(speaking: Speaking) -> None:
    def script(_: object) -> Iterator[str]:
        yield claim(TRUE, QUOTE)
        raise ConnectionError

    service, _ = speaking(script)
    answer = service.ask(QUESTION)
    assert answer.text == TRUE[:-1] + "[1]。"
    assert answer.answered_by == "scripted:test"
    assert "cannot be reached" in answer.notes[0]


def test_a_provider_slower_than_the_timeout_is_answered_for_with_a_note(speaking: Speaking) -> None:
    def script(_: object) -> Iterator[str]:
        while True:
            time.sleep(0.05)
            yield "嗯"

    service, model = speaking(script, timeout_seconds=0.3)
    began = time.monotonic()
    answer = service.ask(QUESTION)
    assert time.monotonic() - began < 3
    assert_by_the_reader(answer)
    assert "did not answer within 0.3 s" in answer.notes[0]
    assert model.stopped == [True]


LOOK = json.dumps({"look_for": ["一般公共预算收入"]}, ensure_ascii=False)


def test_more_is_looked_for_twice_at_most(speaking: Speaking) -> None:
    service, model = speaking(replies(LOOK), evidence_chars=300)
    answer = service.ask(QUESTION)
    assert len(model.asked) == 3
    assert "look_for" not in answer.text


def test_who_looks_for_more_where_all_was_shown_has_found_nothing(speaking: Speaking) -> None:
    service, model = speaking(replies(LOOK), evidence_chars=50_000)
    answer = service.ask(QUESTION)
    assert len(model.asked) == 2
    assert (answer.status, answer.answered_by) == ("not_found", "scripted:test")


def test_more_evidence_keeps_the_numbers_shown_before(speaking: Speaking) -> None:
    look = json.dumps({"look_for": ["遥感测绘"]}, ensure_ascii=False)
    service, model = speaking(replies(look, claim(TRUE, QUOTE)))
    assert service.ask(QUESTION).text == TRUE[:-1] + "[1]。"
    first, second = (str(messages[-1].content) for messages in model.asked)
    block = first[first.index("<evidence>") : first.index("</evidence>")]
    assert block in second


def test_a_refusal_without_words_is_a_refusal(speaking: Speaking) -> None:
    service, _ = speaking(replies('{"not_found": ""}'))
    answer = service.ask(QUESTION)
    assert (answer.status, answer.answered_by) == ("not_found", "scripted:test")
    assert "没有找到" in answer.text
