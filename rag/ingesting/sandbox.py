"""Parse in worker processes with limits on time and memory, so that a bomb or a parser's crash costs one file.

A worker is reused for many files and replaced when it dies. Results come back pickled, and only plain values and this
project's dataclasses and enumerations are unpickled: a parser that a hostile file has taken over cannot reach further.
"""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import is_dataclass
from enum import Enum
from multiprocessing import Pipe
from queue import LifoQueue
from typing import Any, Generic, TypeVar, cast

from rag.errors import UnreadableFileError
from rag.ingesting.child import OUT_OF_MEMORY, PAGE, UNREADABLE

T = TypeVar("T")
OnPage = Callable[[int, int], None]
PLAIN_CLASSES = frozenset({"set", "frozenset", "bytearray", "complex"})


class ParserPool(Generic[T]):
    """A fixed number of worker processes, each reading one file at a time.

    ``work`` is an importable top-level function of a file's bytes and name, such as ``read_document``. Processes start
    with the first file. Use as a context manager, or call ``close``.
    """

    def __init__(self, workers: int, timeout_seconds: float, memory_bytes: int, *, work: Callable[..., T]) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parser")
        self._children: LifoQueue[_Child] = LifoQueue()
        for _ in range(workers):
            self._children.put(_Child(f"{work.__module__}:{work.__qualname__}", timeout_seconds, memory_bytes))

    def submit(
        self, content: bytes, name: str, sidecar: bytes = b"", on_page: OnPage = lambda done, total: None
    ) -> Future[T]:
        """Read a file in a worker; a sidecar that is not empty is ``work``'s third argument.

        ``on_page`` hears, in another thread, of each page read by OCR; the time limit is one for each of them.

        The future raises ``UnreadableFileError`` when the file is refused, takes too long, needs too much memory or
        makes the parser crash; the message holds the file's name, the reason and what would help.
        """
        return self._threads.submit(self._run, content, name, sidecar, on_page)

    def close(self) -> None:
        """Drop what waits, let running files finish within their time limit, and end the processes."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._children.empty():
            self._children.get().stop()

    def __enter__(self) -> ParserPool[T]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _run(self, content: bytes, name: str, sidecar: bytes, on_page: OnPage) -> T:
        child = self._children.get()
        try:
            return cast(T, child.read(content, name, sidecar, on_page))
        finally:
            self._children.put(child)


class _Child:
    """One worker process, started when needed."""

    def __init__(self, work: str, timeout_seconds: float, memory_bytes: int) -> None:
        self._setup = {"path": sys.path, "memory_bytes": memory_bytes, "work": work}
        self._timeout_seconds = timeout_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, content: bytes, name: str, sidecar: bytes, on_page: OnPage) -> Any:
        process = self._process or self._start()
        began = time.monotonic()
        overdue = self._timer(process)
        try:
            for part in (name.encode(), content, sidecar):
                self._channel.send_bytes(part)
            while (answer := self._channel.recv_bytes()).startswith(PAGE):
                overdue.cancel()
                began, overdue = time.monotonic(), self._timer(process)
                done, total = map(int, answer[1:].split())
                on_page(done, total)
        except (EOFError, OSError) as error:
            reason = f"{self._bury(process)}; save it in another format"
            if time.monotonic() - began >= self._timeout_seconds:
                limit = f"reading took longer than {self._timeout_seconds:g} seconds"
                reason = f"{limit}; split the file or raise REPORT_QA_PARSE_TIMEOUT_SECONDS"
            raise UnreadableFileError(f"{name}: {reason}") from error
        finally:
            overdue.cancel()
        return self._open(answer, name)

    def _timer(self, process: subprocess.Popen[bytes]) -> threading.Timer:
        overdue = threading.Timer(self._timeout_seconds, process.kill)
        overdue.start()
        return overdue

    def stop(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._bury(self._process)

    def _start(self) -> subprocess.Popen[bytes]:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed by _bury)
        self._channel, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rag.ingesting.child", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )
        self._channel.send_bytes(json.dumps(self._setup).encode())
        return self._process

    def _open(self, answer: bytes, name: str) -> Any:
        kind, payload = answer[:1], answer[1:]
        if kind == UNREADABLE:
            raise UnreadableFileError(payload.decode())
        if kind == OUT_OF_MEMORY:
            self.stop()
            limit = f"reading needs more than {self._setup['memory_bytes']:,} bytes of memory"
            raise UnreadableFileError(f"{name}: {limit}; split the file or raise REPORT_QA_PARSE_MEMORY_BYTES")
        try:
            return _PlainUnpickler(io.BytesIO(payload)).load()
        except pickle.UnpicklingError as error:
            self.stop()
            raise UnreadableFileError(f"{name}: {error}; save it in another format") from error

    def _bury(self, process: subprocess.Popen[bytes]) -> str:
        """Collect a dead process and return what it died of, in a few words."""
        code = process.wait()
        self._channel.close()
        self._words.seek(0)
        words = self._words.read()[-400:].decode("utf-8", "replace").strip().rpartition("\n")[2]
        self._words.close()
        self._process = None
        return f"the parser was ended by signal {-code}" if code < 0 else f"the parser failed ({words or code})"


class _PlainUnpickler(pickle.Unpickler):
    """Unpickles nothing but plain values, dataclasses and enumerations of this project."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in PLAIN_CLASSES:
            return super().find_class(module, name)
        if module.split(".")[0] == "rag":
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"a parser answered with {module}.{name}, which is not a plain value")
