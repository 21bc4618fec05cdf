"""What tests of every level share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.indexing.embedding import limit_spinning

limit_spinning()


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the bundled model is unpacked once for all test runs; give it to ``Settings(models_dir=…)``."""
    return Path(os.environ.get("REPORT_QA_MODELS_DIR", Path(__file__).parents[1] / "data" / "models")).absolute()
