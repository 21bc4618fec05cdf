"""The chat page and what it needs to know."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from api.bodies import OwnModelBody, StatusBody
from api.deps import ContextDep, ServiceDep
from api.examples import ExamplesBody, find_examples
from rag.models.recommended import FIRST_CHOICE

STATIC = Path(__file__).parent.parent / "static"
router = APIRouter(tags=["page"])


def static_files() -> StaticFiles:
    """Serve the page's own files, and nothing else."""
    return StaticFiles(directory=STATIC)


@router.get("/", include_in_schema=False)
async def show_page() -> FileResponse:
    """Show the chat page."""
    return FileResponse(STATIC / "index.html", media_type="text/html")


@router.get("/favicon.ico", include_in_schema=False)
async def show_icon() -> FileResponse:
    """Show the icon browsers ask for."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@router.get("/v1/examples", response_description="Up to six questions, in both languages of the page.")
def list_examples(service: ServiceDep) -> ExamplesBody:
    """Suggest questions the reports at hand answer.

    Written ones for the samples, made ones for whatever else is there.
    """
    return {"examples": find_examples(service)}


@router.get("/v1/status", response_description="The state.")
def show_status(context: ContextDep) -> StatusBody:
    """Tell who answers and how to switch, and what the page may offer.

    `model` says whether a language model is set and, where none is, the command that gets one and what Ollama has here.
    """
    settings, summaries = context.settings, context.service.reports()
    return {
        # The service's own word: a local model is named by its file, without the folder.
        "answered_by": context.service.ready().checks["answers"],
        "switch": "unset REPORT_QA_LLM" if settings.llm else "REPORT_QA_LLM=provider:model",
        "num_reports": len(summaries),
        "num_passages": sum(each.num_passages for each in summaries),
        "max_question_chars": settings.max_question_chars,
        "max_file_bytes": settings.max_file_bytes,
        "model": _model(context),
    }


def _model(context: ContextDep) -> OwnModelBody:
    """Tell whether a model is set; if none is, the command that sets one, and Ollama's models (None: no Ollama)."""
    if context.settings.llm:
        return {"is_set": True, "command": None, "ollama": None}
    return {"is_set": False, "command": FIRST_CHOICE, "ollama": context.ollama.models()}
