"""Readers' opinions, one JSON object a line in the data directory."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import StorageError

MAX_BYTES = 50_000_000


class FeedbackLog:
    """A file that only grows, up to a limit."""

    def __init__(self, path: Path) -> None:
        """Use ``path``; the file is made with the first line."""
        self._path = path
        self._lock = threading.Lock()

    def add(self, values: dict[str, object]) -> None:
        """Append one opinion with the time it came.

        Raises:
            StorageError: the file is full or cannot be written.
        """
        line = json.dumps(values | {"time": datetime.now(UTC).isoformat(timespec="seconds")}, ensure_ascii=False)
        with self._lock:
            try:
                self._append(line.encode("utf-8") + b"\n")
            except OSError as error:
                raise StorageError(f"cannot write {self._path.name}: {error.strerror}") from error

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and self._path.stat().st_size > MAX_BYTES:
            raise StorageError(f"{self._path.name} holds {MAX_BYTES:,} bytes; move it away")
        with self._path.open("ab") as file:
            file.write(line)
