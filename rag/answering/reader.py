"""The evidence reader: decides what kind of answer a question wants and lets the right drafter write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.answering.about_report import draft_about_report
from rag.answering.against_target import draft_against_target
from rag.answering.announcing import state_announced
from rag.answering.choosing import Case, Choice, Chooser, distinct
from rag.answering.collection import draft_collection
from rag.answering.computing import draft_comparison, draft_difference, draft_rise, draft_sum, draft_threshold
from rag.answering.defining import defines, terms_to_define
from rag.answering.demanding import speaks_of_none
from rag.answering.disagreements import conflicts
from rag.answering.draft import Draft, Statement, cite
from rag.answering.further_asks import widen
from rag.answering.listing import draft_list
from rag.answering.noting import draft_note
from rag.answering.placing import draft_places
from rag.answering.refusing import draft_refusal
from rag.answering.tables import draft_table
from rag.answering.verification import verify
from rag.asking.question import Kind, Question, Slot
from rag.asking.words import word_lists
from rag.corpus import Corpus
from rag.folding import fold
from rag.places import Gazetteer
from rag.types import Scope
from rag.windows import WINDOW_MAX_CHARS

Drafter = Callable[[Case, Chooser], Draft | None]
COMPARED_CHARS = 50
WHAT_IS = re.compile(r"(?:各|都|分别|具体|到底)(?:是|指|指的是|代表|包括)(?:什么|哪|啥)")
SEVERAL = re.compile("[、，,；;和与及]|”“|并")
WHOLE_COLLECTION = (Kind.COLLECTION, Kind.COUNT_REPORTS)
DRAFTERS: Mapping[Kind, tuple[Drafter, ...]] = {
    Kind.FIGURE: (draft_rise,),
    Kind.YES_NO: (draft_threshold,),
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

    def __init__(self, chooser: Chooser, gazetteer: Gazetteer) -> None:
        self._chooser = chooser
        self._gazetteer = gazetteer

    def draft(self, question: Question, scope: Scope, corpus: Corpus) -> Draft:
        """Draft an answer to ``question`` from the reports in ``scope``."""
        case = Case(question, scope, corpus)
        draft = self._checked(case)
        if not draft.statements:
            draft = joined([self._checked(replace(case, question=row)) for row in question.separate]) or draft
        return draft if draft.statements or draft.reason else draft_refusal(case, self._chooser, self._gazetteer)

    def _checked(self, case: Case) -> Draft:
        return self._verified(case, self._write(case))

    def _write(self, case: Case) -> Draft:
        question = case.question
        if word_lists().patterns["about_machine"].search(fold(question.standalone)):
            return Draft()
        if question.quoted and question.kind not in WHOLE_COLLECTION:
            texts = (case.corpus.folded_text(key) for key in self._chooser.reports(case))
            if speaks_of_none(question, texts):
                return Draft()
        firsts = (draft_note, draft_about_report, draft_against_target, draft_table)
        for write in (*firsts, *DRAFTERS.get(question.kind, ())):
            if (draft := write(case, self._chooser)) is not None:
                return draft
        asks_what = question.kind is Kind.DEFINITION or (question.quoted and WHAT_IS.search(question.standalone))
        if asks_what and question.language == "zh":
            return Draft() if question.expected_count else self._define(case)
        return self._quote(case)

    def _define(self, case: Case) -> Draft:
        """Quote the sentences that say what the term asked for is; to use a term is not to define it."""
        names = terms_to_define(case.question)
        draft = self._quote(case)
        kept = [row for row in draft.statements if not names or any(defines(row.text, name) for name in names)]
        return replace(draft, statements=tuple(kept))

    def _verified(self, case: Case, draft: Draft) -> Draft:
        """Leave out what the verification of the final text rejects: first the whole, then statement by statement."""
        if not draft.statements or self._holds(case, draft):
            return draft
        singles = [Draft((statement,), computed=draft.computed) for statement in draft.statements]
        return replace(draft, statements=tuple(row.statements[0] for row in singles if self._holds(case, row)))

    def _holds(self, case: Case, draft: Draft) -> bool:
        question = case.question
        text, citations = cite(draft, case.corpus, language=question.language)
        verdict = verify(
            text,
            citations,
            question=question.standalone,
            language=question.language,
            gazetteer=self._gazetteer,
            computed=draft.computed,
        )
        return verdict.ok

    def _quote(self, case: Case) -> Draft:
        """Say the clauses that answer, for each slot and each report that bears them."""
        chosen: list[Choice] = []
        gaps: list[Statement] = []
        slots = case.question.slots or (Slot(),)
        for slot in slots:
            found = self._chooser.find(case, slot=slot)
            max_chars = COMPARED_CHARS if len(slots) > 1 else WINDOW_MAX_CHARS
            choices = self._chooser.choose(found, case.corpus, max_chars=max_chars)
            if not choices and case.question.kind is Kind.DIFFERENCE:
                return Draft()
            gaps += [] if choices else [gap(slot, case.question)]
            chosen += [widen(case.question, choice) for choice in choices]
        kept = [choice for choice in distinct(chosen) if names_enough(case.question, choice.words)]
        stated = [state_announced(case, self._chooser, choice) for choice in kept]
        if len(slots) > 1 and stated:
            return Draft((*stated, *gaps))
        differing = conflicts(case, kept)
        return Draft((*stated, *(row for row, _ in differing)), computed=tuple(value for _, value in differing))


def names_enough(question: Question, words: str) -> bool:
    """Say whether words may name as many things as a question counts: one clause without a joint names one."""
    counted = question.kind is Kind.LIST and question.expected_count and question.language == "zh"
    return not counted or bool(SEVERAL.search(words.rstrip("，。；")))


def joined(drafts: Sequence[Draft]) -> Draft | None:
    """Put the answers to separate questions one after another; None when none of them has any."""
    statements = [statement for draft in drafts for statement in draft.statements]
    computed = [value for draft in drafts for value in draft.computed]
    return Draft(tuple(dict.fromkeys(statements)), computed=tuple(computed)) if statements else None


def gap(slot: Slot, question: Question) -> Statement:
    """Name what the reports do not say about one of several places or years."""
    if question.language == "en":
        return Statement(f"the reports do not say it for {slot.place or ''} {slot.year or ''}".strip(), ())
    return Statement(f"{slot.place or ''}{f'{slot.year}年' if slot.year else ''}{slot.topic}：报告没有说明", ())
