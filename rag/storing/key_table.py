"""The keys that open a server over HTTP: hashed, named, each with what it allows.

A key is 256 random bits, so one round of SHA-256 keeps it as well as a slow hash would: nobody can try them all, and a
slow hash, made for passwords people choose, would only slow every request down.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from rag.errors import BadInputError, NotFoundError
from rag.storing.database import Database
from rag.storing.schema import ACCESS_KEYS

MAX_NAME_CHARS = 60
KEY_BYTES = 32
SCOPES = ("ask", "manage")


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key as it is kept: ``scope`` "ask" reads and asks, "manage" also changes what reports there are."""

    name: str
    scope: str
    made: str


class KeyTable:
    """The keys, by name; a change holds at once for every server over this catalogue."""

    def __init__(self, database: Database) -> None:
        """Use the catalogue's database."""
        self._database = database

    def add(self, name: str, scope: str) -> str:
        """Make a key and return it; it is kept as its hash only, so it can never be shown again.

        Raises:
            BadInputError: the name is empty, too long, not printable or taken, or there is no such scope.
            StorageError: the disk is full.
        """
        if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
            raise BadInputError(f"name {name[:MAX_NAME_CHARS]!r}: give 1 to {MAX_NAME_CHARS} printable characters")
        if scope not in SCOPES:
            raise BadInputError(f"scope {scope!r}: give {' or '.join(SCOPES)}")
        key = secrets.token_urlsafe(KEY_BYTES)
        with self._database.note() as connection:
            if connection.execute(select(ACCESS_KEYS.c.name).filter_by(name=name)).first():
                raise BadInputError(f"there is a key named {name!r} already; remove it first or take another name")
            made = datetime.now(UTC).isoformat(timespec="seconds")
            row = {"name": name, "scope": scope, "key_hash": _hash(key), "made": made}
            connection.execute(ACCESS_KEYS.insert(), row)
        return key

    def remove(self, name: str) -> None:
        """Forget a key.

        Raises:
            NotFoundError: there is none of this name.
            StorageError: the disk is full.
        """
        with self._database.note() as connection:
            if connection.execute(ACCESS_KEYS.delete().where(ACCESS_KEYS.c.name == name)).rowcount == 0:
                raise NotFoundError(f"there is no key named {name!r}; `report-qa key list` names them")

    def all(self) -> tuple[AccessKey, ...]:
        """Return every key by name, without its hash.

        Raises:
            StorageError: the catalogue cannot be read.
        """
        return tuple(key for key, _ in self._rows())

    def find(self, given: str) -> AccessKey | None:
        """Return the key that ``given`` is; every hash is compared, each in constant time.

        Raises:
            StorageError: the catalogue cannot be read.
        """
        digest = _hash(given)
        return next(iter([key for key, kept in self._rows() if hmac.compare_digest(kept, digest)]), None)

    def _rows(self) -> list[tuple[AccessKey, bytes]]:
        with self._database.read() as connection:
            rows = connection.execute(select(ACCESS_KEYS).order_by(ACCESS_KEYS.c.name)).all()
        return [(AccessKey(row.name, row.scope, row.made), row.key_hash) for row in rows]


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
