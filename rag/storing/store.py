"""The catalogue as the rest of the project sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.storing import files, rows, writing
from rag.storing.database import Database
from rag.storing.files import FileRecord
from rag.storing.reader import CatalogueReader
from rag.types import Refusal, Report


class Catalogue(CatalogueReader):
    """Every report, in one SQLite file; any number of readers, one writer process.

    All methods may be called from any thread. What is written in one call is there as a whole or not at all.
    """

    @classmethod
    def open(cls, data_dir: Path, *, read_only: bool = False) -> Catalogue:
        """Open the catalogue of ``data_dir``, making an empty one if need be.

        Raises:
            StorageError: it is damaged, of another version, absent (``read_only``), or cannot be written.
        """
        return cls(Database(data_dir, read_only=read_only))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock over several changes.

        Raises:
            LockedError: another process writes; the message names it.
        """
        with self.database.lock.hold():
            yield

    def keep_vectors(self, model: str, text_hashes: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep ``(len(text_hashes), dim)`` vectors for later use, whether or not a passage has that text.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        with self.database.write() as connection:
            writing.put_vectors(connection, model, text_hashes, vectors)

    def add(
        self,
        report: Report,
        vectors: NDArray[np.float32],
        *,
        file: FileRecord,
        model: str,
        fingerprint: bytes | None = None,
    ) -> None:
        """Put a report in, with one vector a passage ``(num_passages, dim)``, in place of what ``file`` held before.

        ``fingerprint`` is what tells near-duplicates; ``fingerprints`` gives it back.

        Raises:
            IndexMismatchError: the stored vectors are another model's.
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        hashes = [rows.text_hash(rows.embedded_text(passage)) for passage in report.passages]
        with self.database.write() as connection:
            version = writing.next_version(connection)
            if hashes:
                writing.require_model(connection, model, vectors.shape[1])
                writing.record_model(connection, model, vectors.shape[1])
                writing.put_vectors(connection, model, hashes, vectors)
            writing.put_report(connection, report, file, version=version, model=model)
            files.put_file(connection, file)
            files.drop_orphans(connection, version)
            if fingerprint is not None:
                values = (report.report_id, fingerprint)
                connection.execute("INSERT OR REPLACE INTO fingerprints VALUES (?, ?)", values)

    def add_file(self, file: FileRecord) -> None:
        """Note that ``file`` holds a report that is in already.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        with self.database.write() as connection:
            files.put_file(connection, file)
            files.drop_orphans(connection, writing.next_version(connection))

    def link_duplicates(self, originals: Mapping[str, str | None]) -> None:
        """Set for each report (id) which one it is a near-duplicate of, None for none; only changed reports change.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        with self.database.write() as connection:
            linked = dict(connection.execute("SELECT report_id, near_duplicate_of FROM reports"))
            changed = {each: found for each, found in originals.items() if linked.get(each, found) != found}
            if changed:
                version = writing.next_version(connection)
                connection.executemany(
                    "UPDATE reports SET near_duplicate_of = ?, version = ? WHERE report_id = ?",
                    [(found, version, each) for each, found in changed.items()],
                )
            connection.execute("INSERT OR REPLACE INTO meta SELECT 'linked', value FROM meta WHERE key = 'version'")

    def remove(self, report_ids: Sequence[str]) -> list[str]:
        """Drop reports and return the ids of those that were there, ascending.

        Raises:
            LockedError: another process writes.
        """
        with self.database.write() as connection:
            version = writing.next_version(connection)
            connection.executemany("DELETE FROM files WHERE report_id = ?", [(each,) for each in report_ids])
            return files.drop_orphans(connection, version)

    def drop_files(self, paths: Sequence[str]) -> list[str]:
        """Forget files; return the ids of the reports that went with them, ascending.

        Raises:
            LockedError: another process writes.
        """
        with self.database.write() as connection:
            version = writing.next_version(connection)
            files.drop_files(connection, paths)
            return files.drop_orphans(connection, version)

    def refuse(self, path: str, source: str, reason: str) -> Refusal:
        """Note that a file was not taken in; a report that an earlier state of the file gave stays.

        Raises:
            LockedError: another process writes.
        """
        refusal = Refusal(source, path, reason, datetime.now(UTC).isoformat(timespec="seconds"))
        with self.database.write() as connection:
            values = (path, source, reason, refusal.time)
            connection.execute(
                "INSERT OR REPLACE INTO refusals (path, source, reason, time) VALUES (?, ?, ?, ?)", values
            )
        return refusal

    def change_model(self, model: str, dimension: int, *, keep: Iterable[bytes]) -> None:
        """Let every passage point to the vector this model gave for its text; all of them must be kept already.

        Of all other vectors those of this model whose text hash is in ``keep`` stay. Every report counts as changed.

        Raises:
            LockedError: another process writes.
            StorageError: a passage's vector is missing, or the disk is full; nothing is changed then.
        """
        with self.database.write() as connection:
            version = writing.next_version(connection)
            writing.point_to_model(connection, model)
            writing.record_model(connection, model, dimension)
            writing.drop_vectors_except(connection, model, keep)
            connection.execute("UPDATE reports SET version = ?", (version,))
