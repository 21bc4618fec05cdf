from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service
from tests.api.invented_reports import REPORTS


@pytest.fixture(scope="session")
def reports_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for name, text in REPORTS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir, max_file_bytes=200_000)


@pytest.fixture(scope="session")
def service(settings: Settings, reports_folder: Path, embedder: Embedder) -> Iterator[Service]:
    service = open_service(settings, embedder=embedder)
    service.ingest([reports_folder])
    yield service
    service.close()


@pytest.fixture(scope="module")
def sampled(data_dir: Path, models_dir: Path, embedder: Embedder) -> Iterator[FastAPI]:
    """A running application over the samples, for one module to change as it likes."""
    settings = Settings(data_dir=data_dir, models_dir=models_dir, max_file_bytes=200_000)
    service = open_service(settings, embedder=embedder)
    app = create_app(service, settings)
    with TestClient(app):
        yield app


@pytest.fixture
def own_service(tmp_path: Path, models_dir: Path, embedder: Embedder) -> Iterator[Service]:
    """A service without reports, for one test."""
    service = open_service(Settings(data_dir=tmp_path / "own", models_dir=models_dir), embedder=embedder)
    yield service
    service.close()


@pytest.fixture
def client(service: Service, settings: Settings) -> TestClient:
    """An application over the shared reports; its lifespan is not run, so that the service stays open."""
    return TestClient(create_app(service, settings), raise_server_exceptions=False)


@pytest.fixture
def client_with(service: Service, settings: Settings) -> Callable[..., TestClient]:
    def make(**changes: Any) -> TestClient:
        changed = settings.model_copy(update=changes)
        return TestClient(create_app(service, changed), raise_server_exceptions=False)

    return make


@pytest.fixture(scope="session")
def report_ids(service: Service) -> dict[str, str]:
    """Ids by file name."""
    return {each.source: each.report_id for each in service.reports()}
