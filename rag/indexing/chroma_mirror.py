"""Chroma as a mirror of the catalogue's vectors.

Damaged files can end the process that opens them, or answer wrongly without a word. So the collection is opened only
when its files are what was sealed after the last change, and is built anew from the catalogue otherwise. While a change
is under way there is no seal: if its maker dies, the collection is built anew.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from rag.errors import ReportQAError, StorageError
from rag.indexing.chroma import DATABASE, ChromaCollection
from rag.indexing.mirror import Mirror
from rag.storing import Catalogue
from rag.storing.lock import ProcessLock

WORN_PASSAGES = 5_000
SEALED_EVERY = 1.2


class ChromaMirror(Mirror):
    """A Chroma collection in a folder, which one process at a time may have open.

    So ``copies`` processes may have a copy each, in folders of their own: the first one that nobody has open is taken.
    Where all are taken, the collection stays closed.
    """

    def __init__(self, root: Path, catalogue: Catalogue, *, copies: int = 1) -> None:
        """Prepare; nothing is opened."""
        super().__init__(catalogue)
        self._roots = [root, *(root / f"copy-{number}" for number in range(2, copies + 1))]
        self._root = root
        self._lock = ProcessLock(root / "writer.lock")
        self._deleted = self._sealed = 0

    def update(self, should_stop: Callable[[], bool]) -> None:
        """Open a copy that is free and bring it to the catalogue's state; grown by a fifth, it is sealed."""
        if self._collection is None and not self._take_folder():
            return
        try:
            collection, epoch = self._collection or self._open(), self._catalogue.state()[0]
            if self._held[0] != epoch or self._deleted > max(self._sealed, WORN_PASSAGES):
                collection, self._held = self._start_anew(collection), (epoch, -1)
            if not self.is_current:
                self._mend(collection, self._held[1], should_stop)
        except ReportQAError:
            self.close()
            raise

    def close(self) -> None:
        """Close the collection and let other processes have its folder; ``update`` opens one again."""
        super().close()
        self._lock.release()

    @property
    def _folder(self) -> Path:
        return self._root / "chroma"

    @property
    def _seal_path(self) -> Path:
        return self._root / "seal.json"

    def _take_folder(self) -> bool:
        """Take the first folder that no process has; tell whether one was free."""
        for root in self._roots:
            lock = ProcessLock(root / "writer.lock")
            if lock.try_acquire():
                self._root, self._lock = root, lock
                return True
        return False

    def _open(self) -> ChromaCollection:
        """Open the files at hand where they are what was sealed, else begin anew."""
        try:
            seal = json.loads(self._seal_path.read_text("utf-8"))
            held, files, counts = (str(seal["epoch"]), int(seal["version"])), seal["files"], seal["counts"]
        except (OSError, ValueError, TypeError, KeyError):
            return self._start_anew(None)
        if not _is_intact(self._folder, files):
            return self._start_anew(None)
        collection = ChromaCollection.in_folder(self._folder)
        if collection.count() != counts[0]:
            return self._start_anew(collection)
        self._collection, self._held, (self._sealed, self._deleted) = collection, held, counts
        return collection

    def _start_anew(self, collection: ChromaCollection | None) -> ChromaCollection:
        self._collection = None  # first, for others may be asking it
        if collection is not None:
            collection.close()
        try:
            self._seal_path.unlink(missing_ok=True)
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise StorageError(f"cannot make {self._folder}: {error.strerror}; free some disk space") from error
        self._held, self._sealed, self._deleted = (self._held[0], -1), 0, 0
        self._collection = ChromaCollection.in_folder(self._folder)
        return self._collection

    def _drop(self, collection: ChromaCollection, report_ids: Sequence[str]) -> None:
        self._seal_path.unlink(missing_ok=True)
        before = collection.count()
        collection.drop(report_ids)
        self._deleted += before - collection.count()

    def _note(self, collection: ChromaCollection, version: int, *, is_last: bool) -> None:
        """Seal the files, unless a batch follows and they have hardly grown."""
        self._held = (self._held[0], version)
        passages = collection.count()
        if not is_last and passages < SEALED_EVERY * self._sealed:
            return
        files = {str(each.relative_to(self._folder)): _measure(each) for each in _vector_files(self._folder)}
        seal = {"epoch": self._held[0], "version": version, "counts": [passages, self._deleted], "files": files}
        draft = self._seal_path.with_suffix(".draft")
        try:
            with draft.open("w", encoding="utf-8") as file:
                json.dump(seal, file, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._seal_path)
        except OSError as error:
            raise StorageError(f"cannot write {self._seal_path}: {error.strerror}; free some disk space") from error
        self._sealed = passages


def _vector_files(folder: Path) -> list[Path]:
    """Return the files of the collection but for its database, which SQLite keeps whole."""
    return [each for each in folder.rglob("*") if each.is_file() and not each.name.startswith(DATABASE)]


def _measure(path: Path) -> list[int]:
    checksum, size = 0, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum, size = zlib.crc32(block, checksum), size + len(block)
    return [size, checksum]


def _is_intact(folder: Path, files: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether every sealed file is unchanged, and the database passes SQLite's quick check."""
    try:
        with closing(sqlite3.connect(f"{(folder / DATABASE).absolute().as_uri()}?mode=rw", uri=True)) as connection:
            is_sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        return is_sound and all(_measure(folder / name) == list(measure) for name, measure in files.items())
    except (OSError, sqlite3.Error):
        return False
