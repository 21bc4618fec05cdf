"""The process that parses: takes files over a connection, answers over it, dies of what it cannot bear.

Run by ``rag.ingesting.sandbox`` as ``python -m rag.ingesting.child DESCRIPTOR``, the number of the connection's file.
The first message is a JSON object with ``path`` (``sys.path``), ``memory_bytes`` and ``work`` ("module:function"). Then
come, for each file, its name, its content and its sidecar (maybe empty), answered by one message: a letter
(R result, pickled; U unreadable; M out of memory) and what belongs to it; before it, P, pages done and pages in all
after each page read by OCR. Anything else that is raised ends the
process; its last words on stderr tell why.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import resource
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from rag.errors import BadInputError
from rag.reading.formats import on_page

RESULT, UNREADABLE, OUT_OF_MEMORY, PAGE = b"R", b"U", b"M", b"P"


def main() -> None:
    """Answer requests until the other side has gone."""
    channel = Connection(int(sys.argv[1]))
    setup = json.loads(channel.recv_bytes())
    sys.path[:] = setup["path"]
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    work = _resolve(setup["work"])
    on_page.set(lambda done, total: channel.send_bytes(PAGE + f"{done} {total}".encode()))
    _limit(setup["memory_bytes"])
    answer = b""
    while not answer.startswith(OUT_OF_MEMORY):
        try:
            name, content, sidecar = (channel.recv_bytes() for _ in range(3))
        except EOFError:
            return
        answer = _answer(work, content, name.decode(), sidecar)
        channel.send_bytes(answer)


def _answer(work: Callable[..., Any], content: bytes, name: str, sidecar: bytes) -> bytes:
    try:
        found = work(content, name, sidecar) if sidecar else work(content, name)
        return RESULT + pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)
    except BadInputError as error:
        return UNREADABLE + str(error).encode()
    except RecursionError:
        return UNREADABLE + f"{name}: nested too deeply to be read; save it in another format".encode()
    except MemoryError:
        return OUT_OF_MEMORY


def _resolve(name: str) -> Callable[[bytes, str], Any]:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ValueError, OSError):
        print("this system does not limit a process's memory", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
