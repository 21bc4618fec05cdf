"""Evidence: the sentences that may bear an answer, scored for one question, and the clauses of them that do."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.matching import Matcher
from rag.numerals import QUANTITY, find_numbers
from rag.sentences import Span, split_clauses, split_items, split_sentences
from rag.types import Figure, Reading, Report

CONTEXT_FACTOR = 0.45
NEIGHBOUR_FACTOR = 0.3
LEAD_MAX_CHARS = 40
WINDOW_MAX_CHARS = 110
LOOSE_AMOUNT = re.compile(
    r"(?:[近上数几]|成)[十百千万亿]+[余多]?(?P<unit>[一-鿿]?)|半个?(?P<half>[一-鿿])|[一二三四五六七八九十]+连[增降升冠]"
)
TIGHT_SHARE = 0.4
LENGTH_COST = 0.0008
ITEM_FACTOR = 0.85
CLAUSE_FACTOR = 0.6
SHORT_CHARS = 10
SHORT_COST = 0.25
NAMED_BONUS = 0.15
BECAUSE = re.compile(r"因为|由于|因[^此而地素]|受.{1,16}影响|所致|原因|导致|缘于|源于|归功于|得益于")
QUOTATION = re.compile(r"[“「『《][^”」』》]{1,20}[”」』》]")
PRECISION_SHARE = 0.3


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
    figures: tuple[Figure, ...] = ()

    @property
    def span(self) -> Span:
        """Where it stands in the report's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would count as an answer; empty fields ask for nothing.

    A unit, years, a reading, any ``number``, a ``time``, ``several`` things at once, something ``named`` in quotes,
    or a ``reason``.
    """

    units: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN
    number: bool = False
    time: bool = False
    several: bool = False
    named: bool = False
    reason: bool = False

    @property
    def asks_figure(self) -> bool:
        """Whether only a figure can answer."""
        return self.number or bool(self.units)


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence and how well it answers.

    ``coverage`` is the share in [0, 1] of the question its own words bear, ``tight`` the share its best clause bears
    (of those that hold a figure asked for), ``in_context`` with the headings and sentences around; ``meaning`` how many
    standard deviations nearer than the report's mean its vector is; ``figure`` is the fact that fits a question for one
    best; ``score`` is everything together.
    """

    sentence: Sentence
    score: float
    coverage: float
    tight: float
    in_context: float
    has_type: bool
    figure: Figure | None = None
    meaning: float = 0.0


def sentences_of(report: Report) -> tuple[Sentence, ...]:
    """Return the sentences of a report in text order, headings included; () for an empty text."""
    found: list[Sentence] = []
    figures = _Figures(report.figures)
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
                figures.within(span),
            )
            found.append(sentence)
            previous, previous_end = text, span.end
    return tuple(found)


class _Figures:
    """The figures of a report, looked up by where they stand."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = sorted(figures, key=lambda figure: figure.start)
        self._starts = [figure.start for figure in self._figures]

    def within(self, span: Span) -> tuple[Figure, ...]:
        first, last = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        return tuple(self._figures[first:last])


@lru_cache(maxsize=100_000)
def units_in(text: str) -> tuple[str, ...]:
    """Return the units of the quantities in ``text``, in order; a bare number has the unit ""."""
    return tuple(number.unit for number in find_numbers(text) if number.kind == QUANTITY)


def bears_unit(text: str, wanted: Wanted) -> bool:
    """Say whether ``text`` holds a quantity of a unit asked for, or any quantity where no unit was named."""
    units = units_in(text)
    if not wanted.units:
        return bool(units) or bool(LOOSE_AMOUNT.search(text)) if wanted.number else True
    if any(compatible(unit, asked) for unit in units for asked in wanted.units):
        return True
    loose = LOOSE_AMOUNT.finditer(text)
    heads = {unit[:1] for unit in wanted.units} | {unit[-1:] for unit in wanted.units}
    return any((match["unit"] or match["half"] or "") in heads | {""} for match in loose)


def compatible(unit: str, asked: str) -> bool:
    """Say whether a figure in ``unit`` answers a question for ``asked`` (亿元 for 元 or 亿, any count for 个)."""
    if asked == "个":
        return unit not in ("%", "‰", "") and "元" not in unit
    return unit.endswith(asked) or (asked.endswith(unit) and bool(unit)) or (asked in ("亿", "万") and asked in unit)


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
    figure, fit = best_figure(sentence, matcher, wanted) if wanted.asks_figure else (None, 0.0)
    tight = fit if figure else _tightness(sentence.text, matcher, wanted) if coverage and has_type else 0.0
    score = (1 - TIGHT_SHARE) * in_context + TIGHT_SHARE * tight + (0.0 if has_type else -0.3)
    years, reading = (figure.years, figure.reading) if figure else (sentence.years, sentence.reading)
    score += _period_bonus(years, reading, wanted) - 0.0004 * len(sentence.text)
    if wanted.named:
        score += NAMED_BONUS if QUOTATION.search(sentence.text) else -NAMED_BONUS
    if wanted.reason and BECAUSE.search(sentence.text):
        score += NAMED_BONUS
    score -= SHORT_COST if len(sentence.text) < SHORT_CHARS else 0.0
    return Scored(sentence, score, coverage, tight, in_context, has_type, figure)


def best_figure(sentence: Sentence, matcher: Matcher, wanted: Wanted) -> tuple[Figure | None, float]:
    """Return the figure of ``sentence`` that fits what is wanted best, and how well in [0, 1]; (None, 0) without any.

    A figure fits by the share of the question its clause bears, less where its indicator names other things as well.
    """
    best: tuple[Figure | None, float] = (None, 0.0)
    for figure in sentence.figures:
        if wanted.units and not any(compatible(figure.unit, unit) for unit in wanted.units):
            continue
        item = words_around(sentence, figure.start, split_items)
        clause = words_around(sentence, figure.start, split_clauses)
        named, near, around = map(matcher.borne, (figure.indicator, item, clause))
        share = matcher.coverage((named, 1.0), (near, ITEM_FACTOR), (around, CLAUSE_FACTOR))
        fit = share * (1 - PRECISION_SHARE + PRECISION_SHARE * matcher.precision(figure.indicator))
        fit += 0.5 * _period_bonus(figure.years, figure.reading, wanted)
        if best[0] is None or fit > best[1]:
            best = (figure, fit)
    return best


def words_around(sentence: Sentence, position: int, split: Callable[[str], list[Span]]) -> str:
    """Return the part of ``sentence``, as ``split`` cuts it, in which ``position`` (of the report's text) lies."""
    offset = position - sentence.start
    span = next((part for part in split(sentence.text) if part.start <= offset < part.end), None)
    return sentence.text[span.start : span.end] if span else sentence.text


def _tightness(text: str, matcher: Matcher, wanted: Wanted) -> float:
    """Return the coverage of the best clause that holds what is wanted, the clause before it counting half."""
    best, before = 0.0, ""
    for clause in split_clauses(text):
        words = text[clause.start : clause.end]
        if bears_unit(words, wanted):
            best = max(best, matcher.coverage((matcher.borne(words), 1.0), (matcher.borne(before), 0.5)))
        before = words
    return best


def _period_bonus(years: Sequence[int], reading: Reading, wanted: Wanted) -> float:
    bonus = 0.0
    if wanted.years and years:
        bonus += 0.1 if fits_years(years, reading, wanted.years) else -0.3
    if Reading.UNKNOWN not in (wanted.reading, reading):
        bonus += 0.1 if wanted.reading == reading else -0.15
    return bonus


def fits_years(years: Sequence[int], reading: Reading, wanted: Sequence[int]) -> bool:
    """Say whether what speaks of ``years`` may speak of one ``wanted``; a goal for several years means the last."""
    spoken = years[-1:] if reading is Reading.PLAN else years
    return not wanted or not spoken or bool(set(wanted) & set(spoken))


def best_window(
    text: str,
    span: Span,
    matcher: Matcher,
    wanted: Wanted,
    *,
    max_chars: int = WINDOW_MAX_CHARS,
    holding: Span | None = None,
) -> Span:
    """Return the run of whole clauses within ``span`` that bears most of the question in at most ``max_chars``.

    A sentence that fits is returned whole unless a figure is asked for; a longer single clause is returned as it is.
    With ``holding`` only runs around that span count.
    """
    if span.end - span.start <= max_chars and (wanted.several or not wanted.asks_figure):
        return span
    narrow = wanted.asks_figure and not wanted.several
    clauses = (split_items if narrow else split_clauses)(text, span.start, span.end)
    windows = list(_windows(clauses, max_chars))
    if holding:
        windows = [window for window in windows if window.start <= holding.start and holding.end <= window.end]
    return max(windows or [span], key=lambda window: (_window_score(text, window, matcher, wanted), -window.start))


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
    return matcher.coverage((matcher.borne(words), 1.0)) + typed - LENGTH_COST * len(words)
