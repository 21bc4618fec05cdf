"""Look into a container before anything opens it: declared sizes, ratio, number of entries, and what it holds."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Collection

from lxml import etree

from rag.errors import UnreadableFileError

# The strict form of Office's files and the usual one; files with macros, templates and shows, and documents.
FORMS = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/presentationml/", b"http://schemas.openxmlformats.org/presentationml/2006/"),
    (b"ms-word.document.macroEnabled.main", b"openxmlformats-officedocument.wordprocessingml.document.main"),
    (b"ms-powerpoint.presentation.macroEnabled", b"openxmlformats-officedocument.presentationml.presentation"),
    (b"wordprocessingml.template.main", b"wordprocessingml.document.main"),
    (b"presentationml.slideshow.main", b"presentationml.presentation.main"),
    (b"presentationml.template.main", b"presentationml.presentation.main"),
)
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


def mended_package(content: bytes) -> bytes:
    """Return an Office package as its library expects it: in the transitional form, a document, without lost parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(stream, "w") as mended:
        names = frozenset(archive.namelist())
        for name in archive.namelist():
            part = archive.read(name)
            for old, new in FORMS if name.endswith((".xml", ".rels")) else ():
                part = part.replace(old, new)
            mended.writestr(name, _without_lost(part, name, names) if name.endswith(".rels") else part)
    return stream.getvalue()


def _without_lost(part: bytes, name: str, names: Collection[str]) -> bytes:
    """Leave out relations to parts that are missing."""
    relations = etree.fromstring(part)
    for relation in relations.findall("{*}Relationship"):
        target = posixpath.join("/", posixpath.dirname(posixpath.dirname(name)), relation.get("Target", ""))
        if relation.get("TargetMode") != "External" and posixpath.normpath(target).lstrip("/") not in names:
            relations.remove(relation)
    return bytes(etree.tostring(relations))


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
