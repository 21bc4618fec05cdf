"""OpenDocument texts and presentations, EPUB books, and what LibreOffice alone can open."""

from __future__ import annotations

import io
import posixpath
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from rag.errors import UnreadableFileError
from rag.reading.archives import ODD_PARTS
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.docx import read_docx
from rag.reading.formats.grids import Cell, holds_values, spread
from rag.reading.formats.page_blocks import find_blocks, write_blocks
from rag.types import Format, SourceText

BLANKS = {"s": " ", "tab": " ", "line-break": "\n"}
LEFT_OUT = frozenset({"tracked-changes", "annotation", "table-of-content", "forms", "sequence-decls", "notes"})
MAX_REPEATED = 200
CONVERT_SECONDS = 100


def _parse(content: bytes) -> etree._Element:
    return etree.fromstring(
        content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    )


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: etree._Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def read_open_document(content: bytes, name: str) -> SourceText:
    """Read an ODT or ODP: headings by their outline level, tables with merged cells, notes after their paragraphs.

    Raises:
        UnreadableFileError: the file is damaged or protected by a password.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise UnreadableFileError(f"{name}: the file is protected by a password; save it without one")
            meta = archive.read("meta.xml") if "meta.xml" in archive.namelist() else b"<meta/>"
            title = next((each.text or "" for each in _parse(meta).iter("{*}title")), "")
            body = next(_parse(archive.read("content.xml")).iter("{*}body"))
    except (StopIteration, *ODD_PARTS) as error:
        raise UnreadableFileError(f"{name}: the file is damaged ({error}); save it again from its program") from error
    assembler = Assembler(Format.OPEN_DOCUMENT, title=title)
    _write(body, assembler)
    return assembler.finish()


def _write(element: etree._Element, assembler: Assembler) -> None:
    for each in element:
        kind = _local(each)
        if kind == "h":
            assembler.heading(_words(each), int(_attribute(each, "outline-level") or 1))
        elif kind == "p":
            assembler.paragraph(_words(each))
            for body in each.iter("{*}note-body", "{*}text-box"):
                _write(body, assembler)
        elif kind == "table":
            rows = spread(_cells(row) for row in each.iter("{*}table-row"))
            if holds_values(rows):
                assembler.table(rows)
            else:
                for cell in each.iter("{*}table-cell"):
                    _write(cell, assembler)
        elif kind == "page":
            assembler.page()
            _write(each, assembler)
        elif kind not in LEFT_OUT:
            _write(each, assembler)


def _cells(row: etree._Element) -> Iterator[Cell]:
    for each in row:
        if _local(each) == "table-cell":
            text = " ".join(_words(part) for part in each.iter("{*}p", "{*}h"))
            wide, tall = (int(_attribute(each, f"number-{side}-spanned") or 1) for side in ("columns", "rows"))
            repeated = 1 if wide > 1 else int(_attribute(each, "number-columns-repeated") or 1)
            yield from [Cell(text, wide, tall)] * min(repeated, MAX_REPEATED)


def _words(element: etree._Element) -> str:
    """Return an element's own words; notes and boxes within it are lines of their own."""
    words = element.text or ""
    for each in element:
        kind = _local(each)
        if kind in BLANKS:
            words += BLANKS[kind] * min(int(_attribute(each, "c") or 1), MAX_REPEATED)
        elif kind not in ("note", "annotation", "text-box"):
            words += _words(each)
        words += each.tail or ""
    return words


def read_epub(content: bytes, name: str) -> SourceText:
    """Read a book's chapters in the order of its spine.

    Raises:
        UnreadableFileError: the book is damaged or locked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "META-INF/rights.xml" in archive.namelist():
                raise UnreadableFileError(f"{name}: the book is locked; add one without copy protection")
            container = _parse(archive.read("META-INF/container.xml"))
            package_path = next(container.iter("{*}rootfile")).get("full-path", "")
            package = _parse(archive.read(package_path))
            items = {each.get("id"): each.get("href", "") for each in package.iter("{*}item")}
            title = next((each.text or "" for each in package.iter("{*}title")), "")
            folder = posixpath.dirname(package_path)
            chapters = [
                archive.read(posixpath.normpath(posixpath.join(folder, unquote(items[each.get("idref")]))))
                for each in package.iter("{*}itemref")
            ]
    except (StopIteration, *ODD_PARTS) as error:
        raise UnreadableFileError(f"{name}: the book is damaged ({error}); save it again") from error
    assembler = Assembler(Format.EPUB, title=title)
    for chapter in chapters:
        parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, encoding="utf-8")
        write_blocks(find_blocks(lxml_html.document_fromstring(chapter, parser=parser)), assembler)
    return assembler.finish()


def read_legacy_word(content: bytes, name: str) -> SourceText:
    """Read a .doc or .wps file by way of LibreOffice, where it is installed.

    Raises:
        UnreadableFileError: LibreOffice is missing, or cannot open the file.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        mend = "install LibreOffice beside report-qa, or convert it: soffice --headless --convert-to docx FILE"
        raise UnreadableFileError(f"{name}: a legacy Word file (.doc, .wps) is not read without LibreOffice; {mend}")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.doc")
        source.write_bytes(content)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        options = ("--headless", "--norestore", "--convert-to", "docx", "--outdir", folder, str(source))
        try:
            subprocess.run([program, profile, *options], capture_output=True, timeout=CONVERT_SECONDS, check=False)
            converted = source.with_suffix(".docx").read_bytes()
        except (subprocess.TimeoutExpired, OSError) as error:
            raise UnreadableFileError(f"{name}: LibreOffice cannot open the file; save it as DOCX") from error
    return read_docx(converted, name)
