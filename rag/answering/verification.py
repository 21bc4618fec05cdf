"""Verification: may a claim be said? It may if its quotes stand in the reports and bear all it states.

The reasons a claim fails for, each tested in both directions: "quote", "figure", "year", "place", "sense", "scope",
"coverage".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.alterations import altered_words
from rag.answering.asked import Asked
from rag.answering.borne import Borne, figure_fault, place_fault, year_fault
from rag.answering.coverage import absence_quotes, coverage_fault, without_absent
from rag.answering.items import LookFor
from rag.answering.quotes import find_quotes, located, narrowed, repeated
from rag.answering.sense import sense_fault
from rag.figures.table_rows import is_table_row
from rag.finding.gathering import Evidence
from rag.finding.piles import PileQuestion, asked_table
from rag.finding.scope import speaks_of
from rag.language.places import Gazetteer
from rag.types import Claim, EvidenceSpan, Quote


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a claim may not be said: the claim, the kind of fault, and the words at fault."""

    claim: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim stands: with its quotes where it does, with the problem where it does not."""

    quotes: tuple[Quote, ...] = ()
    problem: Problem | None = None


class Verifier:
    """Holds claims to what they quote; safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def verify(self, claim: Claim, asked: Asked, evidence: Evidence) -> Verdict:
        """Return the claim's quotes where they stand, or the first reason against it.

        Quotes that stand nowhere are left out; where none is left, the words of the evidence that bear the claim take
        their place. The same words count for every place and year that the claim names and that says them too.
        """
        quotes = located(claim.quotes, evidence.spans)
        verdict = self._judge(claim.text, quotes, asked, evidence)
        if verdict.problem is None:
            return verdict
        spans = [span for span in evidence.spans if self._is_told_of(span, claim.text)]
        wider = list(dict.fromkeys([*quotes, *repeated(claim.quotes, spans)]))
        wider = wider or absence_quotes(claim.text, evidence, self._names)
        again = verdict if wider == quotes else self._judge(claim.text, wider, asked, evidence)
        if again.problem is None:
            return again
        if again.problem.kind == "sense" and claim.quotes:  # its own quotes say the opposite: no others mend that
            return verdict
        found = find_quotes(claim.text, evidence.spans)
        if not claim.quotes or not wider:
            again = self._judge(claim.text, found, asked, evidence)
            if again.problem is None:  # judged by whole sentences, shown by their clauses
                return Verdict(tuple(narrowed(claim.text, quote) for quote in again.quotes))
            return verdict if claim.quotes else again
        more = self._judge(claim.text, list(dict.fromkeys([*wider, *found])), asked, evidence)
        return more if more.problem is None else verdict

    def _is_told_of(self, span: EvidenceSpan, text: str) -> bool:
        is_named = span.place is not None and self._is_named(span.place, text)
        return is_named or any(str(year) in text for year in span.years)

    def refusal_fault(
        self, text: str, quotes: Sequence[tuple[int, str]], asked: Asked, evidence: Evidence
    ) -> Problem | None:
        """Say what a refusal states that nothing bears: a figure or a place; None where it states no such thing."""
        held = located(quotes, evidence.spans) or find_quotes(text, evidence.spans)
        borne = self.borne(held, asked, evidence)
        for kind, fault in (
            ("figure", figure_fault(text, borne)),
            ("place", place_fault(text, borne, self._gazetteer)),
        ):
            if fault:
                return Problem(text, kind, fault)
        return None

    def _judge(self, text: str, quotes: Sequence[Quote], asked: Asked, evidence: Evidence) -> Verdict:
        if not quotes:
            return Verdict(problem=Problem(text, "quote", "no excerpt has these words"))
        borne = self.borne(quotes, asked, evidence)
        named = [group.place for group in asked.scope.groups if group.place]
        told = without_absent(text, evidence, self._names)
        for kind, fault in (
            ("figure", figure_fault(text, borne)),
            ("sense", altered_words(text, borne)),
            ("year", year_fault(told, borne)),
            ("place", place_fault(told, borne, self._gazetteer)),
            ("sense", sense_fault(text, borne)),
            ("scope", self._scope_fault(text, quotes, asked)),
            ("coverage", coverage_fault(text, quotes, named, evidence, self._names)),
        ):
            if fault:
                return Verdict(problem=Problem(text, kind, fault))
        return Verdict(tuple(quotes))

    def borne(self, quotes: Sequence[Quote], asked: Asked, evidence: Evidence) -> Borne:
        """Return what quotes, the labels of their spans, the question and the tables bear."""
        profiles = [asked.corpus.summaries[quote.span.report_id].profile for quote in quotes]
        return Borne(
            quotes=tuple(quotes),
            current_years=tuple(profile.current_year or profile.year for profile in profiles),
            report_years=frozenset(year for profile in profiles for year in profile.years),
            names=tuple(
                " ".join((*profile.place_path, profile.place or "", profile.title, profile.issuer, profile.author))
                for profile in profiles
            ),
            figures=tuple(
                figure
                for quote in quotes
                if is_table_row(quote.text)
                for figure in asked.corpus.report(quote.span.report_id).figures
                if quote.start <= figure.start and figure.end <= quote.end
            ),
            counts=frozenset(
                len(rows)
                for each in evidence.tables
                for near in [[row for row in each.missing if row.number]]
                for rows in (each.rows, each.found, each.missing, near)
            ),
            question=" ".join([asked.question, asked.standalone, *(turn.question for turn in asked.history[-2:])]),
        )

    def _scope_fault(self, text: str, quotes: Sequence[Quote], asked: Asked) -> str:
        """Say which quoted report is of another place than the one asked about, and not named for it."""
        places = [group.place for group in asked.scope.groups if group.place]
        if not places:
            return self._missing_fault(text, quotes, asked)
        for quote in quotes:
            row = asked.corpus.summaries[quote.span.report_id]
            own = row.profile.place
            if not own or any(speaks_of(row, place, self._gazetteer) for place in places) or self._is_named(own, text):
                continue
            if not any(self._is_named(place, quote.text) for place in places):
                return f"{own}: {quote.text[:40]}"
        return self._missing_fault(text, quotes, asked)

    def _missing_fault(self, text: str, quotes: Sequence[Quote], asked: Asked) -> str:
        """Say which place without reports a claim is about, though its quotes do not name it."""
        is_asked_of_others = any(group.place for group in asked.scope.groups)
        for place in asked.scope.missing:
            if is_asked_of_others and not self._is_named(place, text):
                continue
            told = any(self._is_named(place, f"{quote.text} {quote.span.label}") for quote in quotes)
            others = {asked.corpus.summaries[quote.span.report_id].profile.place for quote in quotes} - {None}
            if not told and others and not any(self._is_named(own, text) for own in others if own):
                return place
        return ""

    def _is_named(self, place: str, text: str) -> bool:
        return any(name and name.lower() in text.lower() for name in self._names(place))

    def _names(self, place: str) -> tuple[str, ...]:
        return (place, self._gazetteer.short_name(place), self._gazetteer.romanise(place))

    def name_in(self, language: str) -> Callable[[str], str]:
        """Return what names places in a language: short names of listed ones, or their usual English spelling."""
        if language not in ("zh", "ja", "ko"):
            return self._gazetteer.romanise
        return lambda place: self._gazetteer.short_name(place) if self._gazetteer.is_listed(place) else place

    def asked_table(self, wanted: LookFor, asked: Asked) -> PileQuestion:
        """Return the question that a wish for a table asks, over the reports the user's question is about."""
        return asked_table(
            wanted.figures or wanted.mentions,
            is_term=bool(wanted.mentions),
            text=asked.standalone or asked.question,
            scope=asked.scope,
            corpus=asked.corpus,
            gazetteer=self._gazetteer,
        )
