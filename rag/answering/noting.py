"""Definitions a report gives itself: what a note, a footnote or its list of terms says about the term asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.choosing import Case, Chooser
from rag.answering.defining import asks_what_is, bare, terms_to_define
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.wording import framed, tidy
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.reading.note_forms import names_in
from rag.sentences import Span, split_clauses, split_sentences
from rag.types import Note, Report

BODY_CHARS = 150
MAX_REPORTS = 4
DEFINING = ("是", "指", "即", "系", "为")
RUNS_ON = re.compile("[A-Za-z0-9《“第由]")


def draft_note(case: Case, chooser: Chooser) -> Draft | None:
    """Draft the notes that explain the term asked for, one a report; None where the question asks something else."""
    if case.question.kind not in (Kind.DEFINITION, Kind.LIST, Kind.FACT):
        return None
    statements: list[Statement] = []
    said: list[str] = []
    for key in chooser.reports(case):
        report = case.corpus.report(key)
        for note in _asked(case.question, report):
            body = fold(report.text[note.body_start : note.end])
            if not any(body in other or other in body for other in said):
                said.append(body)
                statements.append(_statement(case, chooser, report, note))
    return Draft(tuple(statements[:MAX_REPORTS])) if statements else None


def _asked(question: Question, report: Report) -> Iterator[Note]:
    """Yield the notes whose term the question asks to explain; of terms within one another the longest."""
    named = [(len(name), note) for note in report.notes if (name := _name_asked(question, note))]
    longest = max((length for length, _ in named), default=0)
    yield from [note for length, note in named if length == longest][:1]


def _name_asked(question: Question, note: Note) -> str:
    """Return the name of a note that the question asks to explain, whole or by its parts (“四融”和“一共”各是什么)."""
    for name in map(fold, names_in(note.term)):
        is_named = name in bare(question.standalone) and question.kind is Kind.DEFINITION
        parts = is_named and len([term for term in terms_to_define(question) if term in name and term != name]) > 1
        if asks_what_is(question, name, counted=bare(note.term)) or parts or (is_named and question.language == "en"):
            return name
    return ""


def _statement(case: Case, chooser: Chooser, report: Report, note: Note) -> Statement:
    text = report.text
    body = _first_words(text, note)
    words = "；".join(tidy(text[span.start : span.end]) for span in split_sentences(text, *body))
    joint = "" if words.startswith(DEFINING) else "：" if RUNS_ON.match(words) else "指"
    proof = Proof(report.report_id, note.start, body.end, _years(report))
    stated = framed(chooser.frame(case, report), tidy(f"{note.term}{joint}{words}"), case.question.language)
    return Statement(stated, (proof,))


def _first_words(text: str, note: Note) -> Span:
    """Take the sentences that explain up to about 150 characters; of a first one that is longer its first clauses."""
    sentences = split_sentences(text, note.body_start, note.end)
    start, end = sentences[0] if sentences else (note.body_start, note.end)
    units = sentences if end - start <= BODY_CHARS else split_clauses(text, start, end)
    fitting = [unit.end for unit in units if unit.end - start <= BODY_CHARS]
    return Span(start, fitting[-1] if fitting else end)


def _years(report: Report) -> tuple[int, ...]:
    return (report.profile.year,) if report.profile.year else ()
