"""Exact cosine search over the catalogue's own vectors: misses nothing, and is fastest where few reports are asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.storing import Catalogue

MAX_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class ReportVectors:
    """The vectors ``(num_passages, dim)`` of one version of a report, and its passage ids in the same order."""

    version: int
    passage_ids: tuple[str, ...]
    matrix: NDArray[np.float32]


class ExactVectors:
    """Cosine over stored vectors; keeps those used last in memory, at most ``max_bytes`` of them."""

    def __init__(self, catalogue: Catalogue, *, max_bytes: int = MAX_BYTES) -> None:
        """Read from ``catalogue`` when asked; nothing is loaded yet."""
        self._catalogue = catalogue
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, ReportVectors] = OrderedDict()
        self._bytes = 0
        self._epoch = ""
        self._mutex = threading.Lock()

    def search(self, vector: NDArray[np.float32], limit: int, versions: Mapping[str, int]) -> list[tuple[str, float]]:
        """Return the ``limit`` passages nearest to ``vector`` ``(dim,)`` in these reports (id to version).

        Scores are cosines in [-1, 1], best first, ties by passage id.
        """
        self._forget_other_epochs()
        ids: list[str] = []
        scores: list[NDArray[np.float32]] = []
        for report_id, version in sorted(versions.items()):
            held = self._vectors(report_id, version)
            if held.passage_ids:
                ids.extend(held.passage_ids)
                scores.append(held.matrix @ vector)
        return _best(ids, np.concatenate(scores), limit) if ids else []

    def _vectors(self, report_id: str, version: int) -> ReportVectors:
        with self._mutex:
            held = self._kept.get(report_id)
            if held is not None and held.version == version:
                self._kept.move_to_end(report_id)
                return held
        passage_ids, matrix = self._catalogue.passage_vectors(report_id)
        loaded = ReportVectors(version, passage_ids, matrix)
        with self._mutex:
            self._keep(report_id, loaded)
        return loaded

    def _forget_other_epochs(self) -> None:
        epoch, _ = self._catalogue.state()
        with self._mutex:
            if epoch != self._epoch:
                self._kept.clear()
                self._epoch, self._bytes = epoch, 0

    def _keep(self, report_id: str, loaded: ReportVectors) -> None:
        old = self._kept.pop(report_id, None)
        self._bytes += loaded.matrix.nbytes - (old.matrix.nbytes if old is not None else 0)
        self._kept[report_id] = loaded
        while self._bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.matrix.nbytes


def _best(ids: list[str], scores: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
    order = np.argsort(-scores, kind="stable")
    floor = scores[order[min(limit, len(order)) - 1]] - 1e-5
    near = [(ids[each], float(scores[each])) for each in order[: np.count_nonzero(scores >= floor)]]
    return rank(near)[:limit]


def rank(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Sort hits best first; scores that agree to five digits are a tie, which the passage id breaks."""
    return sorted(hits, key=lambda hit: (-round(hit[1], 5), hit[0]))
