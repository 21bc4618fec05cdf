"""What Chroma in a folder and Chroma on a server have in common: a collection that mirrors the catalogue's vectors.

A mirror knows the catalogue's version that it is all of. Changes are made up oldest first, a batch at a time, and noted
after each: what a killed process left half done is only done again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import StorageError
from rag.indexing.chroma import ChromaCollection
from rag.storing import Catalogue

BATCH_PASSAGES = 2_000


class Mirror(ABC):
    """A collection, opened and brought to the catalogue's state on demand."""

    is_remote = False

    def __init__(self, catalogue: Catalogue) -> None:
        """Prepare; nothing is opened."""
        self._catalogue = catalogue
        self._collection: ChromaCollection | None = None
        self._held = ("", -1)

    @property
    def is_open(self) -> bool:
        """Whether the collection can be asked."""
        return self._collection is not None

    @property
    def is_current(self) -> bool:
        """Whether the collection is open and holds exactly what the catalogue holds."""
        return self.is_open and self._held == self._catalogue.state()

    @property
    def num_passages(self) -> int | None:
        """The number of vectors in the collection; None while it is closed."""
        return self._collection.count() if self._collection is not None else None

    def missing(self, versions: Mapping[str, int]) -> list[str]:
        """Return the reports whose ``versions`` in the catalogue are not what the collection holds."""
        held = self._held[1] if self._held[0] == self._catalogue.state()[0] else -1
        return [each for each, version in versions.items() if version > held]

    def nearest(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return passage ids with their cosine to ``vector`` ``(dim,)``, in no order: ``limit`` best or a few more.

        Raises:
            StorageError: the collection is closed or cannot be read.
        """
        if self._collection is None:
            raise StorageError("the vector index is closed")
        return self._collection.nearest(vector, limit, report_ids)

    @abstractmethod
    def update(self, should_stop: Callable[[], bool]) -> None:
        """Open the collection if it can be had and bring it to the catalogue's state, unless told to stop.

        Raises:
            StorageError: the disk is full, or the server is away; the collection is closed then.
        """

    def close(self) -> None:
        """Close the collection and let other processes have it; ``update`` opens it again."""
        collection, self._collection, self._held = self._collection, None, ("", -1)
        if collection is not None:
            collection.close()

    def _mend(self, collection: ChromaCollection, noted: int, should_stop: Callable[[], bool]) -> None:
        """Bring an open collection, which is all of the version ``noted``, to the catalogue's state."""
        version, versions = self._catalogue.version, self._catalogue.versions()
        behind = sorted((changed, each) for each, changed in versions.items() if changed > noted)
        if noted >= 0 and len(behind) == len(versions):
            collection = self._start_anew(collection)
        for batch in self._batches([each for _, each in behind]):
            self._drop(collection, batch)
            collection.put(*self._catalogue.passage_vectors(batch))
            # Others of the last report's version may be left.
            stops = should_stop()
            self._note(collection, versions[batch[-1]] - 1, is_last=stops)
            if stops:
                return
        expected = self._catalogue.count_passages(list(versions))
        if collection.count() != expected:
            self._drop(collection, sorted(collection.report_ids() - versions.keys()))
        if collection.count() != expected and self._catalogue.versions() == versions:
            self._start_anew(collection)
            raise StorageError("the vector index was not what the catalogue holds; it is made anew")
        self._note(collection, version, is_last=True)

    def _drop(self, collection: ChromaCollection, report_ids: Sequence[str]) -> None:
        collection.drop(report_ids)

    @abstractmethod
    def _start_anew(self, collection: ChromaCollection) -> ChromaCollection:
        """Return an empty collection in place of this one."""

    @abstractmethod
    def _note(self, collection: ChromaCollection, version: int, *, is_last: bool) -> None:
        """Note the catalogue's version that the collection is all of; ``is_last``: no batch follows."""

    def _batches(self, report_ids: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        passages = 0
        for report_id in report_ids:
            batch.append(report_id)
            passages += self._catalogue.count_passages([report_id])
            if passages >= BATCH_PASSAGES:
                yield batch
                batch, passages = [], 0
        if batch:
            yield batch
