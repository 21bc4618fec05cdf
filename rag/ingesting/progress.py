"""What an ingest has done so far, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable

from rag.types import IngestProgress, IngestSummary, Refusal

OnProgress = Callable[[IngestProgress], None]


class Tally:
    """Counts files and passages of one ingest and tells a listener."""

    def __init__(self, num_files: int, num_bytes: int, on_progress: OnProgress | None) -> None:
        """Begin with ``num_files`` files of ``num_bytes`` together."""
        self._began = time.monotonic()
        self._num_files = num_files
        self._bytes_left = self._num_bytes = num_bytes
        self._on_progress = on_progress
        self._file = ""
        self._passages = 0.0
        self._pages = (0, 0)
        self.new: list[str] = []
        self.changed: list[str] = []
        self.unchanged: list[str] = []
        self.refused: list[Refusal] = []

    def expect(self, num_files: int, num_bytes: int) -> None:
        """Note that there is more to do than was thought, or less."""
        self._num_files += num_files
        self._num_bytes += num_bytes
        self._bytes_left += num_bytes

    def finish(self, path: str, num_bytes: int) -> None:
        """Note that a file is done, whichever way."""
        self._file, self._pages = path, (0, 0)
        self._bytes_left -= num_bytes
        self.tell()

    def count_passages(self, count: float) -> None:
        """Note that so many more passages are embedded; parts of one count."""
        self._passages += count
        self.tell()

    def count_pages(self, path: str, done: int, total: int) -> None:
        """Note that so many pages of a file are read by OCR."""
        self._file, self._pages = path, (done, total)
        self.tell()

    def tell(self) -> None:
        """Tell the listener where we are."""
        if self._on_progress is None:
            return
        seconds = max(time.monotonic() - self._began, 1e-6)
        done = self._num_bytes - self._bytes_left
        self._on_progress(
            IngestProgress(
                files_done=len(self.new) + len(self.changed) + len(self.unchanged) + len(self.refused),
                files_total=self._num_files,
                file=self._file,
                passages_per_second=self._passages / seconds,
                seconds_left=seconds / done * self._bytes_left if self._num_bytes and done > 0 else None,
                pages_done=self._pages[0],
                pages_total=self._pages[1],
            )
        )

    def summary(self, removed: list[str]) -> IngestSummary:
        """Return what was done."""
        return IngestSummary(
            new=tuple(self.new),
            changed=tuple(self.changed),
            unchanged=tuple(self.unchanged),
            refused=tuple(self.refused),
            removed=tuple(removed),
            num_passages=round(self._passages),
            seconds=time.monotonic() - self._began,
        )
