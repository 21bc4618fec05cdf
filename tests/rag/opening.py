"""A service over a few invented reports, read as any files are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from rag.bootstrap import open_service
from rag.config import Settings
from rag.service import Service


def opened_service(folder: Path, files: Mapping[str, str], models_dir: Path) -> Iterator[Service]:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    opened = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    summary = opened.ingest([folder / name for name in files])
    assert len(summary.new) == len(files), summary.refused
    yield opened
    opened.close()
