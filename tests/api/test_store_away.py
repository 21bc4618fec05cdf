"""The store of uploads is out of reach from the start: questions are answered, uploads are told to come again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder


def test_a_server_whose_store_is_away_starts_answers_and_names_it(
    tmp_path: Path, models_dir: Path, embedder: Embedder, reports_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    closed = "s3://reports/uploads?endpoint=http://127.0.0.1:1&region=us-east-1"
    settings = Settings(data_dir=tmp_path, models_dir=models_dir, store_url=closed)
    service = open_service(settings, embedder=embedder)
    service.ingest([reports_folder])
    began = time.monotonic()
    with TestClient(create_app(service, settings), raise_server_exceptions=False) as client:
        assert client.get("/health/ready").is_success
        question = {"question": "枫桐县2031年地区生产总值增长目标是多少？"}
        assert client.post("/v1/ask", json=question).json()["status"] == "answered"
        told = client.post("/v1/reports", files={"file": ("a.txt", b"one more report")})
        assert told.status_code == 503
        assert int(told.headers["Retry-After"]) > 0
        assert "s3://reports/uploads" in told.json()["detail"]
    assert time.monotonic() - began < 20
