"""The recipe by which files become reports: when the code that reads changes, files are read again."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

FOLDERS = ("language", "figures", "reading", "data")


def recipe() -> str:
    """Return a hash of the code and word lists that reading rests on: ``FOLDERS``.

    Reading a file once too often costs little: vectors are kept by text.
    """
    package = files("rag")
    digest = hashlib.sha256()
    for folder in FOLDERS:
        _feed(package / folder, digest)
    return digest.hexdigest()[:16]


def _feed(part: Traversable, digest: hashlib._Hash) -> None:
    if part.is_dir():
        for each in sorted(part.iterdir(), key=lambda each: each.name):
            _feed(each, digest)
    elif not part.name.endswith((".pyc", ".md", "~")):
        digest.update(part.name.encode() + b"\0" + part.read_bytes())
