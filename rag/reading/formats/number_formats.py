"""How a workbook shows its numbers: 0.065 as 6.5%, 12.3456 as 12.3. What a reader saw is what an answer may quote."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from rag.reading.archives import ODD_PARTS

LITERAL = re.compile(r'"(?P<words>[^"]*)"|\[[^\]]*\]|[\\!](?P<sign>.)|_.|\*.')
# A literal point stands here as "!"; each comma at the end takes off three digits.
SHOWN = re.compile(
    r"[^#0?]*[#0,?]*[0#?](?P<point>[.!])?(?P<decimals>[0#?]*)(?P<thousands>,*)(?P<percent>%)?(?P<unit>[^#0?.,]*)"
)
GENERAL = "General"
MAX_PLAIN = 10**15
# What openpyxl raises for workbooks that calamine reads all the same: XLSB, parts that are missing or odd.
UNREAD = (InvalidFileException, SyntaxError, *ODD_PARTS)

NumberFormats = Mapping[str, Mapping[tuple[int, int], str]]


def show_number(value: float, code: str) -> str:
    """Write a number as its format code shows it, with its unit and without thousands separators.

    General formats keep twelve digits. Formats of several sections are read by their first; trailing zeros are kept,
    as the office shows them.
    """
    first = LITERAL.sub(
        lambda each: (each["words"] or each["sign"] or "").replace(".", "!").replace("%", "％"), code.split(";")[0]
    )
    shown = SHOWN.fullmatch(first.strip()) if code else None
    if shown is None:
        return f"{value:.12g}" if abs(value) < MAX_PLAIN else f"{value:.0f}"
    decimals = shown["decimals"]
    powers = 2 * bool(shown["percent"]) - 3 * len(shown["thousands"]) - (shown["point"] == "!") * len(decimals)
    rounded = Decimal(repr(float(value))).scaleb(powers).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    text = f"{rounded:f}"
    if decimals.strip("0") and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text + (shown["percent"] or "") + shown["unit"].strip(" ()").replace("％", "%")


def read_number_formats(content: bytes) -> NumberFormats:
    """Return the format codes of an XLSX's numbers by sheet name, then by (row, column) from 0.

    Empty for other workbooks (XLS and XLSB keep their values unrounded).
    """
    if not content.startswith(b"PK"):
        return {}
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {
            sheet.title: {
                (cell.row - 1, cell.column - 1): cell.number_format
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None and cell.data_type == "n" and cell.number_format != GENERAL
            }
            for sheet in book.worksheets
        }
    except UNREAD:
        return {}
