"""Which files an ingest is about: found under the given paths, read once, told apart by the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import BadInputError, UnreadableFileError
from rag.reading import check_size
from rag.reading.sidecar import SUFFIX

MAX_SIDECAR_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to take in: where it lies (as text), its name, its bytes and those of its sidecar (maybe none).

    The hashes are SHA-256 in hex; ``sidecar_hash`` is empty without a sidecar.
    """

    path: str
    source: str
    content: bytes
    sidecar: bytes
    content_hash: str
    sidecar_hash: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be had: where it lies, its name and the reason."""

    path: str
    source: str
    reason: str


def make_candidate(path: str, source: str, content: bytes, sidecar: bytes = b"") -> Candidate:
    """Make a candidate and its hashes."""
    sidecar_hash = hashlib.sha256(sidecar).hexdigest() if sidecar else ""
    return Candidate(path, source, content, sidecar, hashlib.sha256(content).hexdigest(), sidecar_hash)


def as_text(path: Path) -> str:
    """Return a path as printable text; bytes that are no UTF-8 show as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_files(paths: Sequence[Path], *, leave_out: Path | None = None) -> list[Path]:
    """Return all files under ``paths``, absolute, each once, in the order given and by name within a folder.

    Hidden files, sidecars and whatever lies under ``leave_out`` are passed over. A folder that may not be read stands
    in the list itself, so that it is refused and not taken for empty.

    Raises:
        BadInputError: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise BadInputError(f"{path} does not exist; give a file or a folder")
        found |= dict.fromkeys(_walk(path.absolute(), leave_out.absolute() if leave_out else None))
    return list(found)


def _walk(path: Path, leave_out: Path | None) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unreadable.append):
        here = Path(folder)
        folders[:] = sorted(each for each in folders if not each.startswith(".") and here / each != leave_out)
        if here == leave_out:
            folders[:] = []
            continue
        wanted = (name for name in sorted(names) if not name.startswith(".") and not name.endswith(SUFFIX))
        yield from (here / name for name in wanted if (here / name).is_file())
    yield from (Path(error.filename) for error in unreadable)


def read_candidate(path: Path, *, max_bytes: int) -> Candidate:
    """Read a file and its sidecar ``NAME.meta.toml``.

    Raises:
        UnreadableFileError: the file is empty, too large, gone or not ours to read.
    """
    name = as_text(Path(path.name))
    try:
        check_size(path.stat().st_size, name, max_bytes=max_bytes)
        sidecar = path.with_name(path.name + SUFFIX)
        settings = sidecar.read_bytes()[:MAX_SIDECAR_BYTES] if sidecar.is_file() else b""
        return make_candidate(as_text(path), name, path.read_bytes(), settings)
    except OSError as error:
        raise UnreadableFileError(f"{name}: {error.strerror}; check that it exists and may be read") from error
