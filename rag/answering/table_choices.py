"""Choosing among the rows of a table: the highest, the total, those that meet a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.draft import Draft
from rag.answering.table_cells import (
    MIN_EXPLAINED,
    Cell,
    ReadTable,
    base_amount,
    find_cells,
    find_rows,
    fits,
    latest,
)
from rag.answering.table_computing import LOWEST, MAX_LISTED, TOTAL_WORDS, compute
from rag.answering.table_matching import PLACE_SUFFIX, Query
from rag.answering.table_wording import CellWriter
from rag.asking.question import Kind
from rag.numerals import QUANTITY, base_value, find_numbers

MAX_OPERANDS = 12
HIGHEST = re.compile(
    r"最[高大多快好]|第一|领先|前[二两三四五六七八九十\d]+|\b(?:highest|largest|most|biggest|fastest|greatest)\b"
)
EVERY = re.compile(r"各|所有|全部|每个|合计|总共|一共|总计|\b(?:all|total|every|together)\b")
WHICH = re.compile(
    r"最[高大多低小少快慢]的(?:[一二两三四五六七八九十\d]+个)?|前[一二两三四五六七八九十\d]+(?:名|位)?的?"
    r"|哪(?:一|几|些|[一二两三四五六七八九十])?(?:个|些|种|类|家|座)?|各|所有|全部|每个|\bwhich\b|\ball\b"
)
EACH = re.compile(r"各|分别|\beach\b")
COUNT = re.compile(r"前([一二两三四五六七八九十\d]+)|([二两三四五六七八九十\d]+)(?:个|种|类|家)|\btop (\d+)\b")
AMONG = re.compile(r"(乡镇|镇|街道|县区|区县|县市|市县|产品|行业|地区)[中里]")
FALLING = re.compile(
    r"负增长|下降|下滑|减少|回落|减产|\b(?:fell|fall|decline|declined|drop|dropped|decreased?|shrank|negative)\b"
)
RISING = re.compile(r"增长|上升|上涨|增加|增产|\b(?:grew|rose|increased?)\b")
ABOVE = re.compile(r"超过|高于|大于|多于|以上|不低于|不少于|突破|\b(?:over|above|more than|at least|exceed\w*)\b")
BELOW = re.compile(r"低于|少于|小于|不到|不足|以下|不超过|\b(?:under|below|less than|fewer than|at most)\b")
ENGLISH_NOUNS = {
    "town": "镇乡街道", "subdistrict": "街道", "county": "县", "counties": "县", "district": "区", "city": "市",
    "cities": "市", "product": "产品", "industr": "行业", "place": "镇乡街道县区市", "village": "村",
}  # fmt: skip
KINDS_OF_PLACES = (("镇", "乡", "街道", "镇街"), ("县", "区", "市", "旗"), ("村", "社区"))
MIN_OF_KIND = 0.4


def draft_extreme(source: ReadTable, query: Query, writer: CellWriter) -> Draft | None:
    """Name the rows highest or lowest in the column asked for; None unless a superlative and the rows' kind are."""
    match = HIGHEST.search(query.text) or LOWEST.search(query.text)
    if match is None or not _names_kind(source, query):
        return None
    cells = _column_cells(source, query) or _place_cells(source, query)
    if len(cells) < 2:
        return None
    high = LOWEST.search(query.text) is None
    ranked = sorted(cells, key=lambda cell: -base_amount(cell) if high else base_amount(cell))
    count = query.question.expected_count or _count(query.text)
    edge = base_amount(ranked[min(count, len(ranked)) - 1])
    chosen = [cell for cell in ranked if (base_amount(cell) >= edge if high else base_amount(cell) <= edge)]
    return Draft((writer.extreme(chosen[:MAX_LISTED], match.group()),))


def _count(text: str) -> int:
    """Return how many rows a superlative asks for (前三, 最高的两个镇); 1 where it does not say."""
    match = COUNT.search(text)
    numbers = find_numbers(next(filter(None, match.groups())) + "个") if match else []
    return int(numbers[0].value) if numbers else 1


def draft_total(source: ReadTable, query: Query, writer: CellWriter) -> Draft | None:
    """State the total of a column: the table's own, else the sum of its rows."""
    asked = query.question.kind is Kind.SUM or TOTAL_WORDS.search(query.text)
    if not asked or not EVERY.search(query.text) or not _names_kind(source, query):
        return None
    own = [row for row in source.grid.rows if row.is_total]
    if own and (cells := find_cells(source, own[0], None, query)):
        return Draft((writer.state(cells[0]),))
    cells = _column_cells(source, query)
    if len(cells) > MAX_OPERANDS:
        return None
    return compute(cells, Kind.SUM, writer) if len(cells) > 1 else None


def draft_listing(source: ReadTable, query: Query, writer: CellWriter) -> Draft | None:
    """List the rows that fall, rise, or lie above or below an amount the question names."""
    if not re.search(r"哪(?:些|几|个|种|类|家)|各|分别|\bwhich\b|\beach\b", query.text) or not _names_kind(
        source, query
    ):
        return None
    cells = _column_cells(source, query)
    meets = _condition(query, cells)
    if meets is None or not cells:
        return None
    chosen = [cell for cell in cells if meets(cell)]
    return Draft((writer.listing(chosen[:MAX_LISTED]),)) if chosen else None


def _condition(query: Query, cells: Sequence[Cell]) -> Callable[[Cell], bool] | None:
    numbers = [number for number in find_numbers(query.text) if number.kind == QUANTITY and number.unit]
    bound = ABOVE.search(query.text), BELOW.search(query.text)
    if numbers and any(bound) and cells:
        limit = base_value(numbers[0])[0]
        falls = cells[0].column.is_change and FALLING.search(query.text) is not None
        sign = -1 if falls else 1
        return (
            (lambda cell: sign * base_amount(cell) < limit)
            if bound[1]
            else (lambda cell: sign * base_amount(cell) >= limit)
        )
    if cells and not cells[0].column.is_change:
        return (lambda cell: True) if EACH.search(query.text) else None
    if EACH.search(query.text):
        return lambda cell: True
    if FALLING.search(query.text):
        return lambda cell: cell.value < 0
    return (lambda cell: cell.value > 0) if RISING.search(query.text) else None


def _column_cells(source: ReadTable, query: Query) -> list[Cell]:
    """Return the cells of the one column a question names, of all rows that are no totals and no parts."""
    rows = [row for row in source.grid.rows if not row.is_total and not row.whole]
    cells = [cell for row in rows for cell in latest(find_cells(source, row, None, query), query)[:1]]
    first = cells[0].index if cells else None
    return [cell for cell in cells if cell.index == first]


def _place_cells(source: ReadTable, query: Query) -> list[Cell]:
    """Return the cells of the one row a question names, in all columns headed by places."""
    rows = find_rows(source, query)
    columns = [i for i, column in enumerate(source.grid.columns) if PLACE_SUFFIX.search(column.label)]
    if len(rows) != 1 or query.explained(rows[0][1].spans, source.context) < MIN_EXPLAINED:
        return []
    row = rows[0][0]
    cells = [Cell(source, row, i) for i in columns if i != row.label_index and source.grid.is_amount(row, i)]
    return [cell for cell in cells if fits(cell, query)]


def _names_kind(source: ReadTable, query: Query) -> bool:
    """Tell whether the question asks for rows of the kind a table has: 哪个镇 where the rows are towns."""
    nouns = _nouns(query)
    if not nouns or not source.grid.rows:
        return False
    index = source.grid.rows[0].label_index
    head = source.grid.columns[index].name
    labels = [row.label for row in source.grid.rows if not row.is_total]
    if not any(PLACE_SUFFIX.search(label) for label in labels):
        labels = [label for column in source.grid.columns if PLACE_SUFFIX.search(label := column.label)] or labels
    for noun in nouns:
        alike = next((kinds for kinds in KINDS_OF_PLACES if noun.endswith(kinds)), (noun,))
        ending = sum(label.endswith(alike) for label in labels)
        captioned = len(noun) > 1 and noun in source.table.caption
        if (head and noun in head) or captioned or ending > MIN_OF_KIND * len(labels):
            return True
    return False


def _nouns(query: Query) -> list[str]:
    if query.english:
        words = [noun for word, noun in ENGLISH_NOUNS.items() if re.search(rf"\b{word}", query.text)]
        return [noun for word in words for noun in re.findall(r"街道|产品|行业|.", word)]
    found = [match[1] for match in AMONG.finditer(query.text)]
    for match in WHICH.finditer(query.text):
        following = re.match(r"[一-鿿]{1,4}", query.text[match.end() :])
        if following:
            found += [following.group()[:size] for size in range(len(following.group()), 0, -1)]
    return found
