"""Keeping a catalogue whole: back it up, bring it back."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from rag.errors import BadInputError, StorageError
from rag.storing import Catalogue
from rag.storing.database import require_schema, storage_error


def backup(catalogue: Catalogue, target: Path) -> None:
    """Write one consistent state of the catalogue into ``target``, while the service runs.

    The file holds everything: the indexes are made from it, and uploads are kept in it as the text read from them.

    Raises:
        StorageError: ``target`` cannot be written.
    """
    draft = target.with_name(f"{target.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(draft)) as copy, catalogue.database.connection() as live:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        _settle(draft)
        draft.replace(target)
    except sqlite3.Error as error:
        raise storage_error(target, error) from error
    except OSError as error:
        raise StorageError(f"cannot write {target}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def restore(catalogue: Catalogue, source: Path) -> None:
    """Put a backup in place of the catalogue, at once for all readers, also those of a running service.

    Raises:
        BadInputError: ``source`` does not exist.
        LockedError: another process writes.
        StorageError: ``source`` is damaged or no backup; the catalogue stays as it was.
    """
    if not source.is_file():
        raise BadInputError(f"{source} does not exist; give a file written by `report-qa backup`")
    draft = catalogue.database.path.with_name("restore.draft")
    with catalogue.writing():
        try:
            shutil.copyfile(source, draft)
            with closing(sqlite3.connect(draft)) as copy:
                _check(copy, source)
                _begin_epoch(copy, catalogue.version)
                with catalogue.database.connection() as live:
                    copy.backup(live)
        except sqlite3.Error as error:
            raise storage_error(source, error) from error
        except OSError as error:
            raise StorageError(f"cannot restore {source}: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Check that a file is a sound catalogue.

    Raises:
        StorageError: it is not.
    """
    require_schema(connection, path)
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise StorageError(f"{path} is damaged ({found}); use another backup")


def _begin_epoch(connection: sqlite3.Connection, version: int) -> None:
    """Give a copy a version above all that readers have seen, and an epoch of its own: no index takes it for known."""
    connection.execute("UPDATE meta SET value = max(value, ?) + 1 WHERE key = 'version'", (version,))
    connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (secrets.token_hex(6),))
    connection.commit()


def _settle(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
