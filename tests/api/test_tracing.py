"""Traces as a collector receives them: a real receiver of OTLP over HTTP, a real server, a provider on a socket."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.app import create_app
from api.serve import open_tracer
from rag.bootstrap import open_service
from rag.config import Settings, load_settings
from rag.indexing.embedding import Embedder
from rag.tracing import Tracer
from tests.api.serving import served
from tests.rag.provider_server import Provider, serving

QUESTION = "云汀县2022年规模以上工业企业新增多少家？"
GOOD = "云汀县2022年新增规模以上工业企业27家，总数达到214家。"
FALSE = "云汀县2022年新增规模以上工业企业72家。"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
HEADERS = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "r-1"}


@dataclass
class Collector:
    """What arrived, as it came."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        scopes = [scope for request in requests for each in request.resource_spans for scope in each.scope_spans]
        return sorted((span for scope in scopes for span in scope.spans), key=lambda span: span.start_time_unix_nano)


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Stay quiet."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            collector.bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    yield collector
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ask(data_dir: Path, embedder: Embedder) -> Any:
    """Ask a server over the samples whose model says ``pieces``; return what a collector got of it."""

    def ask(path: str, body: dict[str, Any], provider: Provider, **changes: Any) -> Collector:
        with serving(provider), collecting() as collector:
            settings = Settings(
                data_dir=data_dir,
                llm="openai:qwen-plus",
                llm_base_url=f"{provider.url}/v1",
                otlp_endpoint=collector.url,
                **changes,
            )
            service = open_service(settings, embedder=embedder, tracer=open_tracer(settings))
            with served(create_app(service, settings)) as address:
                assert httpx.post(f"{address}{path}", json=body, headers=HEADERS, timeout=30).status_code == 200
            service.close()
        return collector

    return ask


def attributes(span: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": QUESTION}),
        ("/v1/ask/stream", {"question": QUESTION}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": QUESTION}], "stream": True}),
    ],
)
def test_a_question_is_followed_from_the_request_to_each_claim(ask: Any, path: str, body: dict[str, Any]):
    collector = ask(path, body, Provider((GOOD[:9], GOOD[9:])))
    spans = {span.name: span for span in collector.spans()}
    assert list(spans) == [
        f"POST {path}",
        "invoke_workflow question",
        "retrieval reports",
        "chat qwen-plus",
        "verify",
    ]
    request, question, *steps = spans.values()
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE}
    assert request.parent_span_id.hex() == PARENT
    assert question.parent_span_id == request.span_id
    assert {span.parent_span_id for span in steps} == {question.span_id}
    assert all(span.end_time_unix_nano <= question.end_time_unix_nano for span in steps)


def test_spans_tell_the_model_its_tokens_and_what_came_of_it(ask: Any):
    collector = ask("/v1/ask", {"question": QUESTION}, Provider((GOOD[:9], GOOD[9:])))
    request, question, retrieval, chat, verify = collector.spans()
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/v1/ask",
        "http.response.status_code": 200,
        "report_qa.request_id": "r-1",
    }
    assert attributes(question)["gen_ai.operation.name"] == "invoke_workflow"
    assert attributes(question)["report_qa.status"] == "answered"
    assert attributes(question)["report_qa.answered_by"] == "openai:qwen-plus"
    assert attributes(retrieval)["gen_ai.operation.name"] == "retrieval"
    assert attributes(retrieval)["report_qa.spans"] > 0
    assert attributes(chat) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "qwen-plus",
        "gen_ai.usage.input_tokens": 21,
        "gen_ai.usage.output_tokens": 2,
    }
    assert chat.kind == chat.SPAN_KIND_CLIENT
    assert request.kind == request.SPAN_KIND_SERVER
    assert attributes(verify) == {"report_qa.verdict": "stands"}


def test_a_claim_that_does_not_stand_is_named_and_the_model_asked_again(ask: Any):
    spans = ask("/v1/ask", {"question": QUESTION}, Provider((FALSE,))).spans()
    assert [span.name for span in spans].count("chat qwen-plus") == 2
    verdicts = [attributes(span)["report_qa.verdict"] for span in spans if span.name == "verify"]
    assert verdicts[0] == "figure"


def test_a_provider_that_fails_is_an_error_of_its_span_alone(ask: Any):
    spans = ask("/v1/ask", {"question": QUESTION}, Provider((GOOD,), statuses=[400])).spans()
    failed = {span.name: attributes(span)["error.type"] for span in spans if span.status.code == 2}
    assert failed == {"chat qwen-plus": "ProviderError"}


def test_threat_no_word_of_questions_prompts_or_answers_leaves_in_a_trace(ask: Any):
    for provider in (Provider((GOOD,)), Provider((FALSE,)), Provider((GOOD,), statuses=[400])):
        sent = b"".join(ask("/v1/ask", {"question": QUESTION}, provider).bodies)
        assert b"invoke_workflow" in sent
        assert all(word.encode() not in sent for word in ("云汀", "企业", "27家"))


def test_questions_are_in_traces_where_the_settings_say_so(ask: Any):
    spans = ask("/v1/ask", {"question": QUESTION}, Provider((GOOD,)), log_questions=True).spans()
    assert attributes(spans[1])["report_qa.question"] == QUESTION


def test_a_collector_that_is_away_costs_no_answer(data_dir: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.5")
    settings = Settings(data_dir=data_dir, otlp_endpoint="http://127.0.0.1:9")
    service = open_service(settings, embedder=embedder, tracer=open_tracer(settings))
    assert service.ask(QUESTION).text
    service.close()


def test_the_collector_is_named_as_everywhere(tmp_path: Path):
    settings = load_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, folder=tmp_path)
    assert settings.otlp_endpoint == "http://collector:4318"
    assert type(open_tracer(load_settings({}, folder=tmp_path))) is Tracer


def test_nothing_that_sends_traces_is_loaded_where_no_collector_is_named():
    source = (
        "import sys, api.app, api.serve, rag.bootstrap; print([m for m in sys.modules if 'opentelemetry.sdk' in m])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
