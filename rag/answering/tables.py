"""Answers from the tables of reports: a cell, the highest row, sums and differences, rows that meet a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.choosing import Case, Chooser
from rag.answering.computing import LOW_WORDS
from rag.answering.draft import Draft
from rag.answering.table_cells import (
    Cell,
    ReadTable,
    base_amount,
    distinct_spans,
    find_cells,
    find_rows,
    latest,
    tables_in_scope,
)
from rag.answering.table_matching import PLACE_SUFFIX, Borne, Query, make_query
from rag.answering.table_wording import CellWriter
from rag.asking.question import Kind
from rag.figures.table_grid import Row
from rag.glossary import load_glossary
from rag.numerals import QUANTITY, base_value, find_numbers
from rag.places import load_gazetteer
from rag.sentences import Span

KINDS = frozenset(
    {Kind.FIGURE, Kind.FACT, Kind.SUM, Kind.DIFFERENCE, Kind.COMPARISON, Kind.RANKING, Kind.LIST, Kind.PLACE}
)
REASONS = re.compile(r"为什么|为何|原因|怎么回事|\bwhy\b")
HIGHEST = re.compile(
    r"最[高大多快好]|第一|领先|前[二两三四五六七八九十\d]+|\b(?:highest|largest|most|biggest|fastest|greatest)\b"
)
LOWEST = re.compile(r"最[低小少慢差]|末位|倒数第一|垫底|\b(?:lowest|smallest|least|slowest|fewest)\b")
GAP = re.compile(r"比|相比|增加|减少|差|\b(?:than|difference|increase[ds]?|from)\b")
EACH = re.compile(r"各|分别|\beach\b")
TOTAL_WORDS = re.compile(r"合计|总共|一共|总计|加起来|\b(?:total|together|combined)\b")
EVERY = re.compile(r"各|所有|全部|每个|合计|总共|一共|总计|\b(?:all|total|every|together)\b")
COUNT = re.compile(r"前([一二两三四五六七八九十\d]+)|([二两三四五六七八九十\d]+)(?:个|种|类|家)|\btop (\d+)\b")
WHICH = re.compile(
    r"最[高大多低小少快慢]的(?:[一二两三四五六七八九十\d]+个)?|前[一二两三四五六七八九十\d]+(?:名|位)?的?"
    r"|哪(?:一|几|些|[一二两三四五六七八九十])?(?:个|些|种|类|家|座)?|各|所有|全部|每个|\bwhich\b|\ball\b"
)
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
MAX_STATEMENTS, MAX_OPERANDS, MAX_LISTED = 4, 12, 12
PLACE_LABEL_CHARS = 3


def draft_table(case: Case, chooser: Chooser) -> Draft | None:
    """Answer from the tables of the reports in scope; None when no table bears the question.

    Every statement cites the row and the rows that name the columns. A question that names a place which only a
    table's row tells of, but nothing the table tells of it, is refused with what the table has.
    """
    if case.question.kind not in KINDS or REASONS.search(case.question.standalone):
        return None
    tables = tables_in_scope(case, chooser)
    if not tables:
        return None
    glossary = load_glossary()
    query = make_query(case.question, glossary)
    writer = CellWriter(case.question.language, glossary, load_gazetteer())
    named = [(source, rows) for source in tables if (rows := find_rows(source, query))]
    cells = [_asked(source, rows, query) for source, rows in named]
    chosen = [group for group in cells if group]
    if not _covers(case, chosen or [[Cell(source, row, 0)] for source in tables for row in source.grid.rows[:1]]):
        return None
    if chosen:
        return _from_rows(chosen, query, writer)
    for source in tables:
        for write in (_draft_extreme, _draft_total, _draft_listing):
            if (draft := write(source, query, writer)) is not None:
                return draft
    return _refusal(case, named)


def _covers(case: Case, groups: Sequence[list[Cell]]) -> bool:
    """Tell whether the cells are about each place asked about: as their report's place or as their row."""
    told = {cell.source.report.profile.place for group in groups for cell in group}
    told |= {cell.row.label for group in groups for cell in group}
    return len(case.question.places) < 2 or set(case.question.places) <= told


def _asked(source: ReadTable, rows: Sequence[tuple[Row, Borne]], query: Query) -> list[Cell]:
    """Return the cells asked for, row by row in the question's order; [] unless the rest of the question fits."""
    found: list[Cell] = []
    spans = distinct_spans(rows)
    for span in spans:
        group = [(row, borne) for row, borne in rows if borne.spans[0] == span]
        named = [(row, borne) for row, borne in group if row.whole and row.whole in query.text] or group
        others = tuple(other for other in spans if other != span)
        options = [find_cells(source, row, _with(borne, others), query) for row, borne in named]
        cells = [cell for option in options for cell in latest(option, query)]
        best = max((cell.strength for cell in cells), default=0.0)
        found += [cell for cell in cells if cell.strength == best]
    wholes = {cell.row.whole for cell in found} - {""}
    return [cell for cell in found if cell.row.label not in wholes] or found


def _with(borne: Borne, others: tuple[Span, ...]) -> Borne:
    """Count the words that name other rows as borne as well."""
    return Borne((*borne.spans, *others), borne.share)


def _from_rows(tables: Sequence[list[Cell]], query: Query, writer: CellWriter) -> Draft | None:
    best = max(cells[0].strength for cells in tables)
    chosen = [cells for cells in tables if cells[0].strength >= 0.9 * best]
    kind = query.question.kind
    rate_alone = len(chosen[0]) == 1 and chosen[0][0].column.is_change
    if _asks_gap(chosen[0], query):
        kind = Kind.DIFFERENCE
    if kind in (Kind.SUM, Kind.DIFFERENCE) and not rate_alone:
        return next((draft for cells in chosen if (draft := _computed(cells, kind, writer)) is not None), None)
    if kind in (Kind.COMPARISON, Kind.RANKING) and len(chosen[0]) > 1:
        return _compared(chosen[0], query, writer)
    cells = list(
        {(cell.source.report.report_id, cell.row.span, cell.index): cell for group in chosen for cell in group}.values()
    )
    if len(cells) > MAX_STATEMENTS and not query.question.parts:
        return None
    stated = {statement.text: statement for statement in map(writer.state, reversed(cells[:MAX_LISTED]))}
    return Draft(tuple(reversed(stated.values())))


def _asks_gap(cells: Sequence[Cell], query: Query) -> bool:
    """Tell whether two years of one row are asked to be set against each other (比2020年增加多少)."""
    years = {cell.years for cell in cells}
    return len(cells) == 2 == len(years) and cells[0].row == cells[1].row and GAP.search(query.text) is not None


def _compared(cells: Sequence[Cell], query: Query, writer: CellWriter) -> Draft | None:
    """State which of the rows a question names has more, or less, and the amount of each."""
    if len({cell.column for cell in cells}) != 1:
        return None
    low = LOW_WORDS.search(query.text) is not None or LOWEST.search(query.text) is not None
    ordered = sorted(cells, key=base_amount, reverse=not low)
    return Draft((writer.compare(ordered, low=low), *(writer.state(cell) for cell in ordered[1:MAX_LISTED])))


def _computed(cells: Sequence[Cell], kind: Kind, writer: CellWriter) -> Draft | None:
    """Add or subtract two or more cells in one unit; a single cell answers a sum the table has itself."""
    if len(cells) < 2 or len({cell.unit for cell in cells}) != 1:
        return (
            Draft((writer.state(cells[0]),)) if kind is Kind.SUM and len(cells) == 1 and cells[0].row.is_total else None
        )
    stated = tuple(writer.state(cell) for cell in cells)
    if kind is Kind.SUM:
        if cells[0].unit == "%":
            return None
        value = round(sum(cell.value for cell in cells), 6)
        return Draft((writer.total(cells, value), *stated), computed=(value,))
    if len(cells) != 2:
        return None
    if cells[0].row == cells[1].row and cells[0].years < cells[1].years:
        cells, stated = cells[::-1], stated[::-1]
    value = round(cells[0].value - cells[1].value, 6)
    return Draft((writer.gap(cells[0], cells[1], value), *stated), computed=(abs(value),))


def _draft_extreme(source: ReadTable, query: Query, writer: CellWriter) -> Draft | None:
    """Name the rows highest or lowest in the column asked for; None unless a superlative and the rows' kind are."""
    match = HIGHEST.search(query.text) or LOWEST.search(query.text)
    if match is None or not _names_kind(source, query):
        return None
    cells = _column_cells(source, query)
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


def _draft_total(source: ReadTable, query: Query, writer: CellWriter) -> Draft | None:
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
    return _computed(cells, Kind.SUM, writer) if len(cells) > 1 else None


def _draft_listing(source: ReadTable, query: Query, writer: CellWriter) -> Draft | None:
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


def _names_kind(source: ReadTable, query: Query) -> bool:
    """Tell whether the question asks for rows of the kind a table has: 哪个镇 where the rows are towns."""
    nouns = _nouns(query)
    if not nouns or not source.grid.rows:
        return False
    index = source.grid.rows[0].label_index
    head = source.grid.columns[index].name
    labels = [row.label for row in source.grid.rows if not row.is_total]
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


def _refusal(case: Case, named: Sequence[tuple[ReadTable, list[tuple[Row, Borne]]]]) -> Draft | None:
    """Refuse where the question names a place that only a table's row tells of, saying what the table has."""
    for source, rows in named:
        for row, borne in rows:
            is_place = borne.share == 1.0 and len(row.label) >= PLACE_LABEL_CHARS and PLACE_SUFFIX.search(row.label)
            if is_place and not _told_elsewhere(case, row.label):
                return Draft(reason=_reason(case, source, row))
    return None


def _told_elsewhere(case: Case, label: str) -> bool:
    """Tell whether running text of a report held speaks of a row's place, or a report is about it."""
    for report_id, summary in case.corpus.summaries.items():
        report = case.corpus.report(report_id)
        if summary.profile.place == label:
            return True
        outside = (line for line in report.text.split("\n") if " | " not in line)
        if any(label in line for line in outside):
            return True
    return False


def _reason(case: Case, source: ReadTable, row: Row) -> str:
    labels = dict.fromkeys(column.label for column in source.grid.columns[row.label_index + 1 :] if column.label)
    if case.question.language == "en":
        years = ", ".join(str(year) for year in source.years)
        return f"The reports do not say this; a table for {years} has, for {row.label}, only {', '.join(labels)}."
    years = "、".join(f"{year}年" for year in source.years)
    return f"报告中没有找到这一内容；表中关于{row.label}的只有{years}的{'、'.join(labels)}。"
