"""Vector search, and the one decision in it: a narrow scope is read from the catalogue, everything else asks Chroma.

Chroma's folder is not safe for two processes, so one at a time has it open: the one that holds its lock. While it
cannot be asked, because another process has it or because it is behind, the catalogue answers: exactly, but slower.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ReportQAError, StorageError
from rag.indexing.chroma_mirror import ChromaMirror
from rag.storing import Catalogue
from rag.storing.lock import ProcessLock

# Up to here reading is quicker than Chroma's own filter.
NARROW_PASSAGES = 4_000
REPORTS_AT_ONCE = 50
SPARE_HITS = 20
TIE = 1e-5
OPENING_SECONDS = 3.0
logger = logging.getLogger(__name__)


class VectorIndex:
    """The passages nearest to a vector; all methods may be called from any thread."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        """Prepare; Chroma stays closed until it is needed."""
        self._catalogue = catalogue
        self._lock = ProcessLock(folder / "writer.lock")
        self._mirror = ChromaMirror(folder, catalogue)
        self._mutex = threading.Lock()
        self._worker = threading.Thread()
        self._worker_mutex = threading.Lock()
        self._closing = threading.Event()

    @property
    def status(self) -> str:
        """Return words for how unlimited searches are answered now."""
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

        ``report_ids`` limits to these reports; an empty collection admits nothing. Best first.
        """
        if limit < 1:
            return []
        scope = None if report_ids is None else sorted(report_ids)
        is_narrow = scope is not None and self._catalogue.count_passages(scope) <= NARROW_PASSAGES
        if not is_narrow and self._can_ask():
            try:
                return rank(self._mirror.nearest(vector, limit + SPARE_HITS, scope))[:limit]
            except StorageError as error:
                logger.warning("%s; searching exactly", error)
        return self._exactly(vector, limit, list(self._catalogue.versions()) if scope is None else scope)

    def refresh(self) -> None:
        """Open Chroma if no other process has it, and bring it to the catalogue's state.

        Raises:
            StorageError: the disk is full; searches are exact from then on.
        """
        with self._mutex:
            if not self._mirror.is_open and not self._lock.try_acquire():
                return
            try:
                self._mirror.update(self._closing.is_set)
            except ReportQAError:
                self._let_go()
                raise

    def start_catching_up(self) -> None:
        """Refresh in a thread of its own, unless one is at it."""
        with self._worker_mutex:
            if not self._worker.is_alive():
                self._worker = threading.Thread(target=self._refresh_or_warn, name="vector index")
                self._worker.start()

    def close(self) -> None:
        """Break off catching up after the batch under way and let other processes have Chroma."""
        self._closing.set()
        with self._worker_mutex:
            if self._worker.is_alive():
                self._worker.join()
        with self._mutex:
            self._let_go()
        self._closing.clear()

    def _can_ask(self) -> bool:
        """Tell whether Chroma can be asked; if not, let it catch up, and wait a little where it is still closed."""
        if not self._mirror.is_current:
            is_closed = not self._mirror.is_open
            self.start_catching_up()
            if is_closed:
                self._worker.join(OPENING_SECONDS)
        return self._mirror.is_current

    def _exactly(self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str]) -> list[tuple[str, float]]:
        best: list[tuple[str, float]] = []
        for start in range(0, len(report_ids), REPORTS_AT_ONCE):
            ids, matrix = self._catalogue.passage_vectors(report_ids[start : start + REPORTS_AT_ONCE])
            scores = matrix @ vector
            floor = np.partition(scores, -limit)[-limit] - TIE if len(ids) > limit else -np.inf
            best = rank([*best, *((ids[each], float(scores[each])) for each in np.flatnonzero(scores >= floor))])
            best = best[:limit]
        return best

    def _refresh_or_warn(self) -> None:
        try:
            self.refresh()
        except StorageError as error:
            logger.warning("%s; searching exactly", error)

    def _let_go(self) -> None:
        self._mirror.close()
        self._lock.release()


def rank(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Sort hits best first; scores that agree to five digits are a tie, which the passage id breaks."""
    return sorted(hits, key=lambda hit: (-round(hit[1], 5), hit[0]))
