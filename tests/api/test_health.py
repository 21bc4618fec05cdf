from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service
from tests.api.problem_checks import assert_problem


def test_lives(client: TestClient):
    assert client.get("/health/live").status_code == 200


def test_is_ready_and_names_its_parts(client: TestClient):
    checks = client.get("/health/ready").json()["checks"]
    assert len(checks) >= 3


def test_an_empty_index_is_ready(tmp_path: Path, models_dir: Path):
    settings = Settings(data_dir=tmp_path / "data", models_dir=models_dir)
    with TestClient(create_app(open_service(settings), settings)) as client:
        assert client.get("/health/ready").status_code == 200
        assert client.get("/v1/reports").json() == {"reports": []}
        assert client.get("/v1/examples").json() == {"examples": []}
        answer = client.post("/v1/ask", json={"question": "枫桐县2030年的粮食产量是多少？"}).json()
        assert answer["status"] == "not_found"


def test_is_not_ready_once_the_catalogue_is_gone(tmp_path: Path, embedder: Embedder):
    settings = Settings(data_dir=tmp_path / "data")
    service = open_service(settings, embedder=embedder)
    client = TestClient(create_app(service, settings), raise_server_exceptions=False)
    for file in (tmp_path / "data").glob("catalogue*"):
        file.write_bytes(b"\x00" * 4096)
    assert_problem(client.get("/health/ready"), 503)
    assert client.get("/health/live").status_code == 200


def test_counts_requests_by_route_and_answers_by_answerer(service: Service, settings: Settings):
    client = TestClient(create_app(service, settings))
    client.post("/v1/ask", json={"question": "枫桐县2030年改造了几座危桥？"})
    client.get("/v1/reports/0123456789abcdef")
    text = client.get("/metrics").text
    assert 'report_qa_answers_total{answered_by="evidence",status="answered"} 1.0' in text
    assert 'route="/v1/reports/{report_id}",status="404"' in text
    assert "0123456789abcdef" not in text
    assert "report_qa_reports 3.0" in text
