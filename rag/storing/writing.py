"""Changes to reports, each inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    cast,
    delete,
    select,
    update,
)

from rag.errors import IndexMismatchError
from rag.storing import rows
from rag.storing.dialects import insert_new, replace_row
from rag.storing.files import FileRecord
from rag.storing.schema import META, PARTS, PASSAGES, REPORTS, VECTORS, WORDS
from rag.types import Passage, Report

BATCH = 500
RAISED = update(META).where(META.c.key == "version").values(value=cast(cast(META.c.value, Integer) + 1, WORDS))
SETTINGS = select(META.c.key, META.c.value)
ANY_PASSAGE = select(PASSAGES.c.passage_id).limit(1)
OLD_PARTS = {kind: delete(table).where(table.c.report_id == bindparam("old")) for kind, table in PARTS.items()}
VECTOR_IDS = select(VECTORS.c.text_hash, VECTORS.c.vector_id).where(
    VECTORS.c.model == bindparam("model"), VECTORS.c.text_hash.in_(bindparam("hashes", expanding=True))
)
OWN_PASSAGES = select(*PASSAGES.c[rows.columns(Passage)]).where(PASSAGES.c.report_id == bindparam("own"))
POINTED = (
    update(PASSAGES)
    .where(PASSAGES.c.passage_id == bindparam("passage"))
    .values(text_hash=bindparam("digest"), vector_id=bindparam("vector"))
)


def settings(connection: Connection) -> dict[str, str]:
    """Return what is written down of the whole catalogue: version, epoch, model, dimension, linked."""
    return {key: str(value) for key, value in connection.execute(SETTINGS)}


def note(connection: Connection, **values: object) -> None:
    """Write down something of the whole catalogue."""
    for key, value in values.items():
        replace_row(connection, META, {"key": key, "value": str(value)})


def next_version(connection: Connection) -> int:
    """Raise the catalogue's version by one and return it."""
    connection.execute(RAISED)
    return int(settings(connection)["version"])


def recorded_model(connection: Connection) -> tuple[str, int] | None:
    """Return the name and dimension of the model all passages are embedded with; None before the first."""
    found = settings(connection)
    return (found["model"], int(found["dimension"])) if "model" in found else None


def require_model(connection: Connection, model: str, dimension: int) -> None:
    """Check that passages may be added with this model.

    Raises:
        IndexMismatchError: passages of another model are stored.
    """
    recorded = recorded_model(connection)
    if recorded is None or recorded == (model, dimension):
        return
    if connection.execute(ANY_PASSAGE).first() is None:
        return
    raise IndexMismatchError(
        f"the index was made with {recorded[0]} (dimension {recorded[1]}), the model in use is {model} "
        f"(dimension {dimension}); run `report-qa reindex`"
    )


def put_vectors(connection: Connection, model: str, hashes: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
    """Keep ``(len(hashes), dim)`` vectors by model and text hash; known ones stay as they are."""
    pairs = zip(hashes, vectors, strict=True)
    found = [{"model": model, "text_hash": digest, "vector": rows.vector_bytes(vector)} for digest, vector in pairs]
    insert_new(connection, VECTORS, found)


def put_report(connection: Connection, report: Report, file: FileRecord, *, version: int, model: str) -> None:
    """Write a report with all its parts in place of an earlier version of it; its vectors must be there."""
    for statement in OLD_PARTS.values():
        connection.execute(statement, {"old": report.report_id})
    row = {
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
    replace_row(connection, REPORTS, row)
    _put_parts(connection, report, model)


def _put_parts(connection: Connection, report: Report, model: str) -> None:
    for table in PARTS.values():
        parts = getattr(report, table.name)
        found = [
            rows.part_values(part) | {"report_id": report.report_id, "position": position}
            for position, part in enumerate(parts)
        ]
        if table is PASSAGES:
            vectors = _vectors(connection, parts, model)
            found = [row | vector for row, vector in zip(found, vectors, strict=True)]
        if found:
            connection.execute(table.insert(), found)


def _vectors(connection: Connection, passages: Sequence[Passage], model: str) -> list[dict[str, Any]]:
    """Find the vector of the text that is embedded for each passage."""
    hashes = [rows.text_hash(rows.embedded_text(passage)) for passage in passages]
    known: dict[bytes, int] = {}
    for start in range(0, len(hashes), BATCH):
        known |= dict(connection.execute(VECTOR_IDS, {"model": model, "hashes": hashes[start : start + BATCH]}).all())
    return [{"text_hash": digest, "vector_id": known.get(digest)} for digest in hashes]


def point_to_model(connection: Connection, model: str) -> None:
    """Let all passages point to this model's vectors, by the hash of the text that is embedded now."""
    for report_id in connection.scalars(select(REPORTS.c.report_id)).all():
        found = connection.execute(OWN_PASSAGES, {"own": report_id})
        passages = [rows.read_part(Passage, row) for row in found]
        pointed = [
            {"passage": passage.passage_id, "digest": vector["text_hash"], "vector": vector["vector_id"]}
            for passage, vector in zip(passages, _vectors(connection, passages, model), strict=True)
        ]
        if pointed:
            connection.execute(POINTED, pointed)


def drop_vectors_except(connection: Connection, model: str, keep: Iterable[bytes]) -> None:
    """Drop vectors that no passage has, except this model's of the given text hashes."""
    kept = Table("kept", MetaData(), Column("text_hash", LargeBinary, primary_key=True), prefixes=["TEMPORARY"])
    kept.create(connection)
    insert_new(connection, kept, [{"text_hash": digest} for digest in set(keep)])
    is_used = select(PASSAGES.c.passage_id).where(PASSAGES.c.vector_id == VECTORS.c.vector_id).exists()
    is_kept = select(kept.c.text_hash).where(kept.c.text_hash == VECTORS.c.text_hash).exists()
    connection.execute(delete(VECTORS).where(~is_used, ~((VECTORS.c.model == model) & is_kept)))
    kept.drop(connection)
