"""PostgreSQL goes away under a running server and comes back: clear 503s meanwhile, then all as before."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from tests.api.invented_reports import REPORTS
from tests.postgres_server import PostgresServer

QUESTION = {"question": "枫桐县2031年地区生产总值增长目标是多少？"}


def test_requests_are_told_to_come_again_while_the_database_is_away(
    tmp_path: Path, models_dir: Path, embedder: Embedder, postgres_of_its_own: PostgresServer
) -> None:
    url = postgres_of_its_own.make_database()
    settings = Settings(data_dir=tmp_path / "data", models_dir=models_dir, database_url=url, serve_takes_uploads=True)
    service = open_service(settings, embedder=embedder)
    folder = tmp_path / "reports"
    folder.mkdir()
    for name, text in REPORTS.items():
        (folder / name).write_text(text, "utf-8")
    service.ingest([folder])
    with TestClient(create_app(service, settings), raise_server_exceptions=False) as client:
        before = client.post("/v1/ask", json=QUESTION).json()
        assert before["status"] == "answered"
        postgres_of_its_own.stop()
        told = [
            client.post("/v1/ask", json=QUESTION),
            client.get("/v1/reports"),
            client.get("/health/ready"),
            client.post("/v1/reports", files={"file": ("a.txt", b"one more report")}),
            client.delete("/v1/reports/0123456789abcdef"),
        ]
        assert [each.status_code for each in told] == [503] * len(told)
        assert all(int(each.headers["Retry-After"]) > 0 for each in told)
        assert all("cannot be reached" in each.json()["detail"] for each in told)
        streamed = client.post("/v1/ask/stream", json=QUESTION)
        assert streamed.status_code == 503 or "cannot be reached" in streamed.text
        assert client.get("/health/live").is_success
        postgres_of_its_own.start()
        after = client.post("/v1/ask", json=QUESTION).json()
        assert [after[each] for each in ("answer", "citations")] == [before[each] for each in ("answer", "citations")]
        assert client.get("/health/ready").is_success
