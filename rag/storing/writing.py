"""Changes to reports, each inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexMismatchError
from rag.storing import rows
from rag.storing.files import FileRecord
from rag.types import Passage, Report

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
    _put_parts(connection, report, model)


def _put_parts(connection: sqlite3.Connection, report: Report, model: str) -> None:
    for table in PARTS:
        for position, part in enumerate(getattr(report, table)):
            row = rows.part_values(part) | {"report_id": report.report_id, "position": position}
            if isinstance(part, Passage):
                row |= _vector(connection, part, model)
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def _vector(connection: sqlite3.Connection, passage: Passage, model: str) -> dict[str, object]:
    """Find the vector of the text that is embedded for a passage."""
    digest = rows.text_hash(rows.embedded_text(passage))
    query = "SELECT vector_id FROM vectors WHERE model = ? AND text_hash = ?"
    found = connection.execute(query, (model, digest)).fetchone()
    return {"text_hash": digest, "vector_id": found[0] if found else None}


def point_to_model(connection: sqlite3.Connection, model: str) -> None:
    """Let all passages point to this model's vectors, by the hash of the text that is embedded now."""
    for row in connection.execute(f"SELECT {rows.columns(Passage)} FROM passages").fetchall():
        passage = rows.read_part(Passage, row)
        values = _vector(connection, passage, model) | {"passage_id": passage.passage_id}
        connection.execute(
            "UPDATE passages SET text_hash = :text_hash, vector_id = :vector_id WHERE passage_id = :passage_id", values
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
