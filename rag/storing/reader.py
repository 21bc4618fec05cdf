"""Reading the catalogue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, bindparam, func, literal, or_, select

from rag.errors import NotFoundError
from rag.storing import files, rows, writing
from rag.storing.database import Database
from rag.storing.dialects import Among, Position
from rag.storing.files import FileRecord
from rag.storing.schema import FIGURES, FINGERPRINTS, PARTS, PASSAGES, REFUSALS, REPORTS, VECTORS
from rag.types import Figure, Note, Passage, Refusal, Report, ReportSummary, Section, Table

BATCH = 500
WHITE_SPACE = (" ", "\n", "\t", "\u3000")
PART_ROWS = {kind: select(*table.c[rows.columns(kind)]) for kind, table in PARTS.items()}
OWN_PARTS = {
    kind: PART_ROWS[kind].where(table.c.report_id == bindparam("own")).order_by(table.c.position)
    for kind, table in PARTS.items()
}
VERSIONS = select(REPORTS.c.report_id, REPORTS.c.version).order_by(REPORTS.c.report_id)
SUMMARIES = select(*REPORTS.c[rows.SUMMARY_COLUMNS]).order_by(REPORTS.c.source, REPORTS.c.report_id)
REPORT = select(*REPORTS.c["source", "text", "profile", "warnings", "page_starts", "near_duplicate_of"])
BY_ID = PART_ROWS[Passage].where(Among(PASSAGES.c.passage_id, "ids"))
COUNT = select(func.count()).where(Among(PASSAGES.c.report_id, "ids"))
VECTOR_ROWS = (
    select(PASSAGES.c.passage_id, VECTORS.c.vector)
    .join(VECTORS)
    .where(Among(PASSAGES.c.report_id, "ids"))
    .order_by(PASSAGES.c.report_id, PASSAGES.c.position)
)
OF_INDICATORS = PART_ROWS[Figure].where(Among(FIGURES.c.indicator, "indicators"))
FINGERPRINT_ROWS = select(FINGERPRINTS).join(REPORTS).order_by(REPORTS.c.num_characters.desc(), REPORTS.c.report_id)
CACHED = select(VECTORS.c.text_hash, VECTORS.c.vector).where(
    VECTORS.c.model == bindparam("model"), VECTORS.c.text_hash.in_(bindparam("hashes", expanding=True))
)


class CatalogueReader:
    """What can be asked of a catalogue, from any thread; each call sees one state of it."""

    def __init__(self, database: Database) -> None:
        """Use an open database."""
        self.database = database
        self._summaries: tuple[str, int, tuple[ReportSummary, ...]] = ("", -1, ())

    def faults(self) -> list[str]:
        """Return what the database itself finds wrong, and reports that no file holds; none if all is in order."""
        with self.database.read() as connection:
            homeless = connection.scalars(files.ORPHANS).all()
            return [*self.database.store.faults(connection), *(f"report {each} has no file" for each in homeless)]

    def close(self) -> None:
        """Give all connections back."""
        self.database.close()

    @property
    def version(self) -> int:
        """The number of the last committed change; 0 when nothing was ever written."""
        return self.state()[1]

    def state(self) -> tuple[str, int]:
        """Return the catalogue's epoch and version.

        The epoch changes when a backup is restored: versions compare only within one epoch.
        """
        with self.database.glance() as connection:
            found = writing.settings(connection)
        return found["epoch"], int(found["version"])

    def former_epoch(self) -> str:
        """Return the epoch before the last backup was restored; "" where none was."""
        with self.database.glance() as connection:
            return writing.settings(connection).get("former", "")

    def versions(self) -> dict[str, int]:
        """Return for each report the version of the change that last touched it."""
        with self.database.read() as connection:
            return dict(connection.execute(VERSIONS).all())

    @property
    def model(self) -> tuple[str, int] | None:
        """Name and dimension of the model that made the vectors; None before the first report."""
        with self.database.read() as connection:
            return writing.recorded_model(connection)

    def require_model(self, model: str, dimension: int) -> None:
        """Check that the stored vectors were made with this model (always so while there are none).

        Raises:
            IndexMismatchError: they were not; the message says how to mend it.
        """
        with self.database.read() as connection:
            writing.require_model(connection, model, dimension)

    def reports(self) -> tuple[ReportSummary, ...]:
        """Return all reports, by source, then id; kept in memory until the catalogue changes."""
        state = self.state()
        if self._summaries[:2] != state:
            with self.database.read() as connection:
                self._summaries = (*state, tuple(map(rows.summary_row, connection.execute(SUMMARIES))))
        return self._summaries[2]

    def report(self, report_id: str) -> Report:
        """Return a report with all its parts.

        Raises:
            NotFoundError: no report has this id.
        """
        with self.database.read() as connection:
            source, text, profile, warnings, page_starts, duplicate = _one(connection, REPORT, report_id)
            return Report(
                report_id=report_id,
                source=source,
                text=text,
                profile=rows.read_profile(profile),
                sections=_parts(connection, Section, report_id),
                passages=_parts(connection, Passage, report_id),
                figures=_parts(connection, Figure, report_id),
                tables=_parts(connection, Table, report_id),
                notes=_parts(connection, Note, report_id),
                page_starts=tuple(json.loads(page_starts)),
                warnings=tuple(json.loads(warnings)),
                near_duplicate_of=duplicate,
            )

    def text(self, report_id: str) -> str:
        """Return a report's cleaned text.

        Raises:
            NotFoundError: no report has this id.
        """
        with self.database.read() as connection:
            return str(_one(connection, select(REPORTS.c.text), report_id)[0])

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        """Return a report's passages in text order; none for an unknown id."""
        with self.database.read() as connection:
            return _parts(connection, Passage, report_id)

    def passages_by_id(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by id, in the order asked for; unknown ids are left out."""
        with self.database.read() as connection:
            read = connection.execute(BY_ID, {"ids": passage_ids}).all()
            found = {row[0]: rows.read_part(Passage, row) for row in read}
        return {passage_id: found[passage_id] for passage_id in passage_ids if passage_id in found}

    def vectors(self, report_id: str) -> NDArray[np.float32]:
        """Return the vectors of a report's passages in text order, ``(num_passages, dim)``."""
        return self.passage_vectors([report_id])[1]

    def count_passages(self, report_ids: Sequence[str]) -> int:
        """Return the number of passages in these reports; unknown ids count nothing."""
        with self.database.read() as connection:
            return int(connection.scalar(COUNT, {"ids": report_ids}) or 0)

    def passage_vectors(self, report_ids: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """Return the passage ids of reports and their vectors ``(num_passages, dim)``, by report id, in text order."""
        with self.database.read() as connection:
            model = writing.recorded_model(connection)
            found = connection.execute(VECTOR_ROWS, {"ids": report_ids}).all()
        matrix = rows.vector_matrix([blob for _, blob in found], model[1] if model else 0)
        return tuple(passage_id for passage_id, _ in found), matrix

    def figures(self, report_id: str) -> tuple[Figure, ...]:
        """Return a report's figures in text order; none for an unknown id."""
        with self.database.read() as connection:
            return _parts(connection, Figure, report_id)

    def indicators(self) -> tuple[str, ...]:
        """Return every indicator a figure is of, as written."""
        with self.database.read() as connection:
            return tuple(connection.scalars(select(FIGURES.c.indicator).distinct()))

    def figures_of(self, indicators: Sequence[str]) -> tuple[Figure, ...]:
        """Return the figures of these indicators, as written, over all reports: by report, in text order."""
        with self.database.read() as connection:
            read = connection.execute(OF_INDICATORS, {"indicators": indicators}).all()
            found = [rows.read_part(Figure, row) for row in read]
        return tuple(sorted(found, key=lambda figure: (figure.report_id, figure.start, figure.end)))

    def holding(self, term: str) -> dict[str, int]:
        """Return where ``term`` first stands in each report that holds it, capitals and white space aside.

        The offset is -1 where white space parts it.
        """
        text = bare = func.lower(REPORTS.c.text)
        for sign in WHITE_SPACE:
            bare = func.replace(bare, sign, "")
        wanted = term.lower()
        place, parted = Position(text, literal(wanted)), Position(bare, literal("".join(wanted.split())))
        with self.database.read() as connection:
            found = connection.execute(select(REPORTS.c.report_id, place).where(or_(place > 0, parted > 0)))
            return {report_id: at - 1 for report_id, at in found}

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the files that were refused and are not in, by path."""
        with self.database.read() as connection:
            columns = REFUSALS.c["source", "path", "reason", "time"]
            return tuple(Refusal(*row) for row in connection.execute(select(*columns).order_by(REFUSALS.c.path)))

    def files(self) -> dict[str, FileRecord]:
        """Return the files the reports came from, by path."""
        with self.database.read() as connection:
            return files.read_files(connection)

    def fingerprints(self) -> dict[str, bytes]:
        """Return the fingerprints of all reports by id, the longest text first, ties by id."""
        with self.database.read() as connection:
            return dict(connection.execute(FINGERPRINT_ROWS).all())

    def links_are_current(self) -> bool:
        """Tell whether near-duplicates were linked after the last change."""
        with self.database.read() as connection:
            found = writing.settings(connection)
        return found.get("linked") == found["version"]

    def cached_vectors(self, model: str, text_hashes: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors ``(dim,)`` this model gave for texts of these hashes, as far as they are kept."""
        found: dict[bytes, NDArray[np.float32]] = {}
        with self.database.read() as connection:
            for start in range(0, len(text_hashes), BATCH):
                asked = {"model": model, "hashes": text_hashes[start : start + BATCH]}
                for digest, blob in connection.execute(CACHED, asked):
                    found[digest] = np.frombuffer(blob, dtype="<f4")
        return found


def _one(connection: Connection, columns: Select[Any], report_id: str) -> rows.Row:
    row = connection.execute(columns.where(REPORTS.c.report_id == report_id)).first()
    if row is None:
        raise NotFoundError(f"no report has the id {report_id!r}")
    return row


def _parts(connection: Connection, kind: type[rows.Part], report_id: str) -> tuple[rows.Part, ...]:
    return tuple(rows.read_part(kind, row) for row in connection.execute(OWN_PARTS[kind], {"own": report_id}).all())
