"""Tables: what every report in scope says of an indicator or a term, a row each, and which ones say nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from rag.finding.corpus import Corpus
from rag.finding.fusion import Searcher
from rag.finding.indicators import Indicator, core
from rag.finding.piles import PileQuestion
from rag.finding.table_units import Subject, Unit
from rag.finding.table_words import words
from rag.language.folding import fold
from rag.language.numerals import RANGE
from rag.language.sentences import Span, find_words, split_clauses, split_sentences
from rag.language.terms import content_terms, terms
from rag.language.units import COUNT_DIMENSIONS, measure
from rag.types import Figure, PileRow, PileTable, Reading

MAX_SEARCHES = 40
MAX_ROW_SPANS = 60
SEARCH_HITS = 3
MAX_RANGE_GAP = 3
MAX_ROW_CHARS = 200
MIN_NEAR_SHARE = 0.25
NAME_WEIGHT = 2
MIN_NAME_CHARS = 3
MIN_LIKENESS = 0.5
MAX_OTHERS = 2
CLAUSE_SIGNS = "，。；、：,;: \n"


@dataclass(frozen=True, slots=True)
class _Stated:
    """A figure with the upper end of its range, where it has one."""

    figure: Figure
    upper: Figure | None = None

    @property
    def last(self) -> Figure:
        return self.upper or self.figure


def dimension_of(unit: str) -> str:
    """Return what a unit measures; all measure words for counting (人, 个, 家) are one."""
    dimension = measure(unit)[0]
    return "count" if dimension in COUNT_DIMENSIONS else dimension


def bounds(row: PileRow) -> tuple[float, float]:
    """Return a row's lower and upper end in the base unit; rows are compared by the lower, then by the upper end."""
    factor = measure(row.unit)[1]
    return (row.low or 0.0) * factor, (row.high or 0.0) * factor


class TableFinder:
    """Looks at every report in scope; safe to share between threads."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def find(self, question: PileQuestion, corpus: Corpus) -> tuple[PileTable, ...]:
        """Return one table for each subject of a question, rows in the order of its units."""
        return tuple(self._table(subject, question, corpus) for subject in question.subjects)

    def _table(self, subject: Subject, question: PileQuestion, corpus: Corpus) -> PileTable:
        if subject.indicator is None:
            held = corpus.holding(subject.term)
            rows = [_term_row(unit, subject.term, held) for unit in subject.units]
            return PileTable(subject.term, True, False, tuple(rows))
        rows = _figure_rows(subject, subject.indicator, corpus)
        missing = [index for index, row in enumerate(rows) if not row.words]
        looks = min(MAX_SEARCHES, max(0, MAX_ROW_SPANS - (len(rows) - len(missing))))  # no more than will be shown
        missing = missing[:looks]
        for index in missing:
            rows[index] = _nearest_figure(rows[index], subject.units[index], subject, subject.indicator, corpus)
        if subject.reading is Reading.UNKNOWN:  # where a target alone was found, the result may be dated less clearly
            of_results = replace(subject, reading=Reading.RESULT)
            for index in [index for index, row in enumerate(rows) if row.words and not _has_result(row)][:looks]:
                row = PileRow(rows[index].place, rows[index].year, rows[index].report_id)
                near = _nearest_figure(row, subject.units[index], of_results, subject.indicator, corpus)
                rows[index] = replace(rows[index], others=(*rows[index].others, near))
        for index in missing if any(row.start < row.end for row in rows) else ():
            if rows[index].start == rows[index].end:
                rows[index] = self._nearest(
                    rows[index], subject.units[index], subject, subject.indicator, question, corpus
                )
        is_rate = subject.dimension == "ratio"
        return PileTable(subject.indicator.name, False, is_rate, tuple(rows), subject.reading)

    def _nearest(
        self, row: PileRow, unit: Unit, subject: Subject, indicator: Indicator, question: PileQuestion, corpus: Corpus
    ) -> PileRow:
        """Search the reports of a row without a figure for words about the indicator."""
        query = f"{indicator.name} {question.text}"
        report_ids = tuple(report.report_id for report in unit.reports)
        hits = self._searcher.search(query, corpus, limit=SEARCH_HITS, report_ids=report_ids)
        places = [(hit.passage.report_id, hit.passage.start, hit.passage.end) for hit in hits]
        for report_id in report_ids:
            text = fold(corpus.text(report_id))
            places += [(report_id, *span) for each in indicator.wordings for span in find_words(text, each)]
        wanted, meant = set(content_terms(query)), words("turns").get(subject.reading)
        best = (0, row)
        for report_id, start, end in places:
            text = corpus.text(report_id)
            for place in split_clauses(text, _clause_start(text, start), _clause_end(text, end)):
                spoken = text[place.start : place.end]
                names = sum(each in fold(spoken) for each in indicator.wordings)
                names += meant is not None and meant.search(fold(spoken)) is not None
                shared = len(wanted & set(terms(spoken)))
                score = shared + NAME_WEIGHT * names if names or shared >= MIN_NEAR_SHARE * len(wanted) else 0
                if score > best[0]:
                    best = score, replace(row, report_id=report_id, start=place.start, end=place.end)
        return best[1]


def _nearest_figure(row: PileRow, unit: Unit, subject: Subject, indicator: Indicator, corpus: Corpus) -> PileRow:
    """Point a row without a figure to the words of those named most alike, maybe of a period that ends with the year.

    The year may be the report's own: then what it tells of the year before will do too.
    """
    names = [each for each in indicator.wordings if len(each) >= MIN_NAME_CHARS]
    last = {unit.year, unit.year - 1 if unit.year and subject.reading is not Reading.TARGET else None}
    near = []
    for figure in (each for report in unit.reports for each in corpus.report(report.report_id).figures):
        if not _is_meant(figure, subject.reading) or (unit.year and last.isdisjoint(figure.years[-1:])):
            continue
        named = core(figure.indicator)
        likeness = 1.0 if any(each in named for each in names) else _likeness(named, core(indicator.name))
        if likeness >= MIN_LIKENESS:
            is_other = bool(subject.dimension) and dimension_of(figure.unit) != subject.dimension
            near.append(((is_other, -likeness, unit.year not in figure.years[-1:]), figure))
    near.sort(key=lambda each: each[0])
    pointed = [_pointed(row, figure, corpus.text(figure.report_id)) for _, figure in near[: 1 + MAX_OTHERS]]
    return replace(pointed[0], others=tuple(pointed[1:])) if pointed else row


def _likeness(one: str, other: str) -> float:
    """Return the share of neighbouring characters two names have in common, 0 to 1."""
    pairs, others = (set(map("".join, pairwise(each))) for each in (one, other))
    return 2 * len(pairs & others) / max(1, len(pairs) + len(others))


def _pointed(row: PileRow, figure: Figure, text: str) -> PileRow:
    start, end = _clause_start(text, figure.start), _clause_end(text, figure.end)
    return replace(row, report_id=figure.report_id, start=start, end=end)


def _term_row(unit: Unit, term: str, held: Mapping[str, int]) -> PileRow:
    holder = next((report.report_id for report in unit.reports if report.report_id in held), None)
    if holder is None:
        return PileRow(unit.place, unit.year, unit.reports[0].report_id)
    start = max(held[holder], 0)
    end = start + len(term) if held[holder] >= 0 else 0
    return PileRow(unit.place, unit.year, holder, term, start=start, end=end)


def _figure_rows(subject: Subject, indicator: Indicator, corpus: Corpus) -> list[PileRow]:
    owners: dict[str, list[_Stated]] = {}
    for stated in _with_ranges(corpus.figures_of(indicator), corpus):
        owners.setdefault(stated.figure.report_id, []).append(stated)
    fitting = [_fitting(unit, owners, subject.reading) for unit in subject.units]
    dimension = subject.dimension or _usual(fitting)
    dimension = "count" if dimension in COUNT_DIMENSIONS else dimension
    return [
        _row(unit, [row for row in rows if dimension_of(row.last.unit) == dimension])
        for unit, rows in zip(subject.units, fitting, strict=True)
    ]


def _with_ranges(figures: Sequence[Figure], corpus: Corpus) -> Iterable[_Stated]:
    """Join the two ends of a range (5%—5.5%) into one statement."""
    skipped = None
    for figure, after in zip_longest(figures, figures[1:]):
        if figure is skipped:
            continue
        upper = after if after and _is_range(figure, after, corpus) else None
        skipped = upper
        yield _Stated(figure if figure.unit or upper is None else replace(figure, unit=upper.unit), upper)


def _is_range(low: Figure, high: Figure, corpus: Corpus) -> bool:
    if low.report_id != high.report_id or not 0 < high.start - low.end <= MAX_RANGE_GAP or high.value <= low.value:
        return False
    return RANGE.fullmatch(fold(corpus.text(low.report_id)[low.end : high.start])) is not None


def _fitting(unit: Unit, owners: dict[str, list[_Stated]], reading: Reading) -> list[_Stated]:
    """Return the statements about a unit's year that are meant as asked, the likeliest first."""
    rows = [row for report in unit.reports for row in owners.get(report.report_id, ())]
    kept = [
        row
        for row in rows
        if (not unit.year or row.figure.years in ((unit.year,), ()))
        and _is_meant(row.figure, reading)
        and not words("figures")["aside"].search(row.figure.qualifier)
    ]
    order = (reading, Reading.RESULT, Reading.TARGET, Reading.PLAN, Reading.UNKNOWN)

    def rank(row: _Stated) -> tuple[int, int, int]:
        years = () if unit.year else row.figure.years  # of any year, the latest single one
        return order.index(row.figure.reading), -max(years, default=0), len(years)

    return sorted(kept, key=rank)


def _has_result(row: PileRow) -> bool:
    return any(each.reading is Reading.RESULT for each in (row, *row.others))


def _is_meant(figure: Figure, reading: Reading) -> bool:
    """Tell whether a figure is meant as asked; a plan for one year is its target."""
    meant = Reading.TARGET if figure.reading is Reading.PLAN and len(figure.years) == 1 else figure.reading
    return reading is Reading.UNKNOWN or meant in (reading, Reading.UNKNOWN)


def _usual(fitting: Sequence[Sequence[_Stated]]) -> str:
    """Return the dimension in which most units give the figure."""
    counts = Counter(each for rows in fitting for each in dict.fromkeys(dimension_of(row.last.unit) for row in rows))
    return counts.most_common(1)[0][0] if counts else ""


def _row(unit: Unit, stated: Sequence[_Stated]) -> PileRow:
    """Make the row of the first statement, the likeliest; other values follow it."""
    if not stated:
        return PileRow(unit.place, unit.year, unit.reports[0].report_id)
    values: dict[tuple[float, float, str], _Stated] = {}
    for each in stated:
        values.setdefault((each.figure.value, each.last.value, each.last.unit), each)
    first, *others = (_stated_row(unit, each) for each in list(values.values())[: 1 + MAX_OTHERS])
    return replace(first, others=tuple(others))


def _stated_row(unit: Unit, stated: _Stated) -> PileRow:
    figure, last = stated.figure, stated.last
    before, after = words("figures")["before"], words("figures")["after"]
    bound = [each for each in last.qualifier.split() if before.fullmatch(each) or after.fullmatch(each)]
    spoken = f"{figure.text}—{last.text}" if stated.upper else figure.text
    spoken = "".join([each for each in bound if before.fullmatch(each)] + [spoken])
    return PileRow(
        unit.place,
        unit.year or (max(figure.years) if figure.years else None),
        figure.report_id,
        "".join([spoken, *(each for each in bound if after.fullmatch(each))]),
        figure.value,
        last.value,
        last.unit,
        figure.reading,
        figure.start,
        last.end,
    )


def located(row: PileRow, name: Indicator | str, corpus: Corpus) -> PileRow:
    """Return a found row with the words to quote: the clauses from the indicator to its figure, or around the term."""
    text = corpus.text(row.report_id)
    if isinstance(name, str):
        match = re.search(r"\s*".join(map(re.escape, fold("".join(name.split())))), fold(text))
        place = Span(match.start(), match.end()) if match else Span(0, 0)
    else:
        place = Span(_indicator_start(row, name, text), row.end)
    start, end = _clause_start(text, place.start), _clause_end(text, place.end)
    return replace(row, start=start, end=start + len(text[start:end].rstrip(CLAUSE_SIGNS)))


def _indicator_start(row: PileRow, indicator: Indicator, text: str) -> int:
    """Return where the indicator of a row's figure stands before it in its sentence; the figure where it does not."""
    line = text.rfind("\n", 0, row.start) + 1
    sentences = split_sentences(text, max(line, row.start - MAX_ROW_CHARS), row.end)
    start = sentences[-1].start if sentences else row.start
    folded = fold(text[start : row.start])
    at = max((folded.rfind(each) for each in indicator.wordings), default=-1)
    return start + at if at >= 0 else row.start


def _clause_start(text: str, at: int) -> int:
    line = max(text.rfind("\n", 0, at) + 1, at - MAX_ROW_CHARS)
    return next((each.start for each in split_clauses(text, line, at + 1) if each.start <= at < each.end), at)


def _clause_end(text: str, at: int) -> int:
    line = text.find("\n", at)
    stop = min(len(text) if line < 0 else line, at + MAX_ROW_CHARS)
    return next((each.end for each in split_clauses(text, at - 1, stop) if each.start < at <= each.end), at)
