"""Chroma on a server, as a mirror of the catalogue's vectors that all processes on one catalogue share.

The collection is named after the catalogue's epoch. Whichever process holds the lock mends it, the others take up what
it has noted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray
from pydantic import HttpUrl

from rag.errors import StorageError
from rag.indexing.chroma import ChromaCollection
from rag.indexing.mirror import Mirror
from rag.storing import Catalogue

ANSWER_SECONDS = 3
MENDING_SECONDS = 60


class ServerMirror(Mirror):
    """A collection on a Chroma server, brought to the catalogue's state by one process at a time."""

    is_remote = True

    def __init__(self, url: HttpUrl, catalogue: Catalogue) -> None:
        """Prepare; nothing is asked of the server at ``url``, which is as ``ChromaCollection`` reads it."""
        super().__init__(catalogue)
        self._url = url

    def nearest(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return what ``Mirror.nearest`` does; where the server fails, the collection is closed."""
        try:
            return super().nearest(vector, limit, report_ids)
        except StorageError:
            self.close()
            raise

    def update(self, should_stop: Callable[[], bool]) -> None:
        """Take up what the collection holds, and bring it to the catalogue's state where no other process is at it."""
        epoch, version = self._catalogue.state()
        try:
            if self._held[0] != epoch:
                self.close()
            collection = self._collection or self._open(epoch, ANSWER_SECONDS)
            self._collection, self._held = collection, (epoch, collection.version)
            if self._held[1] != version:
                with self._catalogue.database.mending() as is_ours:
                    if is_ours:
                        with closing(self._open(epoch, MENDING_SECONDS)) as mended:
                            if mended.version < 0:
                                self._destroy_former()
                            self._mend(mended, mended.version, should_stop)
        except StorageError:
            self.close()
            raise

    def _open(self, epoch: str, timeout_seconds: float) -> ChromaCollection:
        return ChromaCollection.on_server(self._url, f"report-qa-{epoch}", timeout_seconds=timeout_seconds)

    def _destroy_former(self) -> None:
        """Take from the server what it held of this catalogue before a backup was restored."""
        if former := self._catalogue.former_epoch():
            with closing(self._open(former, MENDING_SECONDS)) as collection:
                collection.destroy()

    def _start_anew(self, collection: ChromaCollection) -> ChromaCollection:
        collection.destroy()
        raise StorageError("every vector has changed; the vector index is made anew")

    def _note(self, collection: ChromaCollection, version: int, *, is_last: bool) -> None:
        collection.note(version)
        self._held = (self._held[0], version)
