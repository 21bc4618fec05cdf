"""Which files the reports came from: one row a path, several paths may hold the same report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from rag.storing.dialects import Among, replace_row
from rag.storing.schema import FILES, REFUSALS, REPORTS

AMONG_PATHS = {table: delete(table).where(Among(table.c.path, "paths")) for table in (FILES, REFUSALS)}
OF_REPORTS = delete(FILES).where(Among(FILES.c.report_id, "report_ids"))
DROPPED = delete(REPORTS).where(Among(REPORTS.c.report_id, "report_ids"))
ORPHANS = (
    select(REPORTS.c.report_id)
    .where(~exists().where(FILES.c.report_id == REPORTS.c.report_id))
    .order_by(REPORTS.c.report_id)
)
MOVED = (
    select(FILES.c.report_id, func.min(FILES.c.path))
    .join(REPORTS)
    .where(REPORTS.c.path.not_in(select(FILES.c.path)))
    .group_by(FILES.c.report_id)
)
TO_PATH = (
    update(REPORTS)
    .where(REPORTS.c.report_id == bindparam("moved"))
    .values(
        version=bindparam("at"),
        path=bindparam("to"),
        source=select(FILES.c.source).where(FILES.c.path == bindparam("to")).scalar_subquery(),
    )
)
PROMOTED = (
    update(REPORTS)
    .where(REPORTS.c.near_duplicate_of == bindparam("gone"))
    .values(near_duplicate_of=func.nullif(bindparam("first"), REPORTS.c.report_id), version=bindparam("at"))
)
FIRST_DUPLICATE = select(func.min(REPORTS.c.report_id)).where(REPORTS.c.near_duplicate_of == bindparam("gone"))


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that is in: its report, the hashes of its bytes and sidecar, and the recipe it was read by."""

    path: str
    source: str
    report_id: str
    content_hash: str
    sidecar_hash: str = ""
    recipe: str = ""


def read_files(connection: Connection) -> dict[str, FileRecord]:
    """Return all files by path."""
    return {row[0]: FileRecord(*row) for row in connection.execute(select(FILES).order_by(FILES.c.path))}


def put_file(connection: Connection, record: FileRecord) -> None:
    """Write or replace the row of one path and forget an earlier refusal of it."""
    replace_row(connection, FILES, asdict(record))
    connection.execute(AMONG_PATHS[REFUSALS], {"paths": [record.path]})


def drop_files(connection: Connection, paths: Sequence[str]) -> None:
    """Forget files and refusals by path; the reports stay until ``drop_orphans``."""
    for statement in AMONG_PATHS.values():
        connection.execute(statement, {"paths": paths})


def drop_orphans(connection: Connection, version: int) -> list[str]:
    """Drop reports that no file holds any more and return their ids, ascending.

    A report whose first file went but which lies elsewhere takes that place; the first near-duplicate of a dropped
    report stands for the others.
    """
    dropped = list(connection.scalars(ORPHANS))
    if dropped:
        connection.execute(DROPPED, {"report_ids": dropped})
    for report_id in dropped:
        first = connection.scalar(FIRST_DUPLICATE, {"gone": report_id})
        connection.execute(PROMOTED, {"gone": report_id, "first": first, "at": version})
    for report_id, path in connection.execute(MOVED).all():
        connection.execute(TO_PATH, {"moved": report_id, "to": path, "at": version})
    return dropped
