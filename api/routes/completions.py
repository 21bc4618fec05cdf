"""The OpenAI-compatible door. Source: OpenAI's API reference, "Chat Completions"."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.bodies import ModelsBody
from api.conversation import completion_body, completion_writer, read_conversation
from api.deps import ContextDep, InTurn
from api.schemas import CompletionIn
from api.streaming import last_answer, stream_answer

router = APIRouter(prefix="/v1", tags=["openai"])
MODEL = "report-qa"
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
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}]}


@router.post("/chat/completions", dependencies=[InTurn], response_model=None, responses={200: COMPLETION})
async def complete(body: CompletionIn, request: Request, context: ContextDep) -> dict[str, Any] | StreamingResponse:
    """Answer the last user message, with its sources below.

    As OpenAI's clients expect it; the key `report_qa` of a completion holds the answer as `/v1/ask` gives it.
    """
    question, history = read_conversation(body.messages)
    context.note_question(question)
    events = context.service.stream(question, history=history)
    if body.stream:
        return await stream_answer(events, context, completion_writer(MODEL, int(time.time())), b"data: [DONE]\n\n")
    answer = await last_answer(events, request)
    context.note_answer(answer)
    return completion_body(answer, MODEL, int(time.time()))
