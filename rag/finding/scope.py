"""Scope: the places and years a question names, resolved against the reports there are.

Scope guides finding and binds citing; it never blinds: what has no report limits nothing and is told instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.language.folding import fold
from rag.language.numerals import QUANTITY, find_numbers
from rag.language.periods import resolve_years
from rag.language.places import NATION, Gazetteer, Level, Place, PlaceMention
from rag.language.romanisation import letters, spelled
from rag.language.terms import stop_terms
from rag.types import ReportSummary, Scope

LATIN_YEAR = re.compile(r"(?<![\d.,+=×÷])(?:19[4-9]\d|20\d\d)(?![\d%+=×÷]|[.,]\d)")
# What is named right after these is not asked about: 除了云汀和砚浦，….
EXCEPT = re.compile(
    r"(?:(?<![解清拆排消免])除(?!夕)|\b(?:except|besides|excluding|other than|apart from)\b)[^,，。；;？?!！外]*$",
    re.IGNORECASE,
)
MIN_AUTHOR_CHARS = 2
MIN_TITLE_WORD_CHARS = 4
MAX_GROUPS = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Reports that are to have a share of the evidence: those of one place, one year, or both."""

    place: str | None
    year: int | None
    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionScope:
    """What a question is about, as far as it names it.

    ``places`` (full names, of reports where there are any) and ``years`` are what was named; ``missing`` the named
    places that no report speaks of. ``groups`` are empty where nothing was named that reports have. ``allowed`` is what
    the asker limited the answer to (None: everything). ``names`` are the words that name the places of the groups.
    """

    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    allowed: tuple[str, ...] | None = None
    names: tuple[str, ...] = ()

    @property
    def report_ids(self) -> tuple[str, ...]:
        """The reports of all groups."""
        return tuple(dict.fromkeys(key for group in self.groups for key in group.report_ids))


@dataclass(frozen=True, slots=True)
class _Named:
    """A place that a question names, at ``start``: its name, the path to it, and its reports."""

    start: int
    text: str
    name: str
    path: tuple[str, ...]
    reports: tuple[ReportSummary, ...]


def read_scope(text: str, reports: Sequence[ReportSummary], gazetteer: Gazetteer, given: Scope) -> QuestionScope:
    """Find what ``text`` names; ``given`` limits hard, and what it names stands beside what the text does."""
    allowed = _allowed(given, reports, gazetteer)
    pool = [row for row in reports if allowed is None or row.report_id in allowed]
    named = _without_ancestors(_named_places(text, pool, gazetteer))
    held = [row for row in named if row.reports]
    years = named_years(text)
    missing = tuple(row.name for row in named if not row.reports and row.name != NATION)
    authored = tuple(row for row in pool if _is_author_named(row, text)) or _titled(text, pool)
    places = tuple(dict.fromkeys([*(row.name for row in held), *given.places]))
    return QuestionScope(
        places or missing,
        tuple(sorted({*years, *given.years})),
        missing,
        _groups(held, years, authored, pool),
        None if allowed is None else tuple(row.report_id for row in pool),
        tuple(row.text for row in held),
    )


def named_years(text: str) -> tuple[int, ...]:
    """Return the years a text names outright, ascending; of a longer period its first and last, and all between."""
    mentions = resolve_years(text, None)
    years = {year for mention in mentions for year in range(mention.first, mention.last + 1)}
    taken = [(each.start, each.end) for each in find_numbers(text) if each.kind == QUANTITY and each.unit]
    taken += [(mention.start, mention.end) for mention in mentions]
    for match in LATIN_YEAR.finditer(fold(text)):
        if not any(start <= match.start() < end for start, end in taken):
            years.add(int(match.group()))
    return tuple(sorted(years))


def speaks_of(row: ReportSummary, place: str, gazetteer: Gazetteer) -> bool:
    """Tell whether a report is of a place, or of one within it; a county and the district it became are one place."""
    own = row.profile.place
    if not own:
        return False
    return gazetteer.are_one(own, place) or place in row.profile.place_path or gazetteer.is_within(own, place)


def _allowed(given: Scope, reports: Iterable[ReportSummary], gazetteer: Gazetteer) -> set[str] | None:
    if not (given.places or given.years or given.report_ids):
        return None
    return {
        row.report_id
        for row in reports
        if (not given.report_ids or row.report_id in given.report_ids)
        and (not given.places or any(speaks_of(row, place, gazetteer) for place in given.places))
        and (not given.years or set(given.years) & set(row.profile.years))
    }


def _named_places(text: str, reports: Sequence[ReportSummary], gazetteer: Gazetteer) -> list[_Named]:
    """Return the places asked about in text order; one without reports must be a county or a city at least."""
    mentions = gazetteer.find_places(text)
    found = [_of_mention(mention, reports, gazetteer) for mention in mentions]
    found += _unlisted(text, mentions, reports, gazetteer)
    found = [row for row in found if not EXCEPT.search(text[: row.start])]
    named = {row.name: row for row in reversed(found) if row.reports or _is_county(row, gazetteer)}
    nation = named.pop(NATION, None)
    rows = sorted(
        {row.reports or row.name: row for row in reversed(named.values())}.values(), key=lambda row: row.start
    )
    return [nation] if nation and nation.reports and not any(row.reports for row in rows) else rows


def _of_mention(mention: PlaceMention, reports: Sequence[ReportSummary], gazetteer: Gazetteer) -> _Named:
    """Take the candidate that has reports of its own, else one that holds places with reports, else the likeliest."""
    chosen: tuple[Place, list[ReportSummary]] = (mention.place, [])
    for place in mention.candidates:
        own = _of_place(place, reports, gazetteer)
        if own:
            return _Named(mention.start, mention.text, own[-1].profile.place or place.name, place.path, tuple(own))
        if not chosen[1] and (within := [row for row in reports if speaks_of(row, place.name, gazetteer)]):
            chosen = (place, within)
    return _Named(mention.start, mention.text, chosen[0].name, chosen[0].path, tuple(chosen[1]))


def _unlisted(
    text: str, mentions: Sequence[PlaceMention], reports: Sequence[ReportSummary], gazetteer: Gazetteer
) -> list[_Named]:
    """Find reports' places that no list holds or whose short name is also a word, by their names or its letters.

    A name within the longer name of another place counts for nothing.
    """
    folded, found = fold(text), []
    for place in sorted({row.profile.place for row in reports if row.profile.place}):
        if any(candidate.listed and not candidate.ordinary for candidate in gazetteer.resolve(place)):
            continue
        short = gazetteer.short_name(place)
        names = [place] if gazetteer.is_word(short) else [place, short]
        at = [(folded.find(fold(name)), name) for name in names if len(name) > 1]
        latin = [name for name in names if letters(name)] or ([spelled(short)] if letters(folded) else [])
        at += [(match.start(), match.group()) for name in latin if (match := _word(name).search(folded))]
        at = [row for row in at if row[0] >= 0 and not any(_lies_in(*row, mention) for mention in mentions)]
        if at:
            own = tuple(_of_place(place, reports, gazetteer))
            found.append(_Named(min(at)[0], max((name for _, name in at), key=len), place, (place,), own))
    return found


def _of_place(place: Place | str, reports: Sequence[ReportSummary], gazetteer: Gazetteer) -> list[ReportSummary]:
    """Return the reports of a place, under any of its names; there are far fewer places than reports."""
    names = {row.profile.place for row in reports}
    same = {name for name in names if name and gazetteer.are_one(name, place)}
    return [row for row in reports if row.profile.place in same]


def _lies_in(start: int, name: str, mention: PlaceMention) -> bool:
    return mention.start <= start and start + len(name) <= mention.end and len(name) < len(mention.text)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(fold(name))}\b")


def _is_county(row: _Named, gazetteer: Gazetteer) -> bool:
    return any(place.level <= Level.COUNTY for place in gazetteer.resolve(row.name)) and len(row.name) > 1


def _without_ancestors(rows: list[_Named]) -> list[_Named]:
    """Leave out a place that only says where a smaller one lies, unless it alone has reports."""
    return [
        row
        for row in rows
        if not any(row.name in other.path[:-1] and (other.reports or not row.reports) for other in rows)
    ]


def _is_author_named(row: ReportSummary, text: str) -> bool:
    author = "".join(row.profile.author.split())
    return len(author) >= MIN_AUTHOR_CHARS and author in text


def _titled(text: str, pool: Sequence[ReportSummary]) -> tuple[ReportSummary, ...]:
    """Return the reports of no known place that a name stands for which their titles alone hold: Harrowgate, 새벽시."""
    placeless = [row for row in pool if not row.profile.place]
    if not placeless:
        return ()
    counts = Counter(word for row in pool for word in _names_in(row.profile.title))
    return tuple(
        row for row in placeless if any(counts[word] == 1 and word in text for word in _names_in(row.profile.title))
    )


@lru_cache(maxsize=100_000)
def _names_in(title: str) -> frozenset[str]:
    """Return the words of a title that may be names: in scripts with capitals, those that have one."""
    words = {word.strip(",.:;()《》「」") for word in title.split()}
    least = {True: MIN_TITLE_WORD_CHARS, False: MIN_AUTHOR_CHARS}
    return frozenset(
        word
        for word in words
        if word.isalpha()
        and len(word) >= least[word.isascii()]
        and not word[0].islower()
        and fold(word) not in stop_terms()
    )


def _groups(
    held: Sequence[_Named], years: Sequence[int], authored: Sequence[ReportSummary], pool: Sequence[ReportSummary]
) -> tuple[Group, ...]:
    if authored and not held:
        return (Group(None, None, _ids(authored)),)
    if not held:
        dated = [row for row in pool if set(years) & set(row.profile.years)]
        return (Group(None, years[0] if len(years) == 1 else None, _ids(dated)),) if dated else ()
    groups = []
    for place in held:
        told: list[int | None] = [year for year in years if any(year in row.profile.years for row in place.reports)]
        for year in told or [None]:
            rows = [row for row in place.reports if year is None or year in row.profile.years]
            groups.append(Group(place.name, year, _ids(rows)))
    return (
        tuple(groups) if len(groups) <= MAX_GROUPS else tuple(Group(row.name, None, _ids(row.reports)) for row in held)
    )


def _ids(rows: Iterable[ReportSummary]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.report_id for row in rows))
