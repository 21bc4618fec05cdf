"""The evidence reader: picks the clauses that answer, and says them in one short sentence with place and period."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answering.draft import Draft, Proof, Statement
from rag.answering.finding import Finder, Found, Need
from rag.answering.needs import make_need
from rag.answering.wording import frame, framed, tidy
from rag.asking.question import Question, Slot
from rag.corpus import Corpus
from rag.evidence import Scored, best_window
from rag.glossary import Glossary
from rag.places import Gazetteer
from rag.scoping import select_reports
from rag.sentences import Span
from rag.types import Scope

ALSO_MARGIN = 0.12


@dataclass(frozen=True, slots=True)
class Choice:
    """The clauses of one report chosen for a need."""

    scored: Scored
    window: Span
    report_id: str


class EvidenceReader:
    """Answers from evidence alone, deterministically."""

    def __init__(self, *, finder: Finder, glossary: Glossary, gazetteer: Gazetteer) -> None:
        self._finder = finder
        self._glossary = glossary
        self._gazetteer = gazetteer

    def draft(self, question: Question, scope: Scope, corpus: Corpus) -> Draft:
        """Draft an answer to ``question`` from the reports in ``scope``."""
        statements: list[Statement] = []
        for slot in question.slots or (Slot(),):
            reports = self._reports(question, slot, scope, corpus)
            need = make_need(question, reports, self._glossary, slot=slot)
            for choice in self._choose(need, corpus):
                statements.append(self._state(choice, question, corpus))
        return Draft(tuple(dict.fromkeys(statements)))

    def _reports(self, question: Question, slot: Slot, scope: Scope, corpus: Corpus) -> tuple[str, ...]:
        places = (slot.place,) if slot.place else question.places
        years = (slot.year,) if slot.year else question.years
        asked = Scope(places, years, question.report_ids)
        outer = set(select_reports(corpus.summaries.values(), scope, self._gazetteer))
        return tuple(key for key in select_reports(corpus.summaries.values(), asked, self._gazetteer) if key in outer)

    def _choose(self, need: Need, corpus: Corpus) -> list[Choice]:
        found = self._finder.find(need, corpus)
        chosen: dict[str, Scored] = {}
        for scored in found.scored:
            if self._bears(scored, found):
                chosen.setdefault(scored.sentence.report_id, scored)
        ranked = sorted(chosen.values(), key=lambda row: -row.score)
        kept = [row for row in ranked if row.score >= ranked[0].score - ALSO_MARGIN]
        return [self._window(row, found, corpus) for row in kept]

    def _bears(self, scored: Scored, found: Found) -> bool:
        if (found.need.wanted.units or found.need.wanted.number) and not scored.has_type:
            return False
        return scored.in_context >= 0.3 or scored.meaning >= 2.5

    def _window(self, scored: Scored, found: Found, corpus: Corpus) -> Choice:
        report = corpus.report(scored.sentence.report_id)
        window = best_window(report.text, scored.sentence.span, found.matcher, found.need.wanted)
        return Choice(scored, window, report.report_id)

    def _state(self, choice: Choice, question: Question, corpus: Corpus) -> Statement:
        report = corpus.report(choice.report_id)
        sentence = choice.scored.sentence
        years = sentence.years or ((report.profile.year,) if report.profile.year else ())
        words = tidy(report.text[choice.window.start : choice.window.end])
        prefix = frame(report.profile.place, years, sentence.reading, self._gazetteer, question.language)
        proof = Proof(report.report_id, sentence.start, sentence.end, years)
        return Statement(framed(prefix, words, question.language), (proof,))
