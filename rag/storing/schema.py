"""The tables of the catalogue. A table added later is made when an older file is opened for writing."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

from rag.storing.rows import RENAMED
from rag.types import Figure, Note, Section, Table

APPLICATION_ID = 0x52505141
SCHEMA_VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS reports (
    report_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    profile TEXT NOT NULL,
    page_starts TEXT NOT NULL,
    warnings TEXT NOT NULL,
    near_duplicate_of TEXT,
    num_characters INTEGER NOT NULL,
    num_passages INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE,
    content_hash TEXT NOT NULL,
    sidecar_hash TEXT NOT NULL,
    recipe TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS files_of_report ON files (report_id);

CREATE TABLE IF NOT EXISTS fingerprints (
    report_id TEXT PRIMARY KEY REFERENCES reports ON DELETE CASCADE,
    fingerprint BLOB NOT NULL
);

{sections}
{tables}
{notes}
CREATE TABLE IF NOT EXISTS vectors (
    vector_id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (model, text_hash)
);

CREATE TABLE IF NOT EXISTS passages (
    passage_id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE,
    position INTEGER NOT NULL,
    section_index INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    header TEXT NOT NULL,
    place TEXT,
    years TEXT NOT NULL,
    reading TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    vector_id INTEGER NOT NULL REFERENCES vectors,
    UNIQUE (report_id, position)
);
CREATE INDEX IF NOT EXISTS passages_of_vector ON passages (vector_id);

{figures}CREATE INDEX IF NOT EXISTS figures_of_indicator ON figures (indicator);

CREATE TABLE IF NOT EXISTS refusals (
    path TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    time TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    progress REAL NOT NULL,
    report_id TEXT,
    reason TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS upload_keys (
    upload_key TEXT PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS access_keys (
    name TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    key_hash BLOB NOT NULL,
    made TEXT NOT NULL
) WITHOUT ROWID;
"""


def _part_table(name: str, kind: type[Section | Table | Note | Figure]) -> str:
    """Write the table of a part of reports: a column for each field."""
    hints = get_type_hints(kind)
    columns = [f"{RENAMED.get(each.name, each.name)} {_sql_type(hints[each.name])}" for each in fields(kind)]
    named = dict.fromkeys(["report_id TEXT NOT NULL", "position INTEGER NOT NULL", *columns])
    keys = "PRIMARY KEY (report_id, position), FOREIGN KEY (report_id) REFERENCES reports ON DELETE CASCADE"
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(named)}, {keys}) WITHOUT ROWID;\n"


def _sql_type(hint: object) -> str:
    plain: dict[object, str] = {
        int: "INTEGER NOT NULL",
        float: "REAL NOT NULL",
        int | None: "INTEGER",
        str | None: "TEXT",
    }
    return plain.get(hint, "TEXT NOT NULL")


TABLES = _TABLES.format(
    sections=_part_table("sections", Section),
    tables=_part_table("tables", Table),
    notes=_part_table("notes", Note),
    figures=_part_table("figures", Figure),
)
