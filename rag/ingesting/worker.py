"""What takes uploads in: the server itself over a file, ``report-qa worker`` over PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager

from rag.config import Settings
from rag.errors import BadInputError
from rag.indexing.embedding import Embedder, load_embedder
from rag.indexing.reindexing import Index
from rag.ingesting.candidates import Candidate
from rag.ingesting.ingest import Ingester
from rag.ingesting.intake import IntakeParts
from rag.ingesting.recipe import recipe
from rag.ingesting.sandbox import OnPage, ParserPool
from rag.ingesting.uploads import JobQueue
from rag.reading.report import read_report
from rag.storing import Catalogue
from rag.storing.job_table import JobTable
from rag.storing.upload_table import UploadBucket, UploadTable
from rag.types import Report


class SandboxedParser:
    """Reads candidates into reports in processes of their own."""

    def __init__(self, pool: ParserPool[Report]) -> None:
        self._pool = pool

    def read(self, candidate: Candidate, on_page: OnPage) -> Future[Report]:
        """Begin to read; the future raises ``UnreadableFileError`` when the file is refused."""
        return self._pool.submit(candidate.content, candidate.source, candidate.sidecar, on_page)


@contextmanager
def open_worker(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[JobQueue]:
    """Give what takes in the uploads of every server over one PostgreSQL database; it keeps no index.

    Raises:
        BadInputError: the catalogue is a file, over which the server takes uploads in itself.
        ConfigurationError: a setting is wrong.
        StorageAwayError: the database cannot be reached.
    """
    if settings.database_url is None:
        raise BadInputError("uploads into a file are taken in by `report-qa serve`; set REPORT_QA_DATABASE_URL")
    with (
        closing(Catalogue.open(settings.data_dir, settings.database_url)) as catalogue,
        closing(make_pool(settings)) as pool,
        closing(
            make_jobs(
                settings, catalogue, make_ingester(settings, catalogue, embedder or load_embedder(settings), pool)
            )
        ) as jobs,
    ):
        yield jobs


def takes_uploads(settings: Settings) -> bool:
    """Tell whether the server takes uploads in itself: as it is set, else over a file only."""
    return settings.database_url is None if settings.serve_takes_uploads is None else settings.serve_takes_uploads


def make_jobs(settings: Settings, catalogue: Catalogue, ingester: Ingester | None) -> JobQueue:
    """Make the queue of uploads; without an ``ingester`` they wait for a worker."""
    uploads = UploadBucket(settings.store_url) if settings.store_url else UploadTable(catalogue.database)
    for file in (settings.data_dir / "uploads").glob("*"):  # where they lay before they lay in the catalogue
        uploads.put(file.name, file.read_bytes())
        file.unlink()
    return JobQueue(JobTable(catalogue.database), uploads, ingester)


def make_pool(settings: Settings) -> ParserPool[Report]:
    """Make the processes that parse; they begin with the first file."""
    limits = (settings.parse_workers, settings.parse_timeout_seconds, settings.parse_memory_bytes)
    return ParserPool(*limits, work=read_report)


def make_ingester(
    settings: Settings,
    catalogue: Catalogue,
    embedder: Embedder,
    pool: ParserPool[Report],
    indexes: Sequence[Index] = (),
) -> Ingester:
    """Make what takes files in and brings ``indexes`` along."""
    parts = IntakeParts(catalogue, embedder, SandboxedParser(pool), indexes, recipe())
    return Ingester(parts, max_file_bytes=settings.max_file_bytes, data_dir=settings.data_dir)
