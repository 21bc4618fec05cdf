"""What a file is, told by its content; the name only decides between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from rag.errors import UnreadableFileError
from rag.reading.archives import DAMAGE, check_archive, compound_streams
from rag.types import Format

REFUSED_SIGNATURES = (
    (b"GIF8", "a GIF picture"), (b"RIFF", "a sound or film (RIFF)"), (b"ID3", "a sound file"),
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a RAR archive"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
    (b"SQLite format 3", "a database"), (b"%!PS", "PostScript"), (b"OggS", "a sound file"),
)  # fmt: skip
TEXT_SIGNATURES = frozenset({b"MZ", b"ID3", b"RIFF", b"BZh", b"GIF8"})
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
OFFICE_PARTS = (("word/document.xml", Format.DOCX), ("ppt/presentation.xml", Format.PPTX))
SPREADSHEET_PARTS = ("xl/workbook.xml", "xl/workbook.bin")
HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<(?:body|head)[\s>]|<(?:div|table|p|h1)\b[^>]*>", re.IGNORECASE)
XML = re.compile(r"\s*(?:<\?xml|<(?:rss|feed|rdf:RDF)[\s>])", re.IGNORECASE)
MARKDOWN = re.compile(r"^#{1,6} \S|^\s*\|?\s*:?-{3,}:?\s*\|", re.MULTILINE)
DATA = re.compile(r'\s*(?:\{\s*"[^"\n]{1,200}"\s*:|\[\s*[{"])')
CONTROLS = frozenset((*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20)))


def sniff(content: bytes, name: str) -> Format | None:
    """Return the format of a binary document, None for text of some kind.

    Raises:
        UnreadableFileError: the content is of a kind that is not read; the message says which and what would help.
    """
    if b"%PDF-" in content[:1024]:
        return Format.PDF
    if content.startswith(PICTURES) or _is_bitmap(content):
        return Format.PICTURE
    if content.lstrip()[:5] == b"{\\rtf":
        return Format.RTF
    if content.startswith(b"PK"):
        return _sniff_zip(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _sniff_compound(content, name)
    _refuse_known_binaries(content, name)
    return None


def _is_bitmap(content: bytes) -> bool:
    return content[8:12] == b"WEBP" or (content.startswith(b"BM") and content[6:10] == bytes(4))


def text_kind(text: str, name: str) -> str:
    """Return "html", "xml", "csv", "markdown" or "text" for decoded text.

    Raises:
        UnreadableFileError: the text is data for programs (JSON, JSON lines).
    """
    head = text[:4096]
    suffix = PurePath(name).suffix.lower()
    if DATA.match(head):
        raise UnreadableFileError(f"{name}: a JSON file is not read; add the documents it describes")
    if XML.match(head):
        return "html" if "<html" in head.lower() else "xml"
    if HTML.search(head) and (head.lstrip().startswith("<") or suffix in (".html", ".htm", ".xhtml", ".shtml")):
        return "html"
    if suffix in (".csv", ".tsv", ".tab"):
        return "csv"
    if suffix in (".md", ".markdown") or (suffix not in (".txt", ".text", ".srt") and MARKDOWN.search(text)):
        return "markdown"
    return "text"


def is_archive(content: bytes) -> bool:
    """Tell a zip archive of files from a document that is one inside; what is damaged is none."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _zipped_format(archive) is None
    except DAMAGE:
        return False


def _sniff_zip(content: bytes, name: str) -> Format:
    check_archive(content, name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kind = _zipped_format(archive)
    if kind is None:
        raise UnreadableFileError(f"{name}: a zip archive in another is not read; unpack it and add the files in it")
    return kind


def _zipped_format(archive: zipfile.ZipFile) -> Format | None:
    names = set(archive.namelist())
    declared = _mimetype(archive) if "mimetype" in names else ""
    for part, kind in OFFICE_PARTS:
        if part in names:
            return kind
    if any(part in names for part in SPREADSHEET_PARTS):
        return Format.SPREADSHEET
    if any(part.lower() == "ofd.xml" for part in names):
        return Format.OFD
    if declared == "application/epub+zip":
        return Format.EPUB
    if declared.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        return Format.SPREADSHEET
    if declared.startswith("application/vnd.oasis.opendocument.") and "content.xml" in names:
        return Format.OPEN_DOCUMENT
    return None


def _mimetype(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as file:
        return file.read(100).decode("ascii", "replace").strip()


def _sniff_compound(content: bytes, name: str) -> Format:
    streams = compound_streams(content)
    if streams & {"Workbook", "Book"}:
        return Format.SPREADSHEET
    if "EncryptedPackage" in streams:
        raise UnreadableFileError(f"{name}: the file is protected by a password; save it without one")
    if "PowerPoint Document" in streams:
        raise UnreadableFileError(f"{name}: a legacy PowerPoint file is not read; save it as PPTX with LibreOffice")
    if "WordDocument" in streams:
        return Format.LEGACY_WORD
    raise UnreadableFileError(f"{name}: an unknown Office file is not read; save it as DOCX, XLSX, PPTX or PDF")


def _refuse_known_binaries(content: bytes, name: str) -> None:
    has_controls = not CONTROLS.isdisjoint(content[:8192])
    for signature, kind in REFUSED_SIGNATURES:
        if content.startswith(signature) and (signature not in TEXT_SIGNATURES or has_controls):
            picture = "picture" in kind
            mend = "save it as PNG or JPEG" if picture else "add the documents themselves"
            raise UnreadableFileError(f"{name}: {kind} is not read; {mend}")
