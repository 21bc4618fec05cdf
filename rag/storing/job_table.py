"""Uploads under way, kept in the catalogue's file so that none is lost when the service stops."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from rag.errors import BadInputError, NotFoundError
from rag.storing.database import Database
from rag.types import Job

KEPT_JOBS = 1_000
OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that is not finished: the name its file was given and the hash its bytes are stored under."""

    job_id: str
    source: str
    content_hash: str


class JobTable:
    """The jobs, by id; may be written while another process writes reports."""

    def __init__(self, database: Database) -> None:
        """Use the catalogue's database."""
        self._database = database

    def add(self, job: OpenJob, upload_key: str = "") -> str:
        """Queue a job, forget the oldest finished ones, and return its id.

        A file that was queued under the same ``upload_key`` before is not queued again: the id is that of the first.

        Raises:
            BadInputError: another file was queued under this key.
            StorageError: the disk is full.
        """
        with self._database.note() as connection:
            if upload_key and (earlier := _queued_under(connection, upload_key, job)):
                return earlier
            connection.execute(
                "INSERT INTO jobs (job_id, source, content_hash, status, progress, reason) VALUES (?, ?, ?, ?, 0, '')",
                (job.job_id, job.source, job.content_hash, "queued"),
            )
            if upload_key:
                connection.execute("INSERT INTO upload_keys VALUES (?, ?)", (upload_key, job.job_id))
            _forget_old(connection)
        return job.job_id

    def update(self, job: Job) -> None:
        """Write a job's state.

        Raises:
            StorageError: the disk is full.
        """
        with self._database.note() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, progress = ?, report_id = ?, reason = ? WHERE job_id = ?",
                (job.status, job.progress, job.report_id, job.reason, job.job_id),
            )

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFoundError: no job has this id.
        """
        with self._database.read() as connection:
            query = "SELECT job_id, status, progress, report_id, reason FROM jobs WHERE job_id = ?"
            row = connection.execute(query, (job_id,)).fetchone()
        if row is None:
            raise NotFoundError(f"no job has the id {job_id!r}")
        return Job(*row)

    def unfinished(self) -> list[OpenJob]:
        """Return queued jobs and those a stopped service left running, oldest first."""
        with self._database.read() as connection:
            query = "SELECT job_id, source, content_hash FROM jobs WHERE status IN (?, ?) ORDER BY number"
            return [OpenJob(*row) for row in connection.execute(query, OPEN)]

    def stored_uploads(self) -> set[str]:
        """Return the hashes of uploads that are still of use: those of reports and of unfinished jobs."""
        with self._database.read() as connection:
            query = "SELECT content_hash FROM files WHERE path LIKE 'upload:%' UNION "
            query += "SELECT content_hash FROM jobs WHERE status IN (?, ?)"
            return {row[0] for row in connection.execute(query, OPEN)}


def _queued_under(connection: sqlite3.Connection, upload_key: str, job: OpenJob) -> str:
    query = "SELECT job_id, source, content_hash FROM upload_keys JOIN jobs USING (job_id) WHERE upload_key = ?"
    row = connection.execute(query, (upload_key,)).fetchone()
    if row and OpenJob(*row) != replace(job, job_id=row[0]):
        raise BadInputError(f"Idempotency-Key: {upload_key!r} was sent with another file before; make a new key")
    return row[0] if row else ""


def _forget_old(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM jobs WHERE status NOT IN (?, ?) AND number <= (SELECT max(number) FROM jobs) - ?",
        (*OPEN, KEPT_JOBS),
    )
