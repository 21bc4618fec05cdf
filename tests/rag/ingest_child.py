"""A process that ingests a folder, to be killed.

Such processes are forked off one that has imported everything, so that a test waits for what they do alone.
"""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from rag.ingesting.ingest import Ingester
from rag.ingesting.intake import IntakeParts
from rag.ingesting.sandbox import ParserPool
from rag.ingesting.worker import SandboxedParser
from rag.reading.report import read_report
from tests.rag.workshop import RECIPE, Workshop

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", __name__])


class IngestProcess:
    """A process at work from when it is made; ``pid`` is its number."""

    def __init__(self, data_dir: Path, folder: Path, url: str | None) -> None:
        self._told, theirs = FORKS.Pipe(duplex=False)
        self._process: BaseProcess = FORKS.Process(target=ingest, args=(data_dir, folder, url, theirs))
        self._process.start()
        theirs.close()
        assert self._told.recv() == "began"
        self.pid = self._process.pid

    def finish(self, seconds: float) -> None:
        """Wait until all is in."""
        assert self._told.poll(seconds)
        assert self._told.recv() == "done"
        self._process.join(seconds)
        assert self._process.exitcode == 0

    def kill_after(self, seconds: float) -> bool:
        """Kill it without warning; return whether it was still at work."""
        finished = self._told.poll(seconds)
        self._process.kill()
        self._process.join()
        return not finished


def ingest(data_dir: Path, folder: Path, url: str | None, telling: Connection) -> None:
    """Ingest with worker processes, a database, tantivy and Chroma as in the service; only the vectors are simple."""
    workshop = Workshop(data_dir, url)
    pool = ParserPool(1, 60, 2_000_000_000, work=read_report)
    parts = IntakeParts(workshop.catalogue, workshop.embedder, SandboxedParser(pool), workshop.indexes, RECIPE)
    telling.send("began")
    Ingester(parts, max_file_bytes=10_000_000, data_dir=data_dir).ingest([folder], prune=True)
    telling.send("done")
    pool.close()
    workshop.close()
