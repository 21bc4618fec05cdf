"""Lexical search: BM25 over the terms of passages, in tantivy.

The index is derived: it is brought to the catalogue's state whenever it is behind, and built anew when it is gone,
damaged, or was left half-changed. One process at a time changes it; others read what is there.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import tantivy

from rag.errors import StorageError
from rag.indexing.lexical_fields import best, count_report, document, make_schema, scored, within
from rag.indexing.stamp import (
    Difference,
    Stamp,
    compare,
    drop_other_folders,
    is_intact,
    new_folder,
    read_stamp,
    seal,
    write_stamp,
)
from rag.language.terms import content_terms
from rag.storing import Catalogue
from rag.storing.lock import FileLock

HEAP_BYTES = 60_000_000
SMALL = 5_000


class LexicalIndex:
    """BM25 over character pairs, words and figures; all methods may be called from any thread."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        """Open the index under ``folder`` and bring it to the catalogue's state.

        Raises:
            StorageError: the folder cannot be written.
        """
        self._root = folder
        self._catalogue = catalogue
        self._lock = FileLock(folder / "writer.lock")
        self._mutex = threading.RLock()
        self._schema = make_schema()
        self._index: tantivy.Index | None = None
        self._stamp = Stamp()
        self.refresh()

    @property
    def stamp(self) -> Stamp:
        """What the index holds."""
        return self._stamp

    def search(self, text: str, limit: int, *, report_ids: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return at most ``limit`` passage ids with their BM25 scores (> 0, unbounded), best first, ties by id.

        ``report_ids`` limits to these reports; an empty collection admits nothing. A text without terms finds nothing.
        """
        if limit < 1 or (report_ids is not None and not report_ids):
            return []
        self.refresh()
        index, wanted = self._index, content_terms(text)
        if index is None or not wanted:
            return []
        query = scored(self._schema, wanted)
        if report_ids is not None:
            query = tantivy.Query.boolean_query([within(self._schema, report_ids), (tantivy.Occur.Must, query)])
        return best(index.searcher(), query, limit)

    @property
    def num_passages(self) -> int:
        """The number of passages in the index."""
        return int(self._index.searcher().num_docs) if self._index is not None else 0

    def refresh(self) -> None:
        """Take up what the catalogue holds now; where another process is at it, take up what it has done.

        Raises:
            StorageError: the index cannot be written.
        """
        epoch, version = self._catalogue.state()
        if (self._stamp.epoch, self._stamp.version) == (epoch, version) and self._index is not None:
            return
        with self._mutex:
            self._take_up()
            if (self._stamp.epoch, self._stamp.version) == (epoch, version) and self._index is not None:
                return
            if self._lock.try_acquire():
                try:
                    self._update()
                finally:
                    self._lock.release()

    def rebuild(self) -> None:
        """Make the index anew from the catalogue.

        Raises:
            LockedError: another process is changing it.
            StorageError: the index cannot be written.
        """
        with self._mutex, self._lock.hold(wait_seconds=30):
            self._build(read_stamp(self._stamp_path))

    def close(self) -> None:
        """Let go of the index's files."""
        self._index = None

    @property
    def _stamp_path(self) -> Path:
        return self._root / "stamp.json"

    def _take_up(self) -> None:
        """Open, or reload, the index that the stamp names, unless it is being changed or damaged."""
        stamp = read_stamp(self._stamp_path)
        if stamp == self._stamp and self._index is not None:
            return
        if stamp.dirty and self._index is not None:
            return
        if stamp.folder and stamp.folder == self._stamp.folder and self._index is not None:
            self._index.reload()
            self._stamp = stamp
        elif stamp.files and is_intact(self._root / stamp.folder, stamp.files):
            self._index, self._stamp = self._open(self._root / stamp.folder), stamp

    def _update(self) -> None:
        """Bring the index to the catalogue's state; the caller holds the lock."""
        stamp = read_stamp(self._stamp_path)
        epoch, version = self._catalogue.state()
        versions = self._catalogue.versions()
        difference = compare(stamp, versions)
        held = self.num_passages
        deleted = stamp.deleted + sum(self._count(each) for each in difference.outdated)
        usable = not stamp.dirty and stamp.epoch == epoch and self._index is not None and stamp == self._stamp
        if not usable or (deleted and (held < SMALL or deleted * 10 > held)):
            self._build(stamp)
        else:
            target = replace(stamp, version=version, reports=versions, deleted=deleted)
            self._change(target, difference)

    def _build(self, old: Stamp) -> None:
        folder = new_folder(self._root, old.folder)
        epoch, version = self._catalogue.state()
        versions = self._catalogue.versions()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._stamp = Stamp(folder=folder.name)
        self._change(Stamp(epoch, version, folder.name, reports=versions), Difference(tuple(versions), ()))
        drop_other_folders(self._root, folder.name)

    def _change(self, target: Stamp, difference: Difference) -> None:
        if self._index is None:
            return
        if difference:
            write_stamp(self._stamp_path, replace(target, dirty=True))
            try:
                self._write(self._index, difference)
            except (ValueError, OSError) as error:
                raise StorageError(f"cannot write {self._root}: {error}; free some disk space") from error
        files = seal(self._root / target.folder)
        self._stamp = replace(target, files=files)
        write_stamp(self._stamp_path, self._stamp)

    def _write(self, index: tantivy.Index, difference: Difference) -> None:
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        for report_id in difference.outdated:
            writer.delete_documents_by_term("report_id", report_id)
        for report_id in difference.missing:
            for passage in self._catalogue.passages(report_id):
                writer.add_document(document(passage))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()

    def _open(self, folder: Path) -> tantivy.Index | None:
        try:
            return tantivy.Index(self._schema, path=str(folder), reuse=True)
        except (ValueError, OSError):
            return None

    def _count(self, report_id: str) -> int:
        return count_report(self._index, self._schema, report_id) if self._index is not None else 0
