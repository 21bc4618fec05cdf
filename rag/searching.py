"""From a question to a search: the reports in scope, the places that each get their own hits, what is wished for."""

from __future__ import annotations

from collections.abc import Collection

from rag.answering.needs import bare_text
from rag.asking.question import Question
from rag.corpus import Corpus
from rag.places import Gazetteer
from rag.reranking import wish_of
from rag.retrieval import Search
from rag.scoping import select_reports
from rag.types import ReportKind, ReportSummary, Scope


def make_search(question: Question, scope: Scope, corpus: Corpus, gazetteer: Gazetteer) -> Search:
    """Make the search for ``question`` under ``scope``; a comparison gets hits for each place and year in turn."""
    summaries, words = corpus.summaries.values(), corpus.folded_text
    report_ids = select_reports(summaries, scope, gazetteer, words)
    cells = dict.fromkeys((slot.place, slot.year) for slot in question.slots if slot.place) or dict.fromkeys(
        (place, None) for place in scope.places
    )
    allowed = set(report_ids)
    groups = [
        tuple(key for key in select_reports(summaries, _cell(place, year), gazetteer, words) if key in allowed)
        for place, year in (cells if len(cells) > 1 else ())
    ]
    return Search(
        text=_text(question, [row for row in summaries if row.report_id in allowed], gazetteer),
        expansions=tuple((row.term, row.weight) for row in question.expansions),
        report_ids=report_ids,
        wish=wish_of(question),
        groups=tuple(dict.fromkeys(group for group in groups if group)),
    )


def _text(question: Question, chosen: Collection[ReportSummary], gazetteer: Gazetteer) -> str:
    """Leave out the place and the years where the reports chosen hold them: all their passages would match alike."""
    if any(row.profile.kind is ReportKind.OTHER for row in chosen):
        return question.standalone
    places = not question.places or all(row.profile.place for row in chosen)
    years = not question.years or all(row.profile.years for row in chosen)
    return bare_text(question, gazetteer) if places and years else question.standalone


def _cell(place: str | None, year: int | None) -> Scope:
    return Scope((place,) if place else (), (year,) if year else ())
