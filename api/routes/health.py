"""Whether the service lives, can answer, and what it counted."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.deps import ContextDep, ServiceDep
from api.errors import NotReadyError

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """Tell that the process listens."""
    return {"status": "live"}


@router.get("/health/ready")
def ready(service: ServiceDep) -> dict[str, Any]:
    """Tell whether model, catalogue and vectors are ready; an empty index is."""
    readiness = service.ready()
    if not readiness.ready:
        raise NotReadyError("; ".join(f"{part}: {state}" for part, state in readiness.checks.items()))
    return {"status": "ready", "checks": readiness.checks}


@router.get("/metrics", response_class=Response)
def metrics(context: ContextDep) -> Response:
    """Show what was counted, for Prometheus."""
    text = context.metrics.text(num_reports=len(context.service.reports()))
    return Response(text, media_type=CONTENT_TYPE_LATEST)
