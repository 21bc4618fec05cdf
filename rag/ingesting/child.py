"""The process that parses: reads files from standard input, answers on standard output, dies of what it cannot bear.

Run by ``rag.ingesting.sandbox`` as ``python -m rag.ingesting.child``. A frame is an 8-byte big-endian length and
its bytes.
The first is a JSON object with ``path`` (``sys.path``), ``memory_bytes`` and ``work`` ("module:function"). Then come,
for each file, its name, its content and its sidecar (maybe empty), answered by one frame: a letter
(R result, pickled; U unreadable; M out of memory) and what belongs to it. Anything else that is raised ends the
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
from typing import Any, BinaryIO

from rag.errors import BadInputError

LENGTH_BYTES = 8
RESULT, UNREADABLE, OUT_OF_MEMORY = b"R", b"U", b"M"


def main() -> None:
    """Answer requests until standard input ends."""
    requests, answers = sys.stdin.buffer, _take_over_standard_output()
    setup = json.loads(read_frame(requests) or b"{}")
    sys.path[:] = setup["path"]
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    work = _resolve(setup["work"])
    _limit(setup["memory_bytes"])
    while (name := read_frame(requests)) is not None:
        content, sidecar = read_frame(requests), read_frame(requests)
        if content is None or sidecar is None:
            return
        answer = _answer(work, content, name.decode(), sidecar)
        write_frame(answers, answer)
        if answer.startswith(OUT_OF_MEMORY):
            return


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the stream."""
    length = stream.read(LENGTH_BYTES)
    return stream.read(int.from_bytes(length)) if len(length) == LENGTH_BYTES else None


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame."""
    stream.write(len(payload).to_bytes(LENGTH_BYTES))
    stream.write(payload)
    stream.flush()


def _answer(work: Callable[..., Any], content: bytes, name: str, sidecar: bytes) -> bytes:
    try:
        found = work(content, name, sidecar) if sidecar else work(content, name)
        return RESULT + pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)
    except BadInputError as error:
        return UNREADABLE + str(error).encode()
    except (MemoryError, RecursionError) as error:
        return (OUT_OF_MEMORY if isinstance(error, MemoryError) else UNREADABLE) + _too_much(name, error).encode()


def _too_much(name: str, error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return ""
    return f"{name}: nested too deeply to be read; save it in another format"


def _take_over_standard_output() -> BinaryIO:
    """Keep the answers' channel to ourselves: what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


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
