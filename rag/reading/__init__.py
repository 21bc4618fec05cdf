"""Read a file's bytes: its type by content, its encoding by the look of the text, its headings and tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from rag.errors import UnreadableFileError
from rag.language.folding import RADICALS
from rag.reading.decoding import decode
from rag.reading.formats.html import declared_charset, read_html, read_xml
from rag.reading.formats.markdown import read_markdown
from rag.reading.formats.text import read_text
from rag.reading.sniffing import sniff, text_kind
from rag.types import Format, SourceText

__all__ = ["check_size", "read_document"]


def check_size(num_bytes: int, name: str, *, max_bytes: int) -> None:
    """Refuse a file that is too large or empty, before it is opened.

    Raises:
        UnreadableFileError: the file has no bytes or more than ``max_bytes``.
    """
    if num_bytes == 0:
        raise UnreadableFileError(f"{name}: the file is empty; add one with text")
    if num_bytes > max_bytes:
        limit = f"the limit is {max_bytes:,} (REPORT_QA_MAX_FILE_BYTES)"
        raise UnreadableFileError(f"{name}: {num_bytes:,} bytes, {limit}; split the file or raise the limit")


def read_document(content: bytes, name: str) -> SourceText:
    """Read one file. ``name`` is used for messages and to tell kinds of text apart, never as a path.

    Raises:
        UnreadableFileError: the file is empty, damaged, without text or of a kind that is not read; one sentence with
            the file's name, the reason and what would help.
    """
    name = PurePath(name.replace("\\", "/")).name or "file"
    check_size(len(content), name, max_bytes=len(content))
    kind = sniff(content, name)
    source = _read_text(content, name) if kind is None else _read_binary(content, name, kind)
    source = replace(source, text=source.text.translate(RADICALS))
    if not any(map(str.isalnum, source.text)):
        raise UnreadableFileError(f"{name}: there is no text in the file; add one with text")
    return source


def _read_text(content: bytes, name: str) -> SourceText:
    decoded = decode(content, name, declared=declared_charset(content))
    kind = text_kind(decoded.text, name)
    if kind == "html":
        return read_html(decoded, name)
    if kind == "xml":
        return read_xml(decoded, name)
    if kind == "csv":
        from rag.reading.formats.spreadsheet import read_csv

        return read_csv(decoded, name)
    return read_markdown(decoded) if kind == "markdown" else read_text(decoded)


def _read_binary(content: bytes, name: str, kind: Format) -> SourceText:
    """Import a format's reader only when a file needs it: together they take a second."""
    if kind is Format.PDF:
        from rag.reading.formats.pdf import read_pdf as read
    elif kind is Format.DOCX:
        from rag.reading.formats.docx import read_docx as read
    elif kind is Format.SPREADSHEET:
        from rag.reading.formats.spreadsheet import read_workbook as read
    elif kind is Format.PPTX:
        from rag.reading.formats.pptx import read_pptx as read
    elif kind is Format.OFD:
        from rag.reading.formats.ofd import read_ofd as read
    elif kind is Format.OPEN_DOCUMENT:
        from rag.reading.formats.open_document import read_open_document as read
    elif kind is Format.EPUB:
        from rag.reading.formats.open_document import read_epub as read
    elif kind is Format.LEGACY_WORD:
        from rag.reading.formats.open_document import read_legacy_word as read
    elif kind is Format.PICTURE:
        from rag.reading.formats.ocr import read_picture as read
    else:
        from rag.reading.formats.rtf import read_rtf as read
    return read(content, name)
