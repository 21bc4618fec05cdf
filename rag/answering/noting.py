"""Definitions a report gives itself: what a note, a footnote or its list of terms says about the term asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.choosing import Case, Chooser
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.wording import framed, tidy
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.reading.note_forms import QUOTE_MARKS, names_in
from rag.sentences import Span, split_clauses, split_sentences
from rag.types import Note, Report

BODY_CHARS = 150
MAX_REPORTS = 4
ANY_NAME = "\N{OBJECT REPLACEMENT CHARACTER}"
LIGHT = "(?:的|这(?:个|一)?|一?词|提法|说法|概念|具体|分别|各|都|主要|到底|究竟)*"
MEANS = "(?:是)?(?:什么|啥|何|怎么)(?:意思|含义|概念|东西)|何意|含义|内涵|意思|(?:怎么|如何|怎样)(?:解释|理解)"
STANDS_FOR = "(?:是|指|指的是|是指|代表|包括|包含|有|涵盖)(?:了)?(?:什么|啥|哪(?P<what>[^,;。?]{0,10}))"
AFTER_NAME = re.compile(f"{ANY_NAME}{LIGHT}(?:{MEANS}|{STANDS_FOR})[呢吗啊]?(?=[,;。?!]|$)")
BEFORE_NAME = re.compile(
    rf"(?:什么(?:是|叫)|啥(?:是|叫)|何谓|何为|(?:怎么|如何|怎样)(?:解释|理解)|解释(?:一下)?)[^,;。?]{{0,20}}?{ANY_NAME}{LIGHT}(?=[,;。?!]|$)"
)
COUNTED = re.compile("^[一二两三四五六七八九十几些\\d]*(?:个|大|项|条|种|类|方面|内容)*(?:方面|内容)?")
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
    words = fold(question.standalone).translate(QUOTE_MARKS)
    named = [(len(name), note) for note in report.notes if (name := _name_asked(question, words, note))]
    longest = max((length for length, _ in named), default=0)
    yield from [note for length, note in named if length == longest][:1]


def _name_asked(question: Question, words: str, note: Note) -> str:
    for name in map(fold, names_in(note.term)):
        if name not in words:
            continue
        if question.language == "en" and question.kind is Kind.DEFINITION:
            return name
        hidden = words.replace(name, ANY_NAME)
        after = AFTER_NAME.search(hidden)
        if BEFORE_NAME.search(hidden) or (after and _asks_for_all(after["what"] or "", fold(note.term))):
            return name
    return ""


def _asks_for_all(what: str, term: str) -> bool:
    """Say whether 哪… asks for what the term itself counts: 哪三个, 哪些企业 of “…”企业, not 哪些成效."""
    return COUNTED.sub("", what, count=1) in term


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
