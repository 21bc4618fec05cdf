"""Plain text: decoded, with the file's own lines kept as they are; rows of columns become tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import UNIT
from rag.reading.formats.grids import NUMBER, header_row, holds_values
from rag.types import Format, SourceText, Table

# Columns are parted by tabs, by bars, or by runs of spaces; a lone wide space only parts Chinese words.
PARTED = tuple(
    re.compile(each)
    for each in (r"[ \u3000]*\t[ \u3000]*", r"\s*[|｜│]\s*", r"[ \u00a0]{2,}|[ \u00a0]*\u3000{2,}[ \u3000\u00a0]*")
)
RULE = frozenset(" \t\r|｜│+:=─━┼—-")
MIN_ROWS = 2
MAX_ROW_CHARS = 300
MAX_CAPTION_CHARS = 60


def read_text(decoded: Decoded) -> SourceText:
    """Make a source of plain text. Cleaning, not reading, joins lines and drops noise.

    Lines in a row that hold columns, at least one with a number, are a table: their cells are parted by bars.
    """
    lines = decoded.text.split("\n")
    kept: list[str] = []
    tables: list[Table] = []
    length = 0
    for cells, group in _runs(lines):
        rows = [f" {cells.sub(' | ', _bare(line)).strip()}".strip() for line in group] if cells else group
        if cells:
            around = [line.strip() for line in kept[-3:] if line.strip()]
            tables.append(_table(rows, around, length, len(tables) + 1))
        kept += rows
        length += sum(len(row) + 1 for row in rows)
    return SourceText("\n".join(kept), Format.TEXT, decoded.encoding, tables=tuple(tables), warnings=decoded.warnings)


def _bare(line: str) -> str:
    return line.strip().strip("|｜│").strip()


def _runs(lines: Sequence[str]) -> Iterator[tuple[re.Pattern[str] | None, list[str]]]:
    """Yield runs of lines with what parts their columns, None for running text; ruled lines are left out."""
    for cells, group in groupby(lines, key=_parted_by):
        rows = list(group)
        if cells is not None:
            rows = [row for row in rows if not RULE.issuperset(row)]
        is_table = cells is not None and len(rows) >= MIN_ROWS and _is_table([cells.split(_bare(row)) for row in rows])
        yield (cells if is_table else None), rows


def _parted_by(line: str) -> re.Pattern[str] | None:
    bare = _bare(line)
    if len(line) > MAX_ROW_CHARS or not bare:
        return None
    return next((cells for cells in PARTED if cells.search(bare)), None)


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Tell columns from chance gaps: a number in most rows below the first, and the most usual width in most rows."""
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count)
    numbered = sum(any(NUMBER.fullmatch(cell) for cell in row[1:]) for row in rows)
    return 2 * numbered >= len(rows) - 1 > 0 and 2 * widths.count(usual) >= len(rows) and holds_values(rows)


def _table(rows: Sequence[str], around: Sequence[str], start: int, number: int) -> Table:
    cells = [row.split(" | ") for row in rows]
    width = max(map(len, cells))
    header, num_header_rows = header_row([row + [""] * (width - len(row)) for row in cells])
    near = [line for line in around[-2:] if len(line) <= MAX_CAPTION_CHARS]
    unit = next((found[1].strip() for line in reversed(near) if (found := UNIT.search(line))), "")
    heads = " ".join(rows[:num_header_rows])
    unit = unit or (found[1].split("|")[0].strip() if (found := UNIT.search(heads)) else "")
    captions = [line for line in near if UNIT.sub("", line).strip(" （）()") and not line.endswith(("。", "."))]
    end = start + sum(len(row) + 1 for row in rows) - 1
    return Table(start, end, number, header, captions[-1] if captions else "", unit)
