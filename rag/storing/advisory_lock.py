"""The writer's lock on PostgreSQL, freed by the server when the connection that holds it ends.

Whoever takes reports in shares it, so that several may at once, and queues for a turn to commit; whoever changes
everything (a new model, a restored backup) has it alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy import exc as sql_errors

SPACE = 0x52505141
CATALOGUE, TURN, SCHEMA = 1, 2, 3
ALONE_SECONDS = 60
SHARED_SECONDS = 2
TURN_SECONDS = 30
HOLDER = text(
    "SELECT application_name, to_char(coalesce(xact_start, state_change), 'HH24:MI:SS') FROM pg_locks "
    "JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted AND classid = :space AND pid <> "
    "pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
)


class AdvisoryLock:
    """A lock between all processes of one database; the thread that holds it may take it again."""

    def __init__(self, engine: Engine) -> None:
        """Prepare a lock; nothing is asked of the server until it is taken."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._own = threading.local()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Have the lock alone for the length of a ``with`` block; waits for those who share it.

        Raises:
            DBAPIError: it was not to be had in time, or the server is away.
        """
        with self._held("pg_advisory_lock", ALONE_SECONDS):
            yield

    @contextmanager
    def share(self) -> Iterator[None]:
        """Share the lock for the length of a ``with`` block.

        Raises:
            DBAPIError: somebody has it alone, or the server is away.
        """
        with self._held("pg_advisory_lock_shared", SHARED_SECONDS):
            yield

    @contextmanager
    def try_mending(self) -> Iterator[bool]:
        """Have the lock on what is mended for the length of a ``with`` block; tell whether nobody had it."""
        with self._engine.connect() as connection:
            try:
                yield bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": SPACE}))
            finally:
                with suppress(sql_errors.SQLAlchemyError):  # a connection that is gone holds nothing
                    connection.execute(text("SELECT pg_advisory_unlock_all()"))

    def queue(self, connection: Connection) -> None:
        """Share the lock unless this thread has it, and wait for a turn to write, both until the transaction ends.

        Raises:
            DBAPIError: somebody has it alone, or the turn did not come in time.
        """
        if not self._depth:
            take(connection, "pg_advisory_xact_lock_shared", CATALOGUE, SHARED_SECONDS)
        take(connection, "pg_advisory_xact_lock", TURN, TURN_SECONDS)

    def holder(self) -> str:
        """Return words for a process that has the lock or shares it: "report-qa 812@host, since 10:02:11"."""
        with suppress(sql_errors.SQLAlchemyError), self._engine.connect() as connection:
            if row := connection.execute(HOLDER, {"space": SPACE}).first():
                return f"{row[0]}, since {row[1]}"
        return "another process"

    @property
    def _depth(self) -> int:
        return getattr(self._own, "depth", 0)

    @contextmanager
    def _held(self, function: str, seconds: float) -> Iterator[None]:
        if self._depth:
            self._own.depth += 1
            try:
                yield
            finally:
                self._own.depth -= 1
            return
        with self._engine.connect() as connection:
            try:
                take(connection, function, CATALOGUE, seconds)
                self._own.depth = 1
                yield
            finally:
                self._own.depth = 0
                with suppress(sql_errors.SQLAlchemyError):  # a connection that is gone holds nothing
                    connection.execute(text("SELECT pg_advisory_unlock_all()"))
                    connection.execute(text("RESET lock_timeout"))


def take(connection: Connection, function: str, key: int, seconds: float) -> None:
    """Wait at most so long for an advisory lock of ours, and for other locks of this transaction or session.

    Raises:
        DBAPIError: it was not to be had in time (SQLSTATE 55P03).
    """
    timeout = text("SELECT set_config('lock_timeout', :milliseconds, :local)")
    connection.execute(timeout, {"milliseconds": f"{1_000 * seconds:.0f}", "local": "_xact_" in function})
    connection.execute(text(f"SELECT {function}(:space, :key)"), {"space": SPACE, "key": key})
