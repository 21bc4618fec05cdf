from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import ReportQA
from tests.rag.answering_reports import FILES


@pytest.fixture(scope="package")
def qa(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[ReportQA]:
    """The library over three invented reports."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "reports").mkdir()
    for name, text in FILES.items():
        (folder / "reports" / name).write_text(text, "utf-8")
    with ReportQA(folder / "data", models_dir=models_dir) as made:
        made.ingest(folder / "reports")
        yield made
