"""Pages whose words are known by where they stand alone: rows, columns and tables of boxes of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from rag.reading.formats.grids import NUMBER, holds_values
from rag.reading.formats.pdf_pages import Grid, Line, Page

MIN_COLUMN_LINES = 5
MIN_COLUMN_CHARS = 8
SAME_HEIGHT = 1 / 4


@dataclass(frozen=True, slots=True)
class Box:
    """Words and where they stand, in points from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

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
    grids: list[Grid] = list(ruled)
    for column in _columns(boxes, width):
        rows = list(_rows(column))
        grids += [_grid(table, height) for table in _tables(rows) if not ruled]
        for row in rows:
            text = "".join(_joined(row))
            size = usual if abs(_height(row) - usual) <= SAME_HEIGHT * usual else _height(row)
            left, right = row[0].left, row[-1].right
            bottom, top = height - max(box.bottom for box in row), height - min(box.top for box in row)
            lines.append(Line(text, left, right, bottom, top, round(size, 1)))
    return Page(height, tuple(lines), tuple(sorted(grids, key=lambda grid: -grid.top)))


def _height(row: Sequence[Box]) -> float:
    return median(box.height for box in row)


def _columns(boxes: Sequence[Box], width: float) -> list[list[Box]]:
    """Part a page at a gap that runs down its middle between two columns of running text."""
    ordered = sorted(boxes, key=lambda box: box.middle)
    for cut in range(int(width * 3 / 10), int(width * 7 / 10), max(1, int(width // 100))):
        crossing = [box for box in ordered if box.left < cut < box.right]
        sides = [[b for b in ordered if b.right <= cut], [b for b in ordered if b.left >= cut]]
        if len(crossing) <= len(ordered) / 10 and all(_is_column(side) for side in sides):
            first = min(box.top for side in sides for box in side)
            heads = [box for box in crossing if box.middle <= first]
            return [heads, sides[0], sides[1], [box for box in crossing if box not in heads]]
    return [ordered]


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
        if len(row) > 1:
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
