"""The tables of the catalogue, for SQLite and PostgreSQL alike; a change of them is a step in ``migrations``.

Text compares and sorts by code point in both: PostgreSQL is told so column by column.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from rag import types
from rag.storing.rows import RENAMED, Part

REVISION = "0002"
METADATA = MetaData()
WORDS = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _key(name: str, kind: TypeEngine[Any] = WORDS) -> Column[Any]:
    return Column(name, kind, primary_key=True)


def _words(*names: str, nullable: bool = False) -> list[Column[Any]]:
    return [Column(name, WORDS, nullable=nullable) for name in names]


def _counts(*names: str) -> list[Column[Any]]:
    return [Column(name, Integer, nullable=False) for name in names]


def _bytes(name: str) -> Column[Any]:
    return Column(name, LargeBinary, nullable=False)


def _serial(name: str) -> Column[Any]:
    return Column(name, NUMBER, Identity(), primary_key=True)


def _of_report(*, primary_key: bool = False) -> Column[Any]:
    report = ForeignKey("reports.report_id", ondelete="CASCADE")
    return Column("report_id", WORDS, report, primary_key=primary_key, nullable=False)


def _part_table(name: str, kind: type[Part]) -> Table:
    """Make the table of a part of reports: a column for each field."""
    hints = get_type_hints(kind)
    columns = [_part_column(RENAMED.get(each.name, each.name), hints[each.name]) for each in fields(kind)]
    own = [column for column in columns if column.name not in {"report_id", "position"}]
    place = Column("position", Integer, primary_key=True, autoincrement=False)
    return Table(name, METADATA, _of_report(primary_key=True), place, *own, sqlite_with_rowid=False)


def _part_column(name: str, hint: object) -> Column[Any]:
    plain: dict[object, tuple[TypeEngine[Any], bool]] = {
        int: (Integer(), False),
        float: (Double(), False),
        int | None: (Integer(), True),
        str | None: (WORDS, True),
    }
    kind, nullable = plain.get(hint, (WORDS, False))
    return Column(name, kind, nullable=nullable)


META = Table("meta", METADATA, _key("key"), *_words("value", nullable=True), sqlite_with_rowid=False)

REPORTS = Table(
    "reports",
    METADATA,
    _key("report_id"),
    *_counts("version"),
    *_words("source", "path", "content_hash", "text", "profile", "page_starts", "warnings"),
    *_words("near_duplicate_of", nullable=True),
    *_counts("num_characters", "num_passages"),
)

FILES = Table(
    "files",
    METADATA,
    _key("path"),
    *_words("source"),
    _of_report(),
    *_words("content_hash", "sidecar_hash", "recipe"),
    Index("files_of_report", "report_id"),
)

FINGERPRINTS = Table("fingerprints", METADATA, _of_report(primary_key=True), _bytes("fingerprint"))

VECTORS = Table(
    "vectors",
    METADATA,
    _serial("vector_id"),
    *_words("model"),
    _bytes("text_hash"),
    _bytes("vector"),
    UniqueConstraint("model", "text_hash"),
)

PASSAGES = Table(
    "passages",
    METADATA,
    _key("passage_id"),
    _of_report(),
    *_counts("position", "section_index", "start", "end"),
    *_words("text", "header"),
    *_words("place", nullable=True),
    *_words("years", "reading"),
    _bytes("text_hash"),
    Column("vector_id", NUMBER, ForeignKey("vectors.vector_id"), nullable=False),
    UniqueConstraint("report_id", "position"),
    Index("passages_of_vector", "vector_id"),
)

PARTS = {
    types.Section: _part_table("sections", types.Section),
    types.Table: _part_table("tables", types.Table),
    types.Note: _part_table("notes", types.Note),
    types.Passage: PASSAGES,
    types.Figure: _part_table("figures", types.Figure),
}
FIGURES = PARTS[types.Figure]
Index("figures_of_indicator", FIGURES.c.indicator)

REFUSALS = Table("refusals", METADATA, _key("path"), *_words("source", "reason", "time"), sqlite_with_rowid=False)

JOBS = Table(
    "jobs",
    METADATA,
    _serial("number"),
    Column("job_id", WORDS, nullable=False, unique=True),
    *_words("source", "content_hash", "status"),
    Column("progress", Double, nullable=False),
    *_words("report_id", nullable=True),
    *_words("reason"),
    *_words("worker", nullable=True),
    Column("beat", Double),
)

UPLOADS = Table(
    "uploads",
    METADATA,
    _key("content_hash"),
    _bytes("content"),
    Column("stored", Double, nullable=False),
)

UPLOAD_KEYS = Table(
    "upload_keys",
    METADATA,
    _key("upload_key"),
    Column("job_id", WORDS, ForeignKey("jobs.job_id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)

ACCESS_KEYS = Table(
    "access_keys",
    METADATA,
    _key("name"),
    *_words("scope"),
    _bytes("key_hash"),
    *_words("made"),
    sqlite_with_rowid=False,
)
