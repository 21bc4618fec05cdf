"""Uploads under way, kept in the catalogue so that none is lost when a process stops; workers take them from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, extract, func, or_, select, union

from rag.errors import BadInputError, NotFoundError
from rag.storing.database import Database
from rag.storing.dialects import insert_new
from rag.storing.schema import FILES, JOBS, UPLOAD_KEYS
from rag.types import Job

KEPT_JOBS = 1_000
LEASE_SECONDS = 20
CLOCK = extract("epoch", func.current_timestamp())
OPEN = ("queued", "running")
STATE = select(*JOBS.c["job_id", "status", "progress", "report_id", "reason"])
OPENED = select(*JOBS.c["job_id", "source", "content_hash"])


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
            row = {"job_id": job.job_id, "source": job.source, "content_hash": job.content_hash}
            connection.execute(JOBS.insert(), row | {"status": "queued", "progress": 0.0, "reason": ""})
            if upload_key and (first := _first_under(connection, upload_key, job)) != job.job_id:
                connection.execute(JOBS.delete().where(JOBS.c.job_id == job.job_id))
                return first
            _forget_old(connection)
        return job.job_id

    def claim(self, worker: str) -> OpenJob | None:
        """Give the oldest job that nobody works on to ``worker``, who says so by ``update`` again and again; else None.

        Nobody works on what is queued, on what a worker said nothing of for ``LEASE_SECONDS`` by the database's clock,
        and on what ``worker`` itself left behind.

        Raises:
            StorageError: the disk is full.
        """
        silent = and_(JOBS.c.status == "running", or_(JOBS.c.beat.is_(None), JOBS.c.beat < CLOCK - LEASE_SECONDS))
        own = and_(JOBS.c.status == "running", JOBS.c.worker == worker)
        free = OPENED.where(or_(JOBS.c.status == "queued", silent, own)).order_by(JOBS.c.number).limit(1)
        with self._database.read() as connection:
            if connection.execute(free).first() is None:
                return None
        with self._database.note() as connection:
            row = connection.execute(free.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            taken = {"status": "running", "worker": worker, "beat": CLOCK}
            connection.execute(JOBS.update().where(JOBS.c.job_id == row.job_id).values(taken))
        return OpenJob(*row)

    def update(self, job: Job, worker: str) -> None:
        """Write the state of a job that ``worker`` was given; without effect once it was given to another.

        Raises:
            StorageError: the disk is full.
        """
        values = {"status": job.status, "progress": job.progress, "report_id": job.report_id, "reason": job.reason}
        own = JOBS.update().where(JOBS.c.job_id == job.job_id, JOBS.c.worker == worker)
        with self._database.note() as connection:
            connection.execute(own.values(values | {"beat": CLOCK}))

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFoundError: no job has this id.
        """
        with self._database.read() as connection:
            row = connection.execute(STATE.where(JOBS.c.job_id == job_id)).first()
        if row is None:
            raise NotFoundError(f"no job has the id {job_id!r}")
        return Job(*row)

    def stored_uploads(self) -> set[str]:
        """Return the hashes of uploads that are still of use: those of reports and of unfinished jobs."""
        with self._database.read() as connection:
            uploads = select(FILES.c.content_hash).where(FILES.c.path.startswith("upload:"))
            return set(connection.scalars(union(uploads, select(JOBS.c.content_hash).where(JOBS.c.status.in_(OPEN)))))


def _first_under(connection: Connection, upload_key: str, job: OpenJob) -> str:
    """Note the key of a job, unless one came first under it, and return that one's id.

    Raises:
        BadInputError: that one is about another file.
    """
    insert_new(connection, UPLOAD_KEYS, [{"upload_key": upload_key, "job_id": job.job_id}])
    query = OPENED.join_from(JOBS, UPLOAD_KEYS).where(UPLOAD_KEYS.c.upload_key == upload_key)
    first = OpenJob(*connection.execute(query).one())
    if first != replace(job, job_id=first.job_id):
        raise BadInputError(f"Idempotency-Key: {upload_key!r} was sent with another file before; make a new key")
    return first.job_id


def _forget_old(connection: Connection) -> None:
    newest = select(func.max(JOBS.c.number)).scalar_subquery()
    connection.execute(JOBS.delete().where(JOBS.c.status.not_in(OPEN), JOBS.c.number <= newest - KEPT_JOBS))
