"""Reading a table of a text: one row a line, cells joined by `` | ``, the first rows naming the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.folding import fold
from rag.language.numerals import find_numbers
from rag.language.periods import resolve_years
from rag.language.sentences import Span, lines_of, strip
from rag.language.units import COUNT_DIMENSIONS, measure
from rag.types import Reading

CELL_NUMBER = re.compile(r"(?:[+-]|\((?=[^()]*(?:\d{3}|\.\d)[^()]*\)))?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)?")
IN_BRACKETS = re.compile(r"[(](?:单位[:：]?)?([^()]{1,10})[)]")
_UNITS = r"([^\s()|]{1,30}(?:\s*[、,]\s*[^\s()|]{1,8}| [a-z ]{2,20})*)\s*[)]?\s*$"
CAPTION_UNIT = re.compile(rf"(?:(?:单位|단위|units?)[:：]?|\((?=(?:in |\$ ?)(?:thou|mill|bill)))\s*{_UNITS}")
UNIT_COLUMN = ("单位", "计量单位")
ORDER_COLUMN = frozenset({"序号", "编号", "排名", "名次", "位次", "代码", "no", "no."})
CHANGE = ("增长", "增幅", "增速", "同比", "±", "升降", "上涨", "涨幅", "growth", "change")
CHANGE_WORDS = re.compile(
    r"比?上年同?期?|比?去年|同比|增长率?|增幅|增速|升降|上涨|涨幅|±|速度|下降|变化|[(%)]|、|或|\s"
)
ORDER = re.compile(
    r"^(?:(?:(?:其中|#)[:：]?|[(][一二三四五六七八九十\d]+[)]|[一二三四五六七八九十\d]+[、.](?!\d))\s*)+"
)
NO_NAME = re.compile(
    r"(?:19|20)\d\d年?|绝对[数值]|绝对|全年|数值|完成情况|完成额?(?!率)|年度|实绩|实际|目标|计划|预期|累计|合计|数量|指标值?|[()%、\s]|本年|本期|年末数?"
)
SPACED = re.compile(r"(?<=[一-鿿])\s+(?=[一-鿿])")
TARGETS, RESULTS = ("目标", "计划", "预期"), ("完成", "实绩", "实际", "累计", "执行")
_KINDS_OF_UNIT = (
    "people=人口 人数 人员 劳动力 学生 职工; money=产值 收入 支出 投资 增加值 额 税收 利润 存款 贷款; area=面积 耕地; "
    "家=企业 单位数 商户 公司 机构; 户=户数 农户; mass=产量 总产; length=里程 长度"
)
KINDS_OF_UNIT = {kind: words.split() for kind, words in (row.split("=") for row in _KINDS_OF_UNIT.split("; "))}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``label`` what it measures ("" for 全年, 绝对数), ``unit`` "" where none is known.

    ``is_change`` marks a rate of change; its ``label`` is that of the column it changes. ``of_units`` and
    ``of_order`` mark columns that hold units or numbers of rows.
    """

    label: str
    unit: str
    is_change: bool
    years: tuple[int, ...]
    reading: Reading
    of_units: bool
    of_order: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its ``label`` without 其中 and numbering or, for a year, empty; its unit, its cells and what they say."""

    label: str
    unit: str
    cells: tuple[Span, ...]
    values: tuple[str, ...]
    label_index: int
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's columns and rows."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

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
        numbers = find_numbers(value)
        return bool(CELL_NUMBER.fullmatch(value)) or (len(numbers) == 1 and len(numbers[0].text) == len(value))


def read_grid(table: str, offset: int, caption: str = "") -> Grid:
    """Read the rows of ``table``, which begins at ``offset`` of its report's text; spans refer to that text.

    ``caption`` may end with the unit (单位：亿元). A list of units names those of the columns where only one of them
    fits what a column measures.
    """
    split = [_cells(table, start, start + len(line)) for start, line in lines_of(table) if line.strip()]
    values = [tuple(SPACED.sub("", fold(table[cell.start : cell.end])) for cell in cells) for cells in split]
    heads = next((index for index, row in enumerate(values) if _holds_amount(row)), min(1, len(values)))
    match = CAPTION_UNIT.search(fold(caption).rstrip())
    units = [unit for unit in re.split(r"[、,，;；/]+|(?<![a-z]) (?![a-z])", match[1]) if unit] if match else []
    columns = _columns(_names(values[:heads], max(map(len, values), default=0)), units)
    grouped = len({row[0] for row in values[heads:]}) < len(values) - heads
    rows = (
        _row(tuple(Span(cell.start + offset, cell.end + offset) for cell in cells), row, columns, grouped)
        for cells, row in zip(split[heads:], values[heads:], strict=True)
        if len(row) == len(columns)
    )
    return Grid(columns, tuple(row for row in rows if row))


def _cells(table: str, start: int, end: int) -> list[Span]:
    cells = []
    for part in table[start:end].split("|"):
        cells.append(strip(table, Span(start, start + len(part))))
        start += len(part) + 1
    return cells


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isdecimal() and value[:2] in ("19", "20")


def joined(one: str, other: str) -> str:
    """Join two names: those in Latin letters by a space."""
    return f"{one} {other}" if one[-1:].isascii() and other[:1].isascii() and one and other else one + other


def _holds_amount(row: Sequence[str]) -> bool:
    return any(CELL_NUMBER.fullmatch(value) and not _is_year(value) for value in row[1:])


def _names(heads: Sequence[tuple[str, ...]], width: int) -> list[str]:
    names = list(heads[0]) if heads else [""] * width
    for row in heads[1:]:
        names = [name if name == more else joined(name, more) for name, more in zip(names, row, strict=False)]
    return names


def _has(name: str, words: Sequence[str]) -> bool:
    return any(word in name for word in words)


def _columns(names: Sequence[str], units: Sequence[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    measured = ""
    for name in names:
        columns.append(_column(name, units, measured))
        measured = measured if columns[-1].is_change else columns[-1].label
    return tuple(columns)


def _column(name: str, units: Sequence[str], measured: str) -> Column:
    bracketed = IN_BRACKETS.search(name)
    is_change = _has(name, CHANGE)
    label = NO_NAME.sub("", IN_BRACKETS.sub("", name)).strip()
    years = tuple(each.first for each in resolve_years(name, None) if each.first == each.last)
    reading = Reading.RESULT if _has(name, RESULTS) else Reading.UNKNOWN
    return Column(
        (CHANGE_WORDS.sub("", label) or measured) if is_change else label,
        "%" if is_change else bracketed[1] if bracketed else _unit_for(label, units),
        is_change,
        years or ((int(name[-4:]),) if _is_year(name[-4:]) else ()),
        Reading.TARGET if _has(name, TARGETS) else reading,
        name.startswith(UNIT_COLUMN),
        name in ORDER_COLUMN,
    )


def _unit_for(label: str, units: Sequence[str]) -> str:
    """Return the only unit declared, or of several the only one that measures what the column is about; else ""."""
    if len(units) < 2:
        return units[0] if units else ""
    kind = next((kind for kind, words in KINDS_OF_UNIT.items() if _has(label, words)), None)
    fitting = [unit for unit in units if measure(unit)[0] == kind]
    return fitting[0] if len(fitting) == 1 else ""


def _row(cells: tuple[Span, ...], values: tuple[str, ...], columns: Sequence[Column], grouped: bool) -> Row | None:
    """Read a row, named by its group too; None for one that is not named."""
    if _is_year(values[0].rstrip("年度")):
        return Row("", "", cells, values, 0, (int(values[0][:4]),))
    index = next((i for i, value in enumerate(values) if value and not CELL_NUMBER.fullmatch(value)), None)
    if index is None or columns[index].of_units:
        return None
    bracketed = IN_BRACKETS.search(values[index])
    own = bracketed[1] if bracketed and _is_unit(bracketed[1]) else ""
    unit = next((value for column, value in zip(columns, values, strict=True) if column.of_units), "") or own
    named = ORDER.sub("", values[index]).strip()
    inner = values[index + 1] if grouped and index + 1 < len(values) and not columns[index + 1].of_units else ""
    if inner and not CELL_NUMBER.fullmatch(inner):
        named, index = joined(named, inner), index + 1
    return Row(IN_BRACKETS.sub("", named).strip() or named, unit, cells, values, index)


def _is_unit(words: str) -> bool:
    return measure(words)[0] != words or words in COUNT_DIMENSIONS
