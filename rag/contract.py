"""The JSON shapes that other programs rely on, the same over HTTP and on the command line.

Where a shape equals a value of :mod:`rag.types`, that value is the shape. Keys never change; new ones may be added.
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from rag.types import Answer, AnswerTable, Citation, Hit, Note, Report, ReportSummary, Section, Table, Understood


class AnswerBody(TypedDict):
    """A reply with its proof, citations by marker; ``tokens`` counts what a language model read and wrote."""

    id: str
    status: str
    answer: str
    answered_by: str
    citations: list[Citation]
    understood: Understood
    timings_ms: dict[str, float]
    table: NotRequired[AnswerTable]
    notes: list[str]
    prompt_hashes: dict[str, str]
    tokens: dict[str, int]


class HitBody(TypedDict):
    """A passage found; ``rank`` and ``signals`` are there when an explanation was asked for."""

    report_id: str
    source: str
    title: str
    section: list[str]
    start: int
    end: int
    text: str
    score: float
    place: str | None
    years: list[int]
    rank: NotRequired[int]
    signals: NotRequired[dict[str, float]]


class ReportBody(TypedDict):
    """A line of the list of reports."""

    report_id: str
    source: str
    title: str
    place: str | None
    years: list[int]
    kind: str
    status: str
    near_duplicate_of: str | None
    num_characters: int
    num_passages: int
    warnings: list[str]


class ReportDetailBody(ReportBody):
    """A report's profile, outline, tables and notes."""

    place_path: list[str]
    year: int | None
    current_year: int | None
    issuer: str
    author: str
    date: str
    outline: list[Section]
    tables: list[Table]
    notes: list[Note]


def answer_body(answer: Answer) -> AnswerBody:
    """Shape an answer."""
    body: AnswerBody = {
        "id": answer.answer_id,
        "status": answer.status,
        "answer": answer.text,
        "answered_by": answer.answered_by,
        "citations": list(answer.citations),
        "understood": answer.understood,
        "timings_ms": {name: round(value, 3) for name, value in answer.timings_ms.items()},
        "notes": list(answer.notes),
        "prompt_hashes": dict(answer.prompt_hashes),
        "tokens": {"in": answer.tokens_in, "out": answer.tokens_out},
    }
    if answer.table is not None:
        body["table"] = answer.table
    return body


def hit_body(hit: Hit, report: Report) -> HitBody:
    """Shape a hit in ``report``."""
    passage = hit.passage
    return {
        "report_id": passage.report_id,
        "source": report.source,
        "title": report.profile.title,
        "section": list(report.sections[passage.section_index].path),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": hit.score,
        "place": passage.place,
        "years": list(passage.years),
    }


def explained_hit_body(hit: Hit, report: Report) -> HitBody:
    """Shape a hit in ``report`` with its rank and the signals that brought it there."""
    body = hit_body(hit, report)
    body["rank"] = hit.rank
    body["signals"] = {name: round(value, 6) for name, value in hit.signals.items()}
    return body


def report_body(summary: ReportSummary) -> ReportBody:
    """Shape a line of the list of reports."""
    return {
        "report_id": summary.report_id,
        "source": summary.source,
        "title": summary.profile.title,
        "place": summary.profile.place,
        "years": list(summary.profile.years),
        "kind": summary.profile.kind.value,
        "status": summary.status,
        "near_duplicate_of": summary.near_duplicate_of,
        "num_characters": summary.num_characters,
        "num_passages": summary.num_passages,
        "warnings": list(summary.warnings),
    }


def report_detail_body(report: Report) -> ReportDetailBody:
    """Shape a report's profile, outline, tables and notes."""
    profile = report.profile
    return {
        "report_id": report.report_id,
        "source": report.source,
        "title": profile.title,
        "place": profile.place,
        "place_path": list(profile.place_path),
        "year": profile.year,
        "current_year": profile.current_year,
        "years": list(profile.years),
        "kind": profile.kind.value,
        "issuer": profile.issuer,
        "author": profile.author,
        "date": profile.date,
        "status": "ready",
        "near_duplicate_of": report.near_duplicate_of,
        "num_characters": len(report.text),
        "num_passages": len(report.passages),
        "warnings": list(report.warnings),
        "outline": list(report.sections),
        "tables": list(report.tables),
        "notes": list(report.notes),
    }
