"""Reading the catalogue."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import NotFoundError
from rag.storing import files, rows, writing
from rag.storing.database import Database
from rag.storing.files import FileRecord
from rag.types import Figure, Note, Passage, Refusal, Report, ReportSummary, Section, Table

BATCH = 500
AMONG = "report_id IN (SELECT value FROM json_each(?))"


class CatalogueReader:
    """What can be asked of a catalogue, from any thread; each call sees one state of it."""

    def __init__(self, database: Database) -> None:
        """Use an open database."""
        self.database = database
        self._summaries: tuple[str, int, tuple[ReportSummary, ...]] = ("", -1, ())

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
        with self.database.read() as connection:
            found = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('epoch', 'version')"))
        return str(found["epoch"]), int(found["version"])

    def versions(self) -> dict[str, int]:
        """Return for each report the version of the change that last touched it."""
        with self.database.read() as connection:
            return dict(connection.execute("SELECT report_id, version FROM reports ORDER BY report_id"))

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
                found = connection.execute(f"SELECT {rows.SUMMARY_COLUMNS} FROM reports ORDER BY source, report_id")
                self._summaries = (*state, tuple(map(rows.summary_row, found)))
        return self._summaries[2]

    def report(self, report_id: str) -> Report:
        """Return a report with all its parts.

        Raises:
            NotFoundError: no report has this id.
        """
        with self.database.read() as connection:
            columns = "source, text, profile, warnings, page_starts, near_duplicate_of"
            source, text, profile, warnings, page_starts, duplicate = _one(connection, columns, report_id)
            return Report(
                report_id=report_id,
                source=source,
                text=text,
                profile=rows.read_profile(profile),
                sections=_parts(connection, "sections", Section, report_id),
                passages=_parts(connection, "passages", Passage, report_id),
                figures=_parts(connection, "figures", Figure, report_id),
                tables=_parts(connection, "tables", Table, report_id),
                notes=_parts(connection, "notes", Note, report_id),
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
            return str(_one(connection, "text", report_id)[0])

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        """Return a report's passages in text order; none for an unknown id."""
        with self.database.read() as connection:
            return _parts(connection, "passages", Passage, report_id)

    def passages_by_id(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by id, in the order asked for; unknown ids are left out."""
        found: dict[str, Passage] = {}
        with self.database.read() as connection:
            for ids in _batches(list(passage_ids)):
                marks = ",".join("?" * len(ids))
                query = f"SELECT {rows.columns(Passage)} FROM passages WHERE passage_id IN ({marks})"
                found |= {row[0]: rows.read_part(Passage, row) for row in connection.execute(query, ids)}
        return {passage_id: found[passage_id] for passage_id in passage_ids if passage_id in found}

    def vectors(self, report_id: str) -> NDArray[np.float32]:
        """Return the vectors of a report's passages in text order, ``(num_passages, dim)``."""
        return self.passage_vectors([report_id])[1]

    def count_passages(self, report_ids: Sequence[str]) -> int:
        """Return the number of passages in these reports; unknown ids count nothing."""
        with self.database.read() as connection:
            query = f"SELECT count(*) FROM passages WHERE {AMONG}"
            return int(connection.execute(query, (json.dumps(list(report_ids)),)).fetchone()[0])

    def passage_vectors(self, report_ids: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """Return the passage ids of reports and their vectors ``(num_passages, dim)``, by report id, in text order."""
        with self.database.read() as connection:
            model = writing.recorded_model(connection)
            query = f"SELECT passage_id, vector FROM passages JOIN vectors USING (vector_id) WHERE {AMONG}"
            rest = "ORDER BY report_id, position"
            found = connection.execute(f"{query} {rest}", (json.dumps(list(report_ids)),)).fetchall()
        matrix = rows.vector_matrix([blob for _, blob in found], model[1] if model else 0)
        return tuple(passage_id for passage_id, _ in found), matrix

    def figures(self, report_id: str) -> tuple[Figure, ...]:
        """Return a report's figures in text order; none for an unknown id."""
        with self.database.read() as connection:
            return _parts(connection, "figures", Figure, report_id)

    def indicators(self) -> tuple[str, ...]:
        """Return every indicator a figure is of, as written."""
        with self.database.read() as connection:
            return tuple(row[0] for row in connection.execute("SELECT DISTINCT indicator FROM figures"))

    def figures_of(self, indicators: Sequence[str]) -> tuple[Figure, ...]:
        """Return the figures of these indicators, as written, over all reports: by report, in text order."""
        found: list[Figure] = []
        with self.database.read() as connection:
            for names in _batches(list(indicators)):
                marks = ",".join("?" * len(names))
                query = f"SELECT {rows.columns(Figure)} FROM figures WHERE indicator IN ({marks})"
                found += (rows.read_part(Figure, row) for row in connection.execute(query, names))
        return tuple(sorted(found, key=lambda figure: (figure.report_id, figure.start, figure.end)))

    def holding(self, term: str) -> dict[str, int]:
        """Return where ``term`` first stands in each report that holds it, capitals and white space aside.

        The offset is -1 where white space parts it.
        """
        bare = "lower(text)"
        for sign in (" ", "\n", "\t", "\u3000"):
            bare = f"replace({bare}, '{sign}', '')"
        wanted = term.lower()
        query = f"SELECT report_id, instr(lower(text), ?) AS at FROM reports WHERE at OR instr({bare}, ?)"
        with self.database.read() as connection:
            found = connection.execute(query, (wanted, "".join(wanted.split())))
            return {report_id: at - 1 for report_id, at in found}

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the files that were refused and are not in, by path."""
        with self.database.read() as connection:
            found = connection.execute("SELECT source, path, reason, time FROM refusals ORDER BY path")
            return tuple(Refusal(*row) for row in found)

    def files(self) -> dict[str, FileRecord]:
        """Return the files the reports came from, by path."""
        with self.database.read() as connection:
            return files.read_files(connection)

    def fingerprints(self) -> dict[str, bytes]:
        """Return the fingerprints of all reports by id, the longest text first, ties by id."""
        with self.database.read() as connection:
            query = "SELECT report_id, fingerprint FROM fingerprints JOIN reports USING (report_id)"
            return dict(connection.execute(f"{query} ORDER BY num_characters DESC, report_id"))

    def links_are_current(self) -> bool:
        """Tell whether near-duplicates were linked after the last change."""
        with self.database.read() as connection:
            found = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('version', 'linked')"))
        return bool(found.get("linked") == found["version"])

    def cached_vectors(self, model: str, text_hashes: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors ``(dim,)`` this model gave for texts of these hashes, as far as they are kept."""
        found: dict[bytes, NDArray[np.float32]] = {}
        with self.database.read() as connection:
            for hashes in _batches(list(text_hashes)):
                marks = ",".join("?" * len(hashes))
                query = f"SELECT text_hash, vector FROM vectors WHERE model = ? AND text_hash IN ({marks})"
                for digest, blob in connection.execute(query, (model, *hashes)):
                    found[digest] = np.frombuffer(blob, dtype="<f4")
        return found


def _one(connection: sqlite3.Connection, columns: str, report_id: str) -> rows.Row:
    row: rows.Row | None = connection.execute(
        f"SELECT {columns} FROM reports WHERE report_id = ?", (report_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no report has the id {report_id!r}")
    return row


def _parts(connection: sqlite3.Connection, table: str, kind: type[rows.Part], report_id: str) -> tuple[rows.Part, ...]:
    found = connection.execute(
        f"SELECT {rows.columns(kind)} FROM {table} WHERE report_id = ? ORDER BY position", (report_id,)
    )
    return tuple(rows.read_part(kind, row) for row in found)


def _batches(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
