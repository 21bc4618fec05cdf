"""Walk a report's text and make a figure of every amount that is stated of something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.figures.context import (
    base_years,
    fallback_years,
    looked_back,
    named_years,
    opening_years,
    reading_of_words,
    refined_years,
    settled_reading,
)
from rag.figures.indicators import choose_indicator, distribute, is_narrowing
from rag.figures.owners import with_owners
from rag.figures.phrases import Before, counts, read_after, read_before, read_object
from rag.figures.skipping import is_attribute, is_figure, owned_noun
from rag.figures.source import Carried, SourceNumbers, read_source
from rag.figures.table_rows import is_table_row, table_figures
from rag.language.numerals import QUANTITY, RANGE, Number
from rag.language.sentences import split_sentences
from rag.types import Figure, Profile, Reading, Section

CLAUSE_END = re.compile(r"(?:[;。！？!?\n]|(?<!\d):|:(?!\d)|(?<!\d),|,(?!\d))")
NEXT_STOP = re.compile(r"[,;:。！？!?\n、]")
JOINED = re.compile(r"\s*(?:、|和|及|与|以及|,|-+|~|至|到)\s*")
BASE = re.compile(r"(?:比|较)[^,，]{0,12}年的?\s*$")
JOINED_BY_WORD = re.compile(r"\s*(?:以上|左右)?(?:、|和|及|与|以及)\s*")
STARTING_POINTS = frozenset({"由", "从"})


class _Place(NamedTuple):
    """Where a figure stands: its clause, the words before it that no earlier figure used, and those after it."""

    clause_start: int
    start: int
    before: str
    after: str
    noun: str


def extract_figures(report_id: str, text: str, sections: tuple[Section, ...], profile: Profile) -> tuple[Figure, ...]:
    """Return the figures of ``text`` in reading order; () for a text without any.

    An indicator a clause leaves out is inherited from the clause before. Years and reading come from the clause, else
    the sentence, the section, the report. Amounts that only describe a thing (10亿元以上项目) belong to its name.
    """
    source = read_source(report_id, text, profile)
    found: list[Figure] = []
    for section in sections:
        lines = split_sentences(text, section.heading_end, section.end)
        rows = [span for span in lines if is_table_row(text[span.start : span.end])]
        found += table_figures(report_id, text, rows, section, profile)
        paragraph_years: tuple[int, ...] = ()
        opening: tuple[int, ...] = ()
        for span in lines:
            if text[span.start - 1 : span.start].isspace():
                paragraph_years = ()
                opening = ()
            if span not in rows:
                opening = opening_years(source.folded, source.mentions_within(*span), *span) or opening
                carried = Carried(span, section, span.start, paragraph_years=paragraph_years, opening_years=opening)
                found += with_owners(list(_sentence_figures(source, carried)), source.folded)
                paragraph_years = carried.years or paragraph_years
                opening = () if carried.years else opening
    return tuple(sorted(found, key=lambda figure: (figure.start, figure.end)))


def _sentence_figures(source: SourceNumbers, carried: Carried) -> Iterator[Figure]:
    """Make the figures of one sentence; an amount owned by a counted noun (1个年存栏2400头的猪场) is passed over."""
    numbers = [number for number in source.numbers_within(*carried.span) if number.kind == QUANTITY]
    owned: Number | None = None
    for index, number in enumerate(numbers):
        if number is owned:
            continue
        following = numbers[index + 1] if index + 1 < len(numbers) else None
        place = _place(source, carried, number, following)
        stop = NEXT_STOP.search(source.folded, number.end, carried.span.end)
        more_follows = following is not None and (stop is None or stop.start() > following.start)
        if not is_figure(number, place.before, place.after) or is_attribute(
            number, place.before, place.after, more_follows=more_follows
        ):
            continue
        if following and (noun := owned_noun(number, following, source.folded)):
            owned, place = following, place._replace(noun=noun)
        figure = _figure(source, carried, number, place)
        if figure.indicator:
            yield figure


def _place(source: SourceNumbers, carried: Carried, number: Number, following: Number | None) -> _Place:
    end = following.start if following else carried.span.end
    stop = NEXT_STOP.search(source.folded, number.end, end)
    clause_start = carried.span.start
    for match in CLAUSE_END.finditer(source.folded, carried.span.start, number.start):
        clause_start = match.end()
    start = max(clause_start, carried.cursor)
    after = source.folded[number.end : stop.start() if stop else end]
    if following and RANGE.fullmatch(after):
        stop = NEXT_STOP.search(source.folded, following.end, carried.span.end)
        after = source.folded[following.end : stop.start() if stop else carried.span.end]
    return _Place(clause_start, start, source.folded[start : number.start], after, "")


def _figure(source: SourceNumbers, carried: Carried, number: Number, place: _Place) -> Figure:
    """Make the figure and remember what the next one may inherit."""
    parsed = read_before(place.before, number.unit)
    qualifiers, noun = read_after(place.after, number.unit)
    if place.noun:
        qualifiers, noun = (), place.noun
    indicator, direction = _indicator(source, carried, number, place, parsed, noun)
    carried.direction = direction
    noun = noun or (carried.thing if carried.thing and carried.thing in place.after else "")
    noun_end = source.folded.find(noun, number.end, carried.span.end) + len(noun) if noun else 0
    carried.cursor_before = carried.cursor
    carried.cursor = max(noun_end, number.end + sum(map(len, qualifiers)))
    years, reading = _time(source, carried, number, place, parsed)
    carried.subject = indicator or carried.subject
    carried.history.append(carried.subject)
    carried.counted = indicator if counts(number.unit) else carried.counted
    carried.main = carried.main if is_narrowing(place.before) and carried.main else carried.subject
    return Figure(
        source.report_id,
        carried.section.index,
        indicator,
        number.value,
        number.unit,
        source.text[number.start : number.end],
        " ".join((*parsed.qualifiers, *(["多"] if number.more else []), *qualifiers)),
        direction,
        source.profile.place,
        years,
        reading,
        number.start,
        number.end,
    )


def _indicator(
    source: SourceNumbers, carried: Carried, number: Number, place: _Place, parsed: Before, noun: str
) -> tuple[str, str]:
    """Return indicator and direction: handed on in an enumeration, else from the words around the figure."""
    follows = "" if noun else read_object(place.after, number.unit)
    listed = bool(carried.thing) and bool(follows) and not number.unit.endswith("%")
    if not noun and not listed and carried.subject and JOINED.fullmatch(place.before):
        return carried.queue.pop(0) if carried.queue else carried.subject, carried.direction
    carried.queue = []
    clause_before = source.folded[carried.cursor : place.clause_start].rstrip(",;: ")
    indicator = choose_indicator(
        place.before, parsed, noun, carried, unit=number.unit, clause_before=clause_before, follows=follows
    )
    position = source.folded.find(indicator, place.start, number.end + len(place.after))
    if position >= 0:
        indicator = source.text[position : position + len(indicator)]
    if parsed.distributes:
        indicator = distribute(indicator, _sharing(source, carried, number), carried)
    return indicator, parsed.direction or ("up" if number.unit == "番" else "")


def _sharing(source: SourceNumbers, carried: Carried, number: Number) -> int:
    """Count the figures, from ``number`` on, that one 分别 shares out."""
    count, end = 1, number.end
    for other in source.numbers_within(number.end, carried.span.end):
        if not JOINED_BY_WORD.fullmatch(source.folded[end : other.start]):
            break
        count, end = count + 1, other.end
    return count


def _time(
    source: SourceNumbers, carried: Carried, number: Number, place: _Place, parsed: Before
) -> tuple[tuple[int, ...], Reading]:
    """Return years and reading from the clause, else carried in the sentence, else the section and the report."""
    folded, mentions, start = source.folded, source.mentions_within(*carried.span), carried.span.start
    head, colon, _ = folded[start : place.clause_start].partition(":")
    reading = reading_of_words(folded[carried.cursor_before : number.start])
    if reading == Reading.UNKNOWN:
        reading = carried.reading
    if reading == Reading.UNKNOWN and colon:
        reading = reading_of_words(head)
    carried.reading = reading
    if STARTING_POINTS & set(parsed.qualifiers[-1:]) or (number.unit != "番" and BASE.search(place.before)):
        years = base_years(mentions, place.clause_start, number.start)
        return years, settled_reading(reading, years, carried.section, source.profile)
    years = named_years(folded, mentions, place.clause_start, number.start)
    carried.years = years or carried.years or named_years(folded, mentions, start, place.clause_start)
    years = carried.years or refined_years(carried.paragraph_years, carried.section)
    if not years and reading not in (Reading.TARGET, Reading.PLAN):
        years = looked_back(carried.opening_years, carried.section)
    years = years or fallback_years(carried.section, source.profile, reading)
    return years, settled_reading(reading, years, carried.section, source.profile)
