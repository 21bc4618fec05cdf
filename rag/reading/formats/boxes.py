"""Pages whose words are known by where they stand alone: rows, columns and tables of boxes of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rag.reading.formats.assembly import UNIT
from rag.reading.formats.grids import NUMBER, holds_values

MIN_COLUMN_LINES = 5
MIN_COLUMN_CHARS = 8
SAME_HEIGHT = 1 / 4


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; ``size`` is the font size of its first character in points."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: where it stands and its rows."""

    left: float
    right: float
    bottom: float
    top: float
    rows: tuple[tuple[str, ...], ...]

    def holds(self, line: Line) -> bool:
        """Tell whether the middle of a line stands inside."""
        middle, height = (line.left + line.right) / 2, (line.bottom + line.top) / 2
        return self.left - 2 <= middle <= self.right + 2 and self.bottom - 2 <= height <= self.top + 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in the order the file gives them, and its tables from top to bottom."""

    height: float
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...] = ()
    num_columns: int = 1

    def items(self) -> Iterator[Line | Grid]:
        """Yield lines and tables in reading order; lines inside a table are part of it."""
        waiting = list(self.grids)
        for line in self.lines:
            inside = next((grid for grid in self.grids if grid.holds(line)), None)
            while waiting and (inside in waiting or waiting[0].top > line.top):
                yield waiting.pop(0)
            if inside is None:
                yield line
        yield from waiting


@dataclass(frozen=True, slots=True)
class Box:
    """Words and where they stand, in points from the page's upper left corner; ``size`` is 0 where none is known."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float = 0.0

    @property
    def height(self) -> float:
        """How tall it is."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """How far down its middle stands."""
        return (self.top + self.bottom) / 2


def page_of(boxes: Sequence[Box], height: float, width: float, ruled: Sequence[Grid] = ()) -> Page:
    """Put boxes in reading order: columns of running text one after the other, columns of values as a table.

    ``ruled`` are tables known by their rules, which stand, as the page's lines will, in points from its lower left.
    """
    usual = median(box.height for box in boxes) if boxes else 1.0
    lines: list[Line] = []
    grids: list[Grid] = []
    columns = _columns(boxes)
    for column in columns:
        rows = list(_rows(column))
        # Lines of a column are set over the whole width, so that those are full that fill it.
        is_side = len(columns) > 1 and _is_column(column)
        near = min(box.left for box in column) - min(box.left for box in boxes) if is_side else 0.0
        far = max(box.right for box in boxes) - max(box.right for box in column) if is_side else 0.0
        set_lines, tables = [line_of(row, height, usual) for row in rows], [_grid(run, height) for run in _tables(rows)]
        lines += [replace(line, left=line.left - near, right=line.right + far) for line in set_lines]
        grids += [replace(grid, left=grid.left - near, right=grid.right + far) for grid in tables]
    return Page(height, tuple(lines), tuple(sorted([*ruled, *grids], key=lambda grid: -grid.top)), len(columns))


def line_of(row: Sequence[Box], height: float, usual: float = 0.0) -> Line:
    """Make one line of boxes beside each other; where no size is known, one of about the ``usual`` height has that."""
    tall = median(box.height for box in row)
    size = row[0].size or (usual if abs(tall - usual) <= SAME_HEIGHT * usual else tall)
    bottom, top = height - max(box.bottom for box in row), height - min(box.top for box in row)
    return Line("".join(_joined(row)), row[0].left, row[-1].right, bottom, top, round(size, 1))


def _columns(boxes: Sequence[Box]) -> list[list[Box]]:
    """Part a page at gaps that run down between columns of running text; what reaches across stands above or below."""
    ordered = sorted(boxes, key=lambda box: box.middle)
    left, right = min((box.left for box in boxes), default=0.0), max((box.right for box in boxes), default=0.0)
    for step in range(3, 22):
        cut = left + (right - left) * step / 24
        crossing = [box for box in ordered if box.left < cut < box.right]
        sides = [[b for b in ordered if b.right <= cut], [b for b in ordered if b.left >= cut]]
        if len(crossing) <= len(ordered) / 10 and all(_is_column(side) for side in sides):
            first = min(box.top for side in sides for box in side)
            heads = [box for box in crossing if box.middle <= first]
            feet = [box for box in crossing if box not in heads]
            return [part for part in (heads, *_columns(sides[0]), *_columns(sides[1]), feet) if part]
    return [ordered] if ordered else []


def _is_column(boxes: Sequence[Box]) -> bool:
    return len(boxes) >= MIN_COLUMN_LINES and median(len(box.text) for box in boxes) >= MIN_COLUMN_CHARS


def _rows(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Group boxes, sorted by height, that stand beside each other."""
    row: list[Box] = []
    for box in boxes:
        if row and box.middle > row[0].middle + row[0].height / 2:
            yield sorted(row, key=lambda each: each.left)
            row = []
        row.append(box)
    if row:
        yield sorted(row, key=lambda each: each.left)


def _joined(row: Sequence[Box]) -> Iterator[str]:
    for before, box in zip([None, *row], row, strict=False):
        yield (" " if before and box.left - before.right > box.height / 2 else "") + box.text


def _tables(rows: Sequence[list[Box]]) -> Iterator[list[list[Box]]]:
    """Yield runs of rows of cells, most of them with a number beside their name."""
    run: list[list[Box]] = []
    for row in [*rows, []]:
        if len(row) > 1 and not (not run and any(UNIT.search(box.text) for box in row)):
            run.append(row)
            continue
        numbered = sum(any(NUMBER.fullmatch(box.text) for box in each[1:]) for each in run)
        if len(run) > 2 and 2 * numbered >= len(run) - 1 and holds_values([[box.text for box in each] for each in run]):
            yield run
        run = []


def _grid(rows: Sequence[Sequence[Box]], height: float) -> Grid:
    """Give each box the column it stands in: columns are parted where no box of the table reaches across."""
    boxes = sorted((box for row in rows for box in row), key=lambda box: box.left)
    starts, reach = [boxes[0].left], boxes[0].right
    for box in boxes:
        if box.left > reach:
            starts.append(box.left)
        reach = max(reach, box.right)
    cells = [["" for _ in starts] for _ in rows]
    for index, row in enumerate(rows):
        for box in row:
            cells[index][sum(start <= box.left for start in starts) - 1] += box.text
    bottom, top = height - max(box.bottom for box in boxes), height - min(box.top for box in boxes)
    return Grid(boxes[0].left, max(box.right for box in boxes), bottom, top, tuple(map(tuple, cells)))
