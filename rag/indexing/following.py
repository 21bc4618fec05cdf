"""Keeping a long-running process's indexes at the catalogue's state, whichever process changes it."""

from __future__ import annotations

import logging
import threading

from rag.errors import StorageError
from rag.indexing.lexical import LexicalIndex
from rag.indexing.vectors import VectorIndex

FOLLOWING_SECONDS = 0.5
logger = logging.getLogger(__name__)


class Follower:
    """A thread that looks for changes twice a second, so that no question has to wait for them."""

    def __init__(self, lexical: LexicalIndex, vectors: VectorIndex) -> None:
        """Use both indexes; nothing runs before ``start``."""
        self._lexical = lexical
        self._vectors = vectors
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="following the catalogue", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the change under way; the indexes stay open."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        told = ""
        while not self._stopping.is_set():
            try:
                self._vectors.start_catching_up()
                self._lexical.refresh()
                told = ""
            except StorageError as error:
                if str(error) != told:
                    logger.warning("%s", error)
                told = str(error)
            self._stopping.wait(FOLLOWING_SECONDS)
