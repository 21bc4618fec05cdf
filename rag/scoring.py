"""Scoring: how well each sentence answers, by words, context, kind of figure, period and form."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.evidence import Sentence
from rag.folding import fold
from rag.matching import Matcher
from rag.sentences import Span, split_clauses, split_items
from rag.types import Figure, Reading
from rag.wanted import SPREAD, Wanted, bears_unit, compatible
from rag.windows import rank_group

CONTEXT_FACTOR = 0.45
NEIGHBOUR_FACTOR = 0.3
TIGHT_SHARE = 0.4
ITEM_FACTOR = 0.85
CLAUSE_FACTOR = 0.6
PRECISION_SHARE = 0.3
SHORT_CHARS = 10
SHORT_COST = 0.25
WHOLE_PLACE = re.compile(r"^(?:全|我|本)(?:县|市|省|区|国|州|旗)")
DONE_TO = re.compile(r"^(?:累计)?(?:新增|新建|建设|建成|新[（(]?改[）)]?建|完成)")
HEADING_COST = 0.25
EXACT_BONUS = 0.6
EXACT_SCORE = 0.2
SPREAD_COST = 0.4
MILESTONE_COST = 0.3
RANK_BONUS = 0.4
MILESTONE = re.compile(r"(?:万亿|[百千]?[万亿])?元?(大关|台阶|关口|门槛)")
FORM_BONUS = 0.15
LONG_SPAN = 2
BECAUSE = re.compile(r"因为|由于|因[^此而地素]|受.{1,16}影响|所致|原因|导致|缘于|源于|归功于|得益于")
FLOOR = re.compile(r"连续\D{0,2}[\d一二三四五六七八九十]+\D{0,2}年(?:稳定|保持|维持)在.*以上")
SPREAD_AHEAD = re.compile(r"\W*(?:[一二三四五十]+年来?)?(?:年均|累计)")


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence and how well it answers.

    ``coverage`` is the share in [0, 1] of the question its own words bear, ``tight`` the share its best clause bears
    (of those that hold a figure asked for), ``in_context`` with the headings and sentences around; ``meaning`` how many
    standard deviations nearer than the report's mean its vector is; ``figure`` is the fact that fits a question for one
    best; ``nearest`` its part (of the report's text) nearest in meaning, where that was looked for; ``score`` is
    everything together.
    """

    sentence: Sentence
    score: float
    coverage: float
    tight: float
    in_context: float
    has_type: bool
    figure: Figure | None = None
    meaning: float = 0.0
    nearest: Span | None = None


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
    score += EXACT_SCORE if figure and is_named(figure, wanted.indicators) else 0.0
    years, reading = (figure.years, figure.reading) if figure else (sentence.years, sentence.reading)
    score += _period_bonus(years, reading, wanted) - 0.0004 * len(sentence.text)
    if wanted.sort:
        score += FORM_BONUS if wanted.sort.named_in(sentence.text) else -FORM_BONUS
    if wanted.reason and BECAUSE.search(sentence.text):
        score += FORM_BONUS
    score -= HEADING_COST if sentence.is_heading else 0.0
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
        fit += EXACT_BONUS * share if is_named(figure, wanted.indicators) else 0.0
        fit -= SPREAD_COST if wanted.level and measures_change(figure) else 0.0
        fit -= SPREAD_COST if is_per_head(figure, wanted) else 0.0
        fit -= SPREAD_COST if is_spread(sentence, figure) != wanted.spread else 0.0
        passed = MILESTONE.match(sentence.text, figure.end - sentence.start) or FLOOR.search(item)
        fit -= MILESTONE_COST if passed else 0.0
        fit += RANK_BONUS if wanted.ranks and _is_of_rank(sentence, figure, wanted.ranks) else 0.0
        fit += 0.5 * _period_bonus(figure.years, figure.reading, wanted)
        if best[0] is None or fit > best[1]:
            best = (figure, fit)
    return best


def _is_of_rank(sentence: Sentence, figure: Figure, ranks: frozenset[str]) -> bool:
    """Say whether a figure stands in the part of its sentence that is of ``ranks``, others being of other ranks."""
    whole = Span(0, len(sentence.text))
    return rank_group(sentence.text, whole, figure.start - sentence.start, ranks) != whole


def is_spread(sentence: Sentence, figure: Figure) -> bool:
    """Say whether a figure is an average or a total of years, by its item or by how its clause begins (年均…、…)."""
    item = words_around(sentence, figure.start, split_items)
    clause = words_around(sentence, figure.start, split_clauses)
    return bool(SPREAD.search(item) or SPREAD_AHEAD.match(clause))


def bare_indicator(figure: Figure) -> str:
    """Return a figure's indicator, folded, without the place it begins with (某县粮食产量, 全县粮食产量)."""
    name = fold(figure.indicator)
    return WHOLE_PLACE.sub("", name.removeprefix(fold(figure.place or "")) or name)


def is_named(figure: Figure, indicators: Collection[str]) -> bool:
    """Say whether a figure's indicator is one of the folded ``indicators``, whatever is done to it (新增, 建成)."""
    name = bare_indicator(figure)
    return name in indicators or DONE_TO.sub("", name) in indicators


def measures_change(figure: Figure) -> bool:
    """Say whether a figure tells a share or a growth, not an amount."""
    return figure.unit in ("%", "‰", "个百分点")


def is_per_head(figure: Figure, wanted: Wanted) -> bool:
    """Say whether a figure is an amount a head, and the indicators asked for are whole amounts."""
    return (
        "人均" in figure.indicator and bool(wanted.indicators) and not any("人均" in row for row in wanted.indicators)
    )


def words_around(sentence: Sentence, position: int, split: Callable[[str], list[Span]]) -> str:
    """Return the part of ``sentence``, as ``split`` cuts it, in which ``position`` (of the report's text) lies."""
    offset = position - sentence.start
    span = next((part for part in _parts(sentence.text, split) if part.start <= offset < part.end), None)
    return sentence.text[span.start : span.end] if span else sentence.text


@lru_cache(maxsize=50_000)
def _parts(text: str, split: Callable[[str], list[Span]]) -> tuple[Span, ...]:
    return tuple(split(text))


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
        fits = fits_years(years, reading, wanted.years)
        bonus += (0.1 if len(years) == 1 else 0.0) if fits else -0.3
    if wanted.span and years:
        bonus += _span_bonus(years, wanted.span)
    if Reading.UNKNOWN not in (wanted.reading, reading):
        bonus += 0.1 if wanted.reading == reading else -0.15
    return bonus


def _span_bonus(years: Sequence[int], span: Sequence[int]) -> float:
    """Prefer what speaks of a longer span within the one named, to what speaks of one year, to what lies outside."""
    if max(years) < span[0] or min(years) > span[-1]:
        return -0.3
    return 0.1 if is_span(years) and span[0] <= years[0] and years[-1] <= span[-1] else -0.1


def fits_figure_years(years: Sequence[int], reading: Reading, wanted: Sequence[int]) -> bool:
    """Say whether a figure for ``years`` may be one for a year ``wanted``: one of a longer span stands at its end."""
    return fits_years(years[-1:] if is_span(years) else years, reading, wanted)


def is_span(years: Sequence[int]) -> bool:
    """Say whether ``years`` are the ends of a longer span."""
    return len(years) == 2 and years[1] - years[0] >= LONG_SPAN


def fits_years(years: Sequence[int], reading: Reading, wanted: Sequence[int]) -> bool:
    """Say whether what speaks of ``years`` may speak of one ``wanted``; a goal for several years means the last."""
    spoken = years[-1:] if reading is Reading.PLAN else years
    return not wanted or not spoken or bool(set(wanted) & set(spoken))
