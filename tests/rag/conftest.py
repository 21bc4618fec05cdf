"""One service over the invented counties, for all tests of answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.service import Service
from tests.rag.answering_reports import FILES


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("counties")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    opened = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    summary = opened.ingest([folder / name for name in FILES])
    assert len(summary.new) == len(FILES), summary.refused
    yield opened
    opened.close()
