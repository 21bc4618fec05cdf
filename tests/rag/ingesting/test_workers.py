"""Workers in processes of their own over one PostgreSQL database, one of them killed in the middle of a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import BadInputError
from rag.ingesting.worker import make_jobs, open_worker, takes_uploads
from rag.storing import Catalogue
from rag.storing.upload_table import UploadTable
from tests.postgres_server import PostgresServer
from tests.rag.invented import body, content_hash, wait_until

WORKER = """
import sys
from rag.cli import main
from rag.ingesting import uploads
from rag.storing import job_table
job_table.LEASE_SECONDS, uploads.BEAT_SECONDS = 5, 1
sys.exit(main(["worker"]))
"""
UPLOADS = 12
SECONDS = 240


@contextmanager
def worker(data_dir: Path, models_dir: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``report-qa worker``, with jobs of the silent given to others sooner.

    It is stopped, and held to having stopped in good order, unless it was killed.
    """
    settings = {"DATA_DIR": str(data_dir), "MODELS_DIR": str(models_dir), "DATABASE_URL": url}
    environment = os.environ | {f"REPORT_QA_{name}": value for name, value in settings.items()}
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        _, words = process.communicate(timeout=SECONDS)
    assert process.returncode in (0, -signal.SIGKILL), words


def held(catalogue: Catalogue, status: str) -> dict[str, int]:
    """Return the processes that work on jobs of a status, by job."""
    with catalogue.database.read() as connection:
        query = f"SELECT job_id, worker FROM jobs WHERE status = '{status}'"
        return {job: int(name.partition("@")[0]) for job, name in connection.exec_driver_sql(query).all()}


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_and_doubles_nothing(
    tmp_path: Path, models_dir: Path, postgres: PostgresServer
) -> None:
    url = postgres.make_database()
    settings = Settings(data_dir=tmp_path / "server", models_dir=models_dir, database_url=url)
    texts = [body("柳溪县", 2000 + number, paragraphs=25) for number in range(UPLOADS)]
    with closing(Catalogue.open(settings.data_dir, url)) as catalogue:
        server = make_jobs(settings, catalogue, None)
        ids = [server.submit(f"{number}.txt", text.encode()) for number, text in enumerate([*texts, texts[0]])]
        with worker(tmp_path / "one", models_dir, url) as one, worker(tmp_path / "two", models_dir, url) as two:
            wait_until(lambda: {one.pid, two.pid} == set(held(catalogue, "running").values()), seconds=SECONDS)
            one.send_signal(signal.SIGKILL)
            one.wait()
            left = [job for job, process in held(catalogue, "running").items() if process == one.pid]
            assert len(left) == 1
            wait_until(lambda: all(server.job(each).status == "done" for each in ids), seconds=SECONDS)
            assert held(catalogue, "done")[left[0]] == two.pid
        assert {each.report_id for each in catalogue.reports()} == {content_hash(text)[:16] for text in texts}
        assert len(catalogue.files()) == UPLOADS + 1
        assert catalogue.links_are_current()
        assert catalogue.faults() == []
        assert all(len(catalogue.passages(each.report_id)) == each.num_passages for each in catalogue.reports())


def test_over_a_file_the_server_takes_uploads_in_and_over_postgresql_a_worker_does(tmp_path: Path) -> None:
    file, url = Settings(data_dir=tmp_path), "postgresql+psycopg://host/reports"
    with pytest.raises(BadInputError, match="REPORT_QA_DATABASE_URL"), open_worker(file):
        pass
    assert takes_uploads(file)
    assert not takes_uploads(Settings(data_dir=tmp_path, database_url=url))
    assert takes_uploads(Settings(data_dir=tmp_path, database_url=url, serve_takes_uploads=True))


def test_uploads_that_lay_in_a_folder_move_into_the_catalogue(tmp_path: Path) -> None:
    text = body("柳溪县", 2030)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / content_hash(text)).write_text(text)
    with closing(Catalogue.open(tmp_path)) as catalogue:
        make_jobs(Settings(data_dir=tmp_path), catalogue, None)
        assert UploadTable(catalogue.database).get(content_hash(text)) == text.encode()
    assert list((tmp_path / "uploads").iterdir()) == []
