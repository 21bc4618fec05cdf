"""Chroma as a mirror of the catalogue's vectors.

Damaged files can end the process that opens them, or answer wrongly without a word. So an embedded collection is opened
only when its files are what was sealed after the last change, and is built anew from the catalogue otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StorageError
from rag.indexing.chroma import DATABASE, ChromaCollection, is_sound, open_embedded, open_server
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
from rag.storing import Catalogue

BATCH = 2_000
WORN = 5_000
SEALED_EVERY = 1.2

Batch = Mapping[str, tuple[tuple[str, ...], NDArray[np.float32]]]


class ChromaMirror:
    """A Chroma collection brought to the catalogue's state on demand; its user sees to it that one process has it."""

    def __init__(self, root: Path, catalogue: Catalogue, *, url: str | None) -> None:
        """Prepare; nothing is opened. ``url`` is a Chroma server's address, None for files under ``root``."""
        self._root = root
        self._catalogue = catalogue
        self._url = url
        self._collection: ChromaCollection | None = None
        self._stamp = Stamp()

    @property
    def is_open(self) -> bool:
        """Whether the collection is open."""
        return self._collection is not None

    @property
    def is_current(self) -> bool:
        """Whether the collection holds exactly what the catalogue holds."""
        return (self._stamp.epoch, self._stamp.version) == self._catalogue.state()

    @property
    def num_passages(self) -> int | None:
        """The number of vectors in the collection; None while it is closed."""
        return self._collection.count() if self._collection is not None else None

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the passages nearest to ``vector`` ``(dim,)`` with their cosine, best first.

        Raises:
            StorageError: the collection is closed or cannot be read.
        """
        return self._opened().nearest(vector, limit)

    def open(self) -> None:
        """Open the collection if it is closed: the one at hand where it is sound and of this catalogue, else a new one.

        Raises:
            StorageError: the disk is full or the server cannot be reached.
        """
        if self._collection is not None:
            return
        stamp = read_stamp(self._stamp_path)
        if self._is_usable(stamp):
            collection = self._connect(stamp.folder)
            if collection.count() == stamp.passages:
                self._collection, self._stamp = collection, stamp
                return
            collection.close()
        self.start_anew()

    def start_anew(self) -> None:
        """Begin an empty collection in a new folder (on a server: empty the old one).

        Raises:
            StorageError: the disk is full or the server cannot be reached.
        """
        self.close()
        folder = new_folder(self._root, read_stamp(self._stamp_path).folder).name
        drop_other_folders(self._root, folder)
        self._collection = self._connect(folder)
        if self._url is not None:
            self._collection.clear()
        self._stamp = Stamp(self._catalogue.state()[0], folder=folder, model=self._model())

    def update(self, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Bring the collection to the catalogue's state, a batch at a time, unless told to stop between two batches.

        It is sealed whenever it has grown by a fifth, so that reading all its files stays a small part of the work.

        Raises:
            StorageError: the disk is full or the server cannot be reached.
        """
        if self.is_current:
            return
        epoch, version = self._catalogue.state()
        versions = self._catalogue.versions()
        if (epoch, self._model()) != (self._stamp.epoch, self._stamp.model) or self._is_worn():
            self.start_anew()
        difference = compare(self._stamp, versions)
        self._drop(difference)
        sealed = self._stamp.passages
        batch: dict[str, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
        for report_id in difference.missing:
            batch[report_id] = self._catalogue.passage_vectors(report_id)
            if sum(len(ids) for ids, _ in batch.values()) >= BATCH:
                self._put(batch, versions)
                batch, stopped = {}, should_stop()
                if stopped or self._stamp.passages >= SEALED_EVERY * sealed:
                    self._write_stamp(self._stamp)
                    sealed = self._stamp.passages
                if stopped:
                    return
        self._put(batch, versions)
        self._write_stamp(replace(self._stamp, version=version))

    def close(self) -> None:
        """Close the collection; it may be opened again."""
        collection, self._collection, self._stamp = self._collection, None, Stamp()
        if collection is not None:
            collection.close()

    @property
    def _stamp_path(self) -> Path:
        return self._root / "stamp.json"

    def _opened(self) -> ChromaCollection:
        if self._collection is None:
            raise StorageError(f"the vector index in {self._root} is closed")
        return self._collection

    def _model(self) -> str:
        model = self._catalogue.model
        return model[0] if model else ""

    def _is_usable(self, stamp: Stamp) -> bool:
        if stamp.dirty or (stamp.epoch, stamp.model) != (self._catalogue.state()[0], self._model()):
            return False
        folder = self._root / stamp.folder
        return self._url is not None or (is_intact(folder, stamp.files) and is_sound(folder))

    def _connect(self, folder: str) -> ChromaCollection:
        name = f"report-qa-{self._catalogue.state()[0]}"
        return open_server(self._url, name) if self._url is not None else open_embedded(self._root / folder, name)

    def _is_worn(self) -> bool:
        return self._stamp.deleted > max(self._stamp.passages, WORN)

    def _drop(self, difference: Difference) -> None:
        if not difference.outdated:
            return
        write_stamp(self._stamp_path, replace(self._stamp, dirty=True))
        collection = self._opened()
        collection.drop(difference.outdated)
        kept = {each: held for each, held in self._stamp.reports.items() if each not in set(difference.outdated)}
        passages = collection.count()
        deleted = self._stamp.deleted + self._stamp.passages - passages
        self._write_stamp(replace(self._stamp, version=-1, reports=kept, passages=passages, deleted=deleted))

    def _put(self, batch: Batch, versions: Mapping[str, int]) -> None:
        """Write the passages of some reports; the outcome is still to be sealed."""
        reports = {**self._stamp.reports, **{each: versions[each] for each in batch}}
        passage_ids = [passage_id for ids, _ in batch.values() for passage_id in ids]
        if passage_ids:
            if not self._stamp.dirty:
                write_stamp(self._stamp_path, replace(self._stamp, dirty=True))
            report_ids = [report_id for report_id, (ids, _) in batch.items() for _ in ids]
            self._opened().put(passage_ids, report_ids, np.concatenate([rows for ids, rows in batch.values() if ids]))
        held = self._opened().count()
        self._stamp = replace(self._stamp, version=-1, reports=reports, passages=held, dirty=True)

    def _write_stamp(self, stamp: Stamp) -> None:
        files = seal(self._root / stamp.folder) if self._url is None else {}
        sealed = {name: measure for name, measure in files.items() if not name.startswith(DATABASE)}
        self._stamp = replace(stamp, files=sealed, dirty=False)
        write_stamp(self._stamp_path, self._stamp)
