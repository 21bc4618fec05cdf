"""Look into a container before anything opens it: declared sizes, ratio, number of entries, and what it holds."""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree

from rag.errors import UnreadableFileError

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_RATIO = 200
RATIO_MATTERS_FROM_BYTES = 20_000_000
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError)
# The office libraries do not check what they open: parts that are missing or not what they should be show as these.
ODD_PARTS = (zipfile.BadZipFile, KeyError, ValueError, AttributeError, TypeError, IndexError, etree.XMLSyntaxError)


def check_archive(content: bytes, name: str) -> frozenset[str]:
    """Return the names in a zip container after checking that unpacking it is safe.

    Raises:
        UnreadableFileError: it is damaged, encrypted, or would unpack to far more than it weighs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, len(content), name)
            damaged = archive.testzip()
    except DAMAGE as error:
        raise UnreadableFileError(f"{name}: the file is damaged ({error}); save it again from its program") from error
    if damaged is not None:
        raise UnreadableFileError(f"{name}: the file is damaged (in {damaged}); save it again from its program")
    return frozenset(entry.filename for entry in entries)


def _check_sizes(entries: list[zipfile.ZipInfo], num_bytes: int, name: str) -> None:
    """Refuse by what the directory declares; unpacking never gives more than that."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFileError(f"{name}: {len(entries)} entries, more than {MAX_ENTRIES}; split the document")
    is_dense = unpacked > RATIO_MATTERS_FROM_BYTES and unpacked > MAX_RATIO * max(num_bytes, 1)
    if unpacked > MAX_UNPACKED_BYTES or is_dense:
        sizes = f"{num_bytes:,} bytes would unpack to {unpacked:,}"
        raise UnreadableFileError(f"{name}: {sizes}, like a decompression bomb; save it again without padding")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFileError(f"{name}: the file is protected by a password; save it without one")


def compound_streams(content: bytes) -> frozenset[str]:
    """Return the stream names of a legacy Office (OLE compound) file, read from its directory entries.

    Source: [MS-CFB] 2.6.1: a directory entry has 128 bytes, a UTF-16 name of at most 64 and its length at offset 64.
    """
    names = set()
    for start in range(512, len(content) - 127, 128):
        length = int.from_bytes(content[start + 64 : start + 66], "little")
        is_entry = 4 <= length <= 64 and length % 2 == 0 and content[start + 66] in (1, 2, 5)
        if is_entry:
            names.add(content[start : start + length - 2].decode("utf-16-le", "ignore"))
    return frozenset(names)
