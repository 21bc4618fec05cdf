"""Changes to reports, each inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexMismatchError
from rag.storing import rows
from rag.storing.files import FileRecord
from rag.types import Report

PARTS = ("sections", "tables", "notes", "passages", "figures")


def next_version(connection: sqlite3.Connection) -> int:
    """Raise the catalogue's version by one and return it."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'version'")
    return int(connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()[0])


def recorded_model(connection: sqlite3.Connection) -> tuple[str, int] | None:
    """Return the name and dimension of the model all passages are embedded with; None before the first."""
    found = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('model', 'dimension')"))
    return (str(found["model"]), int(found["dimension"])) if "model" in found else None


def record_model(connection: sqlite3.Connection, model: str, dimension: int) -> None:
    """Write down the model of all passages."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('model', ?), ('dimension', ?)", (model, dimension))


def require_model(connection: sqlite3.Connection, model: str, dimension: int) -> None:
    """Check that passages may be added with this model.

    Raises:
        IndexMismatchError: passages of another model are stored.
    """
    recorded = recorded_model(connection)
    if recorded is None or recorded == (model, dimension):
        return
    if connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone() is None:
        return
    raise IndexMismatchError(
        f"the index was made with {recorded[0]} (dimension {recorded[1]}), the model in use is {model} "
        f"(dimension {dimension}); run `report-qa reindex`"
    )


def put_vectors(
    connection: sqlite3.Connection, model: str, hashes: Sequence[bytes], vectors: NDArray[np.float32]
) -> None:
    """Keep ``(len(hashes), dim)`` vectors by model and text hash; known ones stay as they are."""
    connection.executemany(
        "INSERT INTO vectors (model, text_hash, vector) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(model, digest, rows.vector_bytes(vector)) for digest, vector in zip(hashes, vectors, strict=True)],
    )


def put_report(connection: sqlite3.Connection, report: Report, file: FileRecord, *, version: int, model: str) -> None:
    """Write a report with all its parts in place of an earlier version of it; its vectors must be there."""
    for table in PARTS:
        connection.execute(f"DELETE FROM {table} WHERE report_id = ?", (report.report_id,))
    columns: Mapping[str, object] = {
        "report_id": report.report_id,
        "version": version,
        "source": report.source,
        "path": file.path,
        "content_hash": file.content_hash,
        "text": report.text,
        "profile": rows.profile_json(report.profile),
        "page_starts": rows.to_json(report.page_starts),
        "warnings": rows.to_json(report.warnings),
        "near_duplicate_of": report.near_duplicate_of,
        "num_characters": len(report.text),
        "num_passages": len(report.passages),
    }
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "report_id")
    connection.execute(
        f"INSERT INTO reports ({names}) VALUES ({marks}) ON CONFLICT (report_id) DO UPDATE SET {updates}",
        tuple(columns.values()),
    )
    _put_parts(connection, report)
    _put_passages(connection, report, model)


def _put_parts(connection: sqlite3.Connection, report: Report) -> None:
    report_id = report.report_id
    connection.executemany(
        f"INSERT INTO sections (report_id, position, {rows.SECTION_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)",
        [(report_id, n, *rows.section_values(section)) for n, section in enumerate(report.sections)],
    )
    connection.executemany(
        f"INSERT INTO tables (report_id, position, {rows.TABLE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",
        [(report_id, n, *rows.table_values(table)) for n, table in enumerate(report.tables)],
    )
    connection.executemany(
        f"INSERT INTO notes (report_id, position, {rows.NOTE_COLUMNS}) VALUES (?,?,?,?,?,?,?)",
        [(report_id, n, *rows.note_values(note)) for n, note in enumerate(report.notes)],
    )
    connection.executemany(
        f"INSERT INTO figures (position, {rows.FIGURE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [(n, *rows.figure_values(figure)) for n, figure in enumerate(report.figures)],
    )


def _put_passages(connection: sqlite3.Connection, report: Report, model: str) -> None:
    hashes = [rows.text_hash(rows.embedded_text(passage)) for passage in report.passages]
    connection.executemany(
        f"INSERT INTO passages ({rows.PASSAGE_COLUMNS}, position, text_hash, vector_id) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?, (SELECT vector_id FROM vectors WHERE model = ? AND text_hash = ?))",
        [
            (*rows.passage_values(passage), n, digest, model, digest)
            for n, (passage, digest) in enumerate(zip(report.passages, hashes, strict=True))
        ],
    )


def point_to_model(connection: sqlite3.Connection, model: str) -> None:
    """Let all passages point to this model's vectors, by the hash of the text that is embedded now."""
    found = connection.execute(f"SELECT {rows.PASSAGE_COLUMNS} FROM passages").fetchall()
    for passage in map(rows.read_passage, found):
        digest = rows.text_hash(rows.embedded_text(passage))
        connection.execute(
            "UPDATE passages SET text_hash = ?, vector_id = (SELECT vector_id FROM vectors WHERE model = ? AND "
            "text_hash = ?) WHERE passage_id = ?",
            (digest, model, digest, passage.passage_id),
        )


def drop_vectors_except(connection: sqlite3.Connection, model: str, keep: Iterable[bytes]) -> None:
    """Drop vectors that no passage has, except this model's of the given text hashes."""
    connection.execute("CREATE TEMP TABLE kept (text_hash BLOB PRIMARY KEY) WITHOUT ROWID")
    connection.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((digest,) for digest in keep))
    connection.execute(
        "DELETE FROM vectors WHERE vector_id NOT IN (SELECT vector_id FROM passages) "
        "AND NOT (model = ? AND text_hash IN (SELECT text_hash FROM kept))",
        (model,),
    )
    connection.execute("DROP TABLE kept")
