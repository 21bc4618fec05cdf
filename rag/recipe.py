"""The recipe by which files become reports: when the code that reads changes, files are read again."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

FOLDERS = ("reading", "figures", "data")


def recipe() -> str:
    """Return a hash of the code and word lists that reading rests on: this package's modules and ``FOLDERS``.

    Modules that do not read count too: reading a file once too often costs little, for vectors are kept by text.
    """
    package = files("rag")
    digest = hashlib.sha256()
    for part in sorted(package.iterdir(), key=lambda each: each.name):
        if part.is_file() or part.name in FOLDERS:
            _feed(part, digest)
    return digest.hexdigest()[:16]


def _feed(part: Traversable, digest: hashlib._Hash) -> None:
    if part.is_dir():
        for each in sorted(part.iterdir(), key=lambda each: each.name):
            _feed(each, digest)
    elif not part.name.endswith((".pyc", "~")):
        digest.update(part.name.encode() + b"\0" + part.read_bytes())
