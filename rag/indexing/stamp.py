"""What a derived index holds: which version of which report, of which catalogue."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rag.errors import StorageError


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of an index.

    ``epoch`` names the catalogue it was made from, ``reports`` maps report ids to the versions it holds, ``folder`` is
    where it lies, ``files`` the size and CRC-32 of what is there, ``passages`` how many passages it holds, ``deleted``
    how many it has lost since it was built. While ``dirty`` a change is under way: if its maker died, the index holds
    an unknown part of it.
    """

    epoch: str = ""
    version: int = -1
    folder: str = ""
    model: str = ""
    reports: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, Sequence[int]] = field(default_factory=dict)
    passages: int = 0
    deleted: int = 0
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What an index lacks: reports to put in (new or changed) and report ids to drop, each ascending."""

    missing: tuple[str, ...]
    outdated: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.missing or self.outdated)


def compare(stamp: Stamp, versions: Mapping[str, int]) -> Difference:
    """Say what brings an index with ``stamp`` to the catalogue's ``versions``."""
    missing = sorted(each for each, version in versions.items() if stamp.reports.get(each) != version)
    outdated = sorted(each for each, version in stamp.reports.items() if versions.get(each) != version)
    return Difference(tuple(missing), tuple(outdated))


def read_stamp(path: Path) -> Stamp:
    """Read a stamp; one that is absent or damaged says that nothing is held."""
    try:
        values = json.loads(path.read_text("utf-8"))
        stamp = Stamp(**values)
        well_formed = isinstance(stamp.reports, dict) and isinstance(stamp.files, dict) and "/" not in stamp.folder
    except (OSError, ValueError, TypeError):
        return Stamp()
    return stamp if well_formed else Stamp()


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write a stamp so that a reader sees the old or the new one, never a part.

    Raises:
        StorageError: the disk is full.
    """
    draft = path.with_name(f"{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(stamp), file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}; free some disk space") from error


def seal(folder: Path) -> dict[str, list[int]]:
    """Return size and CRC-32 of every file under ``folder`` by relative name, without locks and hidden files."""
    names = sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith("."))
    return {str(each.relative_to(folder)): _measure(each) for each in names}


def is_intact(folder: Path, files: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether every sealed file is there, unchanged; more files than those do not matter."""
    try:
        return folder.is_dir() and all(_measure(folder / name) == list(measure) for name, measure in files.items())
    except OSError:
        return False


def _measure(path: Path) -> list[int]:
    checksum, size = 0, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum, size = zlib.crc32(block, checksum), size + len(block)
    return [size, checksum]


def new_folder(root: Path, old: str) -> Path:
    """Make the folder that follows ``old`` (names count up) under ``root``, empty, and return it.

    Raises:
        StorageError: it cannot be made.
    """
    number = int(old.rpartition("-")[2]) + 1 if old.rpartition("-")[2].isdecimal() else 1
    folder = root / f"index-{number}"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise StorageError(f"cannot make {folder}: {error.strerror}; free some disk space") from error
    return folder


def drop_other_folders(root: Path, keep: str) -> None:
    """Delete all index folders but one; what cannot be deleted now goes next time."""
    for folder in root.glob("index-*"):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)
