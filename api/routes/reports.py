"""Reports: list, look, put in, take out."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool

from api.deps import ServiceDep, UploadDep
from api.schemas import UploadKey
from rag.contract import ReportBody, ReportDetailBody, report_body, report_detail_body
from rag.errors import NotFoundError
from rag.types import Figure, Job, PileTable, Reading, Refusal

router = APIRouter(prefix="/v1", tags=["reports"])
UPLOAD_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.get("/reports")
def list_reports(service: ServiceDep) -> dict[str, list[ReportBody]]:
    """List all reports, near-duplicates too."""
    return {"reports": [report_body(each) for each in service.reports()]}


@router.get("/figures")
def show_table(
    service: ServiceDep,
    indicator: str = "",
    mentions: str = "",
    place: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
    year: Annotated[list[int], Query()] = [],  # noqa: B006
    reading: Literal["target", "result"] | None = None,
) -> PileTable:
    """Show what every report in scope says of an indicator, or which hold a term: a row each."""
    meant = Reading(reading) if reading else None
    return service.table(indicator=indicator, mentions=mentions, places=place, years=year, reading=meant)


@router.get("/refusals")
def list_refusals(service: ServiceDep) -> dict[str, list[Refusal]]:
    """List the files that were not taken in, each with the reason."""
    return {"refusals": list(service.refusals())}


@router.post("/reports", status_code=202, openapi_extra=UPLOAD_FORM)
async def add_report(
    upload: UploadDep, service: ServiceDep, idempotency_key: Annotated[UploadKey, Header()] = ""
) -> dict[str, str]:
    """Take a file and read it in the background; the job tells how it went."""
    submit = partial(service.submit, upload.name, upload.content, upload_key=idempotency_key)
    return {"job_id": await run_in_threadpool(submit)}


@router.get("/jobs/{job_id}")
def show_job(job_id: str, service: ServiceDep) -> Job:
    """Tell how far an upload is."""
    return service.job(job_id)


@router.get("/reports/{report_id}")
def show_report(report_id: str, service: ServiceDep) -> ReportDetailBody:
    """Show a report's profile and outline."""
    return report_detail_body(service.report(report_id))


@router.get("/reports/{report_id}/text")
def show_text(report_id: str, service: ServiceDep) -> dict[str, str]:
    """Show the text all offsets refer to."""
    return {"text": service.text(report_id)}


@router.get("/reports/{report_id}/figures")
def show_figures(report_id: str, service: ServiceDep) -> dict[str, list[Figure]]:
    """Show a report's figures in text order."""
    return {"figures": list(service.report(report_id).figures)}


@router.delete("/reports/{report_id}")
def remove_report(report_id: str, service: ServiceDep) -> dict[str, list[str]]:
    """Take a report out."""
    removed = service.remove([report_id])
    if not removed:
        raise NotFoundError(f"there is no report {report_id[:64]!r}; GET /v1/reports lists them")
    return {"removed": list(removed)}
