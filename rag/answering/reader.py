"""The evidence reader: decides what kind of answer a question wants and lets the right drafter write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rag.answering.about_report import draft_about_report
from rag.answering.choosing import Case, Choice, Chooser, distinct
from rag.answering.collection import draft_collection
from rag.answering.computing import draft_comparison, draft_difference, draft_sum
from rag.answering.draft import Draft
from rag.answering.listing import draft_list
from rag.answering.placing import draft_places
from rag.answering.refusing import draft_refusal
from rag.asking.question import Kind, Question, Slot
from rag.corpus import Corpus
from rag.evidence import WINDOW_MAX_CHARS
from rag.types import Scope

Drafter = Callable[[Case, Chooser], Draft | None]
COMPARED_CHARS = 70
UNFOLDED_ONLY = frozenset({Kind.DEFINITION})
DRAFTERS: Mapping[Kind, tuple[Drafter, ...]] = {
    Kind.SUM: (draft_sum,),
    Kind.DIFFERENCE: (draft_difference,),
    Kind.COMPARISON: (draft_comparison,),
    Kind.RANKING: (draft_comparison,),
    Kind.LIST: (draft_list,),
    Kind.DEFINITION: (draft_list,),
    Kind.FACT: (draft_list,),
    Kind.PLACE: (draft_places,),
    Kind.COLLECTION: (draft_collection,),
    Kind.COUNT_REPORTS: (draft_collection,),
}


class EvidenceReader:
    """Answers from evidence alone, deterministically; safe to share between threads."""

    def __init__(self, chooser: Chooser) -> None:
        self._chooser = chooser

    def draft(self, question: Question, scope: Scope, corpus: Corpus) -> Draft:
        """Draft an answer to ``question`` from the reports in ``scope``."""
        case = Case(question, scope, corpus)
        for write in (draft_about_report, *DRAFTERS.get(question.kind, ())):
            if (draft := write(case, self._chooser)) is not None:
                return draft if draft.statements else draft_refusal(case, self._chooser)
        if question.kind in UNFOLDED_ONLY and question.expected_count:
            return draft_refusal(case, self._chooser)
        draft = self._quote(case)
        return draft if draft.statements else draft_refusal(case, self._chooser)

    def _quote(self, case: Case) -> Draft:
        """Say the clauses that answer, for each slot and each report that bears them."""
        chosen: list[Choice] = []
        slots = case.question.slots or (Slot(),)
        for slot in slots:
            found = self._chooser.find(case, slot=slot)
            max_chars = COMPARED_CHARS if len(slots) > 1 else WINDOW_MAX_CHARS
            choices = self._chooser.choose(found, case.corpus, max_chars=max_chars)
            chosen += [self._chooser.widen(case, choice) for choice in choices]
        return Draft(tuple(self._chooser.state(case, choice) for choice in distinct(chosen)))
