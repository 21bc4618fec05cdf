"""Uploads: kept under the hash of their bytes, queued in the catalogue, taken in one after another by one thread."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from rag.errors import LockedError, ReportQAError, StorageError
from rag.ingesting.candidates import Candidate, make_candidate
from rag.ingesting.progress import OnProgress
from rag.storing.job_table import JobTable, OpenJob
from rag.types import IngestProgress, IngestSummary, Job

MAX_NAME_CHARS = 200
MAX_REASON_CHARS = 2_000
RETRY_SECONDS = 0.5


class UploadIngester(Protocol):
    """Whatever takes an upload in."""

    def ingest_upload(self, candidate: Candidate, *, on_progress: OnProgress | None = None) -> IngestSummary:
        """Take bytes in; a refusal is in the summary."""


class JobQueue:
    """Uploads waiting for their turn; what waits when the service stops goes on at the next start."""

    def __init__(self, table: JobTable, ingester: UploadIngester, folder: Path) -> None:
        """Keep uploads under ``folder``; nothing runs before ``start``."""
        self._table = table
        self._ingester = ingester
        self._folder = folder
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._running: Job | None = None
        self._worker = threading.Thread(target=self._work, name="uploads", daemon=True)

    def start(self) -> None:
        """Delete uploads whose reports are gone and begin to work, with what an earlier service left."""
        self._sweep()
        self._wake.set()
        self._worker.start()

    def close(self) -> None:
        """Finish the upload under way and stop."""
        self._stopping.set()
        self._wake.set()
        if self._worker.is_alive():
            self._worker.join()

    def submit(self, name: str, content: bytes, *, upload_key: str = "") -> str:
        """Queue an upload and return its job's id; that of the first where ``upload_key`` came with this file before.

        ``name`` is only what the report is called: the bytes are stored under their hash.

        Raises:
            BadInputError: ``upload_key`` came with another file before.
            StorageError: the disk is full.
        """
        digest = hashlib.sha256(content).hexdigest()
        self._store(digest, content)
        job = OpenJob(uuid.uuid4().hex, clean_name(name), digest)
        job_id = self._table.add(job, upload_key)
        self._wake.set()
        return job_id

    def job(self, job_id: str) -> Job:
        """Return the state of a job.

        Raises:
            NotFoundError: no job has this id.
        """
        running = self._running
        return running if running is not None and running.job_id == job_id else self._table.get(job_id)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(timeout=None)
            self._wake.clear()
            for job in self._table.unfinished():
                if self._stopping.is_set():
                    return
                self._run(job)

    def _run(self, job: OpenJob) -> None:
        """Take one upload in, waiting for whoever writes."""
        self._running = Job(job.job_id, "running")
        self._table.update(self._running)
        outcome = self._take_in(job)
        while outcome is None and not self._stopping.wait(RETRY_SECONDS):
            outcome = self._take_in(job)
        if outcome is not None:
            self._table.update(outcome)
        self._running = None

    def _take_in(self, job: OpenJob) -> Job | None:
        """Return the finished job; None while another process writes."""
        try:
            content = (self._folder / job.content_hash).read_bytes()
            candidate = make_candidate(f"upload:{job.content_hash[:16]}/{job.source}", job.source, content)
            summary = self._ingester.ingest_upload(candidate, on_progress=self._follow)
        except LockedError:
            return None
        except (ReportQAError, OSError) as error:
            return Job(job.job_id, "refused", 1.0, reason=str(error))
        reason = "; ".join(each.reason for each in summary.refused)[:MAX_REASON_CHARS]
        taken = (*summary.new, *summary.changed, *summary.unchanged)
        if not taken:
            return Job(job.job_id, "refused", 1.0, reason=reason)
        report_id = job.content_hash[:16] if taken == (candidate.path,) else None
        return Job(job.job_id, "done", 1.0, report_id=report_id, reason=reason)

    def _follow(self, progress: IngestProgress) -> None:
        running = self._running
        if running is not None:
            pages = progress.pages_done / progress.pages_total if progress.pages_total else 0.5
            share = 0.9 * (1 if progress.files_done else pages)
            self._running = replace(running, progress=max(running.progress, share))

    def _sweep(self) -> None:
        wanted = self._table.stored_uploads()
        for stored in self._folder.glob("*"):
            if stored.name not in wanted:
                stored.unlink(missing_ok=True)

    def _store(self, digest: str, content: bytes) -> None:
        target = self._folder / digest
        if target.is_file() and target.stat().st_size == len(content):
            return
        draft = self._folder / f"{digest}.{uuid.uuid4().hex}.draft"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageError(f"cannot store the upload: {error.strerror}; free some disk space") from error


def clean_name(name: str) -> str:
    """Return the last part of a client's name, printable, at most 200 characters; "upload" if none is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    return printable[-MAX_NAME_CHARS:] or "upload"
