"""Model-written answers over HTTP: a client that goes away stops the provider, a dead provider is no error."""

import json
import socket
import time
from contextlib import closing, contextmanager

import anyio
import httpx
import pytest

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from tests.api.serving import served
from tests.rag.provider_server import Provider, serving

ASKED = {"question": "云汀县2022年规模以上工业企业新增多少家？"}
GOOD = "云汀县2022年新增规模以上工业企业27家，总数达到214家。"


@contextmanager
def running(provider, data_dir, embedder, name="openai:qwen-plus", **changes):
    settings = Settings(
        data_dir=data_dir,
        llm=name,
        llm_base_url=provider.url + ("/v1" if name.startswith("openai") else ""),
        llm_timeout_seconds=20,
        **changes,
    )
    service = open_service(settings, embedder=embedder)
    with closing(service), served(create_app(service, settings)) as address:
        yield address


@pytest.mark.parametrize("name", ["openai:qwen-plus", "ollama:qwen3"])
def test_a_client_that_goes_away_in_mid_sentence_stops_the_provider(data_dir, embedder, name):
    endless = (GOOD, *["云汀县" for _ in range(2000)])
    with (
        serving(Provider(endless, pause_seconds=0.02)) as provider,
        running(provider, data_dir, embedder, name) as url,
        httpx.stream("POST", f"{url}/v1/ask/stream", json=ASKED, timeout=20) as response,
    ):
        for line in response.iter_lines():
            if "27家" in line and "text" in line:
                break
        response.close()
        assert provider.went_away.wait(5)
        assert len(provider.requests) == 1
        assert provider.pieces_sent < 300


def test_openais_clients_get_each_sentence_when_it_is_verified_and_may_go_away(data_dir, embedder):
    endless = (GOOD, *["云汀县" for _ in range(2000)])
    body = {"messages": [{"role": "user", "content": ASKED["question"]}], "stream": True}
    with (
        serving(Provider(endless, pause_seconds=0.02)) as provider,
        running(provider, data_dir, embedder) as url,
        httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=20) as response,
    ):
        said = next(line for line in response.iter_lines() if "27家" in line)
        assert f"[[1]]({url}/#report=" in said
        response.close()
        assert provider.went_away.wait(5)
        assert provider.pieces_sent < 300


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", ASKED),
        ("/v1/chat/completions", {"model": "report-qa", "messages": [{"role": "user", "content": ASKED["question"]}]}),
    ],
)
def test_a_client_that_does_not_wait_for_a_plain_answer_stops_the_provider(data_dir, embedder, path, body):
    endless = (GOOD, *["云汀县" for _ in range(2000)])
    with serving(Provider(endless, pause_seconds=0.02)) as provider, running(provider, data_dir, embedder) as url:
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {url[7:]}\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
            connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
            while not provider.pieces_sent:
                time.sleep(0.01)
        assert provider.went_away.wait(10)
        assert len(provider.requests) == 1
        assert provider.pieces_sent < len(endless)


def test_the_stream_is_made_of_verified_sentences_and_ends_with_the_answer(data_dir, embedder):
    with serving(Provider((GOOD[:9], GOOD[9:]))) as provider, running(provider, data_dir, embedder) as url:
        response = httpx.post(f"{url}/v1/ask/stream", json=ASKED, timeout=20)
    rows = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]
    said = "".join(row["text"] for row in rows if set(row) == {"text", "citations"})
    answer = rows[-1]
    assert said == answer["answer"]
    assert answer["answered_by"] == "openai:qwen-plus"
    assert answer["tokens"] == {"in": 21, "out": 2}


def test_a_dead_provider_is_answered_for_by_the_evidence_reader(data_dir, embedder):
    with serving(Provider()) as provider:
        pass
    with running(provider, data_dir, embedder) as url:
        response = httpx.post(f"{url}/v1/ask", json=ASKED, timeout=20)
        ready = httpx.get(f"{url}/health/ready", timeout=20)
    assert response.status_code == 200
    body = response.json()
    assert body["answered_by"] == "evidence"
    assert "27" in body["answer"]
    assert "cannot be reached" in body["notes"][0]
    assert ready.json()["checks"]["answers"] == "openai:qwen-plus"


def test_questions_that_wait_for_a_model_hold_no_others_up(data_dir, embedder):
    """Sixty streams wait where one question at a time is worked on, and a thread pool would have forty."""
    slow = (GOOD[:5], *([" "] * 30), GOOD[5:])

    async def ask_many(url):
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=None)) as client:
            done = []

            async def ask():
                response = await client.post("/v1/ask/stream", json=ASKED)
                done.append("27家" in response.text)

            async with anyio.create_task_group() as group:
                for _ in range(60):
                    group.start_soon(ask)
                while len(provider.requests) < 60:
                    await anyio.sleep(0.05)
                assert done == []
                assert (await client.get("/v1/reports")).is_success
                provider.pause_seconds = 0.0
            return done

    with (
        serving(Provider(slow, pause_seconds=1.0)) as provider,
        running(provider, data_dir, embedder, max_concurrent_questions=1) as url,
    ):
        assert anyio.run(ask_many, url) == [True] * 60
