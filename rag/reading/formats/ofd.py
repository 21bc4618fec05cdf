"""OFD (GB/T 33190): the text of its pages and of their templates, by where it stands; signatures lie beside it."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from rag.errors import UnreadableFileError
from rag.reading.archives import ODD_PARTS
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.boxes import Box, Grid, Page, page_of
from rag.reading.formats.grids import holds_values
from rag.reading.formats.pdf_layout import without_running_heads, write_pages
from rag.reading.formats.pdf_pages import MIN_RULES
from rag.types import Format, SourceText

POINTS_A_MILLIMETRE = 720 / 254
A4 = (0, 0, 210, 297)
RULE_POINTS = 3
MIN_RULE_POINTS = 4
# How far a sign reaches above its baseline, as a share of its size.
ASCENT = 6 / 7
Edge = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class _Placed:
    """An element of a page, its offset and its scale in points, from the page's upper left corner."""

    element: etree._Element
    left: float
    top: float
    right: float
    bottom: float
    scale: tuple[float, float]


def read_ofd(content: bytes, name: str) -> SourceText:
    """Read an OFD file page by page; ruled tables are tables. Annotations and seals are left out.

    Raises:
        UnreadableFileError: the file is damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            package = _Package(archive)
            if package.has("Encryptions.xml"):
                raise UnreadableFileError(f"{name}: the OFD is encrypted; save it without a password")
            root = package.read("OFD.xml")
            title = next((each.text or "" for each in root.iter("{*}Title")), "")
            pages = [page for each in root.iter("{*}DocRoot") for page in _pages(package, (each.text or "").strip())]
    except ODD_PARTS as error:
        raise UnreadableFileError(f"{name}: the OFD is damaged ({error}); save it again from its program") from error
    assembler = Assembler(Format.OFD, title=title)
    write_pages(without_running_heads(pages), assembler)
    return assembler.finish()


class _Package:
    """The parts of an OFD file, by their path; the case of a name makes no difference."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {each.lower(): each for each in archive.namelist()}

    def has(self, path: str) -> bool:
        return path.lower() in self._names

    def read(self, path: str) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(self._archive.read(self._names[path.lower()]), parser)

    def locate(self, base: str, path: str) -> str:
        """Return a location as written in the part ``base``: relative to it, or from the root."""
        return posixpath.normpath(posixpath.join("/" + posixpath.dirname(base), path.strip())).lstrip("/")


def _pages(package: _Package, path: str) -> Iterator[Page]:
    path = package.locate("", path)
    document = package.read(path)
    templates = {each.get("ID"): each.get("BaseLoc", "") for each in document.iter("{*}TemplatePage")}
    usual = _numbers(next((each.text for each in document.iter("{*}PhysicalBox")), None)) or A4
    for each in document.iterfind("{*}Pages/{*}Page"):
        page = package.read(package.locate(path, each.get("BaseLoc", "")))
        size = _numbers(next((area.text for area in page.iterfind("{*}Area/{*}PhysicalBox")), None)) or usual
        under = [
            templates[used.get("TemplateID")]
            for used in page.iter("{*}Template")
            if used.get("TemplateID") in templates
        ]
        roots = [*(package.read(package.locate(path, template)) for template in under), page]
        placed = [item for root in roots for item in _placed(root)]
        width, height = (side * POINTS_A_MILLIMETRE for side in size[2:4])
        boxes = [box for item in placed if item.element.tag.endswith("}TextObject") for box in _boxes(item)]
        grids, inside = _ruled(placed, boxes, height)
        yield page_of([box for box in boxes if box not in inside], height, width, grids)


def _placed(root: etree._Element) -> Iterator[_Placed]:
    for each in root.iter("{*}TextObject", "{*}PathObject"):
        boundary = _numbers(each.get("Boundary"))
        if len(boundary) == 4:
            left, top, width, height = (value * POINTS_A_MILLIMETRE for value in boundary)
            matrix = _numbers(each.get("CTM"))
            scale = (abs(matrix[0]), abs(matrix[3])) if len(matrix) == 6 and matrix[0] and matrix[3] else (1.0, 1.0)
            yield _Placed(each, left, top, left + width, top + height, scale)


def _boxes(item: _Placed) -> Iterator[Box]:
    """Yield the lines of a text object; where the size is missing, the object's own bounds have to do."""
    size = float(item.element.get("Size") or 0) * POINTS_A_MILLIMETRE * item.scale[1]
    x = y = 0.0
    for code in item.element.iter("{*}TextCode"):
        text = "".join((code.text or "").split("\n"))
        x, y = float(code.get("X") or x), float(code.get("Y") or y)
        if not text.strip():
            continue
        left = item.left + x * POINTS_A_MILLIMETRE * item.scale[0]
        base = item.top + y * POINTS_A_MILLIMETRE * item.scale[1]
        advance = sum(_deltas(code.get("DeltaX"))) * POINTS_A_MILLIMETRE * item.scale[0]
        right = left + advance + size * (0.5 if text[-1].isascii() else 1.0)
        top, bottom = (base - ASCENT * size, base + (1 - ASCENT) * size) if size else (item.top, item.bottom)
        yield Box(text.strip(), left, top, right, bottom)


def _deltas(written: str | None) -> list[float]:
    """Read distances between signs; "g 24 3.5" stands for 24 times 3.5."""
    parts, found = (written or "").split(), []
    while parts:
        part = parts.pop(0)
        if part == "g" and len(parts) >= 2:
            found += [float(parts[1])] * min(int(parts[0]), 10_000)
            del parts[:2]
        elif part != "g":
            found.append(float(part))
    return found


def _numbers(written: str | None) -> tuple[float, ...]:
    return tuple(map(float, (written or "").split()))


def _ruled(placed: Sequence[_Placed], boxes: Sequence[Box], height: float) -> tuple[list[Grid], set[Box]]:
    """Find the tables that thin paths rule, with the words whose middle stands in each cell; and all those words."""
    edges = [edge for item in placed if item.element.tag.endswith("}PathObject") for edge in _edges(item)]
    if len(edges) < MIN_RULES:
        return [], set()
    crossings = edges_to_intersections(merge_edges(edges, 3, 3, 3, 3), 3, 3)
    grids: list[Grid] = []
    taken: set[Box] = set()
    for cells in cells_to_tables(intersections_to_cells(crossings)):
        lefts, tops = (sorted({cell[side] for cell in cells}) for side in (0, 1))
        right, bottom = (max(cell[side] for cell in cells) for side in (2, 3))
        bounds = (lefts[0], tops[0], right, bottom)
        held: dict[tuple[float, float], list[Box]] = {}
        for box in (each for each in boxes if not _distance(each, bounds)):
            held.setdefault(min(cells, key=lambda cell: _distance(box, cell))[:2], []).append(box)
        rows = tuple(tuple(_words(held.get((left, top), [])) for left in lefts) for top in tops)
        if holds_values(rows):
            taken |= {box for each in held.values() for box in each}
            grids.append(Grid(lefts[0], right, height - bottom, height - tops[0], rows))
    return grids, taken


def _distance(box: Box, cell: tuple[float, float, float, float]) -> float:
    """Return how far the middle of a box stands outside a cell; 0 inside."""
    left, top, right, bottom = cell
    middle = (box.left + box.right) / 2
    return max(left - middle, middle - right, 0.0) + max(top - box.middle, box.middle - bottom, 0.0)


def _edges(item: _Placed) -> Iterator[Edge]:
    width, height = item.right - item.left, item.bottom - item.top
    sides: Edge = {"x0": item.left, "x1": item.right, "top": item.top, "bottom": item.bottom}
    sides |= {"width": width, "height": height}
    if height <= RULE_POINTS and width >= max(MIN_RULE_POINTS, 2 * height):
        yield {**sides, "bottom": item.top, "orientation": "h"}
    elif width <= RULE_POINTS and height >= max(MIN_RULE_POINTS, 2 * width):
        yield {**sides, "x1": item.left, "orientation": "v"}
    elif min(width, height) >= MIN_RULE_POINTS and item.element.get("Stroke", "true") == "true":
        for side in ("top", "bottom"):
            yield {**sides, "top": sides[side], "bottom": sides[side], "orientation": "h"}
        for side in ("x0", "x1"):
            yield {**sides, "x0": sides[side], "x1": sides[side], "orientation": "v"}


def _words(boxes: Sequence[Box]) -> str:
    ordered = sorted(boxes, key=lambda box: (round(box.middle / max(box.height, 1.0)), box.left))
    return "".join(box.text for box in ordered)
