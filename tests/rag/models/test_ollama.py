from __future__ import annotations

import socket
import time

import pytest

from rag.models.ollama import Ollama
from tests.rag.models.ollama_server import ollama_server


def test_it_names_the_models_an_ollama_has_and_asks_once_for_many_looks():
    with ollama_server(models=("qwen3:4b", "llama3.2:latest")) as (address, asked):
        ollama = Ollama(address)
        assert [ollama.models() for _ in range(3)] == [("qwen3:4b", "llama3.2:latest")] * 3
        assert asked == ["/api/tags"]


def test_an_ollama_without_models_is_not_the_same_as_none():
    with ollama_server() as (address, _):
        assert Ollama(address).models() == ()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert Ollama(f"http://127.0.0.1:{free.getsockname()[1]}").models() is None


def test_a_server_that_does_not_answer_in_time_is_none_and_delays_nobody():
    with ollama_server(models=("slow:1b",), delay=3) as (address, _):
        began = time.monotonic()
        assert Ollama(address).models() is None
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"models": 3}', b'{"models": [{"title": "x"}]}'])
def test_something_else_on_the_port_is_no_ollama(body: bytes):
    with ollama_server(body=body) as (address, _):
        assert Ollama(address).models() is None


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch):
    with ollama_server(models=("proxied:1b",)) as (proxy, asked), ollama_server(models=("own:1b",)) as (address, _):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        assert Ollama(address).models() == ("own:1b",)
        assert asked == []
