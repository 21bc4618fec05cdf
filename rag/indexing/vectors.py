"""Vector search: cosine over passage vectors, by Chroma where all reports are asked, exactly where it is not at hand.

Chroma's folder is not safe for two processes, so one at a time has it open: the one that holds its lock. Any search it
cannot serve, because another process has it, because it is behind, or because the question is limited to some reports,
is answered exactly from the catalogue.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import LockedError, ReportQAError, StorageError
from rag.indexing.chroma_mirror import ChromaMirror
from rag.indexing.exact import ExactVectors, rank
from rag.storing import Catalogue
from rag.storing.lock import ProcessLock

SPARE_HITS = 20
logger = logging.getLogger(__name__)


class VectorIndex:
    """The passages nearest to a vector; all methods may be called from any thread."""

    def __init__(self, folder: Path, catalogue: Catalogue, *, url: str | None = None) -> None:
        """Prepare; until ``refresh`` is called Chroma stays closed and every search is exact.

        ``url`` is the address of a Chroma server; without one Chroma runs in this process, under ``folder``.
        """
        self._catalogue = catalogue
        self._lock = ProcessLock(folder / "writer.lock")
        self._exact = ExactVectors(catalogue)
        self._mutex = threading.RLock()
        self._mirror = ChromaMirror(folder, catalogue, url=url)
        self._worker: threading.Thread | None = None
        self._worker_mutex = threading.Lock()
        self._closing = threading.Event()

    @property
    def status(self) -> str:
        """Return words for how searches are answered now."""
        if not self._mirror.is_open:
            return "exact search over the catalogue"
        return "ready" if self._mirror.is_current else "exact search while the vector index catches up"

    @property
    def num_passages(self) -> int | None:
        """The number of passages Chroma holds; None while it is closed."""
        return self._mirror.num_passages

    def search(
        self, vector: NDArray[np.float32], limit: int, *, report_ids: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return at most ``limit`` passage ids with their cosine to ``vector`` ``(dim,)``, normalised; ties by id.

        ``report_ids`` limits to these reports, exactly; an empty collection admits nothing. Best first.
        """
        if limit < 1 or (report_ids is not None and not report_ids):
            return []
        if report_ids is None and self._mirror.is_open:
            if self._mirror.is_current:
                found = self._nearest(vector, limit)
                if found is not None:
                    return found
            else:
                self.start_catching_up()
        versions = self._catalogue.versions()
        if report_ids is not None:
            versions = {each: versions[each] for each in report_ids if each in versions}
        return self._exact.search(vector, limit, versions)

    def refresh(self) -> None:
        """Open Chroma if no other process has it, and bring it to the catalogue's state.

        Raises:
            StorageError: the disk is full or the server cannot be reached; searches are exact from then on.
        """
        with self._mutex:
            if not self._mirror.is_open and not self._lock.try_acquire():
                return
            with self._closing_on_error():
                self._mirror.open()
                self._mirror.update(should_stop=self._closing.is_set)

    def rebuild(self) -> None:
        """Make the index anew from the catalogue.

        Raises:
            LockedError: another process has it open.
            StorageError: the disk is full or the server cannot be reached.
        """
        with self._mutex:
            if not self._mirror.is_open and not self._lock.try_acquire():
                raise LockedError(f"{self._lock.path.parent} is in use by {self._lock.holder()}; stop it first")
            with self._closing_on_error():
                self._mirror.start_anew()
                self._mirror.update()

    def close(self) -> None:
        """Break off catching up after the batch under way and let other processes have Chroma."""
        self._closing.set()
        with self._worker_mutex:
            if self._worker is not None:
                self._worker.join()
        with self._mutex:
            self._let_go()
        self._closing.clear()

    def _nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]] | None:
        """Ask Chroma; None when it fails, which is logged: the exact search answers then."""
        try:
            return rank(self._mirror.nearest(vector, limit + SPARE_HITS))[:limit]
        except StorageError as error:
            logger.warning("%s; searching exactly", error)
            return None

    def start_catching_up(self) -> None:
        """Refresh in a thread of its own, unless one is at it."""
        with self._worker_mutex:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._refresh_or_warn, name="vector index")
                self._worker.start()

    def _refresh_or_warn(self) -> None:
        try:
            self.refresh()
        except StorageError as error:
            logger.warning("%s; searching exactly", error)

    @contextmanager
    def _closing_on_error(self) -> Iterator[None]:
        try:
            yield
        except ReportQAError:
            self._let_go()
            raise

    def _let_go(self) -> None:
        self._mirror.close()
        self._lock.release()
