"""PDF: lines joined to paragraphs by where they stand, tables as rows, running heads dropped.

Pages without a text layer that can be read are recognised by OCR.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.utils.exceptions import PdfminerException

from rag.errors import UnreadableFileError
from rag.reading.formats import ocr, on_page
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.boxes import Page
from rag.reading.formats.pdf_layout import without_running_heads, write_pages
from rag.reading.formats.pdf_pages import read_pages
from rag.types import Format, SourceText

MIN_CHARS_A_PAGE = 5
MAX_GARBLED_SHARE = 0.2
# Fewer characters than this may be a stamp or a running head on a scan.
MIN_CHARS_BESIDE_PICTURES = 80
MIN_PICTURE_SHARE = 0.5
MIN_OUTLINES = 200
# So many pages whose words do not show are read by OCR as well, to tell whether they are the picture's.
MAX_COMPARED = 3
GARBLED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]|\\(cid:\\d+\\)")


def read_pdf(content: bytes, name: str) -> SourceText:
    """Read a PDF's text layer, and by OCR the pages that have none or a garbled one; warnings name these.

    Raises:
        UnreadableFileError: the file is damaged, protected, or nothing can be read on its pages.
    """
    document = _open(content, name)
    try:
        title = document.get_metadata_value("Title")
        pages = read_pages(document, io.BytesIO(content))
        wanted = [index for index, page in enumerate(pages) if _needs_ocr(document, index, page)]
        found = dict(_recognised(document, wanted[: ocr.MAX_PAGES]))
        hidden = [index for index in range(len(pages)) if index not in wanted and _is_hidden(document, index)]
        seen = dict(_recognised(document, hidden[:MAX_COMPARED]))
        unlike = [number for number, each in seen.items() if not _is_like(pages[number - 1], each.page)]
    except (pdfium.PdfiumError, PdfminerException) as error:
        raise UnreadableFileError(f"{name}: the PDF is damaged ({error}); download or save it again") from error
    finally:
        document.close()
    for number, each in found.items():
        pages[number - 1] = each.page
    empty = _check(pages, name, len(found))
    warnings = [f"pages without text: {', '.join(map(str, empty))}"] if empty else []
    warnings += [f"hidden text unlike the picture on pages: {', '.join(map(str, unlike))}"] if unlike else []
    warnings += ocr.warnings_of(found, [index + 1 for index in wanted[ocr.MAX_PAGES :]])
    assembler = Assembler(Format.PDF, title=title)
    write_pages(without_running_heads(pages), assembler)
    return assembler.finish(warnings)


def _needs_ocr(document: pdfium.PdfDocument, index: int, page: Page) -> bool:
    """Tell whether a page's text is garbled, or is next to nothing while pictures or drawings fill the page."""
    text = "".join(line.text for line in page.lines)
    if len(GARBLED.findall(text)) > MAX_GARBLED_SHARE * len(text):
        return True
    if len(text) >= MIN_CHARS_BESIDE_PICTURES:
        return False
    shown = document[index]
    try:
        return _is_picture(shown)
    finally:
        shown.close()


def _is_hidden(document: pdfium.PdfDocument, index: int) -> bool:
    """Tell whether a page's text is drawn so that none of it shows, as behind a scan."""
    page = document[index]
    texts = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=3))
    hidden = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
    is_hidden = bool(texts) and all(pdfium_c.FPDFTextObj_GetTextRenderMode(each) == hidden for each in texts)
    page.close()
    return is_hidden


def _is_like(page: Page, seen: Page) -> bool:
    """Tell whether two readings of a page share most of their signs."""
    one, other = (Counter("".join(line.text for line in each.lines).replace(" ", "")) for each in (page, seen))
    return 2 * (one & other).total() >= max(one.total(), other.total())


def _is_picture(page: pdfium.PdfPage) -> bool:
    width, height = page.get_size()
    covered = num_paths = 0
    for each in page.get_objects(max_depth=3):
        if each.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = each.get_bounds()
            covered += max(0, right - left) * max(0, top - bottom)
        num_paths += each.type == pdfium_c.FPDF_PAGEOBJ_PATH
    return covered >= MIN_PICTURE_SHARE * width * height or num_paths >= MIN_OUTLINES


def _recognised(document: pdfium.PdfDocument, wanted: Sequence[int]) -> Iterator[tuple[int, ocr.Recognised]]:
    for done, index in enumerate(wanted, 1):
        page = document[index]
        factor = ocr.MAX_SIDE_PIXELS / max(page.get_size())
        bitmap = page.render(scale=factor, rev_byteorder=False)
        pixels = bitmap.to_numpy()[:, :, :3].copy()
        bitmap.close()
        page.close()
        yield index + 1, ocr.recognise(pixels, points_a_pixel=1 / factor)
        on_page.get()(done, len(wanted))


def _open(content: bytes, name: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFileError(f"{name}: the PDF is protected by a password; save it without one") from error
        cut = "" if b"%%EOF" in content[-2048:] else " or cut off"
        raise UnreadableFileError(f"{name}: the PDF is damaged{cut}; download or save it again") from error


def _check(pages: Sequence[Page], name: str, num_recognised: int) -> list[int]:
    """Return the numbers of the pages without text, refusing documents that have none or a garbled one."""
    texts = ["".join(line.text for line in page.lines) for page in pages]
    text = "".join(texts)
    if len("".join(text.split())) < MIN_CHARS_A_PAGE * max(1, min(len(pages), 4)):
        looked = f", and OCR finds none on {num_recognised}" if num_recognised else ""
        raise UnreadableFileError(f"{name}: {len(pages)} pages without text{looked}; add a sharper scan")
    if len(GARBLED.findall(text)) > MAX_GARBLED_SHARE * len(text):
        raise UnreadableFileError(f"{name}: the text layer is garbled; save it from its source again")
    return [number for number, page_text in enumerate(texts, 1) if not page_text.strip()]
