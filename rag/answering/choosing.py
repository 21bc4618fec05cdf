"""Choosing: the clauses of each report that bear what a need asks, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.answering.deciding import bearing
from rag.answering.demanding import demanded_words, facility_named, wider_places
from rag.answering.draft import QUOTE_MAX_CHARS, Proof, Statement
from rag.answering.finding import Finder, Found, Need
from rag.answering.handing_out import own_item, own_share
from rag.answering.needs import make_need, slot_years
from rag.answering.spelled_names import spelled_names
from rag.answering.wording import frame, framed, tidy
from rag.asking.question import Question, Slot
from rag.corpus import Corpus
from rag.glossary import Glossary
from rag.matching import Matcher, gram_set
from rag.places import Gazetteer
from rag.scoping import select_reports
from rag.scoring import Scored, is_span
from rag.sentences import Span
from rag.types import Reading, Report, Scope
from rag.windows import WINDOW_MAX_CHARS, best_window, rank_group

ALSO_MARGIN = 0.12
ALSO_MIN_CONTEXT = 0.7
MIN_CONTEXT_TOO = 0.4
MIN_NAMED = 0.6


@dataclass(frozen=True, slots=True)
class Case:
    """A question in its scope, with the reports as they are now."""

    question: Question
    scope: Scope
    corpus: Corpus


@dataclass(frozen=True, slots=True)
class Choice:
    """The clauses ``window`` of one report chosen for a need, within the sentence ``scored``."""

    need: Need
    matcher: Matcher
    scored: Scored
    window: Span
    report: Report

    @property
    def words(self) -> str:
        """The chosen clauses as they stand."""
        return self.report.text[self.window.start : self.window.end]

    @property
    def said(self) -> str:
        """The chosen clauses as they are said: without figures of other things told beside the chosen one."""
        figure = self.scored.figure
        if figure is None or self.need.wanted.several:
            return self.words
        text, window = self.report.text, self.window
        own = own_share(text, self.scored.sentence, figure, window, self.matcher)
        return own or own_item(text, figure, window, self.matcher) or self.words

    @property
    def years(self) -> tuple[int, ...]:
        """The years the chosen sentence speaks of."""
        profile = self.report.profile
        figure = self.scored.figure
        spoken = (figure.years if figure else ()) or self.scored.sentence.years
        return spoken or ((profile.year,) if profile.year else ())

    @property
    def reading(self) -> Reading:
        """Whether the chosen clauses report a result or set a target."""
        figure = self.scored.figure
        return figure.reading if figure else self.scored.sentence.reading


class Chooser:
    """Chooses clauses for needs and words them."""

    def __init__(self, *, finder: Finder, glossary: Glossary, gazetteer: Gazetteer) -> None:
        self._finder = finder
        self._glossary = glossary
        self._gazetteer = gazetteer

    def reports(self, case: Case, slot: Slot | None = None) -> tuple[str, ...]:
        """Return the ids of the reports that may be cited for ``slot`` (or the whole question)."""
        question = case.question
        places = self._places(case, (slot.place,) if slot and slot.place else question.places)
        years = slot_years(question, slot)
        asked = Scope(places, years, question.report_ids)
        chosen = self._select(case, asked)
        named = [key for key in self._select(case, replace(asked, years=())) if names_year(case, key, years)]
        return own_reports(case, tuple(dict.fromkeys((*chosen, *named))), self.reports_of(case, places), places)

    def _places(self, case: Case, places: tuple[str, ...]) -> tuple[str, ...]:
        """For a place without a report of its own, take the one the question names that holds it."""
        question = case.question
        held = [name for name in question.covering if self._gazetteer.short_name(name) in question.standalone]
        return tuple(held) if held and places and not self.reports_of(case, places) else places

    def _select(self, case: Case, scope: Scope) -> tuple[str, ...]:
        summaries, words = case.corpus.summaries.values(), case.corpus.folded_text
        allowed = set(select_reports(summaries, case.scope, self._gazetteer, words))
        return tuple(key for key in select_reports(summaries, scope, self._gazetteer, words) if key in allowed)

    def reports_of(self, case: Case, places: Sequence[str]) -> tuple[str, ...]:
        """Return the ids of all reports of ``places`` (of every place without any), whatever their years."""
        summaries = case.corpus.summaries.values()
        return select_reports(summaries, Scope(tuple(places)), self._gazetteer, case.corpus.folded_text)

    def find(self, case: Case, *, slot: Slot | None = None) -> Found:
        """Return the scored sentences for a slot or the whole question."""
        reports = self.reports(case, slot)
        need = make_need(case.question, reports, self._glossary, self._gazetteer, slot=slot)
        wider = wider_places(case.question, [case.corpus.summaries[key] for key in reports], self._gazetteer)
        facilities = facility_named(case.question, self._gazetteer)
        names = spelled_names(case.question.standalone, map(case.corpus.text, reports)) if need.english else ()
        need = replace(
            need, demanded=(*demanded_words(case.question), *facilities, *wider), synonyms=(*need.synonyms, *names)
        )
        return self._finder.find(need, case.corpus)

    def choose(
        self, found: Found, corpus: Corpus, *, max_chars: int = WINDOW_MAX_CHARS, margin: float = ALSO_MARGIN
    ) -> list[Choice]:
        """Return the best clauses of each report that bears the need about as well as the best one; [] for none."""
        best: dict[str, Scored] = {}
        for scored in bearing(found, corpus):
            best.setdefault(scored.sentence.report_id, scored)
        told = list(best.values())
        rows = [row for row in told if row is told[0] or tells_too(row, told[0], found)]
        ranked = sorted(rows, key=lambda row: (-row.score, row.sentence.report_id))
        kept = [
            row for row in ranked if row.score >= ranked[0].score - margin or (margin and also_bears(row, ranked[0]))
        ]
        return [make_choice(row, found, corpus, max_chars=max_chars) for row in kept]

    def frame(self, case: Case, report: Report) -> str:
        """Name a report's place and year for the head of a statement."""
        years = (report.profile.year,) if report.profile.year else ()
        return self.name(case, report.profile.place, years)

    def name(self, case: Case, place: str | None, years: Sequence[int], reading: Reading = Reading.UNKNOWN) -> str:
        """Name a place, years and a reading, each left out where it is not given."""
        return frame(place, years, reading, self._gazetteer, case.question.language)

    def prefix(self, case: Case, choice: Choice) -> str:
        """Name place, years and reading of a choice, as an answer begins."""
        return self.name(case, choice.report.profile.place, choice.years, choice.reading)

    def state(self, case: Case, choice: Choice, *, words: str = "", span: Span | None = None) -> Statement:
        """Word a choice: place, period and reading, then the chosen clauses (or ``words``), proven by its sentence."""
        question, sentence = case.question, choice.scored.sentence
        prefix = self.prefix(case, choice) + self._unsaid_part(choice, words or choice.words, question.language)
        start, end = span or (sentence.span if len(sentence.text) <= QUOTE_MAX_CHARS else choice.window)
        proof = Proof(choice.report.report_id, start, end, choice.years, choice.reading)
        return Statement(framed(prefix, tidy(words or choice.said), question.language), (proof,))

    def _unsaid_part(self, choice: Choice, words: str, language: str) -> str:
        """Return the part of a question that a choice is for where its ``words`` do not name it, no place in it."""
        part = choice.need.topic
        asked = gram_set(part)
        if len(asked & gram_set(words)) >= MIN_NAMED * len(asked) or self._gazetteer.find_places(part):
            return ""
        return f"{', ' if language == 'en' else '，'}{part}"


def tells_too(row: Scored, first: Scored, found: Found) -> bool:
    """Say whether a further report's sentence bears enough of what is asked and is meant so (result or target).

    Where the ``first`` tells the year asked, one of a longer span adds nothing; nor one of a year where it tells the
    span asked.
    """
    told, best = row.figure or row.sentence, first.figure or first.sentence
    other_time = (
        is_span(told.years) != is_span(best.years)
        if found.need.wanted.span
        else (bool(found.need.wanted.years) and is_span(told.years) and len(best.years) == 1)
    )
    if row.in_context < MIN_CONTEXT_TOO or other_time:
        return False
    return Reading.UNKNOWN in (found.need.wanted.reading, told.reading) or found.need.wanted.reading == told.reading


def own_reports(
    case: Case, report_ids: tuple[str, ...], of_places: Sequence[str], places: Sequence[str]
) -> tuple[str, ...]:
    """Leave out reports of divisions within a place that has reports of its own, of whatever year."""
    places_of = {key: case.corpus.summaries[key].profile.place for key in of_places}
    own = [place for place in places if place in places_of.values()]
    if not own or len(own) < len(places):
        return report_ids
    return tuple(key for key in report_ids if places_of.get(key) is None or places_of[key] in own)


def also_bears(row: Scored, best: Scored) -> bool:
    """Say whether another report's sentence bears the words asked for about as fully as the best one does."""
    full = row.in_context >= max(ALSO_MIN_CONTEXT, 0.9 * best.in_context)
    return full and row.tight >= 0.85 * best.tight and row.has_type == best.has_type


def names_year(case: Case, report_id: str, years: Sequence[int]) -> bool:
    """Say whether a report's own words or facts speak of one of ``years``, though its profile does not."""
    if not years:
        return False
    report = case.corpus.report(report_id)
    spoken = {year for figure in report.figures for year in figure.years}
    return bool(spoken & set(years)) or any(f"{year}年" in report.text for year in years)


def make_choice(scored: Scored, found: Found, corpus: Corpus, *, max_chars: int = WINDOW_MAX_CHARS) -> Choice:
    """Choose the best clauses within a scored sentence."""
    report = corpus.report(scored.sentence.report_id)
    figure, span, ranks = scored.figure, scored.sentence.span, found.need.wanted.ranks
    window = best_window(
        report.text,
        rank_group(report.text, span, figure.start, ranks) if figure and ranks else span,
        found.matcher,
        found.need.wanted,
        max_chars=max_chars,
        holding=Span(figure.start, figure.end) if figure else None,
        nearest=None if found.need.indicators else scored.nearest,
    )
    return Choice(found.need, found.matcher, scored, window, report)


def distinct(choices: Iterable[Choice]) -> list[Choice]:
    """Leave out choices whose clauses lie within those of an earlier one."""
    kept: list[Choice] = []
    for choice in choices:
        if not any(_within(choice, other) for other in kept):
            kept.append(choice)
    return kept


def _within(choice: Choice, other: Choice) -> bool:
    return (
        choice.report.report_id == other.report.report_id
        and other.window.start <= choice.window.start
        and choice.window.end <= other.window.end
    )
