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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StorageError
from rag.indexing.chroma import DATABASE, ChromaCollection
from rag.indexing.held import Held
from rag.storing import Catalogue

BATCH_PASSAGES = 2_000
WORN_PASSAGES = 5_000
SEALED_EVERY = 1.2


class ChromaMirror:
    """A Chroma collection brought to the catalogue's state on demand; its user sees to it that one process has it."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        """Prepare; nothing is opened."""
        self._folder = root / "chroma"
        self._seal_path = root / "seal.json"
        self._catalogue = catalogue
        self._collection: ChromaCollection | None = None
        self._held = Held()

    @property
    def is_open(self) -> bool:
        """Whether the collection is open."""
        return self._collection is not None

    @property
    def is_current(self) -> bool:
        """Whether the collection is open and holds exactly what the catalogue holds."""
        return self.is_open and self._held.is_current(self._catalogue)

    @property
    def num_passages(self) -> int | None:
        """The number of vectors in the collection; None while it is closed."""
        return self._collection.count() if self._collection is not None else None

    def nearest(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return passage ids with their cosine to ``vector`` ``(dim,)``, in no order: ``limit`` best or a few more.

        Raises:
            StorageError: the collection is closed or cannot be read.
        """
        if self._collection is None:
            raise StorageError(f"the vector index in {self._folder} is closed")
        return self._collection.nearest(vector, limit, report_ids)

    def update(self, should_stop: Callable[[], bool]) -> None:
        """Bring the collection to the catalogue's state, a batch at a time, unless told to stop between two batches.

        It is opened if it is closed, and sealed whenever it has grown by a fifth, so that reading all its files stays a
        small part of the work.

        Raises:
            StorageError: the disk is full.
        """
        collection = self._collection or self._open()
        epoch, version = self._catalogue.state()
        if (self._held.epoch, self._held.version) == (epoch, version):
            return
        versions = self._catalogue.versions()
        kept = self._held.kept(epoch, versions)
        sealed = collection.count()
        if (self._held.reports and not kept) or self._held.deleted > max(sealed, WORN_PASSAGES):
            collection, kept, sealed = self._start_anew(), {}, 0
        self._seal_path.unlink(missing_ok=True)
        collection.drop([each for each in self._held.reports if each not in kept])
        deleted = self._held.deleted + sealed - collection.count()
        self._held = Held(epoch, reports=kept, deleted=deleted)
        for batch in self._batches([each for each in versions if each not in kept]):
            self._seal_path.unlink(missing_ok=True)
            collection.put(*self._catalogue.passage_vectors(batch))
            self._held = replace(self._held, reports={**self._held.reports, **{each: versions[each] for each in batch}})
            stopped, passages = should_stop(), collection.count()
            if stopped or passages >= SEALED_EVERY * sealed:
                self._seal(collection)
                sealed = passages
            if stopped:
                return
        self._held = replace(self._held, version=version)
        self._seal(collection)

    def close(self) -> None:
        """Close the collection; ``update`` opens it again."""
        collection, self._collection, self._held = self._collection, None, Held()
        if collection is not None:
            collection.close()

    def _batches(self, report_ids: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        passages = 0
        for report_id in report_ids:
            batch.append(report_id)
            passages += self._catalogue.count_passages([report_id])
            if passages >= BATCH_PASSAGES:
                yield batch
                batch, passages = [], 0
        if batch:
            yield batch

    def _open(self) -> ChromaCollection:
        """Open the files at hand where they are what was sealed, else begin anew."""
        try:
            seal = json.loads(self._seal_path.read_text("utf-8"))
            held, files, passages = Held(**seal["held"]), seal["files"], seal["passages"]
        except (OSError, ValueError, TypeError, KeyError):
            return self._start_anew()
        if not _is_intact(self._folder, files):
            return self._start_anew()
        collection = ChromaCollection(self._folder)
        if collection.count() != passages:
            collection.close()
            return self._start_anew()
        self._collection, self._held = collection, held
        return collection

    def _start_anew(self) -> ChromaCollection:
        self.close()
        try:
            self._seal_path.unlink(missing_ok=True)
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise StorageError(f"cannot make {self._folder}: {error.strerror}; free some disk space") from error
        self._collection = ChromaCollection(self._folder)
        return self._collection

    def _seal(self, collection: ChromaCollection) -> None:
        files = {str(each.relative_to(self._folder)): _measure(each) for each in _vector_files(self._folder)}
        seal = {"held": asdict(self._held), "passages": collection.count(), "files": files}
        draft = self._seal_path.with_suffix(".draft")
        try:
            with draft.open("w", encoding="utf-8") as file:
                json.dump(seal, file, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._seal_path)
        except OSError as error:
            raise StorageError(f"cannot write {self._seal_path}: {error.strerror}; free some disk space") from error


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
