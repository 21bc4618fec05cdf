"""The catalogue as the rest of the project sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, select, update

from rag.storing import files, rows, writing
from rag.storing.database import Database
from rag.storing.dialects import replace_row
from rag.storing.files import FileRecord
from rag.storing.reader import CatalogueReader
from rag.storing.schema import FINGERPRINTS, REFUSALS, REPORTS
from rag.types import Refusal, Report

LINKED = (
    update(REPORTS)
    .where(REPORTS.c.report_id == bindparam("own"))
    .values(near_duplicate_of=bindparam("original"), version=bindparam("at"))
)


class Catalogue(CatalogueReader):
    """Every report, in one SQLite file or a PostgreSQL database; any number of readers, writers one after another.

    All methods may be called from any thread. What is written in one call is there as a whole or not at all.
    """

    @classmethod
    def open(cls, data_dir: Path, url: str | None = None, *, read_only: bool = False) -> Catalogue:
        """Open the catalogue at ``url`` (PostgreSQL), else that of ``data_dir``, making an empty one if need be.

        Raises:
            ConfigurationError: ``url`` cannot be used.
            StorageError: it is damaged, of another version, absent (``read_only``), or cannot be reached or written.
        """
        return cls(Database(data_dir, url, read_only=read_only))

    def writing(self) -> AbstractContextManager[None]:
        """Hold the writer's lock alone over several changes; on PostgreSQL those who take reports in are waited for.

        Raises:
            LockedError: another process writes; the message names it.
        """
        return self.database.hold()

    def taking_in(self) -> AbstractContextManager[None]:
        """Hold the writer's lock over several changes; on PostgreSQL others may take reports in at the same time.

        Raises:
            LockedError: another process writes; the message names it.
        """
        return self.database.share()

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
                writing.note(connection, model=model, dimension=vectors.shape[1])
                writing.put_vectors(connection, model, hashes, vectors)
            writing.put_report(connection, report, file, version=version, model=model)
            files.put_file(connection, file)
            files.drop_orphans(connection, version)
            if fingerprint is not None:
                row = {"report_id": report.report_id, "fingerprint": fingerprint}
                replace_row(connection, FINGERPRINTS, row)

    def add_file(self, file: FileRecord) -> None:
        """Note that ``file`` holds a report that is in already.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        with self.database.write() as connection:
            files.put_file(connection, file)
            files.drop_orphans(connection, writing.next_version(connection))

    def link_duplicates(self, originals: Mapping[str, str | None], *, seen: int) -> None:
        """Set for each report (id) which one it is a near-duplicate of, None for none; only changed reports change.

        Nothing is set where a report came or went since version ``seen``, which ``originals`` are about.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        with self.database.write() as connection:
            version = int(writing.settings(connection)["version"])
            if version != seen:
                return
            found = connection.execute(select(*REPORTS.c["report_id", "near_duplicate_of"]))
            linked: dict[str, str | None] = dict(found.all())
            changed = {each: link for each, link in originals.items() if linked.get(each, link) != link}
            if changed:
                version = writing.next_version(connection)
                links = [{"own": each, "original": link, "at": version} for each, link in changed.items()]
                connection.execute(LINKED, links)
            writing.note(connection, linked=version)

    def remove(self, report_ids: Sequence[str]) -> list[str]:
        """Drop reports and return the ids of those that were there, ascending.

        Raises:
            LockedError: another process writes.
        """
        with self.database.write() as connection:
            version = writing.next_version(connection)
            connection.execute(files.OF_REPORTS, {"report_ids": report_ids})
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
            replace_row(connection, REFUSALS, asdict(refusal))
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
            writing.note(connection, model=model, dimension=dimension)
            writing.drop_vectors_except(connection, model, keep)
            connection.execute(update(REPORTS).values(version=version))
