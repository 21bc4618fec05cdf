"""What tests of every level share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.config import Settings
from rag.indexing.embedding import Embedder, limit_spinning, load_embedder

limit_spinning()


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the bundled model is unpacked once for all test runs; give it to ``Settings(models_dir=…)``."""
    return Path(os.environ.get("REPORT_QA_MODELS_DIR", Path(__file__).parents[1] / "data" / "models")).absolute()


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    """The bundled model, loaded once."""
    return load_embedder(Settings(models_dir=models_dir))
