"""Search without an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from api.deps import ContextDep, InTurn
from rag.contract import HitBody, explained_hit_body, hit_body
from rag.types import Understood

router = APIRouter(prefix="/v1", tags=["search"])


class SearchBody(TypedDict):
    """Hits, best first; ``reason`` says why there are none."""

    hits: list[HitBody]
    understood: Understood
    reason: str


@router.get("/search", dependencies=[InTurn])
def search(
    context: ContextDep,
    q: str,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    place: Annotated[str | None, Query(max_length=200)] = None,
    year: Annotated[int | None, Query(ge=1000, le=9999)] = None,
    explain: bool = False,
) -> SearchBody:
    """Find passages; only a ``place`` or ``year`` that is given limits where."""
    context.note_question(q)
    found = context.service.search(q, limit=limit, place=place, year=year)
    shape = explained_hit_body if explain else hit_body
    hits = [shape(hit, context.service.report(hit.passage.report_id)) for hit in found.hits]
    return {"hits": hits, "understood": found.understood, "reason": found.reason}
