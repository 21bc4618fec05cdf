"""Answers that name places: which of the reports' places do a thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.choosing import Case, Chooser, make_choice
from rag.answering.draft import Draft
from rag.answering.finding import Found
from rag.asking.question import Kind
from rag.folding import fold
from rag.scoring import Scored

MIN_COVERAGE = 0.6
SHARE_OF_BEST = 0.85
PLACE_CHARS = 40
APART = re.compile("分别|各自|各是")


def draft_places(case: Case, chooser: Chooser) -> Draft | None:
    """State for each place the clause that bears all that is quoted and most of the rest; None without any.

    Where the question asks of each thing quoted by itself (分别是哪里的), so is each looked for.
    """
    question = case.question
    if question.kind is not Kind.PLACE:
        return None
    found = chooser.find(case)
    names = [fold(name) for name in question.quoted]
    groups = [[name] for name in names] if len(names) > 1 and APART.search(question.standalone) else [names]
    rows = [_bearing(case, found, group) for group in groups]
    kept = list(dict.fromkeys(row for group in rows for row in group))
    if not all(rows):
        return None
    choices = [make_choice(row, found, case.corpus, max_chars=PLACE_CHARS) for row in kept[: question.expected_count]]
    return Draft(tuple(chooser.state(case, choice) for choice in choices))


def _bearing(case: Case, found: Found, names: Sequence[str]) -> list[Scored]:
    """Return the best sentence of each place that holds all ``names``, or without any bears most of the question."""
    best: dict[str, Scored] = {}
    for row in found.scored:
        text = fold(row.sentence.text)
        place = case.corpus.summaries[row.sentence.report_id].profile.place or row.sentence.report_id
        if all(name in text for name in names) and (names or row.in_context >= MIN_COVERAGE):
            best.setdefault(place, row)
    top = max((row.coverage for row in best.values()), default=0.0)
    return [row for row in best.values() if row.coverage >= SHARE_OF_BEST * top]
