"""Search without an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.bodies import SearchBody, search_body
from api.deps import ContextDep, InTurn
from rag.contract import explained_hit_body, hit_body

router = APIRouter(prefix="/v1", tags=["search"])


@router.get("/search", dependencies=[InTurn], response_description="Passages, best first.")
def search(
    context: ContextDep,
    q: Annotated[str, Query(description="What to look for, in any language: words, a question, a figure.")],
    limit: Annotated[int, Query(ge=1, le=100, description="How many passages at most.")] = 10,
    place: Annotated[str | None, Query(max_length=200, description="Only reports of this place.")] = None,
    year: Annotated[int | None, Query(ge=1000, le=9999, description="Only reports of this year.")] = None,
    explain: Annotated[bool, Query(description="Tell of each passage what brought it there.")] = False,
) -> SearchBody:
    """Find passages of the reports.

    By words and by meaning, fused by rank. Places and years in `q` help to find but do not limit; only `place` and
    `year` do, and then hard: where no report fits, there are no hits, and `reason` says so.
    """
    context.note_question(q)
    found = context.service.search(q, limit=limit, place=place, year=year)
    return search_body(context.service, found, explained_hit_body if explain else hit_body)
