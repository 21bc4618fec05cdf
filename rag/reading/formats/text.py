"""Plain text: decoded, with the file's own lines kept as they are; rows of columns become tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import UNIT
from rag.reading.formats.grids import NUMBER, header_row, holds_amounts, holds_values, with_spread_heads
from rag.types import Format, SourceText, Table

# Columns are parted by tabs, by bars, or by runs of spaces; a lone wide space only parts Chinese words.
TABS, BARS, SPACES = PARTED = tuple(
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
    for table, group in _runs(lines):
        rows = [" | ".join(row).strip() for row in table] if table else group
        if table:
            around = [line.strip() for line in kept[-3:] if line.strip()]
            tables.append(_table(table, rows, around, length, len(tables) + 1))
        kept += rows
        length += sum(len(row) + 1 for row in rows)
    return SourceText("\n".join(kept), Format.TEXT, decoded.encoding, tables=tuple(tables), warnings=decoded.warnings)


def _bare(line: str) -> str:
    return line.strip().strip("|｜│").strip()


def _runs(lines: Sequence[str]) -> Iterator[tuple[list[list[str]] | None, list[str]]]:
    """Yield runs of lines, those of a table with its rows of cells; its ruled lines are left out."""
    for parted, group in groupby(lines, key=_parted_by):
        rows = list(group)
        if parted is None:
            yield None, rows
            continue
        rows = [row for row in rows if not RULE.issuperset(row)]
        cells = [parted.split(row.strip(" \r") if parted is TABS else _bare(row)) for row in rows]
        is_table = len(rows) >= MIN_ROWS and _is_table(cells)
        cells = _aligned(cells, rows) if is_table and parted is SPACES else cells
        yield (with_spread_heads(cells) if is_table else None), rows


def _aligned(cells: Sequence[list[str]], lines: Sequence[str]) -> list[list[str]]:
    """Give rows of fewer cells than most the columns under which their cells stand; heads reach to the next head."""
    widths = [len(row) for row in cells]
    whole = widths.index(max(set(widths), key=widths.count))
    starts = _starts(cells[whole], lines[whole])
    return [
        _placed(row, _starts(row, line), starts) if len(row) < len(starts) else row
        for row, line in zip(cells, lines, strict=True)
    ]


def _starts(row: Sequence[str], line: str) -> list[int]:
    """Return where each cell begins, in columns of a screen: Chinese characters take two."""
    found, position = [], 0
    for cell in row:
        position = line.index(cell, position)
        found.append(sum(1 + (sign > "\u2e7f") for sign in line[:position]))
        position += len(cell)
    return found


def _placed(row: Sequence[str], own: Sequence[int], starts: Sequence[int]) -> list[str]:
    if holds_amounts(["", *row]):
        columns = [min(range(len(starts)), key=lambda column: abs(starts[column] - at)) for at in own]
        return [row[columns.index(column)] if column in columns else "" for column in range(len(starts))]
    return [
        next((cell for at, cell in zip(own[::-1], row[::-1], strict=True) if at <= start + 1), "") for start in starts
    ]


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


def _table(cells: Sequence[list[str]], rows: Sequence[str], around: Sequence[str], start: int, number: int) -> Table:
    width = max(map(len, cells))
    header, num_header_rows = header_row([row + [""] * (width - len(row)) for row in cells])
    near = [line for line in around[-2:] if len(line) <= MAX_CAPTION_CHARS]
    unit = next((found[1].strip() for line in reversed(near) if (found := UNIT.search(line))), "")
    heads = " ".join(rows[:num_header_rows])
    unit = unit or (found[1].split("|")[0].strip() if (found := UNIT.search(heads)) else "")
    captions = [line for line in near if UNIT.sub("", line).strip(" （）()") and not line.endswith(("。", "."))]
    end = start + sum(len(row) + 1 for row in rows) - 1
    return Table(start, end, number, header, captions[-1] if captions else "", unit)
