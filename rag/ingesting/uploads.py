"""Uploads: queued in the catalogue, taken in one after another by a thread of the server, or by workers."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Protocol

from rag.errors import LockedError, ReportQAError, StorageAwayError
from rag.ingesting.candidates import Candidate, make_candidate
from rag.ingesting.progress import OnProgress
from rag.storing.job_table import JobTable, OpenJob
from rag.storing.upload_table import Uploads
from rag.types import IngestProgress, IngestSummary, Job

MAX_NAME_CHARS = 200
MAX_REASON_CHARS = 2_000
RETRY_SECONDS = 0.5
POLL_SECONDS = 1.0
BEAT_SECONDS = 4.0
logger = logging.getLogger(__name__)


class UploadIngester(Protocol):
    """Whatever takes an upload in."""

    def ingest_upload(self, candidate: Candidate, *, on_progress: OnProgress | None = None) -> IngestSummary:
        """Take bytes in; a refusal is in the summary."""


class JobQueue:
    """Uploads waiting for their turn, here or elsewhere; what waits when all stop goes on at the next start."""

    def __init__(self, table: JobTable, uploads: Uploads, ingester: UploadIngester | None) -> None:
        """Queue uploads, and take them in where there is an ``ingester``; nothing runs before ``start``."""
        self._table = table
        self._uploads = uploads
        self._ingester = ingester
        self._name = f"{os.getpid()}@{uuid.uuid4().hex}"  # containers may share numbers of processes
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._running: Job | None = None
        self._worker = threading.Thread(target=self._work, name="uploads", daemon=True)

    def start(self) -> None:
        """Begin to work: forget uploads whose reports are gone, and take in what an earlier process left."""
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
        self._uploads.put(digest, content)
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
        try:
            self._uploads.sweep(self._table.stored_uploads())
        except ReportQAError as error:
            logger.warning("%s; what is no longer wanted is forgotten at the next start", error)
        while self._ingester is not None and not self._stopping.is_set():
            try:
                if (job := self._table.claim(self._name)) is not None:
                    self._run(job)
                    continue
            except ReportQAError as error:
                logger.warning("%s; uploads wait", error)
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()

    def _run(self, job: OpenJob) -> None:
        """Take one upload in, waiting for whoever writes; give it back where that lasts until this process stops."""
        self._running = Job(job.job_id, "running")
        with self._beating(self._running):
            outcome = self._take_in(job)
            while outcome is None and not self._stopping.wait(RETRY_SECONDS):
                outcome = self._take_in(job)
        self._table.update(outcome or Job(job.job_id, "queued"), self._name)
        self._running = None

    def _take_in(self, job: OpenJob) -> Job | None:
        """Return the finished job; None while another process writes, or the catalogue is away."""
        assert self._ingester is not None
        try:
            content = self._uploads.get(job.content_hash)
            candidate = make_candidate(f"upload:{job.content_hash[:16]}/{job.source}", job.source, content)
            summary = self._ingester.ingest_upload(candidate, on_progress=self._follow)
        except (LockedError, StorageAwayError):
            return None
        except ReportQAError as error:
            return Job(job.job_id, "refused", 1.0, reason=str(error))
        except Exception:
            logger.exception("upload %s failed", job.job_id)
            return Job(job.job_id, "refused", 1.0, reason="something went wrong inside; the log tells more")
        reason = "; ".join(each.reason for each in summary.refused)[:MAX_REASON_CHARS]
        if not (taken := (*summary.new, *summary.changed, *summary.unchanged)):
            return Job(job.job_id, "refused", 1.0, reason=reason)
        report_id = job.content_hash[:16] if taken == (candidate.path,) else None
        return Job(job.job_id, "done", 1.0, report_id=report_id, reason=reason)

    @contextmanager
    def _beating(self, begun: Job) -> Iterator[None]:
        """Say again and again that this process is at work, and how far it is."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(BEAT_SECONDS):
                with suppress(ReportQAError):
                    self._table.update(self._running or begun, self._name)

        thread = threading.Thread(target=beat, name="uploads: at work", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _follow(self, progress: IngestProgress) -> None:
        if (running := self._running) is not None:
            pages = progress.pages_done / progress.pages_total if progress.pages_total else 0.5
            share = 0.9 * (1 if progress.files_done else pages)
            self._running = replace(running, progress=max(running.progress, share))


def clean_name(name: str) -> str:
    """Return the last part of a client's name, printable, at most 200 characters; "upload" if none is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    return printable[-MAX_NAME_CHARS:] or "upload"
