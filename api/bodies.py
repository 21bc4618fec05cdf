"""What routes reply beyond the shapes of :mod:`rag.contract`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from typing_extensions import TypedDict

from rag.contract import HitBody, ReportBody, hit_body
from rag.service import Service
from rag.types import Figure, Hit, PileRow, Refusal, Report, SearchResult, Section, Understood


class KeptBody(TypedDict):
    """The feedback is kept."""

    status: Literal["kept"]


class SearchBody(TypedDict):
    """Hits, best first; ``reason`` says why there are none, ``notes`` what limits them."""

    hits: list[HitBody]
    understood: Understood
    reason: str
    notes: list[str]


class ReportsBody(TypedDict):
    """Every report, by the name of its file."""

    reports: list[ReportBody]


class RefusalsBody(TypedDict):
    """Files that were not taken in."""

    refusals: list[Refusal]


class JobIdBody(TypedDict):
    """The job to ask about at ``/v1/jobs/{job_id}``."""

    job_id: str


class TextBody(TypedDict):
    """The text that all offsets of a report count in."""

    text: str


class TableBody(TypedDict):
    """A row for every place and year in scope; those without ``words`` say nothing of the subject."""

    subject: str
    is_term: bool
    is_rate: bool
    rows: list[PileRow]


class SpanBody(TypedDict):
    """A stretch of a report's text at ``[start, end)`` and the sections it touches."""

    report_id: str
    title: str
    place: str | None
    years: list[int]
    start: int
    end: int
    num_characters: int
    text: str
    sections: list[Section]


class FiguresBody(TypedDict):
    """A report's statements of figures, in text order."""

    figures: list[Figure]


class RemovedBody(TypedDict):
    """The ids of the reports that are gone."""

    removed: list[str]


class ModelBody(TypedDict):
    """A model as OpenAI's clients expect it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsBody(TypedDict):
    """The models there are: one."""

    object: Literal["list"]
    data: list[ModelBody]


class OwnModelBody(TypedDict):
    """Whether a language model is set; if not, the command that gets one, and Ollama's here (null: there is none)."""

    is_set: bool
    command: str | None
    ollama: tuple[str, ...] | None


class StatusBody(TypedDict):
    """Who answers and how to switch, and what may be asked and sent."""

    answered_by: str
    switch: str
    num_reports: int
    num_passages: int
    max_question_chars: int
    max_file_bytes: int
    model: OwnModelBody


class LiveBody(TypedDict):
    """The process listens."""

    status: Literal["live"]


class ReadyBody(TypedDict):
    """Questions can be answered; ``checks`` names each part with its state."""

    status: Literal["ready"]
    checks: dict[str, str]


def search_body(
    service: Service, found: SearchResult, shape: Callable[[Hit, Report], HitBody] = hit_body
) -> SearchBody:
    """Shape what was found, each hit as ``shape`` does."""
    hits = [shape(hit, service.report(hit.passage.report_id)) for hit in found.hits]
    return {"hits": hits, "understood": found.understood, "reason": found.reason, "notes": list(found.notes)}
