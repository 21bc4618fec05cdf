from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.problem_checks import assert_problem

QUESTION = "枫桐县2031年地区生产总值增长目标是多少？"


def ask(client: TestClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines.get("event", ""), json.loads(lines["data"])))
    return found


def test_answers_with_the_figure_and_its_quote(client: TestClient, report_ids: dict[str, str]):
    answer = ask(client, question=QUESTION)
    assert answer["status"] == "answered"
    assert "6%" in answer["answer"]
    assert "[1]" in answer["answer"]
    assert answer["answered_by"] == "evidence"
    assert {each["report_id"] for each in answer["citations"]} == {report_ids["枫桐县2031.txt"]}


def test_every_citation_has_the_keys_of_the_contract(client: TestClient):
    citation = ask(client, question=QUESTION)["citations"][0]
    keys = {"marker", "report_id", "title", "source", "place", "years", "section", "quote", "start", "end", "page"}
    assert keys <= citation.keys()
    assert citation["source"] == "枫桐县2031.txt"
    assert citation["page"] is None


def test_quotes_stand_verbatim_in_the_text_of_the_report(client: TestClient):
    for citation in ask(client, question="枫桐县和汀萝市2030年的地区生产总值各是多少？")["citations"]:
        text = client.get(f"/v1/reports/{citation['report_id']}/text").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert len(citation["quote"]) <= 300


def test_says_what_was_understood_and_how_long_it_took(client: TestClient):
    answer = ask(client, question=QUESTION)
    assert answer["understood"]["places"] == ["枫桐县"]
    assert answer["understood"]["years"] == [2031]
    assert answer["understood"]["language"] == "zh"
    assert answer["timings_ms"]["total"] > 0
    assert answer["id"]


def test_not_found_is_an_answer_not_an_error(client: TestClient):
    answer = ask(client, question="枫桐县2047年的地区生产总值是多少？")
    assert answer["status"] == "not_found"
    assert answer["citations"] == []
    assert answer["answer"]


def test_a_follow_up_is_understood_from_the_history(client: TestClient):
    first = ask(client, question=QUESTION)
    history = [{"question": QUESTION, "answer": first["answer"]}]
    answer = ask(client, question="汀萝市呢？", history=history)
    assert "6.5%" in answer["answer"]


def test_scope_by_report_id_is_hard(client: TestClient, report_ids: dict[str, str]):
    scope = {"report_ids": [report_ids["汀萝市2031.txt"]]}
    answer = ask(client, question="2030年地区生产总值是多少？", scope=scope)
    assert {each["report_id"] for each in answer["citations"]} == set(scope["report_ids"])


def test_a_scope_that_matches_nothing_gives_nothing(client: TestClient):
    answer = ask(client, question="2030年地区生产总值是多少？", scope={"report_ids": ["0123456789abcdef"]})
    assert answer["status"] == "not_found"
    assert answer["citations"] == []


def test_streams_the_steps_in_order_and_the_same_answer(client: TestClient):
    response = client.post("/v1/ask/stream", json={"question": QUESTION})
    assert response.headers["content-type"].startswith("text/event-stream")
    steps = events(response.text)
    names = [name for name, _ in steps]
    assert names[0] == "understood"
    assert names[1] == "evidence"
    assert names[-2:] == ["citations", "done"]
    assert set(names[2:-2]) == {"token"}
    done = steps[-1][1]
    assert "".join(value["text"] for name, value in steps if name == "token") == done["answer"]
    assert [one for name, value in steps if name == "token" for one in value["citations"]] == done["citations"]
    assert done["answer"] == ask(client, question=QUESTION)["answer"]


def test_a_bad_question_is_refused_before_a_stream_begins(client: TestClient):
    assert_problem(client.post("/v1/ask/stream", json={"question": " "}), 422)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": " \n　"},
        {"question": "问" * 20_000},
        {"question": 7},
        {"question": None},
        {"question": "？", "limit": 0},
        {"question": "？", "scop": {}},
        {"question": "？", "scope": {"year": [2031]}},
        {"question": "？", "scope": {"years": ["soon"]}},
        {"question": "？", "history": [{"question": "a"}]},
        {"question": "？", "history": [{"question": "a", "answer": "b"}] * 51},
        [],
        "question",
    ],
)
def test_a_body_that_is_not_a_question_is_told_so(client: TestClient, body: Any):
    assert assert_problem(client.post("/v1/ask", json=body), 422)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"question": "\\ud800"}', b"[" * 100_000])
def test_bad_json_is_told_so(client: TestClient, content: bytes):
    response = client.post("/v1/ask", content=content, headers={"Content-Type": "application/json"})
    assert_problem(response, 422)


def test_the_message_for_a_long_question_names_the_limit(client: TestClient):
    detail = assert_problem(client.post("/v1/ask", json={"question": "问" * 20_000}), 422)
    assert "2000" in detail.replace(",", "")


def test_feedback_is_kept(client: TestClient, settings: Any):
    given = {"id": "a1", "rating": "up", "comment": "好用\n第二行"}
    assert client.post("/v1/feedback", json=given).status_code == 201
    lines = (settings.data_dir / "feedback.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["comment"] == given["comment"]


def test_feedback_of_no_known_kind_is_refused(client: TestClient):
    assert_problem(client.post("/v1/feedback", json={"id": "a1", "rating": "sideways"}), 422)
