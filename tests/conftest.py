"""What tests of every level share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.config import Settings
from rag.indexing.embedding import Embedder, limit_spinning, load_embedder
from tests.postgres_server import MISSING, PostgresServer, find_programs

limit_spinning()


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the bundled model is unpacked once for all test runs; give it to ``Settings(models_dir=…)``."""
    return Path(os.environ.get("REPORT_QA_MODELS_DIR", Path(__file__).parents[1] / "data" / "models")).absolute()


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    """The bundled model, loaded once."""
    return load_embedder(Settings(models_dir=models_dir))


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server; skip where there is none to run."""
    programs = find_programs()
    if programs is None:
        pytest.skip(MISSING)
    server = PostgresServer(programs)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started once."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_of_its_own() -> Iterator[PostgresServer]:
    """A PostgreSQL server for a test that stops it."""
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Run a test twice: over files in data directories (None), and over empty PostgreSQL databases (their URLs)."""
    if request.param == "sqlite":
        return lambda: None
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.make_database


@pytest.fixture
def database_url(new_database: Callable[[], str | None]) -> str | None:
    """Run a test twice: over a file in its data directory (None), and over an empty PostgreSQL database."""
    return new_database()
