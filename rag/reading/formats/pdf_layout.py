"""How a document is set: its margins, its type size, its running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rag.reading.formats.assembly import Assembler
from rag.reading.formats.boxes import Grid, Line, Page
from rag.reading.heading_forms import is_unfinished

EDGE_LINES = 2
INDENT = 0.8  # of the type size
SAME_SIZE_POINTS = 0.6
MIN_REPEATS = 2
PAGE_NUMBER = re.compile(
    r"^\W*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?\W*$"
)
NEW_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d)|[①-⑳■●◆•·-]|第[一二三四五六七八九十百]{1,4}[章节条]|表\s*\d|图\s*\d|注[:：])"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Margins and body type size in points; ``heading_sizes`` are the larger sizes in use, largest first."""

    left: float
    right: float
    size: float
    heading_sizes: tuple[float, ...] = ()

    def continues(self, line: Line, following: Line) -> bool:
        """Tell whether ``following`` goes on with the paragraph of ``line``, which then reaches the right margin."""
        is_full = line.right >= self.right - 2.2 * self.size
        is_same_size = abs(line.size - following.size) < SAME_SIZE_POINTS
        is_flush = following.left <= self.left + INDENT * self.size or following.left < line.left - INDENT * self.size
        is_open = is_unfinished(line.text) or following.left <= self.left + INDENT * self.size
        return is_full and is_same_size and is_flush and is_open and not NEW_ITEM.match(following.text)

    def heading_level(self, line: Line) -> int:
        """Return 1 to 3 for a short line in larger type, 0 for running text."""
        if len(line.text) > 40 or not is_unfinished(line.text):
            return 0
        for level, size in enumerate(self.heading_sizes[:3], 1):
            if abs(line.size - size) < SAME_SIZE_POINTS:
                return level
        return 0


def layout_of(pages: Sequence[Page]) -> Layout:
    """Measure a document; the body is the size that most characters are set in."""
    lines = [line for page in pages for line in page.lines]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 1.0
    set_in_body = [line for line in lines if abs(line.size - body) < SAME_SIZE_POINTS and len(line.text) >= 10]
    right = max((line.right for line in set_in_body), default=0.0)
    full = [line for line in set_in_body if line.right >= right - 3 * body]
    left = median(sorted(line.left for line in full)) if full else 0.0
    larger = sorted({size for size in sizes if size >= 1.12 * body}, reverse=True)
    return Layout(left, right, body, tuple(larger))


def without_running_heads(pages: Sequence[Page]) -> list[Page]:
    """Drop page numbers and lines that return at the edge of many pages, figures aside."""
    counts = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    repeated = {key for key, count in counts.items() if count >= max(MIN_REPEATS, 0.3 * len(pages))}
    cleaned = []
    for page in pages:
        edges = list(_edges(page))
        kept = [line for line in page.lines if line not in edges or not _is_running(line, repeated, page)]
        cleaned.append(replace(page, lines=tuple(kept)))
    return cleaned


def _edges(page: Page) -> Iterator[Line]:
    by_height = sorted(page.lines, key=lambda line: line.top)
    yield from by_height[:EDGE_LINES]
    yield from by_height[EDGE_LINES:][-EDGE_LINES:]


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", "".join(line.text.split()))


def _is_running(line: Line, repeated: set[str], page: Page) -> bool:
    in_margin = line.top < 0.1 * page.height or line.bottom > 0.9 * page.height
    return in_margin and (bool(PAGE_NUMBER.match(line.text)) or _key(line) in repeated)


def write_pages(pages: Sequence[Page], assembler: Assembler) -> None:
    """Add pages, their lines joined to paragraphs."""
    layout = layout_of(pages)
    previous: Line | None = None
    for page in pages:
        is_first = True
        for item in page.items():
            follows = isinstance(item, Line) and previous is not None and layout.continues(previous, item)
            if follows and isinstance(item, Line):
                _extend(item, assembler, starts_page=is_first)
            else:
                if is_first:
                    assembler.page()
                _start(item, layout, assembler)
            previous = item if isinstance(item, Line) else None
            is_first = False
        if is_first:
            assembler.page()


def _extend(line: Line, assembler: Assembler, *, starts_page: bool) -> None:
    if starts_page:
        assembler.extend_on_new_page(line.text)
    else:
        assembler.extend(line.text)


def _start(item: Line | Grid, layout: Layout, assembler: Assembler) -> None:
    if isinstance(item, Grid):
        assembler.table(item.rows, may_go_on=True)
    elif level := layout.heading_level(item):
        assembler.heading(item.text, level)
    else:
        assembler.paragraph(item.text)
