"""The (place, year) cells a question spans, each to be retrieved on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.asking.areas import Area
from rag.asking.kinds import find_reading, interrogates
from rag.asking.periods import ENDS_ASKED
from rag.asking.question import Period, Slot
from rag.types import Reading

MAX_SLOTS = 12
EACH_YEAR = re.compile(r"哪(?:一|个)?年|分别|[各每逐]年|\b(?:which|each|every) year", re.IGNORECASE)


def pair_slots(areas: Sequence[Area], periods: Sequence[Period], folded: str) -> tuple[Slot, ...]:
    """Pair the places asked about with the years named in the ``folded`` question.

    One year goes with every place, one place with every year. Several of both pair by position: each place takes the
    year nearest to it. A span of years is a cell for each where each is asked about, for both ends where they are
    compared, else none. Without places and years the result is empty.
    """
    places: list[str | None] = list(dict.fromkeys(area.name for area in areas if area.scope))
    dated = [period for period in periods if period.hard and period.years]
    years: list[int | None] = list(dict.fromkeys(year for period in dated for year in _cells(period, folded)))
    if len(places) < 2 or len(years) < 2:
        cells = [(place, year) for place in places or [None] for year in years or [None]]
    else:
        cells = _nearest(areas, dated)
    return tuple(Slot(place, year) for place, year in cells if place or year)[:MAX_SLOTS]


def with_readings(cells: Sequence[Slot], folded: str, periods: Sequence[Period]) -> tuple[Slot, ...]:
    """Give each cell the reading that the words between its year and the next one tell (2030年目标比2029年实际).

    Where a later year has a target, an earlier one asked about in words of its own (2029年招多少) has a result.
    """
    dated = [period for period in periods if period.hard and len(period.years) == 1]
    if len({period.years for period in dated}) < 2:
        return tuple(cells)
    ends = [*(period.start for period in dated[1:]), len(folded)]
    told: dict[int | None, Reading] = {}
    for period, end in zip(dated, ends, strict=True):
        words = folded[period.end : end]
        reading, _ = find_reading(words)
        open_ended = reading is Reading.UNKNOWN and period is not dated[-1] and interrogates(words)
        told[period.years[0]] = Reading.RESULT if open_ended else reading
    if not {Reading.TARGET, Reading.RESULT} <= set(told.values()):
        return tuple(cells)
    return tuple(replace(cell, reading=told.get(cell.year, Reading.UNKNOWN)) for cell in cells)


def _cells(period: Period, folded: str) -> tuple[int, ...]:
    if len(period.years) < 3 or EACH_YEAR.search(folded):
        return period.years
    return (period.years[0], period.years[-1]) if ENDS_ASKED.search(folded) else ()


def _nearest(areas: Sequence[Area], periods: Sequence[Period]) -> list[tuple[str | None, int | None]]:
    cells: dict[tuple[str | None, int | None], None] = {}
    scope = [area for area in areas if area.scope]
    for area in scope:
        period = min(periods, key=lambda period: _distance(area, period))
        cells |= {(area.name, year): None for year in period.years}
    for period in periods:
        area = min(scope, key=lambda area: _distance(area, period))
        cells |= {(area.name, year): None for year in period.years}
    return list(cells)


def _distance(area: Area, period: Period) -> int:
    return period.start - area.end if period.start >= area.end else area.start - period.end
