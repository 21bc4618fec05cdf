"""One service over the invented counties, for all tests of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.service import Service
from tests.rag.answering_reports import FILES, ZONES_2031


def _opened(folder: Path, files: Mapping[str, str], models_dir: Path) -> Iterator[Service]:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    opened = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    summary = opened.ingest([folder / name for name in files])
    assert len(summary.new) == len(files), summary.refused
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    yield from _opened(tmp_path_factory.mktemp("counties"), FILES, models_dir)


@pytest.fixture(scope="session")
def zones(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    yield from _opened(tmp_path_factory.mktemp("zones"), {"suihe-2031.md": ZONES_2031}, models_dir)
