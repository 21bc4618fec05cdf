"""Lexical search: BM25 over the terms of passages, in tantivy.

The index is derived, one for all processes of a data directory: it is brought to the catalogue's state whenever it is
behind, and built anew when it is gone or damaged. A change, and the note of what is then held, is one commit: readers
in any process see all of it or nothing.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Collection
from pathlib import Path

import tantivy

from rag.errors import StorageError
from rag.indexing.held import Held
from rag.indexing.lexical_fields import NOTE, best, count, document, make_schema, note, of_note, scored, within
from rag.language.terms import content_terms
from rag.storing import Catalogue
from rag.storing.lock import FileLock

HEAP_BYTES = 60_000_000
SMALL = 5_000
MAKING_SECONDS = 1_800


class LexicalIndex:
    """BM25 over character pairs, words and figures; all methods may be called from any thread."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        """Open the index under ``folder`` and bring it to the catalogue's state.

        Raises:
            StorageError: the folder cannot be written.
        """
        self._folder = folder / "index"
        self._catalogue = catalogue
        self._lock = FileLock(folder / "writer.lock")
        self._mutex = threading.RLock()
        self._schema = make_schema()
        self._index: tantivy.Index | None = None
        self._held = Held()
        self.refresh()

    def search(self, text: str, limit: int, *, report_ids: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return at most ``limit`` passage ids with their BM25 scores (> 0, unbounded), best first, ties by id.

        ``report_ids`` limits to these reports; an empty collection admits nothing. A text without terms finds nothing.
        """
        if limit < 1 or (report_ids is not None and not report_ids):
            return []
        if not self._held.is_current(self._catalogue) and self._mutex.acquire(blocking=self._index is None):
            try:
                self.refresh()
            finally:
                self._mutex.release()
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
        return max(int(self._index.searcher().num_docs) - 1, 0) if self._index is not None else 0

    def refresh(self) -> None:
        """Take up what the catalogue holds now, or what another process has done; its first making is waited for.

        Raises:
            StorageError: the index cannot be written.
        """
        if self._held.is_current(self._catalogue):
            return
        with self._mutex:
            self._take_up()
            if self._held.is_current(self._catalogue):
                return
            if not self._lock.try_acquire(wait_seconds=0 if self._index else MAKING_SECONDS):
                return
            try:
                self._take_up()
                if not self._held.is_current(self._catalogue):
                    self._update(self._index or self._make())
            except (ValueError, OSError) as error:
                raise StorageError(f"cannot write {self._folder}: {error}; free some disk space") from error
            finally:
                self._lock.release()

    def _take_up(self) -> None:
        """Open or reload the index; one that is damaged counts as none."""
        try:
            index = self._index or tantivy.Index(self._schema, path=str(self._folder), reuse=True)
            index.reload()
            searcher = index.searcher()
            ((_, address),) = searcher.search(of_note(self._schema), 1).hits
            self._held = Held(**json.loads(searcher.doc(address).to_dict()[NOTE][0]))
            self._index = index
        except (ValueError, TypeError, OSError):
            self._index, self._held = None, Held()

    def _make(self) -> tantivy.Index:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return tantivy.Index(self._schema, path=str(self._folder))

    def _update(self, index: tantivy.Index) -> None:
        """Bring the index to the catalogue's state; the caller holds the lock."""
        epoch, version = self._catalogue.state()
        versions = self._catalogue.versions()
        kept = self._held.kept(epoch, versions)
        outdated = [each for each in self._held.reports if each not in kept]
        deleted = self._held.deleted + sum(count(index, self._schema, each) for each in outdated)
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        if not kept or (deleted and (self.num_passages < SMALL or deleted * 10 > self.num_passages)):
            writer.delete_all_documents()
            kept, deleted = {}, 0
        else:
            writer.delete_documents_by_query(of_note(self._schema))
            for report_id in outdated:
                writer.delete_documents_by_term("report_id", report_id)
        for report_id in versions:
            if report_id not in kept:
                for passage in self._catalogue.passages(report_id):
                    writer.add_document(document(passage))
        held = Held(epoch, version, versions, deleted)
        writer.add_document(note(held.to_json()))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._index, self._held = index, held
