"""One service over the invented counties, for all tests of answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.service import Service
from tests.rag.answering_reports import FILES, ZONES_2031
from tests.rag.opening import opened_service


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    yield from opened_service(tmp_path_factory.mktemp("counties"), FILES, models_dir)


@pytest.fixture(scope="session")
def zones(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    yield from opened_service(tmp_path_factory.mktemp("zones"), {"suihe-2031.md": ZONES_2031}, models_dir)
