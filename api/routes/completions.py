"""The OpenAI-compatible door. Source: OpenAI's API reference, "Chat Completions"."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.bodies import ModelBody, ModelsBody
from api.chat.completions import MODEL, CompletionWriter, completion_body, told_body, told_chunks
from api.chat.conversation import read_conversation
from api.chat.errors import error_event
from api.chat.tasks import perform, read_task
from api.deps import ContextDep, TurnDep
from api.schemas import CompletionIn
from api.streaming import HEADERS, last_answer, stream_answer
from rag.errors import NotFoundError

router = APIRouter(prefix="/v1", tags=["openai"])
OWN_MODEL: ModelBody = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
DONE = b"data: [DONE]\n\n"
COMPLETION: dict[str, Any] = {
    "description": "A completion; with `stream`, chunks of one as server-sent events.",
    "content": {
        "application/json": {"schema": {"type": "object"}},
        "text/event-stream": {"schema": {"type": "object", "properties": {"data": {"type": "string"}}}},
    },
}


@router.get("/models", response_description="The model.")
async def list_models() -> ModelsBody:
    """List the one model there is.

    Whichever language model the server is set to, or none: here it goes by the name `report-qa`.
    """
    return {"object": "list", "data": [OWN_MODEL]}


@router.get("/models/{model}", response_description="The model.")
async def show_model(model: Annotated[str, Path(description="Its name: `report-qa`.")]) -> ModelBody:
    """Show the one model there is.

    Some clients ask for it before they use it.
    """
    if model != MODEL:
        raise NotFoundError(f"there is no model {model[:64]!r}; GET /v1/models lists the one there is")
    return OWN_MODEL


@router.post("/chat/completions", response_model=None, responses={200: COMPLETION})
async def complete(
    body: CompletionIn, request: Request, context: ContextDep, turn: TurnDep
) -> dict[str, Any] | StreamingResponse:
    """Answer the last user message, with its sources below.

    As OpenAI's clients expect it: Markdown whose markers link to the words they stand for. `citations` and
    `annotations` of the message, or of the last chunk with a choice, hold the same as data, `report_qa` the answer as
    `/v1/ask` gives it. A problem also has OpenAI's key `error`.
    """
    if task := read_task(body.messages):
        told = await run_in_threadpool(
            perform, task, context.service, max_question_chars=context.settings.max_question_chars
        )
        return _streamed(told_chunks(told, with_usage=body.with_usage) + DONE) if body.stream else told_body(told)
    asked, base_url = read_conversation(body.messages), str(request.base_url)
    context.note_question(asked.question)
    events = context.service.stream(asked.question, history=asked.history, wishes=asked.wishes)
    if body.stream:
        writer = CompletionWriter(base_url, with_usage=body.with_usage)
        return await stream_answer(events, context, turn, writer, end=DONE, fail=error_event)
    answer = await last_answer(events, request, turn)
    context.note_answer(answer)
    return completion_body(answer, base_url)


def _streamed(chunks: bytes) -> StreamingResponse:
    return StreamingResponse(iter([chunks]), media_type="text/event-stream", headers=HEADERS)
