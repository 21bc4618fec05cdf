"""PDF with a text layer: lines joined to paragraphs by where they stand, tables as rows, running heads dropped."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import PdfminerException

from rag.errors import UnreadableFileError
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.pdf_layout import Layout, layout_of, without_running_heads
from rag.reading.formats.pdf_pages import Grid, Line, Page, read_pages
from rag.types import Format, SourceText

MIN_CHARS_A_PAGE = 5
MAX_GARBLED_SHARE = 0.2
GARBLED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]|\\(cid:\\d+\\)")


def read_pdf(content: bytes, name: str) -> SourceText:
    """Read a PDF's text layer. Pages without text are named in a warning.

    Raises:
        UnreadableFileError: the file is damaged, protected, a scan without text, or its text layer is garbled.
    """
    document = _open(content, name)
    try:
        title = document.get_metadata_value("Title")
        pages = read_pages(document, io.BytesIO(content))
    except (pdfium.PdfiumError, PdfminerException) as error:
        raise UnreadableFileError(f"{name}: the PDF is damaged ({error}); download or save it again") from error
    finally:
        document.close()
    empty = _check(pages, name)
    warnings = [f"pages without text: {', '.join(map(str, empty))}"] if empty else []
    assembler = Assembler(Format.PDF, title=title)
    _write(without_running_heads(pages), assembler)
    return assembler.finish(warnings)


def _open(content: bytes, name: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFileError(f"{name}: the PDF is protected by a password; save it without one") from error
        cut = "" if b"%%EOF" in content[-2048:] else " or cut off"
        raise UnreadableFileError(f"{name}: the PDF is damaged{cut}; download or save it again") from error


def _check(pages: Sequence[Page], name: str) -> list[int]:
    """Return the numbers of the pages without text, refusing documents that have none or a garbled one."""
    texts = ["".join(line.text for line in page.lines) for page in pages]
    text = "".join(texts)
    if len("".join(text.split())) < MIN_CHARS_A_PAGE * max(1, min(len(pages), 4)):
        reason = f"{len(pages)} scanned pages without a text layer"
        raise UnreadableFileError(
            f"{name}: {reason}; recognise the text with OCR (such as ocrmypdf) and add the result"
        )
    if len(GARBLED.findall(text)) > MAX_GARBLED_SHARE * len(text):
        raise UnreadableFileError(f"{name}: the text layer is garbled; recognise the text with OCR and add the result")
    return [number for number, page_text in enumerate(texts, 1) if not page_text.strip()]


def _write(pages: Sequence[Page], assembler: Assembler) -> None:
    layout = layout_of(pages)
    previous: Line | None = None
    for page in pages:
        is_first = True
        for item in page.items():
            follows = isinstance(item, Line) and previous is not None and layout.continues(previous, item)
            if follows and isinstance(item, Line):
                _extend(item, assembler, starts_page=is_first)
            else:
                if is_first:
                    assembler.page()
                _start(item, layout, assembler)
            previous = item if isinstance(item, Line) else None
            is_first = False
        if is_first:
            assembler.page()


def _extend(line: Line, assembler: Assembler, *, starts_page: bool) -> None:
    if starts_page:
        assembler.extend_on_new_page(line.text)
    else:
        assembler.extend(line.text)


def _start(item: Line | Grid, layout: Layout, assembler: Assembler) -> None:
    if isinstance(item, Grid):
        assembler.table(item.rows)
    elif level := layout.heading_level(item):
        assembler.heading(item.text, level)
    else:
        assembler.paragraph(item.text)
