"""Slides: titles as headings, text in reading order, tables, the numbers behind charts, speaker's notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pptx
from lxml import etree
from pptx.exc import PythonPptxError
from pptx.shapes.group import GroupShape

from rag.errors import UnreadableFileError
from rag.reading.archives import ODD_PARTS, mended_package
from rag.reading.formats.assembly import Assembler, one_line
from rag.reading.formats.grids import Cell, spread
from rag.types import Format, SourceText

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MAX_TITLE_CHARS = 40
ROW_HEIGHT = 200_000


def read_pptx(content: bytes, name: str) -> SourceText:
    """Read a PPTX; every slide is a page.

    Raises:
        UnreadableFileError: the file is damaged.
    """
    try:
        presentation = pptx.Presentation(io.BytesIO(mended_package(content)))
        assembler = Assembler(Format.PPTX, title=presentation.core_properties.title or "")
        for slide in presentation.slides:
            assembler.page()
            _write_slide(slide, assembler)
    except (PythonPptxError, *ODD_PARTS) as error:
        raise UnreadableFileError(f"{name}: the PPTX is damaged ({error}); save it again from PowerPoint") from error
    return assembler.finish()


def _write_slide(slide: Any, assembler: Assembler) -> None:
    shapes = sorted(_flatten(slide.shapes), key=lambda shape: ((shape.top or 0) // ROW_HEIGHT, shape.left or 0))
    title = _title_shape(slide, shapes)
    if title is not None:
        assembler.heading(" ".join(title.text_frame.text.split()), 2)
    for shape in shapes:
        if title is None or shape.shape_id != title.shape_id:
            _write_shape(shape, assembler)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        _write_lines(slide.notes_slide.notes_text_frame.text, assembler)


def _flatten(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in shapes:
        if isinstance(shape, GroupShape):
            yield from _flatten(shape.shapes)
        else:
            yield shape


def _title_shape(slide: Any, shapes: Iterable[Any]) -> Any | None:
    """Return the title's placeholder, else the topmost text if it is short."""
    if slide.shapes.title is not None and slide.shapes.title.text_frame.text.strip():
        return slide.shapes.title
    first = next((shape for shape in shapes if shape.has_text_frame and shape.text_frame.text.strip()), None)
    return first if first is not None and len(first.text_frame.text) <= MAX_TITLE_CHARS else None


def _write_shape(shape: Any, assembler: Assembler) -> None:
    if shape.has_text_frame:
        _write_lines(shape.text_frame.text, assembler)
    elif getattr(shape, "has_table", False):
        assembler.table(spread(_cells(row) for row in shape.table.rows))
    elif getattr(shape, "has_chart", False):
        assembler.table(list(_chart_rows(shape.chart.part.blob)))


def _write_lines(text: str, assembler: Assembler) -> None:
    for line in text.replace("\v", "\n").split("\n"):
        assembler.paragraph(line)


def _cells(row: Any) -> Iterator[Cell]:
    for cell in row.cells:
        if not cell.is_spanned:
            yield Cell(one_line(cell.text), cell.span_width, cell.span_height)


def _chart_rows(blob: bytes) -> Iterator[list[str]]:
    """Yield the values a chart shows: a row of series names, then a row for each category."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    series = list(etree.fromstring(blob, parser).iter(f"{CHART}ser"))
    names = [" ".join(_values(one, "tx")) for one in series]
    categories = _values(series[0], "cat") if series else []
    columns = [_values(one, "val") for one in series]
    if categories and any(columns):
        yield ["", *names]
        for index, category in enumerate(categories):
            yield [category, *(column[index] if index < len(column) else "" for column in columns)]


def _values(series: etree._Element, part: str) -> list[str]:
    found = series.find(f"{CHART}{part}")
    return [node.text or "" for node in found.iter(f"{CHART}v")] if found is not None else []
