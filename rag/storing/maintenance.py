"""Keeping a catalogue whole: back it up, bring it back. A backup is an SQLite file, wherever the catalogue lies."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.errors import BadInputError, StorageError
from rag.storing import Catalogue, writing
from rag.storing.copying import copy_all
from rag.storing.dialects import FILE_NAME, SqliteStore
from rag.storing.migrating import new_epoch


def backup(catalogue: Catalogue, target: Path) -> None:
    """Write one consistent state of the catalogue into ``target``, while the service runs.

    The file holds everything: the indexes are made from it.

    Raises:
        StorageAwayError: the catalogue cannot be reached.
        StorageError: ``target`` cannot be written.
    """
    try:
        with TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            draft = Path(folder) / FILE_NAME
            store = catalogue.database.store
            if isinstance(store, SqliteStore):
                with closing(sqlite3.connect(draft)) as copy, closing(sqlite3.connect(store.path)) as live:
                    live.backup(copy)
            else:
                with (
                    closing(Catalogue.open(draft.parent)) as made,
                    catalogue.database.read() as live,
                    made.database.write() as copy,
                ):
                    copy_all(live, copy)
            with closing(sqlite3.connect(draft)) as copy:
                copy.execute("PRAGMA journal_mode = DELETE")
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(target)
    except (sqlite3.Error, OSError) as error:
        words = error.strerror if isinstance(error, OSError) else error
        raise StorageError(f"cannot write {target}: {words}; give a folder with room for it") from error


def restore(catalogue: Catalogue, source: Path) -> None:
    """Put a backup in place of the catalogue, at once for all readers, also those of a running service.

    Raises:
        BadInputError: ``source`` does not exist.
        LockedError: another process writes.
        StorageAwayError: the catalogue cannot be reached.
        StorageError: ``source`` is damaged or no backup; the catalogue stays as it was.
    """
    if not source.is_file():
        raise BadInputError(f"{source} does not exist; give a file written by `report-qa backup`")
    with catalogue.writing():
        try:
            with TemporaryDirectory(prefix="restore-", dir=catalogue.database.folder) as folder:
                draft = Path(folder) / FILE_NAME
                shutil.copyfile(source, draft)
                with _checked(draft, source) as copy:
                    _put_back(copy, catalogue)
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"cannot restore {source}: {error}") from error


def _put_back(copy: Catalogue, catalogue: Catalogue) -> None:
    store = catalogue.database.store
    if not isinstance(store, SqliteStore):
        with copy.database.read() as old, catalogue.database.write() as live:
            copy_all(old, live)
        return
    with copy.database.write() as old:  # a version above all that readers have seen, and an epoch no index knows
        former, version = catalogue.state()
        version = max(version, copy.version) + 1
        linked = {"linked": version} if copy.links_are_current() else {}
        writing.note(old, version=version, epoch=new_epoch(), former=former, **linked)
    assert isinstance(copy.database.store, SqliteStore)
    with closing(sqlite3.connect(copy.database.store.path)) as old, closing(sqlite3.connect(store.path)) as live:
        old.backup(live)


@contextmanager
def _checked(draft: Path, source: Path) -> Iterator[Catalogue]:
    """Open a copy of a backup, brought to the tables of this version.

    Raises:
        StorageError: it is damaged, or no backup.
    """
    try:
        with closing(Catalogue.open(draft.parent)) as copy:
            if found := copy.faults():
                raise StorageError("; ".join(found))
    except StorageError as error:
        raise StorageError(f"{source} is damaged or no backup ({error}); use another one") from error
    with closing(Catalogue.open(draft.parent)) as copy:
        yield copy
