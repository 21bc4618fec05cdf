"""Workbooks and CSV: each sheet is a table, the lines above it its caption, the lines below it its notes."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import pairwise

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from rag.errors import UnreadableFileError
from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import NOTE, Assembler
from rag.reading.formats.number_formats import NumberFormats, read_number_formats, show_number
from rag.types import Format, SourceText

DELIMITERS = ",\t;|"
MAX_FIELD_CHARS = 1_000_000
MAX_CELLS = 2_000_000
MAX_LABEL_CHARS = 20
NO_VALUE = (b"</f></c>", b"</f><v></v></c>", b"</f><v/></c>", b"</f><v /></c>")
PLAIN_SHEET_NAMES = ("sheet", "工作表", "表")


def read_workbook(content: bytes, name: str) -> SourceText:
    """Read XLSX, XLSM, XLSB or XLS: numbers as an XLSX shows them (else as stored), sheets in order, hidden ones too.

    Raises:
        UnreadableFileError: the workbook is damaged, protected or larger than a report can be.
    """
    assembler = Assembler(Format.SPREADSHEET)
    try:
        formats = read_number_formats(content)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for sheet_name in workbook.sheet_names:
                rows = _read_sheet(workbook.get_sheet_by_name(sheet_name), sheet_name, formats, name)
                _write_sheet(rows, sheet_name, assembler)
    except CalamineError as error:
        raise UnreadableFileError(f"{name}: the workbook cannot be read ({error}); save it again as XLSX") from error
    return assembler.finish(_unreckoned(content))


def _unreckoned(content: bytes) -> list[str]:
    """Warn of formulas whose value no program has stored: their cells are empty."""
    if not content.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(each) for each in archive.namelist() if each.startswith("xl/worksheets/sheet")]
    num_empty = sum(sheet.count(end) for sheet in sheets for end in NO_VALUE)
    mend = "open the workbook in its program and save it"
    return [f"formulas without a value: {num_empty}; {mend}"] if num_empty else []


def read_csv(decoded: Decoded, name: str) -> SourceText:
    """Read delimited text; the delimiter is the one that parts most lines alike.

    Raises:
        UnreadableFileError: a field never ends.
    """
    csv.field_size_limit(MAX_FIELD_CHARS)
    lines = decoded.text.replace("\x00", "").splitlines(keepends=True)
    try:
        rows = list(csv.reader(lines, delimiter=_delimiter(lines)))
    except csv.Error as error:
        raise UnreadableFileError(f"{name}: not readable as CSV ({error}); save it as XLSX") from error
    assembler = Assembler(Format.SPREADSHEET, encoding=decoded.encoding)
    write_rows(rows, assembler)
    return assembler.finish(decoded.warnings)


def write_rows(rows: Sequence[Sequence[str]], assembler: Assembler) -> None:
    """Write a sheet: rows of one value are lines of text, runs of other rows are tables."""
    block: list[Sequence[str]] = []
    is_after_gap = True
    for row in rows:
        values = list(dict.fromkeys(cell.strip() for cell in row if cell.strip()))
        if len(values) == 1 and (
            is_after_gap or not block or len(values[0]) > MAX_LABEL_CHARS or NOTE.match(values[0])
        ):
            assembler.table(block)
            block = []
            assembler.paragraph(values[0])
        elif values:
            block.append(row)
        is_after_gap = not values
    assembler.table(block)


def _read_sheet(sheet: CalamineSheet, sheet_name: str, formats: NumberFormats, name: str) -> list[list[str]]:
    if sheet.height * sheet.width > MAX_CELLS:
        size = f"sheet {sheet_name} has {sheet.height:,} × {sheet.width:,} cells"
        raise UnreadableFileError(f"{name}: {size}, more than {MAX_CELLS:,}; keep only the cells in use")
    codes = formats.get(sheet_name, {})
    rows = [
        [_text(value, codes.get((row, column), "")) for column, value in enumerate(values)]
        for row, values in enumerate(sheet.to_python(skip_empty_area=False))
    ]
    _fill_merged(rows, sheet)
    return rows


def _write_sheet(rows: list[list[str]], sheet_name: str, assembler: Assembler) -> None:
    if any(any(row) for row in rows) and sheet_name.lower().rstrip("0123456789 ") not in PLAIN_SHEET_NAMES:
        assembler.heading(sheet_name, 2)
    write_rows(rows, assembler)


def _fill_merged(rows: list[list[str]], sheet: CalamineSheet) -> None:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in rows[top : bottom + 1]:
            width = len(row[left : right + 1])
            row[left : right + 1] = [rows[top][left]] * width


def _text(value: object, code: str) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return show_number(value, code)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _delimiter(lines: Sequence[str]) -> str:
    sample = [line for line in lines[:50] if line.strip()]
    return max(DELIMITERS, key=lambda mark: (sum(_agreements(sample, mark)), -DELIMITERS.index(mark)))


def _agreements(lines: Sequence[str], mark: str) -> Iterator[int]:
    if len(lines) == 1:
        yield lines[0].count(mark)
    for line, following in pairwise(lines):
        yield int(0 < line.count(mark) == following.count(mark))
