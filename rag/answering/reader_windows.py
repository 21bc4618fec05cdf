"""Windows: runs of whole clauses of the evidence, and how well each fits a question.

The features are general: how much of the question a window's words, its heading and its figure's indicator hold, how
high its span ranks, whether it lies in scope, fits the years and the reading asked for, and has a figure where one is
asked for. Their weights stand in ``data/reader.toml``; ``python -m eval.fit_reader`` fits them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rag.answering.reader_evidence import Clause, Read, Wanted
from rag.language.folding import fold
from rag.language.numerals import DATE, QUANTITY, find_numbers
from rag.language.sentences import Span, split_sentences
from rag.language.terms import stop_terms, terms
from rag.language.units import COUNT_DIMENSIONS, measure
from rag.types import EvidenceSpan, Figure, Reading, Table

MAX_WINDOW_CHARS = 110
# A sentence with so few words of its own goes on about the one before: Our target is 230,000. 今年目标6500人。
MAX_ELLIPTICAL_TERMS = 4
MAX_LISTED = 4


class Features(NamedTuple):
    """What is known of a window, for each a number; :func:`weighed` weighs them.

    ``covered`` of the question's terms, ``under_heading`` more of them by heading, table head and the sentence before;
    ``unit_fits`` where a number is of the measure asked for, ``unit_differs`` where none is; ``lists`` counts several.
    """

    covered: float
    covered_squared: float
    under_heading: float
    density: float
    rank: float
    in_scope: float
    year_fits: float
    year_differs: float
    reading_differs: float
    indicator: float
    no_figure: float
    unit_fits: float
    unit_differs: float
    length: float
    log_length: float
    new_words: float
    amount_length: float
    lists: float


@dataclass(frozen=True, slots=True)
class Window:
    """Clauses, or a table's row, at ``[start, end)`` of a span's text, the years they speak of, and their features.

    ``figure`` is the one in it that fits an amount asked for best, ``table`` the table it is a row of.
    """

    span: EvidenceSpan
    start: int
    end: int
    years: tuple[int, ...]
    features: Features
    figure: Figure | None = None
    table: Table | None = None

    @property
    def text(self) -> str:
        """The words."""
        return self.span.text[self.start : self.end]


def windows(wanted: Wanted, evidence: Sequence[Read]) -> list[Window]:
    """Return every run of clauses of at most 110 characters, and every longer clause, of all spans.

    Rows of tables, and sentences of languages other than Chinese, are windows of their own. What only repeats the
    question is none.
    """
    return [each for row in evidence for each in _of_span(wanted, row) if each.features.new_words]


def _of_span(wanted: Wanted, row: Read) -> Iterator[Window]:
    text = row.span.text
    clauses = [each for each in row.clauses if not _is_beside(row, each, wanted)]
    figures = [(each, wanted.weight_of(terms(each.indicator))) for each in row.figures if wanted.asks_amount]
    label, numbers = wanted.among(row.label), wanted.numbers_of(row)
    for first, opening in enumerate(clauses):
        held, readings, table = set[str](), set[Reading](), opening.table
        heads = label | wanted.among(terms(f"{table.header} {table.caption} {table.unit}")) if table else label
        for last in range(first, len(clauses)):
            start, end = opening.at.start, clauses[last].at.end
            joins = row.density == 1 and end - start <= MAX_WINDOW_CHARS
            if last > first and not (joins and _follows(text, clauses[last - 1], clauses[last])):
                break
            held |= clauses[last].terms
            readings |= {clauses[last].reading} - {Reading.UNKNOWN}
            figure, indicator = _figure_within(wanted, figures, row.span.start + start, row.span.start + end)
            years = _years_of(figure, row, start, end)
            reading = readings.copy().pop() if len(readings) == 1 else Reading.UNKNOWN
            measures = {measured for at, measured in numbers if start <= at < end}
            features = _features(
                wanted, row, Span(start, end), held, heads, years, reading, measures, indicator,
                has_figure=figure is not None,
            )  # fmt: skip
            yield Window(row.span, start, end, tuple(sorted(years)), features, figure, table)


def _follows(text: str, clause: Clause, following: Clause) -> bool:
    """Tell whether a clause may share a window with the one before: one of the same paragraph."""
    between = text[clause.at.end - 1 : following.at.start]
    return not (between[0].isalnum() or between[1:].strip() or "\n" in between)


def _is_beside(row: Read, clause: Clause, wanted: Wanted) -> bool:
    """Tell whether a clause answers nothing: a table's head; for an amount, a caption, heading or another row.

    Another row's name shares no word with the question: it is of another town, product or year.
    """
    text = row.span.text
    line = text[text.rfind("\n", 0, clause.at.start) + 1 :].split("\n", 1)[0].strip()
    if clause.table is None:
        is_head = line in row.headings and not any(each.kind == QUANTITY for each in find_numbers(line))
        return wanted.asks_amount and (line in row.captions or is_head)
    is_other = wanted.terms.keys().isdisjoint(terms(line.split(" | ")[0]))
    return line == clause.table.header or (wanted.asks_amount and is_other)


def _sentence_before(text: str, start: int) -> str:
    """Return the sentence a new one goes on from, in its paragraph: what "our target" or 今年目标 is one of."""
    line = text.rfind("\n", 0, start) + 1
    sentences = split_sentences(text, line, start)
    return text[slice(*sentences[-1])] if sentences and text[start - 1 : start].isspace() else ""


def _features(
    wanted: Wanted,
    row: Read,
    at: Span,
    held: set[str],
    heads: set[str],
    years: Collection[int],
    reading: Reading,
    measures: set[str],
    indicator: float,
    *,
    has_figure: bool,
) -> Features:
    fit = wanted.fit_of_reading(reading)
    before = _sentence_before(row.span.text, at.start) if fit > 0 else ""
    own_terms = sum(not any(map(str.isdigit, term)) for term in held - stop_terms()) if before else 0
    subject = before if own_terms <= MAX_ELLIPTICAL_TERMS else ""
    held = held.union(terms(subject)) if subject else held
    heads = heads | wanted.among(terms(before)) if before else heads
    fit = fit or wanted.fit_of_reading(row.span.reading if reading is Reading.UNKNOWN else reading)
    year_fit = wanted.fit_of(years)
    found = wanted.among(held)
    covered, shared = wanted.weight_of(found), len(found)
    length = (at.end - at.start + len(subject)) / row.density
    is_counted = wanted.measure in COUNT_DIMENSIONS and bool(measures & COUNT_DIMENSIONS)
    return Features(
        covered=covered,
        covered_squared=covered * covered,
        under_heading=wanted.weight_of(heads - found),
        density=shared / max(1, len(held)),
        rank=1 / row.span.number,
        in_scope=float(not wanted.report_ids or row.span.report_id in wanted.report_ids),
        year_fits=float(year_fit > 0),
        year_differs=float(year_fit < 0),
        reading_differs=float(fit < 0),
        indicator=indicator,
        no_figure=float(wanted.asks_amount and not has_figure and not measures - {DATE}),
        unit_fits=float(wanted.measure in measures) if wanted.measure else 0.0,
        unit_differs=float(wanted.measure not in measures and not is_counted) if wanted.measure else 0.0,
        length=length / 100,
        log_length=math.log(length),
        new_words=math.log(1 + len(held) - shared),
        amount_length=wanted.asks_amount * length / 100,
        lists=float(wanted.asks_several * min(MAX_LISTED, row.span.text.count("、", *at))),
    )


def _figure_within(
    wanted: Wanted, measured: Sequence[tuple[Figure, float]], start: int, end: int
) -> tuple[Figure | None, float]:
    """Return the figure at ``[start, end)`` of the report that fits an amount asked for best, and how well."""
    inside = [row for row in measured if start <= row[0].start and row[0].end <= end]
    inside = [row for row in inside if fold(row[0].text) not in wanted.text]

    def fit(row: tuple[Figure, float]) -> tuple[float, bool, int]:
        is_rate = bool(row[0].direction) or measure(row[0].unit)[0] == "ratio"
        return row[1] + wanted.fit_of(row[0].years) / 10, is_rate is wanted.asks_rate, -row[0].start

    return max(inside, key=fit, default=(None, 0.0))


def _years_of(figure: Figure | None, row: Read, start: int, end: int) -> Collection[int]:
    if figure is not None and figure.years:
        return figure.years
    named = {year for each in row.years if start <= each.start < end for year in range(each.first, each.last + 1)}
    return named or row.span.years
