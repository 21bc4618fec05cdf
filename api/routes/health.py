"""Whether the service lives, can answer, and what it counted."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.bodies import LiveBody, ReadyBody
from api.deps import ContextDep, ServiceDep
from api.errors import NotReadyError

router = APIRouter(tags=["health"])


@router.get("/health/live", response_description="It lives.")
async def live() -> LiveBody:
    """Tell that the process listens.

    Says nothing of what it can do; restart it where this does not answer.
    """
    return {"status": "live"}


@router.get("/health/ready", response_description="It can answer.")
def ready(service: ServiceDep) -> ReadyBody:
    """Tell whether model, catalogue and vectors are ready.

    An empty index is ready: it answers that the reports do not tell.
    """
    readiness = service.ready()
    if not readiness.ready:
        raise NotReadyError("; ".join(f"{part}: {state}" for part, state in readiness.checks.items()))
    return {"status": "ready", "checks": readiness.checks}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Counters.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(context: ContextDep) -> Response:
    """Show what was counted, for Prometheus.

    Requests by route and status, how long they took, answers by who gave them, tokens, reports. No word of a question.
    """
    text = context.metrics.text(num_reports=len(context.service.reports()))
    return Response(text, media_type=CONTENT_TYPE_LATEST)
