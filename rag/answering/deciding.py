"""Deciding whether the reports tell: a decision of its own, before any wording."""

from __future__ import annotations

import math
import re

from rag.answering.finding import Found
from rag.corpus import Corpus
from rag.folding import fold
from rag.reading.periods import reading_of
from rag.scoring import Scored, bare_indicator, fits_figure_years, fits_years, is_per_head, is_spread, words_around
from rag.sentences import split_clauses, split_items
from rag.types import Figure, Reading, ReportKind
from rag.wanted import AVERAGE, SHARE, TIME, bears_unit, compatible

ANCHOR_SLACK = 0.25
MIN_CHARS = 6
WEAK_ANCHOR = 0.5
MIN_CONFIDENCE = 0.4
MIN_COVERAGE_ALONE = 0.45
MIN_CONFIDENCE_OPEN = 0.2
BIAS, IN_CONTEXT, TIGHT, MEANING, LEAD = -2.6, 2.1, 2.0, 0.37, 1.3
MAX_LEAD = 0.6
COUNT = re.compile(r"\d余?多?[家个所座位名条支户处项]\W*$")
BOUND = re.compile(r"[过超][\d.一二三五十百千]*[万亿]+元(?:以上)?的?[一-鿿]{0,4}(?:企业|项目)")
PROPERTY = re.compile("(?:项目|工程)?的?(?:总投资|占地面积|建筑面积)")
BOUND_ASKED = re.compile("[过超]|以上")


def bearing(found: Found, corpus: Corpus) -> list[Scored]:
    """Return the sentences that bear what is asked, best first; [] is an honest no.

    A sentence must hold the kind of figure or date asked for, speak of the year, and match: no figure of another
    sentence answers when the sentence that matches far better has none. Open questions, often in words of their own,
    need less to be answered than those for a figure or a date.
    """
    rows = [row for row in found.scored if all(words.search(row.sentence.text) for words in found.need.demanded)]
    rows = [row for row in rows if found.need.zone in zone_words(row)] or rows
    sort = found.need.wanted.sort
    if sort and sort.closed:
        rows = [row for row in rows if sort.named_in(row.sentence.text)] or rows
    timely = [row for row in rows if _has_year(row, found, corpus) and _in_subperiod(row, found)]
    fitting = [row for row in timely if _has_kind(row, found, corpus) and len(row.sentence.text) >= MIN_CHARS]
    silent = [row for row in timely if not row.has_type]
    anchor = max((row.in_context for row in (*fitting, *silent)), default=0.0)
    nearest = _top_meaning(found) if anchor < WEAK_ANCHOR else math.inf
    rows = [row for row in fitting if row.in_context >= anchor - ANCHOR_SLACK or row.meaning >= nearest]
    enough = MIN_CONFIDENCE if found.need.wanted.asks_figure or found.need.wanted.time else MIN_CONFIDENCE_OPEN
    if not rows or confidence(rows[0], rows[1] if len(rows) > 1 else None, found) < enough:
        return []
    return rows


def zone_words(row: Scored) -> str:
    """Return where a sentence names the town or park it is about: in itself, or in the opening of its paragraph."""
    return fold(f"{row.sentence.lead} {row.sentence.text}")


def confidence(row: Scored, second: Scored | None, found: Found) -> float:
    """Estimate in [0, 1] that ``row`` answers, from words, meaning and its lead over the next one.

    Source: logistic regression over this project's question sets and the same questions asked of other places.
    """
    lead = min(MAX_LEAD, row.score - second.score) if second else MAX_LEAD
    score = BIAS + IN_CONTEXT * row.in_context + TIGHT * row.tight + MEANING * row.meaning + LEAD * lead
    return 1 / (1 + math.exp(-score))


def _top_meaning(found: Found) -> float:
    return max((row.meaning for row in found.scored), default=0.0)


def _has_kind(row: Scored, found: Found, corpus: Corpus) -> bool:
    wanted = found.need.wanted
    if wanted.asks_figure and not row.has_type:
        return False
    if wanted.sort and wanted.sort.is_any_name and _only_counts(row, found):
        return False
    if wanted.asks_figure and (_only_bounds(row, found) or _is_property_of_another(row, found)):
        return False
    if row.figure and _is_foreign(row.figure, row, found):
        return False
    if row.figure and (_contradicts(row, found, corpus) or _is_of_another_sort(row.figure, row, found)):
        return False
    if wanted.asks_figure and not _names_indicator(row, found):
        return False
    return not wanted.time or bool(TIME.search(row.sentence.text))


def _only_counts(row: Scored, found: Found) -> bool:
    """Say whether a sentence names nothing and only counts what a name is asked for of (关闭3家、搬迁1家)."""
    items = [row.sentence.text[slice(*span)] for span in split_items(row.sentence.text)]
    telling = [item for item in items if found.matcher.borne(item)]
    named = found.need.wanted.sort and found.need.wanted.sort.named_in(row.sentence.text)
    return not named and bool(telling) and all(COUNT.search(item) for item in telling)


def _is_property_of_another(row: Scored, found: Found) -> bool:
    """Say whether the total investment or size of a named thing is asked, and the sentence has no word of its name."""
    told = PROPERTY.search(found.need.text)
    if told is None or found.need.english:
        return False
    sentence = row.sentence
    around = f"{sentence.path} {sentence.lead} {sentence.previous} {sentence.text}"
    return not found.matcher.without(told[0]).borne(around)


def _only_bounds(row: Scored, found: Found) -> bool:
    """Say whether the amounts of a sentence only tell how large the firms or projects it counts are (过10亿元企业)."""
    wanted = found.need.wanted
    if row.figure or not wanted.units or BOUND_ASKED.search(found.need.text):
        return False
    return not bears_unit(BOUND.sub("", fold(row.sentence.text)), wanted)


def _is_foreign(figure: Figure, row: Scored, found: Found) -> bool:
    """Say whether the figure is of another indicator by name, where one is asked for or its clause bears nothing."""
    name = bare_indicator(figure)
    if name not in found.need.foreign:
        return False
    clause = words_around(row.sentence, figure.start, split_clauses)
    apart = not found.need.english and not set(name) & set(found.need.text) and not found.matcher.borne(clause)
    return bool(found.need.indicators) or apart


def _contradicts(row: Scored, found: Found, corpus: Corpus) -> bool:
    """Say whether a result was asked for and a target found, or the other way round.

    The figure's clause tells first; then, in a work report, what the report is speaking of, else the whole sentence.
    """
    assert row.figure is not None
    told = reading_of(words_around(row.sentence, row.figure.start, split_clauses))
    if told is Reading.UNKNOWN:
        told_by_place = corpus.summaries[row.sentence.report_id].profile.kind is ReportKind.WORK_REPORT
        told = row.figure.reading if told_by_place else reading_of(row.sentence.text)
    return {found.need.wanted.reading, told} in ({Reading.RESULT, Reading.TARGET}, {Reading.RESULT, Reading.PLAN})


def _is_of_another_sort(figure: Figure, row: Scored, found: Found) -> bool:
    """Say whether the figure is an average, a total of years, a share or an amount a head, and none of these is asked.

    Where an average a year or a share is asked for, growth in one year is of another sort, too.
    """
    item = f"{figure.indicator} {words_around(row.sentence, figure.start, split_items)}"
    wanted, told = found.need.wanted, is_spread(row.sentence, figure)
    if is_per_head(figure, wanted) or (wanted.years and told and not wanted.spread):
        return True
    if figure.direction and ((wanted.average and not told) or (wanted.part and not SHARE.search(item))):
        return not AVERAGE.search(words_around(row.sentence, figure.start, split_clauses))
    return bool(wanted.indicators) and not wanted.share and bool(SHARE.search(item))


def _names_indicator(row: Scored, found: Found) -> bool:
    """Where indicators are most of what a question asks, a sentence or its headings must name one, in any wording."""
    if row.figure and _is_of_another(row.figure, row, found):
        return False
    if row.coverage >= MIN_COVERAGE_ALONE:
        return True
    words = fold(f"{row.sentence.path} {row.sentence.lead} {row.sentence.previous} {row.sentence.text}")
    return not found.need.indicators or any(fold(name) in words for name in found.need.indicators)


def _in_subperiod(row: Scored, found: Found) -> bool:
    """Where a figure of a quarter or a half year is asked for, the sentence or its headings must name it."""
    if not found.need.wanted.asks_figure:
        return True
    words = fold(f"{row.sentence.path} {row.sentence.lead} {row.sentence.text}")
    return all(fold(name) in words for name in found.need.subperiods)


def _is_of_another(figure: Figure, row: Scored, found: Found) -> bool:
    """Say whether the indicator asked for stands in the sentence, but the figure belongs to another one."""
    names = [fold(name) for name in found.need.indicators]
    sentence, clause = fold(row.sentence.text), fold(words_around(row.sentence, figure.start, split_clauses))
    named = [name for name in names if name in sentence]
    told = f"{fold(figure.indicator)} {clause}"
    return bool(named) and not any(name in told for name in named) and not _is_consequence(figure, row, told, found)


def _is_consequence(figure: Figure, row: Scored, told: str, found: Found) -> bool:
    """Say whether a question asks what the indicator brought (惠及多少户), ``figure`` alone having the unit for it."""
    units, names = found.need.wanted.units, found.need.indicators
    phrases = [fold(phrase) for phrase in found.need.phrases if not any(fold(name) in fold(phrase) for name in names)]
    figures = row.sentence.figures
    others = [other for other in figures if not units or any(compatible(other.unit, unit) for unit in units)]
    return others == [figure] and any(phrase in told for phrase in phrases)


def _has_year(row: Scored, found: Found, corpus: Corpus) -> bool:
    """Match the year against the fact, the sentence's section, its own words, and last the report's profile."""
    years = found.need.wanted.years
    if not years:
        return True
    if row.figure and row.figure.years:
        return fits_figure_years(row.figure.years, row.figure.reading, years)
    if any(f"{year}年" in row.sentence.text for year in years):
        return True
    if row.sentence.years:
        return fits_years(row.sentence.years, row.sentence.reading, years)
    profile = corpus.summaries[row.sentence.report_id].profile
    return not profile.years or bool(set(profile.years) & set(years))
