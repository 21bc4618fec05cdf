"""Read a file's bytes: its type by content, its encoding by the look of the text, its headings and tables."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import cast

from rag.errors import UnreadableFileError
from rag.language.folding import RADICALS
from rag.reading.decoding import decode
from rag.reading.formats.html import declared_charset, page_of_archive, read_html, read_xml
from rag.reading.formats.markdown import read_markdown
from rag.reading.formats.text import read_text
from rag.reading.sniffing import sniff, text_kind
from rag.types import Format, SourceText

__all__ = ["check_size", "read_document"]
READERS = {
    Format.PDF: ("pdf", "read_pdf"), Format.DOCX: ("docx", "read_docx"), Format.PPTX: ("pptx", "read_pptx"),
    Format.SPREADSHEET: ("spreadsheet", "read_workbook"), Format.RTF: ("rtf", "read_rtf"),
    Format.OFD: ("ofd", "read_ofd"), Format.OPEN_DOCUMENT: ("open_document", "read_open_document"),
    Format.EPUB: ("open_document", "read_epub"), Format.LEGACY_WORD: ("open_document", "read_legacy_word"),
    Format.PICTURE: ("ocr", "read_picture"),
}  # fmt: skip


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
    content = page_of_archive(content)
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
    module, function = READERS[kind]
    read = getattr(import_module(f"rag.reading.formats.{module}"), function)
    return cast(SourceText, read(content, name))
