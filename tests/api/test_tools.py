from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from mcp import ClientSession, StdioServerParameters, stdio_client

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from tests.api.invented_reports import REPORTS
from tests.api.problem_checks import assert_problem

HEADERS = {"Accept": "application/json, text/event-stream"}
QUESTION = "枫桐县2031年地区生产总值增长目标是多少？"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    folder = tmp_path_factory.mktemp("tools")
    for name, text in REPORTS.items():
        (folder / name).write_text(text, "utf-8")
    service = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    service.ingest(sorted(folder.glob("*.txt")))
    service.close()
    return folder / "data"


@pytest.fixture(scope="module")
def running(data_dir: Path, models_dir: Path) -> Iterator[TestClient]:
    settings = Settings(data_dir=data_dir, models_dir=models_dir)
    with TestClient(create_app(open_service(settings), settings), raise_server_exceptions=False) as client:
        yield client


def call(client: TestClient, method: str, **params: Any) -> dict[str, Any]:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    response = client.post("/mcp", json=request, headers=HEADERS)
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()["result"]
    return result


def test_lists_three_tools_over_http(running: TestClient):
    assert {tool["name"] for tool in call(running, "tools/list")["tools"]} == {"ask", "search", "list_reports"}


def test_asks_over_http(running: TestClient):
    result = call(running, "tools/call", name="ask", arguments={"question": QUESTION})
    answer = json.loads(result["content"][0]["text"])
    assert "6%" in answer["answer"]
    assert answer["citations"]


def test_a_bad_question_is_a_tools_error_not_a_crash(running: TestClient):
    result = call(running, "tools/call", name="ask", arguments={"question": ""})
    assert result["isError"]
    assert "Traceback" not in result["content"][0]["text"]


def test_threat_dns_rebinding_and_foreign_pages_at_the_tools(running: TestClient):
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    assert_problem(running.post("/mcp", json=request, headers=HEADERS | {"Host": "evil.example"}), 421)
    assert_problem(running.post("/mcp", json=request, headers=HEADERS | {"Origin": "https://evil.example"}), 403)


def test_the_tools_need_the_key_when_there_is_one(running: TestClient, data_dir: Path, models_dir: Path):
    settings = Settings(data_dir=data_dir, models_dir=models_dir, api_key="s3cret")
    client = TestClient(create_app(running.app.state.context.service, settings), raise_server_exceptions=False)
    assert_problem(client.post("/mcp", json={}, headers=HEADERS), 401)


def test_asks_over_standard_input_and_output(data_dir: Path, models_dir: Path):
    program = str(Path(sys.executable).with_name("report-qa"))
    environment = {"REPORT_QA_DATA_DIR": str(data_dir), "REPORT_QA_MODELS_DIR": str(models_dir)}

    async def converse() -> str:
        server = StdioServerParameters(command=program, args=["mcp"], env=environment)
        async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as session:
            await session.initialize()
            result = await session.call_tool("ask", {"question": QUESTION})
            return str(getattr(result.content[0], "text", ""))

    assert "6%" in anyio.run(converse)
