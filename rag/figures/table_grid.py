"""Reading a table of a text: one row a line, cells joined by `` | ``, the first rows naming the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.language.folding import fold
from rag.language.numerals import YEAR, find_numbers
from rag.language.sentences import Span
from rag.language.units import measure
from rag.types import Reading

CELL_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
YEAR_NAME = re.compile(r"(?:19|20)\d\d")
UNIT_COLUMN = re.compile(r"^(?:计量)?单位")
ORDER_COLUMN = re.compile(r"^(?:序号|编号|排名|名次|位次|代码|no\.?)$")
IN_BRACKETS = re.compile(r"[(](?:单位[:：]?)?([^()]{1,10})[)]")
ROW_UNIT = re.compile(r"[(](?:单位[:：]?)?([^()\d]{1,10})[)]$")
CAPTION_UNIT = re.compile(r"单位[:：]?\s*([^\s()|]{1,30}(?:\s*[、,]\s*[^\s()|]{1,8})*)\s*[)]?\s*$")
CHANGE = re.compile(r"增长|增幅|增速|同比|±|升降|上涨|涨幅|growth|change")
CHANGE_WORDS = re.compile(
    r"比?上年同?期?|比?去年|同比|增长率?|增幅|增速|升降|上涨|涨幅|±|速度|下降|变化|[(%)]|、|或|\s"
)
ORDER = re.compile(r"^(?:(?:其中|#)[:：]?|[(][一二三四五六七八九十\d]+[)]|[一二三四五六七八九十\d]+[、.](?!\d))\s*")
PART = re.compile(r"^(?:其中|#)[:：]?\s*")
NO_NAME = re.compile(
    r"(?:19|20)\d\d年?|绝对[数值]|绝对|全年|数值|完成情况|完成额?(?!率)|年度|实绩|实际|目标|计划|预期|累计|合计|数量|指标值?|[()%、\s]|本年|本期|年末数?"
)
SPACED = re.compile(r"(?<=[一-鿿])\s+(?=[一-鿿])")
KINDS_OF_UNIT = (
    (re.compile(r"人口|人数|人员|劳动力|学生|职工"), "people"),
    (re.compile(r"产值|收入|支出|投资|增加值|总额|零售额|销售额|税收|利润|余额|存款|贷款|金额"), "money"),
    (re.compile(r"面积|耕地"), "area"),
    (re.compile(r"企业|单位数|商户|公司|机构"), "家"),
    (re.compile(r"户数|农户|户$"), "户"),
    (re.compile(r"产量|总产"), "mass"),
    (re.compile(r"里程|长度"), "length"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``name`` as headed, ``label`` what it measures ("" for 全年, 绝对数), ``unit`` "" where none is known.

    ``is_change`` marks a rate of change; its ``label`` is that of the column it changes. ``of_units`` and
    ``of_order`` mark columns that hold units or numbers of rows.
    """

    name: str
    label: str
    unit: str
    is_change: bool
    years: tuple[int, ...]
    reading: Reading
    of_units: bool = False
    of_order: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its ``label`` without 其中 and numbering, its unit and cells, from the first with words on.

    ``whole`` is the label of the row it is a part of (其中), ``under`` that of the last row above that has parts, of
    which it may be one; both maybe "".
    """

    label: str
    whole: str
    under: str
    unit: str
    span: Span
    cells: tuple[Span, ...]
    values: tuple[str, ...]
    label_index: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's columns and rows; ``head`` spans the rows that name the columns, None without any."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    head: Span | None

    def unit(self, row: Row, index: int) -> str:
        """Return the unit of a cell, "" where the table tells none."""
        column, value = self.columns[index], row.values[index]
        if CELL_NUMBER.fullmatch(value):
            return column.unit if column.unit in ("%", "‰") else row.unit or column.unit
        return find_numbers(value)[0].unit

    def is_amount(self, row: Row, index: int) -> bool:
        """Tell whether a cell holds one number and nothing else than its unit."""
        column, value = self.columns[index], row.values[index]
        if column.of_units or column.of_order or index == row.label_index:
            return False
        if CELL_NUMBER.fullmatch(value):
            return True
        numbers = find_numbers(value)
        return len(numbers) == 1 and len(numbers[0].text) == len(value)


@lru_cache(maxsize=512)
def read_grid(table: str, offset: int, caption: str = "", unit: str = "", header: str = "") -> Grid:
    """Read the rows of ``table``, which begins at ``offset`` of its report's text; spans refer to that text.

    ``caption`` may end with the unit (单位：亿元); ``unit`` is what else the table declares. A list of units names
    those of the columns where only one of them fits what a column measures. ``header`` names the columns where the
    rows above the first amount do not match the others (a cell broken over two lines).
    """
    lines = _lines(table, offset)
    split = [(span, _cells(table, span, offset)) for span in lines]
    values = [tuple(_value(table[cell.start - offset : cell.end - offset]) for cell in cells) for _, cells in split]
    heads = next((index for index, row in enumerate(values) if _holds_amount(row)), len(values))
    heads = heads if heads < len(values) else min(1, len(values))
    names = _names(values[:heads], max((len(row) for row in values), default=0))
    if header and values[heads:] and len(names) != len(values[-1]) == header.count("|") + 1:
        names = [_value(cell.strip()) for cell in header.split("|")]
    match = CAPTION_UNIT.search(fold(caption).rstrip())
    columns = _columns(names, _units(fold(unit) or (match[1] if match else "")))
    body = list(zip(split[heads:], values[heads:], strict=True))
    rows = _rows([(span, cells, row) for (span, cells), row in body if len(row) == len(columns)], columns)
    head = Span(lines[0].start, lines[heads - 1].end) if heads else None
    return Grid(columns, tuple(rows), head)


def _lines(table: str, offset: int) -> list[Span]:
    found, position = [], offset
    for line in table.split("\n"):
        if line.strip():
            found.append(Span(position, position + len(line)))
        position += len(line) + 1
    return found


def _cells(table: str, row: Span, offset: int) -> tuple[Span, ...]:
    cells, position = [], row.start
    for part in table[row.start - offset : row.end - offset].split("|"):
        stripped = part.strip()
        start = position + len(part) - len(part.lstrip())
        cells.append(Span(start, start + len(stripped)))
        position += len(part) + 1
    return tuple(cells)


def _value(cell: str) -> str:
    return SPACED.sub("", fold(cell))


def _holds_amount(row: Sequence[str]) -> bool:
    return any(CELL_NUMBER.fullmatch(value) and not YEAR_NAME.fullmatch(value) for value in row[1:])


def _names(heads: Sequence[tuple[str, ...]], width: int) -> list[str]:
    names = list(heads[0]) if heads else [""] * width
    for row in heads[1:]:
        names = [name if name == more else name + more for name, more in zip(names, row, strict=False)]
    return names


def _units(words: str) -> tuple[str, ...]:
    return tuple(unit for unit in re.split(r"[、,，;；/ ]+", words) if unit)


def _columns(names: Sequence[str], units: Sequence[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    measured = ""
    for name in names:
        column = _column(name, units, measured)
        measured = measured if column.is_change else column.label
        columns.append(column)
    return tuple(columns)


def _column(name: str, units: Sequence[str], measured: str) -> Column:
    bracketed = IN_BRACKETS.search(name)
    is_change = CHANGE.search(name) is not None
    label = NO_NAME.sub("", IN_BRACKETS.sub("", name)).strip()
    own = CHANGE_WORDS.sub("", label)
    years = tuple(int(number.value) for number in find_numbers(name) if number.kind == YEAR)
    bare = () if years or not YEAR_NAME.fullmatch(name) else (int(name),)
    return Column(
        name,
        (own or measured) if is_change else label,
        "%" if is_change else bracketed[1] if bracketed else _unit_for(label, units),
        is_change,
        years or bare,
        _reading(name),
        UNIT_COLUMN.search(name) is not None,
        ORDER_COLUMN.search(name) is not None,
    )


def _reading(name: str) -> Reading:
    if re.search(r"目标|计划|预期", name):
        return Reading.TARGET
    return Reading.RESULT if re.search(r"完成|实绩|实际|累计|执行", name) else Reading.UNKNOWN


def _unit_for(label: str, units: Sequence[str]) -> str:
    """Return the only unit declared, or of several the only one that measures what the column is about; else ""."""
    if len(units) < 2:
        return units[0] if units else ""
    kind = next((kind for pattern, kind in KINDS_OF_UNIT if pattern.search(label)), None)
    fitting = [unit for unit in units if measure(unit)[0] == kind]
    return fitting[0] if len(fitting) == 1 else ""


def _rows(rows: Sequence[tuple[Span, tuple[Span, ...], tuple[str, ...]]], columns: Sequence[Column]) -> list[Row]:
    found: list[Row] = []
    whole, under = "", ""
    for span, cells, values in rows:
        index = next((i for i, value in enumerate(values) if value and not CELL_NUMBER.fullmatch(value)), None)
        if index is None or columns[index].of_units:
            continue
        label = _label(values[index])
        is_part = PART.match(values[index]) is not None
        whole, under = (whole, whole) if is_part else (label, under)
        unit = next((value for column, value in zip(columns, values, strict=True) if column.of_units), "")
        bracketed = ROW_UNIT.search(values[index])
        unit = unit or (bracketed[1] if bracketed and measure(bracketed[1])[0] else "")
        found.append(Row(label, whole if is_part else "", under, unit, span, cells, values, index))
    return found


def _label(value: str) -> str:
    """Return a row's name without 其中, numbering and brackets."""
    before = None
    while before != value:
        before, value = value, ORDER.sub("", value).strip()
    return IN_BRACKETS.sub("", value).strip() or value
