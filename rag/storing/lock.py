"""A lock on a file, held by one process at a time and freed by the system when that process dies."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import LockedError, StorageError

POLL_SECONDS = 0.05


class ProcessLock:
    """An exclusive lock on ``path`` between processes; in one process it is either held or not, whatever the thread.

    The file names its holder, so that whoever is turned away can be told. It stays when the lock is freed.
    """

    def __init__(self, path: Path) -> None:
        """Prepare a lock; nothing is opened until it is taken."""
        self.path = path
        self._mutex = threading.Lock()
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody holds it, this process included; return whether it was taken.

        Raises:
            StorageError: the lock file cannot be created.
        """
        with self._mutex:
            if self._descriptor is not None:
                return False
            self._descriptor = self._open()
            return self._descriptor is not None

    def release(self) -> None:
        """Free the lock for others; without effect when it is not held."""
        with self._mutex:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def holder(self) -> str:
        """Return words for the process that took the lock last: "process 812 (report-qa ingest …, since 10:02:11)"."""
        try:
            return self.path.read_text("utf-8").strip() or "another process"
        except (OSError, UnicodeDecodeError):
            return "another process"

    def _open(self) -> int | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StorageError(f"cannot create {self.path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        _sign(descriptor)
        return descriptor


class FileLock:
    """A lock between processes and threads; the thread that holds it may take it again."""

    def __init__(self, path: Path) -> None:
        """Prepare a lock on ``path``; nothing is opened until it is taken."""
        self._process = ProcessLock(path)
        self._thread = threading.RLock()
        self._depth = 0

    def try_acquire(self) -> bool:
        """Take the lock if it is free or this thread holds it; return whether it is held now.

        Raises:
            StorageError: the lock file cannot be created.
        """
        if not self._thread.acquire(blocking=False):
            return False
        try:
            if self._depth == 0 and not self._process.try_acquire():
                self._thread.release()
                return False
        except StorageError:
            self._thread.release()
            raise
        self._depth += 1
        return True

    def acquire(self, *, wait_seconds: float = 0.0) -> None:
        """Take the lock, waiting at most ``wait_seconds`` for another holder.

        Raises:
            LockedError: somebody else holds it; the message names process and command.
        """
        deadline = time.monotonic() + wait_seconds
        while not self.try_acquire():
            if time.monotonic() >= deadline:
                folder, holder = self._process.path.parent, self._process.holder()
                raise LockedError(f"{folder} is being written by {holder}; try again when it is done")
            time.sleep(POLL_SECONDS)

    def release(self) -> None:
        """Give the lock back once; the last release frees it for others."""
        self._depth -= 1
        if self._depth == 0:
            self._process.release()
        self._thread.release()

    @contextmanager
    def hold(self, *, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the lock for the length of a ``with`` block.

        Raises:
            LockedError: somebody else holds it.
        """
        self.acquire(wait_seconds=wait_seconds)
        try:
            yield
        finally:
            self.release()


def _sign(descriptor: int) -> None:
    """Write who holds the lock; on a full disk the lock holds all the same."""
    command = " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:3]])[:80]
    since = datetime.now(UTC).strftime("%H:%M:%S UTC")
    words = f"process {os.getpid()} ({command}, since {since})\n"
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, words.encode("utf-8", "replace"), 0)
    except OSError:
        return
