"""Windows: runs of whole clauses of the evidence, and how well each fits a question.

The features are general: how much of the question a window's words, its heading and its figure's indicator hold, how
high its span ranks, whether it lies in scope, fits the years and the reading asked for, and has a figure where one is
asked for. Their weights stand in ``data/reader.toml``; ``python -m eval.fit_reader`` fits them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.asked import Asked
from rag.finding.gathering import Evidence
from rag.finding.piles import spoken
from rag.language.folding import fold
from rag.language.glossary import load_glossary
from rag.language.numerals import QUANTITY, Number, find_numbers
from rag.language.periods import YearMention, reading_of, resolve_years
from rag.language.scripts import density_of, language_of
from rag.language.sentences import Span, split_clauses, split_sentences
from rag.language.terms import content_terms, stop_terms, terms
from rag.language.units import measure
from rag.types import EvidenceSpan, Figure, Reading, Report, Table

MAX_WINDOW_CHARS = 110
# A sentence with so few words of its own goes on about the one before: Our target is 230,000. 今年目标6500人。
MAX_ELLIPTICAL_TERMS = 4
ASKS_AMOUNT = re.compile(
    r"多少|几(?!乎)|多[大高长快重久远]|\bhow (?:many|much|large|long|big|high|far|fast)\b"
    r"|얼마|몇|いくら|いくつ|どれ(?:くらい|だけ)"
    r"|何(?:か所|[^ぁ-ん]).*[ぁ-ん]|bao nhiêu|mấy|cuánt[oa]s?|(?<!\w)كم(?!\w)"
    r"|\bwie (?:viele?|hoch|groß|lang)\b|\bcombien\b|\bquant[oaie]s?\b|сколько|\bberapa\b|कितन",
    re.IGNORECASE,
)
FEATURES = (
    "covered", "covered_squared", "under_heading", "density", "rank", "in_scope", "year_fits", "year_differs",
    "reading_fits", "reading_differs", "indicator", "no_figure", "length", "log_length", "new_words", "amount_length",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """Clauses, or a table's row, at ``[start, end)`` of a span's text, the years they speak of, and their features.

    ``figure`` is the one in it that fits an amount asked for best, ``table`` the table it is a row of.
    """

    span: EvidenceSpan
    start: int
    end: int
    years: tuple[int, ...]
    features: tuple[float, ...]
    figure: Figure | None = None
    table: Table | None = None

    @property
    def text(self) -> str:
        """The words."""
        return self.span.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Words:
    """What a span's text says whatever is asked: clauses, the terms of each, years and numbers."""

    density: float
    clauses: tuple[Span, ...]
    terms: Mapping[Span, frozenset[str]]
    mentions: tuple[YearMention, ...]
    numbers: tuple[Number, ...]


@lru_cache(maxsize=1_000)
def _words_of(text: str, current_year: int | None) -> _Words:
    """Read a span's text; reports that are asked about are asked about again."""
    density = density_of(text)
    clauses = tuple(split_clauses(text) if density == 1 else split_sentences(text))
    held = {at: frozenset(terms(text[slice(*at)])) for at in clauses}
    return _Words(density, clauses, held, resolve_years(text, current_year), tuple(find_numbers(text)))


class Wanted:
    """What a question asks for: its terms, weighted by how rare the evidence has them (in all 1), years and reading."""

    def __init__(self, asked: Asked, evidence: Evidence) -> None:
        self.text = fold(asked.searches[-1])
        weights = dict.fromkeys(content_terms(self.text), 1.0)
        is_chinese = asked.language == "zh" or any(language_of(span.text) == "zh" for span in evidence.spans)
        for word, weight in load_glossary().expand(self.text, asked.language).items() if is_chinese else ():
            weights |= {term: max(weight, weights.get(term, 0.0)) for term in terms(word)}
        clauses = [set(terms(span.text[slice(*at)])) for span in evidence.spans for at in split_clauses(span.text)]
        counts = Counter(term for row in clauses for term in row if term in weights)
        rare = {term: weight * math.log(1 + len(clauses) / (1 + counts[term])) for term, weight in weights.items()}
        # Fitted on questions whose other wordings and translations bear about half of the weight.
        total = sum(rare.values()) * (1 if is_chinese else 2) or 1.0
        self.terms = {term: weight / total for term, weight in rare.items()}
        self._order = {term: number for number, term in enumerate(self.terms)}
        self.years = frozenset(asked.scope.years)
        self.reading = reading_of(self.text)
        self.asks_amount = bool(ASKS_AMOUNT.search(self.text))
        self.asks_rate = "rate" in spoken("turns", self.text)
        self.report_ids = frozenset(asked.scope.report_ids)

    def among(self, words: Iterable[str]) -> set[str]:
        """Return the terms that are among ``words``."""
        return self.terms.keys() & words

    def weight_of(self, found: Iterable[str]) -> float:
        """Return the weight of some of the terms, up to 1."""
        return sum(map(self.terms.__getitem__, sorted(found, key=self._order.__getitem__)))

    def fit_of(self, years: Collection[int]) -> int:
        """Return 1 where one of ``years`` is asked for, -1 where others are, else 0."""
        return 0 if not self.years or not years else 1 if self.years & set(years) else -1

    def fit_of_reading(self, reading: Reading) -> int:
        """Return 1 where results or targets are asked for and these are such, -1 where they are the other, else 0."""
        if Reading.UNKNOWN in (self.reading, reading):
            return 0
        return 1 if reading is self.reading else -1


def windows(wanted: Wanted, asked: Asked, evidence: Evidence) -> list[Window]:
    """Return every run of clauses of at most 110 characters, and every longer clause, of all spans.

    Rows of tables, and sentences of languages other than Chinese, are windows of their own. What only repeats the
    question is none.
    """
    news = FEATURES.index("new_words")
    return [each for span in evidence.spans for each in _of_span(wanted, asked, span) if each.features[news]]


def _of_span(wanted: Wanted, asked: Asked, span: EvidenceSpan) -> Iterator[Window]:
    report = asked.corpus.report(span.report_id)
    said = _words_of(span.text, report.profile.current_year or report.profile.year)
    is_chinese, density, mentions = said.density == 1, said.density, said.mentions
    clauses = [at for at in said.clauses if not _is_beside(report, span, at, wanted)]
    tables = [_table_at(report, span, at) for at in clauses]
    words, label = [said.terms[at] for at in clauses], wanted.among(terms(span.label))
    measured, numbers = _measured(wanted, report, span, said.numbers)
    in_scope = not wanted.report_ids or span.report_id in wanted.report_ids
    for first, opening in enumerate(clauses):
        held, table = set[str](), tables[first]
        heads = label | wanted.among(terms(f"{table.header} {table.caption} {table.unit}")) if table else label
        for last in range(first, len(clauses)):
            start, end = opening.start, clauses[last].end
            joins = is_chinese and end - start <= MAX_WINDOW_CHARS
            if last > first and not (joins and _follows(span.text, clauses[last - 1], clauses[last])):
                break
            held |= words[last]
            figure, indicator = _figure_within(wanted, measured, span.start + start, span.start + end)
            years = _years_of(figure, span, mentions, start, end)
            reading = reading_of(span.text[start:end])
            fit = wanted.fit_of_reading(reading)
            before = _sentence_before(span.text, start) if fit > 0 else ""
            subject = before if before and _is_elliptical(held) else ""
            yield Window(
                span,
                start,
                end,
                tuple(sorted(years)),
                _features(
                    wanted,
                    held=held.union(terms(subject)) if subject else held,
                    label=heads | wanted.among(terms(before)) if before else heads,
                    rank=span.number,
                    in_scope=in_scope,
                    year_fit=wanted.fit_of(years),
                    reading_fit=fit or wanted.fit_of_reading(span.reading if reading is Reading.UNKNOWN else reading),
                    indicator=indicator,
                    has_figure=figure is not None or any(start <= each.start and each.end <= end for each in numbers),
                    length=(end - start + len(subject)) / density,
                ),
                figure,
                table,
            )


def _measured(
    wanted: Wanted, report: Report, span: EvidenceSpan, found: Sequence[Number]
) -> tuple[list[tuple[Figure, float]], list[Number]]:
    """Return the figures of a span, each with how well it fits, and the amounts that the question does not hold."""
    figures = [each for each in report.figures if span.start <= each.start and each.end <= span.end]
    found = found if wanted.asks_amount else ()
    numbers = [each for each in found if each.kind == QUANTITY and fold(each.text) not in wanted.text]
    return [(each, wanted.weight_of(wanted.among(terms(each.indicator)))) for each in figures], numbers


def _follows(text: str, clause: Span, following: Span) -> bool:
    """Tell whether a clause may share a window with the one before: one of the same paragraph."""
    between = text[clause.end - 1 : following.start]
    return not (between[0].isalnum() or between[1:].strip() or "\n" in between)


def _table_at(report: Report, span: EvidenceSpan, at: Span) -> Table | None:
    start = span.start + at.start
    return next((each for each in report.tables if each.start <= start < each.end), None)


def _is_beside(report: Report, span: EvidenceSpan, at: Span, wanted: Wanted) -> bool:
    """Tell whether a clause answers nothing: a table's head; for an amount, a caption, heading or another row.

    Another row's name shares no word with the question: it is of another town, product or year.
    """
    line = span.text[span.text.rfind("\n", 0, at.start) + 1 :].split("\n", 1)[0]
    table = _table_at(report, span, at)
    if table is not None:
        is_other = wanted.terms.keys().isdisjoint(terms(line.split(" | ")[0]))
        return line.strip() == table.header or (wanted.asks_amount and is_other)
    line = line.strip()
    is_head = line == report.profile.title or any(line == each.path[-1] for each in report.sections if each.path)
    return wanted.asks_amount and (
        any(line == each.caption for each in report.tables) or (is_head and not _holds_amount(line))
    )


def _holds_amount(line: str) -> bool:
    return any(each.kind == QUANTITY for each in find_numbers(line))


def _is_elliptical(held: set[str]) -> bool:
    own = {term for term in held - stop_terms() if not any(map(str.isdigit, term))}
    return len(own) <= MAX_ELLIPTICAL_TERMS


def _sentence_before(text: str, start: int) -> str:
    """Return the sentence a new one goes on from, in its paragraph: what "our target" or 今年目标 is one of."""
    line = text.rfind("\n", 0, start) + 1
    sentences = split_sentences(text, line, start)
    return text[slice(*sentences[-1])] if sentences and text[start - 1 : start].isspace() else ""


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
    length: float,
) -> tuple[float, ...]:
    found = wanted.among(held)
    covered, shared = wanted.weight_of(found), len(found)
    return (
        covered,
        covered * covered,
        wanted.weight_of(label - found),
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

    def fit(row: tuple[Figure, float]) -> tuple[float, bool, int]:
        is_rate = bool(row[0].direction) or measure(row[0].unit)[0] == "ratio"
        return row[1] + wanted.fit_of(row[0].years) / 10, is_rate is wanted.asks_rate, -row[0].start

    return max(inside, key=fit, default=(None, 0.0))


def _years_of(
    figure: Figure | None, span: EvidenceSpan, mentions: Sequence[YearMention], start: int, end: int
) -> Collection[int]:
    if figure is not None and figure.years:
        return figure.years
    named = {year for each in mentions if start <= each.start < end for year in range(each.first, each.last + 1)}
    return named or span.years
