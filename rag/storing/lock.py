"""A lock on a file, held by one process at a time and freed by the system when that process dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import filelock

from rag.errors import LockedError, StorageError


class FileLock:
    """A lock on ``path`` between processes and threads; the thread that holds it may take it again.

    The file names its holder, so that whoever is turned away can be told. It stays when the lock is freed.
    """

    def __init__(self, path: Path) -> None:
        """Prepare a lock; nothing is opened until it is taken."""
        self.path = path
        self._lock = filelock.FileLock(path)

    def try_acquire(self, *, wait_seconds: float = 0.0) -> bool:
        """Take the lock unless another holds it all that time; return whether it is held now.

        Raises:
            StorageError: the lock file cannot be created.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=wait_seconds)
        except filelock.Timeout:
            return False
        except OSError as error:
            raise StorageError(f"cannot create {self.path}: {error.strerror}") from error
        if self._lock.lock_counter == 1:
            self._sign()
        return True

    def release(self) -> None:
        """Give the lock back once; the last release frees it for others. Without effect when it is not held."""
        self._lock.release()

    @contextmanager
    def hold(self, *, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the lock for the length of a ``with`` block.

        Raises:
            LockedError: somebody else holds it; the message names process and command.
        """
        if not self.try_acquire(wait_seconds=wait_seconds):
            raise LockedError(f"{self.path.parent} is being written by {self.holder()}; try again when it is done")
        try:
            yield
        finally:
            self.release()

    def share(self) -> AbstractContextManager[None]:
        """Hold the lock: a file has one writer.

        Raises:
            LockedError: somebody else holds it; the message names process and command.
        """
        return self.hold()

    @contextmanager
    def try_mending(self) -> Iterator[bool]:
        """Have the lock on what is mended for the length of a ``with`` block; tell whether nobody had it."""
        lock = ProcessLock(self.path.with_name("mending.lock"))
        try:
            yield lock.try_acquire()
        finally:
            lock.release()

    def holder(self) -> str:
        """Return words for the process that took the lock last: "process 812 (report-qa ingest …, since 10:02:11)"."""
        with suppress(OSError, UnicodeDecodeError):
            return self.path.read_text("utf-8").strip() or "another process"
        return "another process"

    def _sign(self) -> None:
        """Write who holds the lock; on a full disk the lock holds all the same."""
        command = " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:3]])[:80]
        words = f"process {os.getpid()} ({command}, since {datetime.now(UTC):%H:%M:%S} UTC)\n"
        with suppress(OSError):
            self.path.write_text(words, "utf-8", errors="replace")


class ProcessLock(FileLock):
    """A lock that is either held by this process or not, whatever the thread."""

    def __init__(self, path: Path) -> None:
        """Prepare a lock; nothing is opened until it is taken."""
        super().__init__(path)
        self._lock = filelock.FileLock(path, thread_local=False)

    def try_acquire(self, *, wait_seconds: float = 0.0) -> bool:
        """Take the lock if nobody holds it, this process included; return whether it was taken.

        Raises:
            StorageError: the lock file cannot be created.
        """
        return not self._lock.is_locked and super().try_acquire(wait_seconds=wait_seconds)
