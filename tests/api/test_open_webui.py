"""What Open WebUI sends besides questions, in the form of its prompt templates."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

QUESTION = "枫桐县2031年地区生产总值增长目标是多少？"
CHAT = (
    f"USER: {QUESTION}\nASSISTANT: 增长6%左右[[1]](http://h/#report=a&start=1&end=2)。\n\n---\n- [[1]](http://h) t\n"
    "USER: 汀萝市2030年呢？\nASSISTANT: 6.1%。"
)


def prompt(task: str, output: str, chat: str = CHAT) -> str:
    return f"### Task:\n{task}\n\n### Output:\n{output}\n\n### Chat History:\n<chat_history>\n{chat}\n</chat_history>"


TITLE = prompt("Write a title for the chat.\n### Guidelines:\n- Short.", 'JSON format: { "title": "your title here" }')
TAGS = prompt("Write tags for the chat.", 'JSON format: { "tags": ["tag1", "tag2", "tag3"] }')
FOLLOW_UPS = prompt("Suggest follow-up questions.", 'JSON format: { "follow_ups": ["Question 1?", "Question 2?"] }')
QUERIES = prompt("Is a search needed?", 'Return JSON:\n{\n  "queries": ["query1", "query2"]\n}')
CONTINUE = prompt("Continue the `<text>`.", '{ "text": "<completion>" }') + "\n<type>General</type>\n<text>a</text>"


def told(client: TestClient, *messages: dict[str, str], **more: Any) -> str:
    response = client.post("/v1/chat/completions", json={"model": "report-qa", "messages": [*messages], **more})
    assert response.status_code == 200, response.text
    content: str = response.json()["choices"][0]["message"]["content"]
    return content


def answered(client: TestClient, text: str) -> Any:
    return json.loads(told(client, {"role": "user", "content": text}))


def test_a_title_is_the_first_question(client: TestClient):
    assert answered(client, TITLE) == {"title": QUESTION.rstrip("？")}
    long = "枫桐县" * 40
    made = answered(client, prompt("Title.", '{ "title": "…" }', f"USER: {long}\nASSISTANT: x"))["title"]
    assert made == long[:39] + "…"


def test_tags_are_the_places_and_years_asked_about(client: TestClient):
    assert answered(client, TAGS) == {"tags": ["枫桐县", "2031", "汀萝市", "2030"]}
    assert answered(client, prompt("Tags.", '{ "tags": [] }', "USER: 你好\nASSISTANT: ?")) == {"tags": ["General"]}


def test_follow_ups_are_questions_that_the_reports_answer(client: TestClient):
    asked = answered(client, FOLLOW_UPS)["follow_ups"]
    assert 1 <= len(asked) <= 3
    for question in asked:
        assert "汀萝市" in question
        assert client.post("/v1/ask", json={"question": question}).json()["status"] == "answered", question
    english = prompt("Follow-ups.", '{ "follow_ups": [] }', "USER: How much did 枫桐县 grow in 2030, please tell me?\n")
    assert all(question.startswith("What is the ") for question in answered(client, english)["follow_ups"])


def test_no_search_elsewhere_is_wanted_and_nothing_is_continued(client: TestClient):
    assert answered(client, QUERIES) == {"queries": []}
    assert answered(client, CONTINUE) == {"text": ""}
    tools = {"role": "system", "content": 'Available Tools: [{"name": "x"}]\n\nYour task is to choose…'}
    assert json.loads(told(client, tools, {"role": "user", "content": "Query: a"})) == {"tool_calls": []}


def test_an_empty_chat_is_no_failure(client: TestClient):
    for key in ("title", "tags", "follow_ups", "queries"):
        assert key in answered(client, prompt("?", f'{{ "{key}": "…" }}', ""))


def test_a_task_may_be_streamed(client: TestClient):
    body = {"messages": [{"role": "user", "content": TITLE}], "stream": True, "stream_options": {"include_usage": True}}
    response = client.post("/v1/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    *lines, done, end = response.text.split("\n\n")
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert (done, end) == ("data: [DONE]", "")
    said = "".join(each["choices"][0]["delta"].get("content", "") for each in chunks if each["choices"])
    assert json.loads(said) == {"title": QUESTION.rstrip("？")}
    assert chunks[-1]["usage"]["total_tokens"] == 0


@pytest.mark.parametrize("question", ["### Task: " + QUESTION, f"{QUESTION} <chat_history>x</chat_history>"])
def test_a_question_is_no_task(client: TestClient, question: str):
    assert "6%" in told(client, {"role": "user", "content": question})


@pytest.mark.parametrize("typed", [QUESTION, f"<user_query>\n{QUESTION}\n</user_query>"])
def test_what_was_put_before_the_users_words_is_not_asked(client: TestClient, typed: str):
    wrapped = (
        f'### Task:\nAnswer from the context.\n\n<context>\n<source id="1">增长99%</source>\n</context>\n\n{typed}'
    )
    assert told(client, {"role": "user", "content": wrapped}) == told(client, {"role": "user", "content": QUESTION})
