"""Windows: runs of whole clauses of the evidence, and how well each fits a question.

The features are general: how much of the question a window's words, its heading and its figure's indicator hold, how
high its span ranks, whether it lies in scope, fits the years and the reading asked for, and has a figure where one is
asked for. Their weights stand in ``data/reader.toml``; ``python -m eval.fit_reader`` fits them.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.answering.asked import Asked
from rag.finding.gathering import Evidence
from rag.language.folding import fold
from rag.language.glossary import load_glossary
from rag.language.periods import YearMention, reading_of, resolve_years
from rag.language.sentences import split_clauses
from rag.language.terms import content_terms, terms
from rag.types import EvidenceSpan, Figure, Reading

MAX_WINDOW_CHARS = 110
ASKS_AMOUNT = re.compile(
    r"多少|几(?!乎)|多[大高长快重久远]|\bhow (?:many|much|large|long|big|high|far|fast)\b", re.IGNORECASE
)
FIGURE = re.compile(r"\d[\d,.]*")
FEATURES = (
    "covered",
    "covered_squared",
    "under_heading",
    "density",
    "rank",
    "in_scope",
    "year_fits",
    "year_differs",
    "reading_fits",
    "reading_differs",
    "indicator",
    "no_figure",
    "length",
    "log_length",
    "new_words",
    "amount_length",
)


@dataclass(frozen=True, slots=True)
class Window:
    """Clauses at ``[start, end)`` of a span's text, the years they speak of, and their features in order."""

    span: EvidenceSpan
    start: int
    end: int
    years: tuple[int, ...]
    features: tuple[float, ...]

    @property
    def text(self) -> str:
        """The words."""
        return self.span.text[self.start : self.end]


class Wanted:
    """What a question asks for: its terms, weighted by how rare the evidence has them (in all 1), years and reading."""

    def __init__(self, asked: Asked, evidence: Evidence) -> None:
        self.text = fold(asked.searches[-1])
        weights = dict.fromkeys(content_terms(self.text), 1.0)
        for word, weight in load_glossary().expand(self.text, asked.language).items():
            weights |= {term: max(weight, weights.get(term, 0.0)) for term in terms(word)}
        clauses = [set(terms(span.text[slice(*at)])) for span in evidence.spans for at in split_clauses(span.text)]
        counts = Counter(term for row in clauses for term in row if term in weights)
        rare = {term: weight * math.log(1 + len(clauses) / (1 + counts[term])) for term, weight in weights.items()}
        self.terms = {term: weight / (sum(rare.values()) or 1.0) for term, weight in rare.items()}
        self.years = frozenset(asked.scope.years)
        self.reading = reading_of(self.text)
        self.asks_amount = bool(ASKS_AMOUNT.search(self.text))
        self.report_ids = frozenset(asked.scope.report_ids)

    def covered_by(self, words: Collection[str]) -> float:
        """Return the weight of the terms that are among ``words``, up to 1."""
        return sum(weight for term, weight in self.terms.items() if term in words)

    def fit_of(self, years: Collection[int]) -> int:
        """Return 1 where one of ``years`` is asked for, -1 where others are, else 0."""
        return 0 if not self.years or not years else 1 if self.years & set(years) else -1

    def fit_of_reading(self, reading: Reading) -> int:
        """Return 1 where results or targets are asked for and these are such, -1 where they are the other, else 0."""
        if Reading.UNKNOWN in (self.reading, reading):
            return 0
        return 1 if reading is self.reading else -1


@cache
def load_weights() -> Mapping[str, tuple[tuple[float, ...], float]]:
    """Return the weights of the features, in order, and the constant, by what they are for."""
    tables = tomllib.loads(files("rag").joinpath("data", "reader.toml").read_text("utf-8"))
    return {name: (tuple(row[each] for each in FEATURES), row.get("constant", 0.0)) for name, row in tables.items()}


def weighed(window: Window, purpose: str) -> float:
    """Weigh a window for the "ranking", or for "answering": at 0 and above it is taken for an answer."""
    weights, constant = load_weights()[purpose]
    return constant + sum(weight * value for weight, value in zip(weights, window.features, strict=True))


def windows(wanted: Wanted, asked: Asked, evidence: Evidence) -> list[Window]:
    """Return every run of clauses of at most 110 characters, and every longer clause, of all spans."""
    return [window for span in evidence.spans for window in _of_span(wanted, asked, span)]


def _of_span(wanted: Wanted, asked: Asked, span: EvidenceSpan) -> Iterator[Window]:
    report = asked.corpus.report(span.report_id)
    current = report.profile.current_year or report.profile.year
    label = set(terms(span.label))
    clauses = split_clauses(span.text)
    words = [set(terms(span.text[slice(*at)])) for at in clauses]
    mentions = resolve_years(span.text, current)
    figures = [each for each in report.figures if span.start <= each.start and each.end <= span.end]
    measured = [(each, wanted.covered_by(set(terms(each.indicator)))) for each in figures]
    in_scope = not wanted.report_ids or span.report_id in wanted.report_ids
    for first, opening in enumerate(clauses):
        held: set[str] = set()
        for last in range(first, len(clauses)):
            start, end = opening.start, clauses[last].end
            if last > first and (end - start > MAX_WINDOW_CHARS or span.text[clauses[last - 1].end - 1].isalnum()):
                break  # a clause that ends with a letter is a heading
            held |= words[last]
            figure, indicator = _figure_within(wanted, measured, span.start + start, span.start + end)
            years = _years_of(figure, span, mentions, start, end)
            reading = reading_of(span.text[start:end])
            yield Window(
                span,
                start,
                end,
                tuple(sorted(years)),
                _features(
                    wanted,
                    held=held,
                    label=label,
                    rank=span.number,
                    in_scope=in_scope,
                    year_fit=wanted.fit_of(years),
                    reading_fit=wanted.fit_of_reading(span.reading if reading is Reading.UNKNOWN else reading),
                    indicator=indicator,
                    has_figure=figure is not None or _has_new_figure(span.text[start:end], wanted.text),
                    length=end - start,
                ),
            )


def _features(
    wanted: Wanted,
    *,
    held: set[str],
    label: set[str],
    rank: int,
    in_scope: bool,
    year_fit: int,
    reading_fit: int,
    indicator: float,
    has_figure: bool,
    length: int,
) -> tuple[float, ...]:
    covered = wanted.covered_by(held)
    shared = sum(word in wanted.terms for word in held)
    return (
        covered,
        covered * covered,
        wanted.covered_by(label - held),
        shared / max(1, len(held)),
        1 / rank,
        float(in_scope),
        float(year_fit > 0),
        float(year_fit < 0),
        float(reading_fit > 0),
        float(reading_fit < 0),
        indicator,
        float(wanted.asks_amount and not has_figure),
        length / 100,
        math.log(length),
        math.log(1 + len(held) - shared),
        wanted.asks_amount * length / 100,
    )


def _figure_within(
    wanted: Wanted, measured: Sequence[tuple[Figure, float]], start: int, end: int
) -> tuple[Figure | None, float]:
    """Return the figure at ``[start, end)`` of the report that fits an amount asked for best, and how well."""
    if not wanted.asks_amount:
        return None, 0.0
    inside = [row for row in measured if start <= row[0].start and row[0].end <= end]
    inside = [row for row in inside if fold(row[0].text) not in wanted.text]
    return max(inside, key=lambda row: (row[1] + wanted.fit_of(row[0].years) / 10, -row[0].start), default=(None, 0.0))


def _years_of(
    figure: Figure | None, span: EvidenceSpan, mentions: Sequence[YearMention], start: int, end: int
) -> Collection[int]:
    if figure is not None and figure.years:
        return figure.years
    named = {year for each in mentions if start <= each.start < end for year in range(each.first, each.last + 1)}
    return named or span.years


def _has_new_figure(text: str, question: str) -> bool:
    return any(number not in question for number in FIGURE.findall(fold(text)))
