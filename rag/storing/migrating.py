"""Bringing a database to the tables of this version, by itself, when it is opened.

An empty one gets them at once; an older one goes through the steps in ``migrations`` (Alembic), under a lock: several
processes may start at the same time. Steps only add, so that processes of the version before go on meanwhile.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, inspect, text

from rag.errors import ConfigurationError, StorageError
from rag.storing.advisory_lock import SCHEMA, take
from rag.storing.dialects import SqliteStore, Store, insert_new
from rag.storing.schema import META, METADATA, REVISION

APPLICATION_ID = 0x52505141
FORMAT = 1
REVISIONS = "catalogue_revision"
PREPARING_SECONDS = 600


def prepare(store: Store, *, read_only: bool) -> None:
    """Make or mend the tables of a catalogue.

    Raises:
        ConfigurationError: the database does not hold UTF-8.
        StorageError: it holds something else, is of a newer version, absent (``read_only``), or cannot be made.
    """
    if isinstance(store, SqliteStore):
        _prepare_sqlite(store, read_only=read_only)
    else:
        _prepare_postgres(store, read_only=read_only)


def _prepare_sqlite(store: SqliteStore, *, read_only: bool) -> None:
    folder = store.path.parent
    if read_only and not store.path.is_file():
        raise StorageError(f"there is no catalogue in {folder}; run `report-qa ingest PATH` first")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot create {folder}: {error.strerror}") from error
    with store.engine.connect() as connection:
        begun = _pragma(connection, "user_version"), _pragma(connection, "application_id")
        if begun == (0, 0) and not read_only:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    if begun != (FORMAT, APPLICATION_ID) and (begun != (0, 0) or read_only):
        raise StorageError(f"{store.name} is no catalogue of version {FORMAT} (found version {begun[0]})")
    with store.reading() as connection:
        if _is_current(connection, store.name, read_only=read_only):
            return
    with store.writing() as connection:
        bring_up(connection, store.name, begun=begun != (0, 0))
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")


def _prepare_postgres(store: Store, *, read_only: bool) -> None:
    with store.reading() as connection:
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise ConfigurationError(f"{store.name} holds {encoding}; make it with `createdb --encoding UTF8`")
        if _is_current(connection, store.name, read_only=read_only):
            return
    with store.writing() as connection:
        take(connection, "pg_advisory_xact_lock", SCHEMA, PREPARING_SECONDS)
        bring_up(connection, store.name, begun=False)


def bring_up(connection: Connection, name: str, *, begun: bool) -> None:
    """Make or mend the tables inside the caller's transaction; ``begun``: a catalogue from before there were steps.

    Raises:
        StorageError: the database holds other tables, or is of a newer version.
    """
    found = set(inspect(connection).get_table_names())
    if REVISIONS in found or begun:
        if not _is_current(connection, name, read_only=False):
            _alembic(connection, "upgrade", "head")
        return
    if foreign := found & METADATA.tables.keys():
        raise StorageError(f"{name} holds tables of another program ({min(foreign)}); give an empty database")
    METADATA.create_all(connection)
    _alembic(connection, "stamp", "head")
    insert_new(connection, META, [{"key": "version", "value": "0"}, {"key": "epoch", "value": new_epoch()}])


def new_epoch() -> str:
    """Return a name for a line of versions: those of two catalogues do not compare."""
    return secrets.token_hex(6)


def _is_current(connection: Connection, name: str, *, read_only: bool) -> bool:
    has_revision = inspect(connection).has_table(REVISIONS)
    revision = connection.scalar(text(f"SELECT version_num FROM {REVISIONS}")) if has_revision else None
    if revision is not None and revision > REVISION:
        raise StorageError(f"{name} is of revision {revision}, this version knows {REVISION}; install the newer one")
    if revision != REVISION and read_only:
        raise StorageError(f"{name} is no catalogue of revision {REVISION} (found {revision}); open it for writing")
    return revision == REVISION


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _alembic(connection: Connection, command: str, revision: str) -> None:
    from alembic import command as commands
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "table": REVISIONS})
    config.set_main_option("script_location", "rag.storing:migrations")
    getattr(commands, command)(config, revision)
