"""What SQLite and PostgreSQL do differently; all else about the catalogue is said once, in SQLAlchemy's words.

A store opens connections, begins transactions (a reader's has one steady view; a writer's is alone among writers),
takes the writer's lock and tells what an error means. Below the stores stand the few expressions that differ.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, ColumnElement, Connection, Insert, Table, bindparam, create_engine
from sqlalchemy import exc as sql_errors
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import ARRAY, Boolean, Integer, Text, TypeDecorator

from rag.errors import ConfigurationError, LockedError, StorageAwayError, StorageError
from rag.storing.advisory_lock import AdvisoryLock
from rag.storing.lock import FileLock
from rag.storing.rows import to_json

FILE_NAME = "catalogue.sqlite3"
BUSY_SECONDS = 15
LOCK_SECONDS = 2
AWAY_SECONDS = 5  # a server that does not answer for so long is away; twice that on an open connection
IDLE_CONNECTIONS = 20
POOL = 10
INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
DISK_FULL, LOCK_TIMEOUT, DAMAGED = "53100", "55P03", ("XX001", "XX002")
AWAY = ("08", "57P0", "53300")  # no connection, shutting down or starting, too many connections


class SqliteStore:
    """One file in the data directory."""

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        """Prepare connections to ``folder``'s file; none is opened."""
        self.path = folder / FILE_NAME
        self.name = str(self.path)
        self.lock = FileLock(folder / "writer.lock")
        self._read_only = read_only
        self.engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=QueuePool, pool_size=IDLE_CONNECTIONS, max_overflow=-1
        )

    def glancing(self) -> AbstractContextManager[Connection]:
        """Give a connection outside any transaction."""
        return self.engine.connect()

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a transaction that begins with its first read."""
        return self._begun("BEGIN")

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a transaction that may write from the beginning."""
        return self._begun("BEGIN IMMEDIATE")

    @contextmanager
    def writer(self) -> Iterator[Connection]:
        """Give a transaction under the writer's lock."""
        with self.lock.hold(wait_seconds=LOCK_SECONDS), self.writing() as connection:
            yield connection

    @contextmanager
    def _begun(self, words: str) -> Iterator[Connection]:
        with self.engine.begin() as connection:  # which tells Python's driver nothing: it is in its autocommit mode
            cast(sqlite3.Connection, connection.connection.driver_connection).execute(words)
            yield connection

    def meaning(self, error: Exception) -> StorageError | LockedError:
        """Tell a full disk from a damaged file."""
        words = str(getattr(error, "orig", None) or error)
        if "full" in words or "disk I/O" in words:
            return StorageError(f"{self.path} cannot be written ({words}); free some disk space and run it again")
        if "malformed" in words or "not a database" in words:
            return StorageError(f"{self.path} is damaged ({words}); run `report-qa restore FILE` with a backup")
        return StorageError(f"{self.path}: {words}")

    def faults(self, connection: Connection) -> list[str]:
        """Return damaged pages, and rows that belong to nothing."""
        words = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check")
        return [*(word for word in words if word != "ok"), *(f"orphan row in {row[0]}" for row in orphans)]

    def _connect(self) -> sqlite3.Connection:
        target = f"{self.path.absolute().as_uri()}?mode=ro" if self._read_only else str(self.path)
        connection = sqlite3.connect(
            target, uri=self._read_only, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection


class PostgresStore:
    """A PostgreSQL database that several processes write to."""

    def __init__(self, url: str) -> None:
        """Prepare connections; none is opened.

        Raises:
            ConfigurationError: the URL cannot be used, or the driver is missing.
        """
        address = _address(url)
        who = f"report-qa {os.getpid()}@{socket.gethostname()}"[:63]
        settings = {"client_encoding": "utf8", "application_name": who, "options": f"-c lock_timeout={BUSY_SECONDS}s"}
        settings |= {"connect_timeout": str(AWAY_SECONDS), "tcp_user_timeout": str(2_000 * AWAY_SECONDS)}
        try:
            self.engine = create_engine(
                address, pool_pre_ping=True, pool_size=POOL, max_overflow=POOL, connect_args=settings
            )
        except ImportError as error:
            raise ConfigurationError(f"{error}; run `pip install 'report-qa[postgres]'`") from error
        self.name = address.render_as_string(hide_password=True)
        self.lock = AdvisoryLock(self.engine)
        self._plain = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._steady = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def glancing(self) -> AbstractContextManager[Connection]:
        """Give a connection outside any transaction: two round trips less."""
        return self._plain.connect()

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a transaction that sees one snapshot."""
        return self._steady.begin()

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a transaction that may write."""
        return self.engine.begin()

    @contextmanager
    def writer(self) -> Iterator[Connection]:
        """Give a transaction that waits for its turn among writers."""
        with self.engine.begin() as connection:
            self.lock.queue(connection)
            yield connection

    def meaning(self, error: Exception) -> StorageError | LockedError:
        """Tell a server that is away from a lock, a full disk and damage."""
        cause = getattr(error, "orig", None) or error
        state, words = getattr(cause, "sqlstate", None) or "", " ".join(str(cause).split())
        if isinstance(error, sql_errors.TimeoutError):
            return StorageAwayError(f"all {2 * POOL} connections to {self.name} are busy; try again")
        if state.startswith(AWAY) or (not state and isinstance(error, sql_errors.OperationalError)):
            return StorageAwayError(f"{self.name} cannot be reached ({words}); try again when it is back")
        if state == LOCK_TIMEOUT:
            return LockedError(f"{self.name} is being written by {self.lock.holder()}; try again when it is done")
        if state == DISK_FULL:
            return StorageError(f"{self.name} cannot be written ({words}); free some disk space there")
        if state in DAMAGED:
            return StorageError(f"{self.name} is damaged ({words}); restore a backup into a new database")
        return StorageError(f"{self.name}: {words}")

    def faults(self, connection: Connection) -> list[str]:
        """Return nothing: the server holds to its constraints, and every report is read anyway."""
        return []


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except sql_errors.ArgumentError:
        address = make_url("none://")
    if address.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise ConfigurationError("REPORT_QA_DATABASE_URL: write postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
    return address.set(drivername="postgresql+psycopg")


Store = SqliteStore | PostgresStore


class TextList(TypeDecorator[Collection[str]]):
    """Many texts as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Use an array where there are arrays."""
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: Any) -> Any:
        """Write as JSON where there are none."""
        return list(value or ()) if dialect.name == "postgresql" else to_json(list(value or ()))


class Among(FunctionElement[bool]):
    """Whether a column's value is one of the texts that the parameter ``name`` holds, however many."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[str], name: str) -> None:
        super().__init__(column, bindparam(name, type_=TextList()))

    def self_group(self, against: Any = None) -> Among:
        """Stay as it is: compared with 1, as SQLAlchemy has it, SQLite would not use an index."""
        return self


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"


class Position(FunctionElement[int]):
    """Where a text first stands in another, counted from 1; 0 where it does not."""

    inherit_cache = True
    type = Integer()


@compiles(Position)
def _position(element: Position, compiler: Any, **options: Any) -> str:
    name = "strpos" if compiler.dialect.name == "postgresql" else "instr"
    return f"{name}({compiler.process(element.clauses, **options)})"


@lru_cache(maxsize=100)
def _upsert(table: Table, dialect: str, replaced: tuple[str, ...]) -> Insert:
    statement = INSERTS[dialect](table)
    values = {name: statement.excluded[name] for name in replaced}
    keys = [column.name for column in table.primary_key]
    made: Insert = (
        statement.on_conflict_do_update(index_elements=keys, set_=values)
        if replaced
        else statement.on_conflict_do_nothing()
    )
    return made


def replace_row(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, or give the one of the same primary key these values."""
    keys = {column.name for column in table.primary_key}
    replaced = tuple(name for name in row if name not in keys)
    connection.execute(_upsert(table, connection.dialect.name, replaced), row)


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert those rows whose keys are not there yet."""
    if rows:
        connection.execute(_upsert(table, connection.dialect.name, ()), rows)
