"""Reports: list, look, put in, take out."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query
from starlette.concurrency import run_in_threadpool

from api.bodies import FiguresBody, JobIdBody, RefusalsBody, RemovedBody, ReportsBody, TextBody
from api.deps import ServiceDep, UploadDep
from api.schemas import UploadKey
from rag.contract import ReportDetailBody, report_body, report_detail_body
from rag.errors import NotFoundError
from rag.types import Job, PileTable, Reading

router = APIRouter(prefix="/v1", tags=["reports"])
FILE = "The file, with a name; the name is only ever shown."
ReportId = Annotated[str, Path(description="The report's id, as `/v1/reports` lists it.")]
JobId = Annotated[str, Path(description="The job's id, as the upload was answered with.")]
UPLOAD_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": FILE}},
                }
            }
        },
    }
}


@router.get("/reports", response_description="All reports.")
def list_reports(service: ServiceDep) -> ReportsBody:
    """List all reports, near-duplicates too.

    With the place, the years and the kind that reading found out by itself, and how much of each there is.
    """
    return {"reports": [report_body(each) for each in service.reports()]}


@router.get("/figures", response_description="A row for every report in scope, those without a figure too.")
def show_table(
    service: ServiceDep,
    indicator: Annotated[str, Query(description="What is measured, such as 地区生产总值; this or `mentions`.")] = "",
    mentions: Annotated[str, Query(description="Words to look for in every report instead.")] = "",
    place: Annotated[list[str], Query(description="Only reports of these places.")] = [],  # noqa: B006 - it is copied
    year: Annotated[list[int], Query(description="Only of these years.")] = [],  # noqa: B006
    reading: Annotated[
        Literal["target", "result"] | None, Query(description="What was aimed at, or what was reached.")
    ] = None,
) -> PileTable:
    """Show what every report in scope says of an indicator, or which hold a term.

    Rows of one place stand by year, rows of one year by figure, highest first; those without one come last, so that
    "highest", "only" and "none" can be checked.
    """
    meant = Reading(reading) if reading else None
    return service.table(indicator=indicator, mentions=mentions, places=place, years=year, reading=meant)


@router.get("/refusals", response_description="Refused files, by path.")
def list_refusals(service: ServiceDep) -> RefusalsBody:
    """List the files that were not taken in, each with the reason.

    Of the last time each was tried by `report-qa ingest`; an upload's refusal stands in its job.
    """
    return {"refusals": list(service.refusals())}


@router.post(
    "/reports", status_code=202, openapi_extra=UPLOAD_FORM, response_description="It is stored and waits to be read."
)
async def add_report(
    upload: UploadDep, service: ServiceDep, idempotency_key: Annotated[UploadKey, Header()] = ""
) -> JobIdBody:
    """Take a file and read it in the background.

    PDF, Word, Excel, PowerPoint, RTF, OpenDocument, EPUB, OFD, HTML, Markdown, text, scans and photos; told apart by
    content, never by name. The job tells how it went. What was answered with 202 survives a crash. The same bytes are
    one report, however often they are sent.
    """
    submit = partial(service.submit, upload.name, upload.content, upload_key=idempotency_key)
    return {"job_id": await run_in_threadpool(submit)}


@router.get("/jobs/{job_id}", response_description="The job.")
def show_job(job_id: JobId, service: ServiceDep) -> Job:
    """Tell how far an upload is.

    `status` is `queued`, `running`, `done` (then `report_id` is the report's) or `refused` (then `reason` says why, and
    what would help). The last thousand jobs are kept.
    """
    return service.job(job_id)


@router.get("/reports/{report_id}", response_description="The report without its text.")
def show_report(report_id: ReportId, service: ServiceDep) -> ReportDetailBody:
    """Show a report's profile, outline, tables and notes.

    Everything that has a `start` and an `end` stands there in the report's text.
    """
    return report_detail_body(service.report(report_id))


@router.get("/reports/{report_id}/text", response_description="The whole text.")
def show_text(report_id: ReportId, service: ServiceDep) -> TextBody:
    """Show the text all offsets refer to.

    As it was read and cleaned: one text a report, whatever the file was.
    """
    return {"text": service.text(report_id)}


@router.get("/reports/{report_id}/figures", response_description="The figures, in text order.")
def show_figures(report_id: ReportId, service: ServiceDep) -> FiguresBody:
    """Show a report's statements of figures.

    Each with its indicator, amount and unit, the years it is of, and whether it is a result or a target.
    """
    return {"figures": list(service.report(report_id).figures)}


@router.delete("/reports/{report_id}", response_description="It is gone.")
def remove_report(report_id: ReportId, service: ServiceDep) -> RemovedBody:
    """Take a report out.

    It is gone from answers, searches and tables with this response. The file it came from is left alone.
    """
    removed = service.remove([report_id])
    if not removed:
        raise NotFoundError(f"there is no report {report_id[:64]!r}; GET /v1/reports lists them")
    return {"removed": list(removed)}
