from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi.testclient import TestClient
from openai import OpenAI

from api.app import create_app
from api.serve import bind
from rag.config import Settings
from rag.service import Service
from tests.api.problem_checks import assert_problem

QUESTION = "枫桐县2031年地区生产总值增长目标是多少？"


@pytest.fixture(scope="module")
def openai_client(service: Service, settings: Settings) -> Iterator[OpenAI]:
    """OpenAI's own client against a real server."""
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(create_app(service, settings), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    with OpenAI(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1", api_key="none", max_retries=5) as client:
        yield client
    server.should_exit = True
    thread.join(timeout=10)


def test_a_table_is_written_in_markdown_and_its_markers_stand_in_it(openai_client: OpenAI):
    asked = "各县2031年的地区生产总值增长目标分别是多少？"
    made = openai_client.chat.completions.create(model="report-qa", messages=[{"role": "user", "content": asked}])
    lines = (made.choices[0].message.content or "").split("\n---\n")[0].split("\n")
    rows = [line for line in lines if line.startswith("|")]
    assert rows[0].startswith("| 地区 | 年份 |")
    assert any("枫桐 | 2031 | 6%" in row and row.endswith("[2] |") for row in rows)
    assert not any(set(line) <= set("[]0123456789") for line in lines if line)


def test_openais_own_client_gets_the_answer_and_its_sources(openai_client: OpenAI):
    made = openai_client.chat.completions.create(model="report-qa", messages=[{"role": "user", "content": QUESTION}])
    content = made.choices[0].message.content or ""
    assert "6%" in content
    assert "[1] 枫桐县2031年政府工作报告: “" in content
    assert made.choices[0].finish_reason == "stop"


def test_the_stream_says_the_same(openai_client: OpenAI):
    messages = [{"role": "user", "content": QUESTION}]
    plain = openai_client.chat.completions.create(model="report-qa", messages=messages)
    pieces = openai_client.chat.completions.create(model="report-qa", messages=messages, stream=True)
    streamed = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    assert streamed == plain.choices[0].message.content


def test_earlier_messages_are_history(openai_client: OpenAI):
    first = openai_client.chat.completions.create(model="report-qa", messages=[{"role": "user", "content": QUESTION}])
    messages = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": first.choices[0].message.content},
        {"role": "user", "content": "汀萝市呢？"},
    ]
    made = openai_client.chat.completions.create(model="report-qa", messages=messages)
    assert "6.5%" in (made.choices[0].message.content or "")


def test_the_model_is_listed(openai_client: OpenAI):
    assert [model.id for model in openai_client.models.list()] == ["report-qa"]


@pytest.mark.parametrize(
    "messages", [[], [{"role": "assistant", "content": "a"}], [{"role": "user", "content": ""}], [{"content": "a"}]]
)
def test_messages_without_a_question_are_told_so(client: TestClient, messages: list[dict[str, str]]):
    assert_problem(client.post("/v1/chat/completions", json={"model": "report-qa", "messages": messages}), 422)


def test_text_parts_are_read(client: TestClient):
    message = {"role": "user", "content": [{"type": "text", "text": QUESTION}]}
    made = client.post("/v1/chat/completions", json={"model": "report-qa", "messages": [message]}).json()
    assert "6%" in made["choices"][0]["message"]["content"]
