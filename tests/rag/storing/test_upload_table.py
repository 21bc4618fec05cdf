from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.errors import ConfigurationError, StorageAwayError, StorageError
from rag.ingesting.uploads import JobQueue
from rag.storing import Catalogue, upload_table
from rag.storing.job_table import JobTable
from rag.storing.upload_table import UploadBucket, Uploads, UploadTable
from tests.rag.invented import body
from tests.rag.workshop import Workshop

MOTO = Path(__file__).parents[3] / "build" / "moto" / "bin" / "moto_server"
CONTENT = {"a" * 64: b"first", "b" * 64: bytes(range(256)) * 9_000}


class S3Server:
    """A server that speaks S3 over HTTP, with one bucket."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.url = f"s3://reports/uploads?endpoint={self.address}&region=us-east-1"
        self.process = subprocess.Popen([MOTO, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.put(f"{self.address}/reports", timeout=5).raise_for_status()
                return
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    if not MOTO.exists():
        pytest.skip("no moto_server in build/moto: uploads in an S3-compatible store are NOT TESTED (make build/moto)")
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")


@pytest.fixture(params=["catalogue", "s3"])
def uploads(request: pytest.FixtureRequest, tmp_path: Path, database_url: str | None) -> Iterator[Uploads]:
    if request.param == "s3":
        yield UploadBucket(request.getfixturevalue("s3").url)
        return
    catalogue = Catalogue.open(tmp_path, database_url)
    yield UploadTable(catalogue.database)
    catalogue.close()


def test_bytes_come_back_until_they_are_no_longer_wanted(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    for digest, content in CONTENT.items():
        uploads.put(digest, content)
        uploads.put(digest, content)
    first, second = CONTENT
    uploads.sweep([])
    assert {digest: uploads.get(digest) for digest in CONTENT} == CONTENT
    monkeypatch.setattr(upload_table, "SPARED_SECONDS", -5)
    uploads.sweep([second])
    assert uploads.get(second) == CONTENT[second]
    with pytest.raises(StorageError, match="send the file again"):
        uploads.get(first)


def test_an_upload_kept_in_a_bucket_becomes_a_report(tmp_path: Path, s3: S3Server) -> None:
    workshop = Workshop(tmp_path)
    queue = JobQueue(JobTable(workshop.catalogue.database), UploadBucket(s3.url), workshop.ingester)
    queue.start()
    job_id = queue.submit("a.txt", body("柳溪县", 2030).encode())
    deadline = time.monotonic() + 30
    while queue.job(job_id).status != "done":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    queue.close()
    assert len(workshop.catalogue.reports()) == 1
    assert not (tmp_path / "uploads").exists()
    workshop.close()


@pytest.mark.slow
def test_a_bucket_that_is_away_is_named(s3: S3Server) -> None:
    away = UploadBucket("s3://reports/uploads?endpoint=http://127.0.0.1:1&region=us-east-1")
    with pytest.raises(StorageAwayError, match="s3://reports/uploads"):
        away.put("a" * 64, b"first")


@pytest.mark.parametrize("url", ["http://host/bucket", "s3:///prefix", "s3://bucket?key=secret", "nonsense"])
def test_an_address_that_is_none_is_refused_with_what_it_looks_like(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"s3://BUCKET/PREFIX\?endpoint"):
        UploadBucket(url)
