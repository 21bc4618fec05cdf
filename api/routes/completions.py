"""The OpenAI-compatible door. Source: OpenAI's API reference, "Chat Completions"."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.conversation import completion_body, completion_writer, read_conversation
from api.deps import ContextDep, InTurn
from api.schemas import CompletionIn
from api.streaming import last_answer, stream_answer

router = APIRouter(prefix="/v1", tags=["openai"])
MODEL = "report-qa"


@router.get("/models")
async def list_models() -> dict[str, Any]:
    """List the one model there is."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}]}


@router.post("/chat/completions", dependencies=[InTurn], response_model=None)
async def complete(body: CompletionIn, request: Request, context: ContextDep) -> dict[str, Any] | StreamingResponse:
    """Answer the last user message, with its sources below."""
    question, history = read_conversation(body.messages)
    context.note_question(question)
    events = context.service.stream(question, history=history)
    if body.stream:
        return await stream_answer(events, context, completion_writer(MODEL, int(time.time())), b"data: [DONE]\n\n")
    answer = await last_answer(events, request)
    context.note_answer(answer)
    return completion_body(answer, MODEL, int(time.time()))
