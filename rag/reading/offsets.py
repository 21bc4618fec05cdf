"""An exact map between the offsets of a cleaned text and those of the text it was made from."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence


class OffsetMap:
    """Maps spans both ways. Each piece of the cleaned text is a run of characters copied from the original, in order.

    Characters that stand in only one of the two texts (dropped noise, inserted line breaks) belong to no run: a span is
    mapped to the characters of its runs, and a span without any becomes an empty one at the next run's edge.
    """

    def __init__(self, runs: Iterable[tuple[int, int, int]]) -> None:
        """Take (cleaned start, original start, length) of every run, ascending in both texts."""
        rows = list(runs)
        self._cleaned = array("q", (cleaned for cleaned, _, _ in rows))
        self._original = array("q", (original for _, original, _ in rows))
        self._lengths = array("q", (length for _, _, length in rows))

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the smallest span of the original that holds every copied character of ``[start, end)``."""
        return self._translate(self._cleaned, self._original, start, end)

    def to_cleaned(self, start: int, end: int) -> tuple[int, int]:
        """Return the smallest span of the cleaned text that holds what is left of the original's ``[start, end)``."""
        return self._translate(self._original, self._cleaned, start, end)

    def _translate(self, source: Sequence[int], target: Sequence[int], start: int, end: int) -> tuple[int, int]:
        first = max(0, bisect_right(source, start) - 1)
        if first < len(source) and source[first] + self._lengths[first] <= start:
            first += 1
        last = bisect_left(source, end) - 1
        if first > last or start >= end:
            edge = self._edge(source, target, first, start)
            return edge, edge
        begin = target[first] + max(0, start - source[first])
        return begin, target[last] + min(self._lengths[last], end - source[last])

    def _edge(self, source: Sequence[int], target: Sequence[int], index: int, position: int) -> int:
        if index < len(source):
            return target[index] + max(0, position - source[index])
        return target[-1] + self._lengths[-1] if len(target) else 0
