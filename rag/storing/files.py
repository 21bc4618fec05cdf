"""Which files the reports came from: one row a path, several paths may hold the same report."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

FILE_COLUMNS = "path, source, report_id, content_hash, sidecar_hash, recipe"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that is in: its report, the hashes of its bytes and sidecar, and the recipe it was read by."""

    path: str
    source: str
    report_id: str
    content_hash: str
    sidecar_hash: str = ""
    recipe: str = ""


def read_files(connection: sqlite3.Connection) -> dict[str, FileRecord]:
    """Return all files by path."""
    rows = connection.execute(f"SELECT {FILE_COLUMNS} FROM files ORDER BY path")
    return {row[0]: FileRecord(*row) for row in rows}


def put_file(connection: sqlite3.Connection, record: FileRecord) -> None:
    """Write or replace the row of one path and forget an earlier refusal of it."""
    values = (
        record.path,
        record.source,
        record.report_id,
        record.content_hash,
        record.sidecar_hash,
        record.recipe,
    )
    connection.execute(f"INSERT OR REPLACE INTO files ({FILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", values)
    connection.execute("DELETE FROM refusals WHERE path = ?", (record.path,))


def drop_files(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Forget files and refusals by path; the reports stay until ``drop_orphans``."""
    rows = [(path,) for path in paths]
    connection.executemany("DELETE FROM files WHERE path = ?", rows)
    connection.executemany("DELETE FROM refusals WHERE path = ?", rows)


def drop_orphans(connection: sqlite3.Connection, version: int) -> list[str]:
    """Drop reports that no file holds any more and return their ids, ascending.

    A report whose first file went but which lies elsewhere takes that place; the first near-duplicate of a dropped
    report stands for the others.
    """
    orphans = "SELECT report_id FROM reports WHERE report_id NOT IN (SELECT report_id FROM files)"
    dropped = [row[0] for row in connection.execute(f"{orphans} ORDER BY report_id")]
    connection.executemany("DELETE FROM reports WHERE report_id = ?", [(report_id,) for report_id in dropped])
    for report_id in dropped:
        _promote_duplicate(connection, report_id, version)
    moved = connection.execute(
        "SELECT report_id, min(path) FROM files WHERE report_id IN "
        "(SELECT report_id FROM reports WHERE path NOT IN (SELECT path FROM files)) GROUP BY report_id"
    ).fetchall()
    for report_id, path in moved:
        connection.execute(
            "UPDATE reports SET version = ?, path = ?, source = (SELECT source FROM files WHERE path = ?) "
            "WHERE report_id = ?",
            (version, path, path, report_id),
        )
    return dropped


def _promote_duplicate(connection: sqlite3.Connection, dropped: str, version: int) -> None:
    """Let the first near-duplicate of a dropped report stand for the others."""
    query = "SELECT min(report_id) FROM reports WHERE near_duplicate_of = ?"
    first = connection.execute(query, (dropped,)).fetchone()[0]
    connection.execute(
        "UPDATE reports SET near_duplicate_of = nullif(?, report_id), version = ? WHERE near_duplicate_of = ?",
        (first, version, dropped),
    )
