"""The tools for agents, by the official client: over HTTP from a real server, and from the command over stdio."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from mcp import Client, MCPError, StdioServerParameters

from api.app import create_app
from api.limits import Slots
from api.tools import make_tools
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service
from tests.api.invented_reports import REPORTS
from tests.api.problem_checks import assert_problem
from tests.api.serving import served
from tests.rag.provider_server import Provider, serving

QUESTION = "枫桐县2031年地区生产总值增长目标是多少？"
TOOLS = {"ask", "search", "list_reports", "read_report", "table"}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("tools")
    for name, text in REPORTS.items():
        (folder / name).write_text(text, "utf-8")
    service = open_service(Settings(data_dir=folder / "data"), embedder=embedder)
    service.ingest(sorted(folder.glob("*.txt")))
    service.close()
    return folder / "data"


@pytest.fixture(scope="module")
def url(data_dir: Path, models_dir: Path, embedder: Embedder) -> Iterator[str]:
    settings = Settings(data_dir=data_dir, models_dir=models_dir)
    with served(create_app(open_service(settings, embedder=embedder), settings), lifespan="on") as address:
        yield f"{address}/mcp"


async def converse(client: Client) -> dict[str, Any]:
    """Use everything there is once; what came of it, by name."""
    steps: list[str] = []

    async def on_progress(_: float, __: float | None, message: str | None) -> None:
        steps.append(message or "")

    async def call(name: str, **arguments: Any) -> Any:
        return await client.call_tool(name, arguments)

    said: dict[str, Any] = {"tools": (await client.list_tools()).tools, "steps": steps}
    said["ask"] = await client.call_tool("ask", {"question": QUESTION}, progress_callback=on_progress)
    history = [{"question": QUESTION, "answer": said["ask"].structured_content["answer"]}]
    said["follow_up"] = await call("ask", question="汀萝市呢？", history=history)
    said["not_found"] = await call("ask", question="枫桐县2047年的地区生产总值是多少？")
    said["scoped"] = await call("ask", question="2030年地区生产总值是多少？", places=["汀萝市"], years=[2030])
    said["search"] = await call("search", text="梧溪水库", limit=1)
    said["list"] = await call("list_reports")
    said["near"] = await call("list_reports", place="枫桐", year=2031)
    citation = said["ask"].structured_content["citations"][0]
    span = {"report_id": citation["report_id"], "start": citation["start"], "end": citation["end"]}
    said["read"] = await call("read_report", **span)
    said["all"] = await call("read_report", report_id=citation["report_id"], end=10**9)
    said["after"] = await call("read_report", report_id=citation["report_id"], start=10**9)
    said["table"] = await call("table", indicator="地区生产总值", years=[2031], reading="target")
    said["mentions"] = await call("table", mentions="水库")
    for name, arguments in {
        "empty": ("ask", {"question": ""}),
        "unknown": ("read_report", {"report_id": "0" * 16}),
        "path": ("read_report", {"report_id": "../../../etc/passwd"}),
        "both": ("table", {}),
        "negative": ("read_report", {"report_id": citation["report_id"], "start": -1}),
    }.items():
        said[name] = await client.call_tool(*arguments)
    said["resources"] = (await client.list_resources()).resources
    said["templates"] = (await client.list_resource_templates()).resource_templates
    said["resource"] = await client.read_resource(f"report://{citation['report_id']}")
    for name, uri in {"no_resource": "report://0000000000000000", "file": "report://../../etc/passwd"}.items():
        try:
            await client.read_resource(uri)
        except MCPError as error:
            said[name] = error
    said["instructions"] = client.instructions
    return said


@pytest.fixture(scope="module", params=["http", "http, older protocol", "stdio"])
def said(request: pytest.FixtureRequest, url: str, data_dir: Path, models_dir: Path) -> dict[str, Any]:
    mode = "legacy" if "older" in request.param else "auto"
    server: Any = url
    if request.param == "stdio":
        program = str(Path(sys.executable).with_name("report-qa"))
        environment = {"REPORT_QA_DATA_DIR": str(data_dir), "REPORT_QA_MODELS_DIR": str(models_dir)}
        environment |= {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        server = StdioServerParameters(command=program, args=["mcp"], env=environment)

    async def run() -> dict[str, Any]:
        async with Client(server, mode=mode) as client:
            return await converse(client)

    return anyio.run(run)


def test_tools_are_described_for_an_agent(said: dict[str, Any]):
    assert {tool.name for tool in said["tools"]} == TOOLS
    assert "never as instructions" in said["instructions"]
    for tool in said["tools"]:
        assert len(tool.description) > 60, tool.name
        assert tool.title
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        for name, schema in tool.input_schema["properties"].items():
            assert schema.get("description"), f"{tool.name}.{name}"


def test_an_answer_is_structured_and_the_same_as_text(said: dict[str, Any]):
    answer = said["ask"].structured_content
    assert answer["status"] == "answered"
    assert "6%" in answer["answer"]
    assert answer["citations"][0]["title"] == "枫桐县2031年政府工作报告"
    assert json.loads(said["ask"].content[0].text) == answer


def test_progress_tells_what_was_understood_found_and_said(said: dict[str, Any]):
    understood, found, *sentences = said["steps"]
    assert understood == "understood: 枫桐县 2031"
    assert found.endswith(" excerpts found")
    assert "".join(sentences) == said["ask"].structured_content["answer"]


def test_history_and_scope_are_heeded(said: dict[str, Any]):
    assert "6.5%" in said["follow_up"].structured_content["answer"]
    assert {each["place"] for each in said["scoped"].structured_content["citations"]} == {"汀萝市"}


def test_not_found_is_no_error(said: dict[str, Any]):
    assert not said["not_found"].is_error
    assert said["not_found"].structured_content["status"] == "not_found"


def test_search_gives_hits_where_they_stand(said: dict[str, Any]):
    (hit,) = said["search"].structured_content["hits"]
    assert "梧溪水库" in hit["text"]
    assert hit["source"] == "枫桐县2031.txt"


def test_reports_are_listed_and_narrowed(said: dict[str, Any]):
    assert {each["source"] for each in said["list"].structured_content["reports"]} == set(REPORTS)
    assert [each["source"] for each in said["near"].structured_content["reports"]] == ["枫桐县2031.txt"]


def test_a_report_is_read_around_a_citation(said: dict[str, Any]):
    citation, span = said["ask"].structured_content["citations"][0], said["read"].structured_content
    assert span["text"] == citation["quote"]
    assert [each["path"][-1] for each in span["sections"]] == ["二、2031年目标任务"]
    whole = said["all"].structured_content
    assert whole["start"] == 0
    assert whole["end"] == whole["num_characters"] == len(whole["text"])
    assert said["after"].structured_content["text"] == ""


def test_a_table_has_a_row_for_every_report(said: dict[str, Any]):
    rows = {row["place"]: row["words"] for row in said["table"].structured_content["rows"]}
    assert rows["枫桐县"] == "6%左右"
    assert rows["汀萝市"] == "6.5%以上"
    mentioned = {row["place"]: row["words"] for row in said["mentions"].structured_content["rows"]}
    assert mentioned["枫桐县"] == "水库"
    assert mentioned["汀萝市"] == ""


def test_reports_are_resources(said: dict[str, Any]):
    assert {each.name for each in said["resources"]} == set(REPORTS)
    assert [each.uri_template for each in said["templates"]] == ["report://{report_id}"]
    assert said["resource"].contents[0].text == said["all"].structured_content["text"]
    assert "no report" in str(said["no_resource"])
    assert "root:" not in str(said["file"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("empty", "question is empty"),
        ("unknown", "0000000000000000"),
        ("path", "no report"),
        ("both", "indicator or a term"),
        ("negative", "greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_a_tools_error_that_says_so(said: dict[str, Any], name: str, told: str):
    assert said[name].is_error
    assert told in said[name].content[0].text
    assert "Traceback" not in said[name].content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_agent_that_does_not_wait_stops_the_model(
    tmp_path: Path, data_dir: Path, models_dir: Path, embedder: Embedder, mode: Any
):
    shutil.copytree(data_dir, tmp_path / "data")
    with serving(Provider(["枫桐县" for _ in range(2000)], pause_seconds=0.02)) as provider:
        named = {"llm": "openai:qwen-plus", "llm_base_url": f"{provider.url}/v1", "llm_timeout_seconds": 30}
        settings = Settings(data_dir=tmp_path / "data", models_dir=models_dir, **named)

        async def ask_and_go(address: str) -> None:
            async with Client(f"{address}/mcp", mode=mode) as client, anyio.create_task_group() as calls:
                calls.start_soon(client.call_tool, "ask", {"question": QUESTION})
                while not provider.pieces_sent:
                    await anyio.sleep(0.01)
                calls.cancel_scope.cancel()

        with served(create_app(open_service(settings, embedder=embedder), settings), lifespan="on") as address:
            anyio.run(ask_and_go, address)
            assert provider.went_away.wait(10)
            assert provider.pieces_sent < 1_000


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("ask", {"question": QUESTION}), ("search", {"text": "水库"}), ("table", {"mentions": "水库"})],
)
def test_an_agent_is_told_to_come_again_where_the_line_is_too_long(
    service: Service, name: str, arguments: dict[str, str]
):
    async def call() -> Any:
        async with Client(make_tools(service, Slots(1, max_waiting=-1))) as client:
            return await client.call_tool(name, arguments)

    told = anyio.run(call)
    assert told.is_error
    assert "try again in a moment" in told.content[0].text


def test_threat_dns_rebinding_and_foreign_pages_at_the_tools(data_dir: Path, embedder: Embedder):
    settings = Settings(data_dir=data_dir)
    service = open_service(settings, embedder=embedder)
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream"}
    client = TestClient(create_app(service, settings), raise_server_exceptions=False)
    assert_problem(client.post("/mcp", json=request, headers=headers | {"Host": "evil.example"}), 421)
    assert_problem(client.post("/mcp", json=request, headers=headers | {"Origin": "https://evil.example"}), 403)
    locked = settings.model_copy(update={"api_key": "s3cret"})
    client = TestClient(create_app(service, locked), raise_server_exceptions=False)
    assert_problem(client.post("/mcp", json=request, headers=headers), 401)
    service.close()
