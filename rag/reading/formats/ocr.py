"""Reading the text off pictures of pages, by models that the package rapidocr carries; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.language.folding import RADICALS
from rag.reading.formats.grids import NUMBER, holds_values
from rag.reading.formats.pdf_pages import Grid, Line, Page
from rag.types import OCR_WARNING

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Pixels = NDArray[np.uint8]
MAX_SIDE_PIXELS = 2_200
MAX_PAGES = 500
SURE = 0.8
MIN_SURE_SHARE = 0.7
MIN_COLUMN_LINES = 5
MIN_COLUMN_CHARS = 8
SAME_HEIGHT = 0.25
# What is told after each page that was recognised: how many are done, of how many.
on_page: ContextVar[Callable[[int, int], None]] = ContextVar("on_page", default=lambda done, total: None)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page as recognised, and the share of its characters that are sure (0 without any)."""

    page: Page
    sure_share: float


@dataclass(frozen=True, slots=True)
class _Box:
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@cache
def _engine() -> RapidOCR:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{each}_op_num_threads": 1 for each in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "error", **threads})


def recognise(image: Pixels, *, points_a_pixel: float = 1.0) -> Recognised:
    """Read a page's picture of shape ``(height, width, 3)``, blue first; its lines stand in points from lower left."""
    found = _engine()(image)
    texts, scores = found.txts or (), found.scores or ()
    boxes = [
        _Box(text.translate(RADICALS).strip(), *corners.min(axis=0), *corners.max(axis=0))
        for text, corners in zip(texts, found.boxes if found.boxes is not None else (), strict=True)
        if text.strip()
    ]
    sure = sum(len(text) for text, score in zip(texts, scores, strict=True) if score >= SURE)
    height, width = image.shape[:2]
    page = _page(boxes, height, width)
    return Recognised(_scaled(page, height, points_a_pixel), sure / max(1, sum(map(len, texts))))


def warnings_of(recognised: dict[int, Recognised], left_out: Sequence[int] = ()) -> list[str]:
    """Name the pages (counted from 1) that were read by OCR, those to be checked, and those beyond the limit."""
    doubtful = [number for number, each in recognised.items() if each.sure_share < MIN_SURE_SHARE]
    told = ((OCR_WARNING, recognised), ("few sure characters on pages: ", doubtful), ("pages not read: ", left_out))
    return [words + ", ".join(map(str, numbers)) for words, numbers in told if numbers]


def _scaled(page: Page, height: int, factor: float) -> Page:
    def moved(item: Line | Grid) -> dict[str, float]:
        sides = {name: getattr(item, name) * factor for name in ("left", "right")}
        return sides | {name: (height - getattr(item, name)) * factor for name in ("top", "bottom")}

    lines = tuple(replace(line, size=line.size * factor, **moved(line)) for line in page.lines)
    return Page(height * factor, lines, tuple(replace(grid, **moved(grid)) for grid in page.grids))


def _page(boxes: Sequence[_Box], height: int, width: int) -> Page:
    """Put boxes in reading order: columns of running text one after the other, columns of values as a table."""
    usual = median(box.height for box in boxes) if boxes else 1.0
    lines: list[Line] = []
    grids: list[Grid] = []
    for column in _columns(boxes, width):
        rows = list(_rows(column))
        for table in _tables(rows):
            grids.append(_grid(table))
        for row in rows:
            text = "".join(_joined(row))
            size = usual if abs(_height(row) - usual) <= SAME_HEIGHT * usual else _height(row)
            left, right = row[0].left, row[-1].right
            lines.append(Line(text, left, right, max(b.bottom for b in row), min(b.top for b in row), round(size)))
    return Page(height, tuple(lines), tuple(grids))


def _height(row: Sequence[_Box]) -> float:
    return median(box.height for box in row)


def _columns(boxes: Sequence[_Box], width: int) -> list[list[_Box]]:
    """Part a page at a gap that runs down its middle between two columns of running text."""
    ordered = sorted(boxes, key=lambda box: box.middle)
    for cut in range(int(0.3 * width), int(0.7 * width), max(1, width // 100)):
        crossing = [box for box in ordered if box.left < cut < box.right]
        sides = [[b for b in ordered if b.right <= cut], [b for b in ordered if b.left >= cut]]
        if len(crossing) <= len(ordered) / 10 and all(_is_column(side) for side in sides):
            first = min(box.top for side in sides for box in side)
            heads = [box for box in crossing if box.middle <= first]
            return [heads, sides[0], sides[1], [box for box in crossing if box not in heads]]
    return [ordered]


def _is_column(boxes: Sequence[_Box]) -> bool:
    return len(boxes) >= MIN_COLUMN_LINES and median(len(box.text) for box in boxes) >= MIN_COLUMN_CHARS


def _rows(boxes: Sequence[_Box]) -> Iterator[list[_Box]]:
    """Group boxes, sorted by height, that stand beside each other."""
    row: list[_Box] = []
    for box in boxes:
        if row and box.middle > row[0].middle + row[0].height / 2:
            yield sorted(row, key=lambda each: each.left)
            row = []
        row.append(box)
    if row:
        yield sorted(row, key=lambda each: each.left)


def _joined(row: Sequence[_Box]) -> Iterator[str]:
    for before, box in zip([None, *row], row, strict=False):
        yield (" " if before and box.left - before.right > box.height / 2 else "") + box.text


def _tables(rows: Sequence[list[_Box]]) -> Iterator[list[list[_Box]]]:
    """Yield runs of rows of cells, most of them with a number beside their name."""
    run: list[list[_Box]] = []
    for row in [*rows, []]:
        if len(row) > 1:
            run.append(row)
            continue
        numbered = sum(any(NUMBER.fullmatch(box.text) for box in each[1:]) for each in run)
        if len(run) > 2 and 2 * numbered >= len(run) - 1 and holds_values([[box.text for box in each] for each in run]):
            yield run
        run = []


def _grid(rows: Sequence[Sequence[_Box]]) -> Grid:
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
    bottom, top = max(box.bottom for box in boxes), min(box.top for box in boxes)
    return Grid(boxes[0].left, max(box.right for box in boxes), bottom, top, tuple(map(tuple, cells)))
