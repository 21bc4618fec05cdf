"""What understanding a question may know: the gazetteer and the reports' profiles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.asking.names import SUFFIX, person_pattern, spell_place
from rag.folding import fold
from rag.glossary import Glossary, load_glossary
from rag.places import NATION, Gazetteer
from rag.types import ReportSummary

MIN_ROMANISED_CHARS = 5


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beside the question; made once for each version of the catalogue.

    ``names`` finds the full names of the reports' places (useful for places no list holds); ``authors`` maps an
    author's name without spaces to the ids of the author's reports, ``author_patterns`` to what finds the name;
    ``paths`` maps a report's place to the names of
    the divisions that hold it, itself included.
    """

    gazetteer: Gazetteer
    reports: tuple[ReportSummary, ...]
    glossary: Glossary = field(default_factory=load_glossary)
    report_places: frozenset[str] = field(init=False)
    paths: dict[str, frozenset[str]] = field(init=False)
    names: dict[str, str] = field(init=False)
    authors: dict[str, tuple[str, ...]] = field(init=False)
    author_patterns: dict[str, re.Pattern[str]] = field(init=False)

    def __post_init__(self) -> None:
        paths = {row.profile.place: _path(row, self.gazetteer) for row in self.reports if row.profile.place}
        object.__setattr__(self, "report_places", frozenset(paths))
        object.__setattr__(self, "paths", paths)
        object.__setattr__(self, "names", _surfaces(paths, self.gazetteer))
        object.__setattr__(self, "authors", _authors(self.reports))
        object.__setattr__(self, "author_patterns", {name: person_pattern(name) for name in self.authors})

    def holds(self, name: str) -> bool:
        """Tell whether there is a report of this place or of a place within it."""
        return any(name in path for path in self.paths.values())

    def covering(self, path: Iterable[str]) -> tuple[str, ...]:
        """Return the reports' places among the divisions ``path`` names, the smallest first."""
        return tuple(name for name in reversed(tuple(path)) if name in self.report_places)

    def of_place(self, name: str) -> tuple[ReportSummary, ...]:
        """Return the reports of exactly this place, or else of the places within it, the newest first."""
        exact = [row for row in self.reports if row.profile.place == name]
        found = exact or [row for row in self.reports if row.profile.place and name in self.paths[row.profile.place]]
        return tuple(sorted(found, key=lambda row: (-(row.profile.year or 0), row.report_id)))


def _path(row: ReportSummary, gazetteer: Gazetteer) -> frozenset[str]:
    place = row.profile.place or ""
    resolved = [found.path for found in gazetteer.resolve(place)[:1]]
    return frozenset({place, *row.profile.place_path, *(resolved[0] if resolved else ())})


def _surfaces(places: Iterable[str], gazetteer: Gazetteer) -> dict[str, str]:
    """Map folded spellings to full names: those of places no list holds, and romanised ones that lack a capital."""
    surfaces: dict[str, str] = {}
    for name in sorted(places):
        listed = any(place.listed for place in gazetteer.resolve(name))
        spellings = () if listed else (name, SUFFIX.sub("", name))
        latin = gazetteer.romanise(name) if listed else spell_place(name)
        long = latin.isascii() and len(latin) >= MIN_ROMANISED_CHARS and name != NATION
        surfaces |= {fold(word): name for word in (*spellings, *((latin,) if long else ())) if len(word) > 1}
    return surfaces | ({"nationwide": NATION} if NATION in places else {})


def _authors(reports: Iterable[ReportSummary]) -> dict[str, tuple[str, ...]]:
    authors: dict[str, tuple[str, ...]] = {}
    for row in reports:
        name = re.sub(r"\s+", "", row.profile.author)
        if len(name) > 1:
            authors[name] = (*authors.get(name, ()), row.report_id)
    return authors
