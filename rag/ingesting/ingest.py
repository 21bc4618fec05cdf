"""Take files in: all under some paths, or one upload; drop what is gone; leave the indexes up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from rag.errors import UnreadableFileError
from rag.ingesting.candidates import Candidate, Refused, as_text, find_files, make_candidate, read_candidate
from rag.ingesting.duplicates import link_near_duplicates
from rag.ingesting.intake import Intake, IntakeParts
from rag.ingesting.pages import read_etags, write_etags
from rag.ingesting.progress import OnProgress, Tally
from rag.ingesting.unpacking import unpack
from rag.ingesting.web import NOT_MODIFIED, Web
from rag.reading import check_size
from rag.types import IngestSummary

PAGES_AT_ONCE = 20


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
        met: set[str] = set()
        with self._catalogue.taking_in():
            intake = Intake(self._parts, tally)
            intake.take(self._readable(files, tally, met))
            removed = self._prune(paths, files, met) if prune else []
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
        self._take([candidate], tally)
        return tally.summary([])

    def ingest_pages(self, addresses: Sequence[str], web: Web, on_progress: OnProgress | None = None) -> IngestSummary:
        """Take in what is at some addresses of the web, each a file whose source is its address.

        A page of which the server says that it is unchanged is not sent again; one that cannot be had is refused.

        Raises:
            IndexMismatchError: the stored vectors are another model's.
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        tally = Tally(len(addresses), 0, on_progress)
        etags = read_etags(self._data_dir)
        for first in range(0, len(addresses), PAGES_AT_ONCE):
            known = {path for path, file in self._catalogue.files().items() if file.recipe == self._parts.recipe}
            wanted = addresses[first : first + PAGES_AT_ONCE]
            got = [self._get(each, web, etags, tally, is_known=each in known) for each in wanted]
            self._take([each for each in got if each is not None], tally)
        write_etags(self._data_dir, etags)
        return tally.summary([])

    def _get(
        self, address: str, web: Web, etags: dict[str, str], tally: Tally, *, is_known: bool
    ) -> Candidate | Refused | None:
        """Return what is at an address; nothing where it is in and unchanged."""
        try:
            reply = web.get(address, etag=etags.get(address, "") if is_known else "")
            if reply.status != NOT_MODIFIED:
                check_size(len(reply.content), address, max_bytes=self._max_file_bytes)
                etags[address] = reply.etag
                return make_candidate(address, address, reply.content)
        except UnreadableFileError as error:
            return Refused(address, address, str(error))
        tally.unchanged.append(address)
        tally.finish(address, 0)
        return None

    def _take(self, candidates: Iterable[Candidate | Refused], tally: Tally) -> None:
        with self._catalogue.taking_in():
            intake = Intake(self._parts, tally)
            intake.take(each for whole in candidates for each in self._members(whole, tally, set()))
            link_near_duplicates(self._catalogue)
            intake.refresh()

    def _readable(self, files: Iterable[Path], tally: Tally, met: set[str]) -> Iterator[Candidate]:
        """Yield what can be read of the files; ``met`` gets the path of each, and of each member of an archive."""
        for path in files:
            met.add(as_text(path))
            try:
                yield from self._members(read_candidate(path, max_bytes=self._max_file_bytes), tally, met)
            except UnreadableFileError as error:
                self._refuse(Refused(as_text(path), as_text(Path(path.name)), str(error)), _size(path), tally)

    def _members(self, whole: Candidate | Refused, tally: Tally, met: set[str]) -> Iterator[Candidate]:
        """Yield a candidate, or the members of the archive it is."""
        if isinstance(whole, Refused):
            self._refuse(whole, 0, tally)
            return
        members = 0
        for each in unpack(whole, max_bytes=self._max_file_bytes):
            met.add(each.path)
            if each.path != whole.path:
                members += 1
                tally.expect(1, len(each.content) if isinstance(each, Candidate) else 0)
            if isinstance(each, Candidate):
                yield each
            else:
                self._refuse(each, 0 if members else len(whole.content), tally)
        if members:
            met.discard(whole.path)
            tally.expect(-1, -len(whole.content))

    def _refuse(self, refused: Refused, num_bytes: int, tally: Tally) -> None:
        tally.refused.append(self._catalogue.refuse(refused.path, refused.source, refused.reason))
        tally.finish(refused.path, num_bytes)

    def _prune(self, paths: Sequence[Path], files: Sequence[Path], met: set[str]) -> list[str]:
        """Drop files under ``paths`` that are gone; return the ids of the reports that went with them."""
        unreadable = {as_text(path) for path in files if path.is_dir()}
        roots = {as_text(path.absolute()) for path in paths}
        known = [*self._catalogue.files(), *(refusal.path for refusal in self._catalogue.refusals())]
        gone = [
            path
            for path in known
            if path not in met and _is_under_any(path, roots) and not _is_under_any(path, unreadable)
        ]
        return self._catalogue.drop_files(gone) if gone else []


def _is_under_any(path: str, roots: Collection[str]) -> bool:
    return path in roots or any(str(folder) in roots for folder in PurePosixPath(path).parents)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
