"""Evidence: the sentences that may bear an answer, scored for one question, and the clauses of them that do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.matching import Matcher
from rag.numerals import QUANTITY, find_numbers
from rag.sentences import Span, split_clauses, split_sentences
from rag.types import Reading, Report

CONTEXT_FACTOR = 0.45
NEIGHBOUR_FACTOR = 0.3
LEAD_MAX_CHARS = 40
WINDOW_MAX_CHARS = 110
TIGHT_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a report with what is around it; ``ordinal`` counts the report's sentences from 0.

    ``lead`` is the first sentence of its paragraph when that is short (run-in heading), ``previous`` the sentence
    before it in the same section, ``path`` the headings above; all maybe empty.
    """

    report_id: str
    ordinal: int
    section_index: int
    start: int
    end: int
    text: str
    path: str
    lead: str
    previous: str
    years: tuple[int, ...]
    reading: Reading

    @property
    def span(self) -> Span:
        """Where it stands in the report's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would count as an answer: a unit, a period, a reading; empty fields ask for nothing."""

    units: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN
    number: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence and how well it answers.

    ``coverage`` is the share in [0, 1] of the question its own words bear, ``tight`` the share its best clause bears
    (of those that hold a figure asked for), ``in_context`` with the headings and sentences around; ``meaning`` how many
    standard deviations nearer than the report's mean its vector is; ``score`` is everything together.
    """

    sentence: Sentence
    score: float
    coverage: float
    tight: float
    in_context: float
    has_type: bool
    meaning: float = 0.0


def sentences_of(report: Report) -> tuple[Sentence, ...]:
    """Return the sentences of a report in text order, headings included; () for an empty text."""
    found: list[Sentence] = []
    for section in report.sections:
        lead, previous, previous_end = "", "", section.start
        for span in split_sentences(report.text, section.start, section.end):
            text = report.text[span.start : span.end]
            if "\n" in report.text[previous_end : span.start] or not previous:
                lead = text if len(text) <= LEAD_MAX_CHARS else ""
            sentence = Sentence(
                report.report_id,
                len(found),
                section.index,
                span.start,
                span.end,
                text,
                " ".join(section.path),
                "" if lead == text else lead,
                previous,
                section.years,
                section.reading,
            )
            found.append(sentence)
            previous, previous_end = text, span.end
    return tuple(found)


@lru_cache(maxsize=100_000)
def units_in(text: str) -> tuple[str, ...]:
    """Return the units of the quantities in ``text``, in order; a bare number has the unit ""."""
    return tuple(number.unit for number in find_numbers(text) if number.kind == QUANTITY)


def bears_unit(text: str, wanted: Wanted) -> bool:
    """Say whether ``text`` holds a quantity of a unit asked for, or any quantity where no unit was named."""
    units = units_in(text)
    if not wanted.units:
        return bool(units) if wanted.number else True
    return any(compatible(unit, asked) for unit in units for asked in wanted.units)


def compatible(unit: str, asked: str) -> bool:
    """Say whether a figure in ``unit`` answers a question for ``asked`` (亿元 for 元, any count for 个)."""
    return unit.endswith(asked) or (asked.endswith(unit) and bool(unit)) or (asked == "个" and unit not in ("%", "元"))


def score_sentences(sentences: Iterable[Sentence], matcher: Matcher, wanted: Wanted) -> list[Scored]:
    """Score sentences for a question, best first; ties in text order."""
    scored = [_score(sentence, matcher, wanted) for sentence in sentences]
    return sorted(scored, key=lambda row: (-row.score, row.sentence.report_id, row.sentence.start))


def _score(sentence: Sentence, matcher: Matcher, wanted: Wanted) -> Scored:
    own = matcher.borne(sentence.text)
    coverage = matcher.coverage((own, 1.0))
    around = ((matcher.borne(sentence.path), CONTEXT_FACTOR), (matcher.borne(sentence.lead), CONTEXT_FACTOR))
    in_context = matcher.coverage((own, 1.0), *around, (matcher.borne(sentence.previous), NEIGHBOUR_FACTOR))
    has_type = bears_unit(sentence.text, wanted)
    tight = _tightness(sentence.text, matcher, wanted) if coverage and has_type else 0.0
    score = (1 - TIGHT_SHARE) * in_context + TIGHT_SHARE * tight + (0.0 if has_type else -0.3)
    score += _period_bonus(sentence, wanted) - 0.0004 * len(sentence.text)
    return Scored(sentence, score, coverage, tight, in_context, has_type)


def _tightness(text: str, matcher: Matcher, wanted: Wanted) -> float:
    """Return the coverage of the best clause that holds what is wanted, the clause before it counting half."""
    best, before = 0.0, ""
    for clause in split_clauses(text):
        words = text[clause.start : clause.end]
        if bears_unit(words, wanted):
            best = max(best, matcher.coverage((matcher.borne(words), 1.0), (matcher.borne(before), 0.5)))
        before = words
    return best


def _period_bonus(sentence: Sentence, wanted: Wanted) -> float:
    bonus = 0.0
    if wanted.years and sentence.years:
        bonus += 0.1 if fits_years(sentence, wanted.years) else -0.3
    if Reading.UNKNOWN not in (wanted.reading, sentence.reading):
        bonus += 0.1 if wanted.reading == sentence.reading else -0.15
    return bonus


def fits_years(sentence: Sentence, years: Sequence[int]) -> bool:
    """Say whether a sentence may speak of one of ``years``; a goal for several years speaks of the last of them."""
    spoken = sentence.years[-1:] if sentence.reading is Reading.PLAN else sentence.years
    return not years or not spoken or bool(set(years) & set(spoken))


def best_window(text: str, span: Span, matcher: Matcher, wanted: Wanted, *, max_chars: int = WINDOW_MAX_CHARS) -> Span:
    """Return the run of whole clauses within ``span`` that bears most of the question in at most ``max_chars``.

    A sentence that fits is returned whole; a single clause longer than ``max_chars`` is returned as it is.
    """
    if span.end - span.start <= max_chars:
        return span
    clauses = split_clauses(text, span.start, span.end)
    windows = list(_windows(clauses, max_chars)) or [span]
    return max(windows, key=lambda window: (_window_score(text, window, matcher, wanted), -window.start))


def _windows(clauses: Sequence[Span], max_chars: int) -> Iterable[Span]:
    for first, clause in enumerate(clauses):
        yield clause
        for last in clauses[first + 1 :]:
            if last.end - clause.start > max_chars:
                break
            yield Span(clause.start, last.end)


def _window_score(text: str, window: Span, matcher: Matcher, wanted: Wanted) -> float:
    words = text[window.start : window.end]
    typed = 0.3 if bears_unit(words, wanted) else 0.0
    return matcher.coverage((matcher.borne(words), 1.0)) + typed - 0.0008 * len(words)
