from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import api
from rag.models.ollama import Ollama
from tests.api.problem_checks import assert_problem
from tests.rag.models.ollama_server import ollama_server

STATIC = Path(api.__file__).parent / "static"
SVG_NAME = "http://www.w3.org/2000/svg"  # a name, never fetched


def test_threat_stored_script_cannot_run_under_the_policy(client: TestClient):
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(client: TestClient):
    page = client.get("/").text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


def test_threat_the_pages_scripts_write_text_nodes_only():
    for script in STATIC.rglob("*.js"):
        source = script.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", source), (
            script
        )
        assert not re.search(r"https?://", source.replace(SVG_NAME, "")), script


@pytest.mark.parametrize("path", sorted(each.relative_to(STATIC).as_posix() for each in STATIC.rglob("*.*")))
def test_every_file_of_the_page_is_served(client: TestClient, path: str):
    assert client.get(f"/static/{path}").status_code == 200


@pytest.mark.parametrize("path", ["../app.py", "%2e%2e/app.py", "..%2fapp.py", ""])
def test_threat_nothing_but_the_pages_files_is_served(client: TestClient, path: str):
    assert client.get(f"/static/{path}").status_code == 404


def test_both_languages_have_the_same_words():
    source = (STATIC / "page" / "words.js").read_text("utf-8")
    chinese, english = re.findall(r"\b(?:zh|en): \{\n(.*?)\n  \},", source, re.DOTALL)
    strings_gone = [re.sub(r'"(?:[^"\\]|\\.)*"', "", part) for part in (chinese, english)]
    names = [re.findall(r"(\w+):", part) for part in strings_gone]
    assert names[0]
    assert sorted(names[0]) == sorted(names[1])


def test_the_example_questions_are_about_reports_that_are_there(client: TestClient):
    examples = client.get("/v1/examples").json()["examples"]
    assert examples
    assert all(any(place in each["zh"] for place in ("枫桐", "汀萝", "石笼")) for each in examples)


def test_the_status_says_who_answers_and_how_to_switch(client: TestClient):
    status = client.get("/v1/status").json()
    assert status["answered_by"] == "evidence"
    assert "REPORT_QA_LLM" in status["switch"]
    assert status["num_reports"] == 3


def test_where_no_model_is_set_the_status_tells_how_to_get_one_and_what_ollama_has(client_with):
    with ollama_server(models=("qwen3:4b",)) as (address, asked):
        client = client_with()
        client.app.state.context = replace(client.app.state.context, ollama=Ollama(address))
        told = client.get("/v1/status").json()["model"]
        assert told == {"is_set": False, "command": "report-qa model get qwen3-4b", "ollama": ["qwen3:4b"]}
        assert asked == ["/api/tags"]


def test_where_a_model_is_set_ollama_is_not_asked(client_with):
    with ollama_server(models=("qwen3:4b",)) as (address, asked):
        client = client_with(llm="openai:some-model")
        client.app.state.context = replace(client.app.state.context, ollama=Ollama(address))
        assert client.get("/v1/status").json()["model"] == {"is_set": True, "command": None, "ollama": None}
        assert asked == []


@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/docs", "/v1"])
def test_an_unknown_path_gives_problem_details(client: TestClient, path: str):
    assert_problem(client.get(path), 404)


def test_a_wrong_method_gives_problem_details(client: TestClient):
    assert_problem(client.put("/v1/ask", json={}), 405)
    refused = client.put("/v1/reports", json={})
    assert_problem(refused, 405)
    assert refused.headers["allow"] == "GET, POST"
