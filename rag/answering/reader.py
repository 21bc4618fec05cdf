"""The evidence reader: decides what kind of answer a question wants and lets the right drafter write it."""

from __future__ import annotations

from rag.answering.choosing import Case, Choice, Chooser, distinct
from rag.answering.computing import draft_comparison, draft_difference, draft_sum
from rag.answering.draft import Draft
from rag.answering.listing import draft_list
from rag.asking.question import Kind, Question, Slot
from rag.corpus import Corpus
from rag.types import Scope

COMPARED_CHARS = 70


class EvidenceReader:
    """Answers from evidence alone, deterministically; safe to share between threads."""

    def __init__(self, chooser: Chooser) -> None:
        self._chooser = chooser

    def draft(self, question: Question, scope: Scope, corpus: Corpus) -> Draft:
        """Draft an answer to ``question`` from the reports in ``scope``."""
        case = Case(question, scope, corpus)
        match question.kind:
            case Kind.SUM:
                drafts = [draft_sum]
            case Kind.DIFFERENCE:
                drafts = [draft_difference]
            case Kind.COMPARISON | Kind.RANKING:
                drafts = [draft_comparison]
            case Kind.LIST | Kind.DEFINITION:
                drafts = [draft_list]
            case _:
                drafts = [draft_list] if question.expected_count else []
        for write in drafts:
            if (draft := write(case, self._chooser)) is not None:
                return draft
        return self._quote(case)

    def _quote(self, case: Case) -> Draft:
        """Say the clauses that answer, for each slot and each report that bears them."""
        chosen: list[Choice] = []
        slots = case.question.slots or (Slot(),)
        for slot in slots:
            found = self._chooser.find(case, slot=slot)
            max_chars = COMPARED_CHARS if len(slots) > 1 else 110
            chosen += self._chooser.choose(found, case.corpus, max_chars=max_chars)
        return Draft(tuple(self._chooser.state(case, choice) for choice in distinct(chosen)))
