"""What tests of every level share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder, limit_spinning, load_embedder
from tests.postgres_server import MISSING, PostgresServer, find_programs

limit_spinning()
# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
SAMPLES = Path(__file__).parents[1] / "samples"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files of slow tests where processes share the work, lest one is left with them at the end."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the bundled model is unpacked once for all test runs; give it to ``Settings(models_dir=…)``."""
    return Path(os.environ.get("REPORT_QA_MODELS_DIR", Path(__file__).parents[1] / "data" / "models")).absolute()


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    """The bundled model, loaded once."""
    return load_embedder(Settings(models_dir=models_dir))


@pytest.fixture(scope="session")
def samples_dir(tmp_path_factory: pytest.TempPathFactory, models_dir: Path, embedder: Embedder) -> Path:
    """A data directory that holds the samples, taken in once; for copies alone."""
    folder = tmp_path_factory.mktemp("samples")
    service = open_service(Settings(data_dir=folder, models_dir=models_dir), embedder=embedder)
    service.ingest([SAMPLES])
    service.close()
    return folder


@pytest.fixture(scope="module")
def data_dir(samples_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the samples, for one module to change as it likes."""
    return shutil.copytree(samples_dir, tmp_path_factory.mktemp("copied") / "data")


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
def new_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str | None]]:
    """Run a test twice: over files in data directories (None), and over empty PostgreSQL databases (their URLs)."""
    if request.param == "sqlite":
        yield lambda: None
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield server.make_database
    server.drop_databases()


@pytest.fixture
def database_url(new_database: Callable[[], str | None]) -> str | None:
    """Run a test twice: over a file in its data directory (None), and over an empty PostgreSQL database."""
    return new_database()
