"""The extractive reader: takes the model's place where none is set, or where it fails.

It says the words of the evidence that fit the question best, for each place and year asked about, or that nothing fits.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise, takewhile
from operator import mul

from rag.answering.asked import Asked
from rag.answering.items import Item, NotFound
from rag.answering.reader_evidence import Wanted, read
from rag.answering.reader_windows import MAX_WINDOW_CHARS, Features, Window, windows
from rag.answering.tables import computed
from rag.finding.gathering import Evidence
from rag.finding.scope import Group
from rag.finding.table_words import spoken
from rag.language.folding import fold
from rag.language.numerals import QUANTITY, Number, find_numbers
from rag.language.scripts import language_of, wordings
from rag.language.terms import terms
from rag.language.units import measure
from rag.types import Claim, Figure, Reading

EVIDENCE_CHARS = 5_000
MAX_CLAIMS = 3
MIN_CLAIM_CHARS = 40
# A report of another place or year speaks too, where no place is asked about, if its window ranks nearly as well.
NEARLY = 0.5
REVISED = ("最终", "修订", "修正", "更正", "调整", "核定", "核实", "数据", "数")
CLOSERS = "，；：。、,;:. \n"


@cache
def load_weights() -> Mapping[str, tuple[tuple[float, ...], float]]:
    """Return the weights of the features, in order, and the constant, by what they are for."""
    tables = tomllib.loads(files("rag").joinpath("data", "reader.toml").read_text("utf-8"))
    names = Features._fields
    return {name: (tuple(row[each] for each in names), row.get("constant", 0.0)) for name, row in tables.items()}


def weighed(window: Window, purpose: str) -> float:
    """Weigh a window for the "ranking", or for "answering": at 0 and above it is taken for an answer."""
    weights, constant = load_weights()[purpose]
    worth: float = sum(map(mul, weights, window.features))
    return constant + worth


class ExtractiveAnswerer:
    """Answers with the reports' own words."""

    name = "evidence"
    evidence_chars = EVIDENCE_CHARS

    def close(self) -> None:
        """Hold nothing."""

    def answer(self, asked: Asked, evidence: Evidence, problems: Sequence[str] = ()) -> Iterator[Item]:
        """Yield a claim for each place and year asked about, in the words of its best window, or a refusal."""
        spans = [read(asked, span) for span in evidence.spans]
        ranked = sorted(windows(Wanted(asked, spans), spans), key=lambda each: -weighed(each, "ranking"))
        chosen = [each for each in _chosen(ranked, asked) if weighed(each, "answering") >= 0 and _tells(each, asked)]
        if not chosen:
            yield NotFound("")
        words = wordings(asked.language)
        for window in chosen:
            again = _restated(window, ranked)
            is_named = len(chosen) == 1 and bool(asked.scope.places)
            for each in (window, again) if again else (window,):
                opening = "" if is_named else _opening(each, asked.language, with_year=len(chosen) > 1)
                title = asked.corpus.summaries[each.span.report_id].profile.title if again else ""
                opening += words["title"].format(title) + words["colon"] if title else ""
                figures = asked.corpus.report(each.span.report_id).figures
                said = _words(each, figures, asked.language, with_all_years=not asked.scope.years)
                yield Claim(f"{opening}{said}", ((each.span.number, each.text),))
        if difference := _difference(chosen, asked):
            yield Claim(difference, tuple((each.span.number, each.text) for each in chosen))


def _chosen(ranked: Sequence[Window], asked: Asked) -> list[Window]:
    """Return the best window; of each group where several are asked about, of each report where no place is."""
    groups = asked.scope.groups
    if asked.scope.missing and not any(group.place for group in groups):
        # Of a place without a report only words that name it may speak.
        stems = [name[:-1] for name in asked.scope.missing]
        ranked = [each for each in ranked if any(stem in _besides_its_place(each) for stem in stems)]
    if len(groups) > 1:
        most = max(MIN_CLAIM_CHARS, MAX_WINDOW_CHARS // len(groups))
        best = [_best([each for each in ranked if _is_of(each, group)], most) for group in groups]
        return list(dict.fromkeys(each for each in best if each is not None))[:MAX_CLAIMS]
    if not ranked or groups:
        return list(ranked[:1])
    least = weighed(ranked[0], "ranking") - NEARLY
    near: dict[str, Window] = {}
    for each in takewhile(lambda each: weighed(each, "ranking") >= least, ranked):
        near.setdefault(each.span.report_id, each)
    return list(near.values())[:MAX_CLAIMS]


def _difference(chosen: Sequence[Window], asked: Asked) -> str:
    """Say how far two figures of one thing lie apart, where the question asks for that; else "".

    They are the figures chosen, or the two of one window that tells a change: 由2.7万户增加到5.5万户.
    """
    told: list[Figure | Number] = [each.figure for each in chosen if each.figure is not None]
    common = [{*terms(_measured(each.figure))} for each in chosen if each.figure is not None]
    if len(chosen) == 1:
        text = chosen[0].text
        told = [each for each in find_numbers(text) if each.kind == QUANTITY]
        common = [{*text[each.end : other.start]} & {"到", "至"} for each, other in pairwise(told)]
    asks = spoken("wants", asked.searches[-1]) | spoken("turns", asked.searches[-1])
    if len(told) != 2 or not set.intersection(*common) or asks.isdisjoint({"difference", "change"}):
        return ""
    if len({measure(each.unit)[0] for each in told}) > 1:
        return ""
    apart = computed("difference", [(each.value * measure(each.unit)[1], each.unit) for each in told])
    return str(wordings(asked.language)["difference"].format(*(each.text for each in told), apart))


def _tells(window: Window, asked: Asked) -> bool:
    """Tell whether a window shares a word with the question; where the languages differ, none need be shared."""
    return window.features.covered > 0 or language_of(window.text) != asked.language


def _besides_its_place(window: Window) -> str:
    """Return a window's words and label without its report's place, whose name may begin like that of another."""
    return f"{window.text} {window.span.label}".replace(window.span.place or "\n", "")


def _best(ranked: Sequence[Window], max_chars: int) -> Window | None:
    short = (each for each in ranked if each.end - each.start <= max_chars)
    return next(short, ranked[0] if ranked else None)


def _is_of(window: Window, group: Group) -> bool:
    return window.span.report_id in group.report_ids and (group.year is None or group.year in window.years)


def _restated(window: Window, ranked: Sequence[Window]) -> Window | None:
    """Return what another report of the place, be it since a city, gives otherwise: of the same indicator and year."""
    told = window.figure
    if told is None or not told.years:
        return None
    for each in ranked:
        other = each.figure
        if (
            other is not None
            and other.report_id != told.report_id
            and (other.place or "")[:-1] == (told.place or "")[:-1]
            and (other.years, other.direction) == (told.years, told.direction)
            and _measured(other) == _measured(told)
            and {Reading.TARGET, Reading.PLAN}.isdisjoint({other.reading, told.reading})
            and measure(other.unit)[0] == measure(told.unit)[0]
        ):
            return each if other.value * measure(other.unit)[1] != told.value * measure(told.unit)[1] else None
    return None


def _measured(figure: Figure) -> str:
    """Return what a figure is of, without the words that it was corrected."""
    text = fold(figure.indicator)
    for word in REVISED:
        text = text.replace(word, "")
    return text


def _words(window: Window, figures: Sequence[Figure], language: str, *, with_all_years: bool) -> str:
    """Return a window's words; of a table's row its name and each cell that tells of what is asked, with its head."""
    text = " ".join(window.text.split()).strip(CLOSERS)
    if window.table is None:
        return text
    words, cells, heads = wordings(language), text.split(" | "), window.table.header.split(" | ")
    if len(heads) != len(cells):
        return text
    start, place = window.span.start + window.start, 0
    told = []
    for index, (head, cell) in enumerate(zip(heads, cells, strict=True)):
        place = window.text.find(cell, place) + len(cell)
        figure = next((each for each in figures if each.end == start + place and each.text == cell), None)
        is_asked = window.figure is None or (
            figure is not None
            and figure.indicator == window.figure.indicator
            and (with_all_years or figure.years == window.figure.years)
        )
        if index and cell and is_asked:
            told.append(f"{head}{words['colon']}{cell}{_unit(figure)}")
    name = words["year"].format(cells[0]) if cells[0].isdecimal() and len(cells[0]) == 4 else cells[0]
    gap = " " if told and (name[-1:] + told[0][:1]).isascii() else ""
    return f"{name}{gap}{words['comma'].join(told)}" if told else text


def _unit(figure: Figure | None) -> str:
    """Return the unit of a figure that its own words lack."""
    return figure.unit if figure and not any(number.unit for number in find_numbers(figure.text)) else ""


def _opening(window: Window, language: str, *, with_year: bool) -> str:
    """Name the place, and the year where several are told apart."""
    words, place = wordings(language), window.span.place or ""
    year: str = words["year"].format(window.years[0]) if with_year and len(window.years) == 1 else ""
    if not place or not year:
        return place + year + words["colon"] if place or year else ""
    return str(words["opening"].format(place=place, year=year))
