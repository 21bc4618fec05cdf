"""Take files in: all under some paths, or one upload; drop what is gone; leave the indexes up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rag.errors import UnreadableFileError
from rag.ingesting.candidates import Candidate, as_text, find_files, read_candidate
from rag.ingesting.duplicates import link_near_duplicates
from rag.ingesting.intake import Intake, IntakeParts
from rag.ingesting.progress import OnProgress, Tally
from rag.types import IngestSummary


class Ingester:
    """Takes files into a catalogue and its indexes."""

    def __init__(self, parts: IntakeParts, *, max_file_bytes: int, data_dir: Path | None = None) -> None:
        """Use finished parts; files under ``data_dir`` are never taken in."""
        self._parts = parts
        self._catalogue = parts.catalogue
        self._max_file_bytes = max_file_bytes
        self._data_dir = data_dir

    def ingest(
        self, paths: Sequence[Path], *, prune: bool = False, on_progress: OnProgress | None = None
    ) -> IngestSummary:
        """Take in all files under ``paths``; with ``prune`` also drop what lay under them and is gone.

        A file that is refused, or a crash, costs nothing that was in before; the same call again does what is left.

        Raises:
            BadInputError: a path does not exist.
            IndexMismatchError: the stored vectors are another model's.
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        files = find_files(paths, leave_out=self._data_dir)
        tally = Tally(len(files), sum(map(_size, files)), on_progress)
        with self._catalogue.taking_in():
            intake = Intake(self._parts, tally)
            intake.take(self._readable(files, tally))
            removed = self._prune(paths, files) if prune else []
            link_near_duplicates(self._catalogue)
            intake.refresh()
        return tally.summary(removed)

    def ingest_upload(self, candidate: Candidate, *, on_progress: OnProgress | None = None) -> IngestSummary:
        """Take in bytes that lie in no folder.

        Raises:
            IndexMismatchError: the stored vectors are another model's.
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        tally = Tally(1, len(candidate.content), on_progress)
        with self._catalogue.taking_in():
            intake = Intake(self._parts, tally)
            intake.take(iter([candidate]))
            link_near_duplicates(self._catalogue)
            intake.refresh()
        return tally.summary([])

    def _readable(self, files: Iterable[Path], tally: Tally) -> Iterator[Candidate]:
        for path in files:
            try:
                yield read_candidate(path, max_bytes=self._max_file_bytes)
            except UnreadableFileError as error:
                tally.refused.append(self._catalogue.refuse(as_text(path), as_text(Path(path.name)), str(error)))
                tally.finish(as_text(path), _size(path))

    def _prune(self, paths: Sequence[Path], files: Sequence[Path]) -> list[str]:
        """Drop files under ``paths`` that are gone; return the ids of the reports that went with them."""
        here = {as_text(path) for path in files}
        unreadable = [as_text(path) for path in files if path.is_dir()]
        roots = [as_text(path.absolute()) for path in paths]
        known = [*self._catalogue.files(), *(refusal.path for refusal in self._catalogue.refusals())]
        gone = [
            path
            for path in known
            if path not in here and _is_under_any(path, roots) and not _is_under_any(path, unreadable)
        ]
        return self._catalogue.drop_files(gone) if gone else []


def _is_under_any(path: str, roots: Sequence[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
