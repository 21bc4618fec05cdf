from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgi_correlation_id import CorrelationIdFilter
from fastapi.testclient import TestClient

from api.observing.logs import make_formatter
from tests.api.problem_checks import assert_problem

MakeClient = Callable[..., TestClient]
QUESTION = "枫桐县2030年改造了几座危桥？"


class Log:
    """What a server would write to standard error."""

    def __init__(self) -> None:
        self.text = io.StringIO()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    handler = logging.StreamHandler(log.text)
    handler.addFilter(CorrelationIdFilter())
    handler.setFormatter(make_formatter(for_people=False))
    logger, level = logging.getLogger(), logging.getLogger("report_qa").level
    logger.addHandler(handler)
    logging.getLogger("report_qa").setLevel(logging.INFO)
    yield log
    logger.removeHandler(handler)
    logging.getLogger("report_qa").setLevel(level)


def test_a_request_id_is_made_where_none_is_sent(client: TestClient):
    ids = {client.get("/v1/status").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(len(each) == 32 for each in ids)


@pytest.mark.parametrize("sent", ["01J-trace:7", "x" * 128])
def test_a_request_id_is_sent_back(client: TestClient, sent: str):
    assert client.get("/health/live", headers={"X-Request-ID": sent}).headers.get_list("x-request-id") == [sent]


@pytest.mark.parametrize("sent", ["x" * 129, "two words", "é", 'a"b\t{}'])
def test_what_is_no_request_id_is_replaced(client: TestClient, sent: str):
    given = client.get("/health/live", headers={"X-Request-ID": sent.encode("latin-1")}).headers["x-request-id"]
    assert given != sent
    assert len(given) == 32


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/v1/reports/0123456789abcdef", {}, 404), ("/nowhere", {}, 404), ("/v1/status", {"Host": "evil.example"}, 421)],
)
def test_a_problem_names_its_request(client: TestClient, path: str, headers: dict[str, str], status: int):
    response = client.get(path, headers=headers | {"X-Request-ID": "r-1"})
    assert_problem(response, status)
    assert response.json()["request_id"] == "r-1"
    assert response.headers.get_list("x-request-id") == ["r-1"]


def test_a_bug_is_logged_under_the_id_its_problem_names(client: TestClient, log: Log):
    @client.app.get("/broken")  # type: ignore[attr-defined]
    def fail() -> None:
        raise ZeroDivisionError("secret inside")

    response = client.get("/broken", headers={"X-Request-ID": "r-2"})
    assert "secret" not in assert_problem(response, 500)
    assert response.headers.get_list("x-request-id") == ["r-2"]
    assert response.json()["request_id"] == "r-2"
    (line,) = log.lines()
    assert (line["request_id"], line["status"], line["route"]) == ("r-2", 500, "/broken")


def test_a_request_is_one_line_with_what_came_of_it(client: TestClient, log: Log):
    client.post("/v1/ask", json={"question": QUESTION}, headers={"X-Request-ID": "r-3"})
    (line,) = log.lines()
    assert line["request_id"] == "r-3"
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/ask", 200)
    assert (line["answer"], line["answered_by"], line["tokens_in"]) == ("answered", "evidence", 0)
    assert line["milliseconds"] >= 0
    assert line["level"] == "INFO"


def test_a_stream_is_logged_when_it_has_ended(client: TestClient, log: Log):
    client.post("/v1/ask/stream", json={"question": QUESTION})
    assert [line["answer"] for line in log.lines()] == ["answered"]


def ask_everywhere(client: TestClient) -> None:
    client.post("/v1/ask", json={"question": QUESTION})
    client.post("/v1/ask/stream", json={"question": QUESTION})
    client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]})
    client.get("/v1/search", params={"q": QUESTION})


def test_questions_are_not_logged(client: TestClient, log: Log):
    ask_everywhere(client)
    client.post("/v1/ask", json={"question": QUESTION, "scop": {}})
    client.post("/v1/feedback", json={"id": "a", "rating": "up", "question": QUESTION, "answer": "9 座危桥"})
    assert len(log.lines()) == 6
    assert "危桥" not in log.text.getvalue()
    assert "question" not in log.text.getvalue()


def test_questions_are_logged_where_the_settings_say_so(client_with: MakeClient, log: Log):
    ask_everywhere(client_with(log_questions=True))
    assert [line["question"] for line in log.lines()] == [QUESTION] * 4


def test_health_checks_that_pass_are_not_logged(client: TestClient, log: Log):
    assert client.get("/health/live").status_code == 200
    assert client.get("/static/app.js").status_code == 200
    assert log.lines() == []


def test_threat_a_client_cannot_write_lines_of_its_own_into_the_log(client: TestClient, log: Log):
    client.get("/v1/%0a%7B%22level%22%3A%22ERROR%22%7D")
    (line,) = log.lines()
    assert line["path"] == '/v1/\n{"level":"ERROR"}'


def test_on_a_terminal_a_request_is_a_short_line():
    record = logging.LogRecord("report_qa.requests", logging.INFO, "", 0, "GET /v1/reports 200", (), None)
    record.correlation_id = "r-4"
    assert make_formatter(for_people=True).format(record).endswith("I GET /v1/reports 200 [r-4]")
