"""Copying a whole catalogue row by row from one database into another, and proving that it arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from rag.errors import BadInputError, StorageError
from rag.storing import writing
from rag.storing.dialects import FILE_NAME
from rag.storing.migrating import new_epoch
from rag.storing.schema import META, METADATA
from rag.storing.store import Catalogue

BATCH = 1_000
TABLES = [table for table in METADATA.sorted_tables if table is not META]


def copy_all(source: Connection, target: Connection) -> dict[str, int]:
    """Put the rows of ``source`` in place of those of ``target``; return how many by table. Both are in transactions.

    The target's version is then above all that was seen there before, and its epoch is new.

    Raises:
        StorageError: what arrived is not what was sent; the caller rolls back.
    """
    before, sent = writing.settings(target), writing.settings(source)
    for table in reversed(TABLES):
        target.execute(table.delete())
    counts = {table.name: _copy(table, source, target) for table in TABLES}
    version = max(int(before["version"]), int(sent["version"])) + 1
    linked = {"linked": version} if sent.get("linked") == sent["version"] else {}
    target.execute(META.delete())
    writing.note(target, **sent | linked | {"version": version, "epoch": new_epoch(), "former": before["epoch"]})
    return counts


def migrate(data_dir: Path, url: str) -> dict[str, int]:
    """Copy the catalogue of a data directory into an empty database, all or nothing; return the rows by table.

    Raises:
        BadInputError: there is no catalogue, or the database is not empty.
        LockedError: another process writes to one of them.
        StorageError: one of them fails, or what arrived is not what was sent; the database stays empty.
    """
    if not (data_dir / FILE_NAME).is_file():
        raise BadInputError(f"there is no catalogue in {data_dir}; set REPORT_QA_DATA_DIR")
    with (
        closing(Catalogue.open(data_dir)) as source,
        closing(Catalogue.open(data_dir, url)) as target,
        source.writing(),
        target.writing(),
        source.database.read() as old,
        target.database.write() as new,
    ):
        for table in TABLES:
            if count := new.scalar(select(func.count()).select_from(table)):
                where = target.database.store.name
                raise BadInputError(f"{where} is not empty ({count} rows in {table.name}); give an empty database")
        return copy_all(old, new)


def _copy(table: Table, source: Connection, target: Connection) -> int:
    sent, count = hashlib.sha256(), 0
    names = table.columns.keys()
    for rows in _rows(table, source):
        target.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])
        sent.update(_digest(rows))
        count += len(rows)
    arrived = hashlib.sha256()
    for rows in _rows(table, target):
        arrived.update(_digest(rows))
    if arrived.digest() != sent.digest():
        raise StorageError(f"the rows of {table.name} did not arrive as they were sent; nothing was copied")
    if table.autoincrement_column is not None and target.dialect.name == "postgresql":
        column = table.autoincrement_column.name
        counter, highest = f"pg_get_serial_sequence('{table.name}', '{column}')", f"(SELECT max({column}) FROM {table})"
        target.execute(text(f"SELECT setval({counter}, {highest})"))
    return count


def _rows(table: Table, connection: Connection) -> Iterator[Sequence[Sequence[Any]]]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH)
    yield from connection.execute(query).partitions()


def _digest(rows: Sequence[Sequence[Any]]) -> bytes:
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode("utf-8", "surrogatepass")).digest()
