"""Connections to the catalogue's file: many readers, each with a steady view, and one writer."""

from __future__ import annotations

import queue
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StorageError
from rag.storing.lock import FileLock
from rag.storing.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES

FILE_NAME = "catalogue.sqlite3"
BUSY_SECONDS = 15.0
LOCK_SECONDS = 2.0
TABLE_NAME = re.compile(r"CREATE (?:TABLE|INDEX) IF NOT EXISTS (\w+)")


def storage_error(path: Path, error: sqlite3.Error) -> StorageError:
    """Translate SQLite's error: full disk, damaged file, or what SQLite says."""
    words = str(error)
    if "full" in words or "disk I/O" in words:
        return StorageError(f"{path} cannot be written ({words}); free some disk space and run the command again")
    if "malformed" in words or "not a database" in words:
        return StorageError(f"{path} is damaged ({words}); run `report-qa restore FILE` with a backup")
    return StorageError(f"{path}: {words}")


class Database:
    """A pool of connections to one catalogue file, shared by all threads of a process."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open ``folder``'s catalogue, making it if need be.

        Raises:
            StorageError: the file is damaged, of another version, absent (``read_only``), or cannot be written.
        """
        self.path = folder / FILE_NAME
        self.lock = FileLock(folder / "writer.lock")
        self._read_only = read_only
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        if read_only and not self.path.is_file():
            raise StorageError(f"there is no catalogue in {folder}; run `report-qa ingest PATH` first")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot create {folder}: {error.strerror}") from error
        try:
            connection = self._connect()
            self._prepare(connection)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error
        self._idle.put(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the catalogue for the length of a ``with`` block.

        Raises:
            StorageError: the file cannot be read.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside one write transaction: all of it is committed, or none.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full, or the file is damaged or read-only.
        """
        self._require_writable()
        with self.lock.hold(wait_seconds=LOCK_SECONDS), self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def note(self) -> Iterator[sqlite3.Connection]:
        """Give a connection like ``write``, without the writer's lock: for rows that do not belong to reports (jobs).

        Raises:
            StorageError: the disk is full, or the file is damaged or read-only.
        """
        self._require_writable()
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give a connection outside any transaction (backup, checkpoint).

        Raises:
            StorageError: SQLite reports an error.
        """
        try:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                connection = self._connect()
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.rollback()
                self._idle.put(connection)
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def close(self) -> None:
        """Close all idle connections; the last one folds the write-ahead log into the file."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _require_writable(self) -> None:
        if self._read_only:
            raise StorageError(f"{self.path} was opened for reading only")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.connection() as connection:
            connection.execute(begin)
            yield connection
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        target = f"{self.path.absolute().as_uri()}?mode=ro" if self._read_only else str(self.path)
        connection = sqlite3.connect(
            target, uri=self._read_only, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if not self._read_only and version in {0, SCHEMA_VERSION} and not _is_complete(connection):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            create_tables(connection)
            connection.execute("COMMIT")
        require_schema(connection, self.path)


def _is_complete(connection: sqlite3.Connection) -> bool:
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    return set(TABLE_NAME.findall(TABLES)) <= found


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing, inside the caller's transaction."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('version', 0), ('epoch', ?)", (secrets.token_hex(6),))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def require_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Check that a file is a catalogue of this version.

    Raises:
        StorageError: it is something else.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
        raise StorageError(f"{path} is no catalogue of version {SCHEMA_VERSION} (found version {version})")
