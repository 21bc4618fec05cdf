"""How a workbook shows its numbers: 0.065 as 6.5%, 12.3456 as 12.3. What a reader saw is what an answer may quote."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Source: ECMA-376 part 1, 18.8.30, the built-in formats that round or show a percentage.
BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 39: "#,##0.00"}
IGNORED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
SHOWN = re.compile(r"[#0,?]*[0#?](?:\.(?P<decimals>[0#?]+))?(?P<percent>%)?")
CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """The format codes of a workbook's number cells: by sheet name, then by (row, column) from 0."""

    by_sheet: Mapping[str, Mapping[tuple[int, int], str]] = field(default_factory=dict)

    def code(self, sheet_name: str, row: int, column: int) -> str:
        """Return a cell's format code, empty for the general format."""
        return self.by_sheet.get(sheet_name, {}).get((row, column), "")


def show_number(value: float, code: str) -> str:
    """Write a number as its format code shows it, without thousands separators; general formats keep twelve digits.

    Formats of several sections are read by their first; trailing zeros are kept, as the office shows them.
    """
    shown = SHOWN.fullmatch(IGNORED.sub("", code.split(";")[0]).strip()) if code else None
    if shown is None:
        return f"{value:.12g}" if abs(value) < 1e15 else f"{value:.0f}"
    decimals = shown["decimals"] or ""
    scaled = Decimal(repr(float(value))) * (100 if shown["percent"] else 1)
    rounded = scaled.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    text = f"{rounded:f}"
    if decimals.strip("0") and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text + (shown["percent"] or "")


def read_number_formats(content: bytes) -> NumberFormats:
    """Read the formats of an XLSX; empty for other workbooks (XLS and XLSB keep their values unrounded)."""
    if not content.startswith(b"PK"):
        return NumberFormats()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"} <= names:
            return NumberFormats()
        codes = _style_codes(_parse(archive.read("xl/styles.xml")))
        by_sheet = {}
        for sheet_name, part in _sheet_parts(archive).items():
            if part in names:
                by_sheet[sheet_name] = _cell_codes(archive.read(part), codes)
    return NumberFormats(by_sheet)


def _style_codes(styles: etree._Element) -> dict[str, str]:
    own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in styles.iter(f"{MAIN}numFmt")}
    formats = styles.find(f"{MAIN}cellXfs")
    codes = {}
    for index, one in enumerate([] if formats is None else formats):
        number = one.get("numFmtId", "0")
        code = own.get(number) or BUILT_IN.get(int(number) if number.isdecimal() else 0, "")
        if code:
            codes[str(index)] = code
    return codes


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = _parse(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "").removeprefix("/").removeprefix("xl/") for one in relations}
    sheets = _parse(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    return {one.get("name", ""): f"xl/{targets.get(one.get(RELATION), '')}" for one in sheets}


def _cell_codes(sheet: bytes, codes: Mapping[str, str]) -> dict[tuple[int, int], str]:
    found = {}
    events = etree.iterparse(io.BytesIO(sheet), tag=f"{MAIN}c", resolve_entities=False, no_network=True, recover=True)
    for _, cell in events:
        place = CELL.fullmatch(cell.get("r", ""))
        if place and cell.get("s") in codes and cell.get("t", "n") == "n":
            found[(int(place[2]) - 1, _column(place[1]))] = codes[cell.get("s")]
        cell.clear()
    return found


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _parse(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)
