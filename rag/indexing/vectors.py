"""Vector search, and the one decision in it: a narrow scope is read from the catalogue, everything else asks Chroma.

What Chroma lacks of the catalogue is read from the catalogue as well, so that nothing is missed while it catches up.
Where it cannot be asked at all the catalogue answers: exactly, but slower. That is no answer for a pile that needs a
server: while that is away, or far behind, searches by meaning give nothing, and ``is_away`` says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from rag.errors import StorageError
from rag.indexing.mirror import Mirror
from rag.storing import Catalogue

# Up to here reading is quicker than Chroma's own filter.
NARROW_PASSAGES = 4_000
FAR_BEHIND_PASSAGES = 100_000
REPORTS_AT_ONCE = 50
SPARE_HITS = 20
TIE = 1e-5
OPENING_SECONDS = 3.0
AWAY_SECONDS = 1.0
logger = logging.getLogger(__name__)


class VectorIndex:
    """The passages nearest to a vector; all methods may be called from any thread.

    ``fault`` says why Chroma could not be asked the last time; "" if it could.
    """

    def __init__(self, catalogue: Catalogue, mirror: Mirror) -> None:
        """Prepare; the mirror stays closed until it is needed."""
        self._catalogue = catalogue
        self._mirror = mirror
        self._mutex = threading.Lock()
        self._worker = threading.Thread()
        self._worker_mutex = threading.Lock()
        self._closing = threading.Event()
        self.fault = ""
        self._gave_nothing_at = -AWAY_SECONDS

    @property
    def status(self) -> str:
        """Return words for how unlimited searches are answered now."""
        if not self._mirror.is_open:
            return f"words alone: {self.fault}" if self._mirror.is_remote else "exact search over the catalogue"
        return "ready" if self._mirror.is_current else "the vector index catches up"

    @property
    def is_away(self) -> bool:
        """Whether a search within the last second gave nothing because the server was away or far behind."""
        return time.monotonic() - self._gave_nothing_at < AWAY_SECONDS

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
                return self._asked(vector, limit, scope)
            except StorageError as error:
                self.fault = str(error)
                logger.warning("%s", error)
        if not is_narrow and self._mirror.is_remote and not self._mirror.is_open:
            self._gave_nothing_at = time.monotonic()
            return []
        return self._exactly(vector, limit, list(self._catalogue.versions()) if scope is None else scope)

    def refresh(self) -> None:
        """Open Chroma if it can be had, and bring it to the catalogue's state; what a server misses is made up later.

        Raises:
            StorageError: the disk is full; searches are exact from then on.
        """
        with self._mutex:
            try:
                self._mirror.update(self._closing.is_set)
                self.fault = ""
            except StorageError as error:
                if str(error) != self.fault:
                    logger.warning("%s", error)
                self.fault = str(error)
                if not self._mirror.is_remote:
                    raise

    def start_catching_up(self) -> None:
        """Refresh in a thread of its own, unless one is at it or there is nothing to do."""
        if self._mirror.is_current:
            return
        with self._worker_mutex:
            if not self._worker.is_alive():
                self._worker = threading.Thread(target=self._refresh_quietly, name="vector index")
                self._worker.start()

    def close(self) -> None:
        """Break off catching up after the batch under way and let other processes have Chroma."""
        self._closing.set()
        with self._worker_mutex:
            if self._worker.is_alive():
                self._worker.join()
        with self._mutex:
            self._mirror.close()
        self._closing.clear()

    def _can_ask(self) -> bool:
        """Tell whether Chroma can be asked; if it is behind, let it catch up; wait a little for its first opening."""
        if not self._mirror.is_current:
            is_first = not self._mirror.is_open and not self.fault
            self.start_catching_up()
            if is_first and self._worker.is_alive():
                self._worker.join(OPENING_SECONDS)
        return self._mirror.is_open

    def _asked(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Ask Chroma, and the catalogue for what Chroma lacks of it.

        Raises:
            StorageError: Chroma cannot be asked.
        """
        if self._mirror.is_current:
            return rank(self._mirror.nearest(vector, limit + SPARE_HITS, report_ids))[:limit]
        versions = self._catalogue.versions()
        lacking = self._mirror.missing(versions)
        scope = versions.keys() if report_ids is None else versions.keys() & report_ids
        if (count := self._catalogue.count_passages(lacking)) > NARROW_PASSAGES:
            if self._mirror.is_remote and count > FAR_BEHIND_PASSAGES:
                self._gave_nothing_at = time.monotonic()
                return []
            return self._exactly(vector, limit, sorted(scope))
        sound = scope - set(lacking)  # of a catalogue that was restored, nothing
        hits = self._mirror.nearest(vector, limit + SPARE_HITS, report_ids) if sound else []
        hits = [hit for hit in hits if hit[0].partition(":")[0] in sound]
        return rank([*hits, *self._exactly(vector, limit, sorted(scope & set(lacking)))])[:limit]

    def _exactly(self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str]) -> list[tuple[str, float]]:
        best: list[tuple[str, float]] = []
        for start in range(0, len(report_ids), REPORTS_AT_ONCE):
            ids, matrix = self._catalogue.passage_vectors(report_ids[start : start + REPORTS_AT_ONCE])
            scores = matrix @ vector
            floor = np.partition(scores, -limit)[-limit] - TIE if len(ids) > limit else -np.inf
            best = rank([*best, *((ids[each], float(scores[each])) for each in np.flatnonzero(scores >= floor))])
            best = best[:limit]
        return best

    def _refresh_quietly(self) -> None:
        with suppress(StorageError):
            self.refresh()


def rank(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Sort hits best first; scores that agree to five digits are a tie, which the passage id breaks."""
    return sorted(hits, key=lambda hit: (-round(hit[1], 5), hit[0]))
