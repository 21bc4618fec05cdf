"""The database of a catalogue: many readers, each with a steady view, and writers who take turns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import exc as sql_errors

from rag.errors import ReportQAError, StorageError
from rag.storing.dialects import PostgresStore, SqliteStore, Store
from rag.storing.migrating import prepare


class Database:
    """Connections to one catalogue, shared by all threads of a process."""

    def __init__(self, folder: Path, url: str | None = None, *, read_only: bool = False) -> None:
        """Open the catalogue at ``url`` (PostgreSQL), else the file in ``folder``, making it if need be.

        Raises:
            ConfigurationError: ``url`` cannot be used.
            StorageError: it is damaged, of another version, absent (``read_only``), or cannot be reached or written.
        """
        self.folder = folder
        self._read_only = read_only
        self.store: Store = PostgresStore(url) if url is not None else SqliteStore(folder, read_only=read_only)
        try:
            with self._translated():
                prepare(self.store, read_only=read_only)
        except ReportQAError:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the catalogue for the length of a ``with`` block.

        Raises:
            StorageAwayError: the server cannot be reached.
            StorageError: the catalogue cannot be read.
        """
        with self._translated(), self.store.reading() as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Give a connection for one statement, which sees one state of the catalogue by itself; errors as ``read``."""
        with self._translated(), self.store.glancing() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection inside one write transaction: all of it is committed, or none.

        Raises:
            LockedError: another process writes.
            StorageAwayError: the server cannot be reached.
            StorageError: the disk is full, or the catalogue is damaged or read-only.
        """
        self._require_writable()
        with self._translated(), self.store.writer() as connection:
            yield connection

    @contextmanager
    def note(self) -> Iterator[Connection]:
        """Give a connection like ``write``, without the writer's lock: for rows that do not belong to reports (jobs).

        Raises:
            StorageAwayError: the server cannot be reached.
            StorageError: the disk is full, or the catalogue is damaged or read-only.
        """
        self._require_writable()
        with self._translated(), self.store.writing() as connection:
            yield connection

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the writer's lock alone.

        Raises:
            LockedError: another process writes; the message names it.
            StorageAwayError: the server cannot be reached.
        """
        with self._translated(), self.store.lock.hold():
            yield

    @contextmanager
    def share(self) -> Iterator[None]:
        """Hold the writer's lock, with others who take reports in where the database is made for several writers.

        Raises:
            LockedError: another process writes; the message names it.
            StorageAwayError: the server cannot be reached.
        """
        with self._translated(), self.store.lock.share():
            yield

    @contextmanager
    def mending(self) -> Iterator[bool]:
        """Tell, for the length of a ``with`` block, whether this process alone mends what processes share."""
        with self._translated(), self.store.lock.try_mending() as is_ours:
            yield is_ours

    def close(self) -> None:
        """Close all idle connections; SQLite's last one folds the write-ahead log into the file."""
        self.store.engine.dispose()

    def _require_writable(self) -> None:
        if self._read_only:
            raise StorageError(f"{self.store.name} was opened for reading only")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sql_errors.DBAPIError, sql_errors.TimeoutError, sqlite3.Error) as error:
            raise self.store.meaning(error) from error
