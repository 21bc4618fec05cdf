"""Questions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.deps import ContextDep, InTurn
from api.schemas import AskIn, FeedbackIn
from api.streaming import event_bytes, last_answer, stream_answer
from rag.answering.citing import shorten
from rag.contract import AnswerBody, answer_body

router = APIRouter(prefix="/v1", tags=["ask"])


@router.post("/ask", dependencies=[InTurn])
async def ask(body: AskIn, request: Request, context: ContextDep) -> AnswerBody:
    """Answer a question from the reports, or say that they do not tell."""
    context.note_question(body.question)
    events = context.service.stream(body.question, history=body.turns(), scope=body.to_scope())
    answer = await last_answer(events, request)
    answer = shorten(answer, body.limit) if body.limit else answer
    context.note_answer(answer)
    return answer_body(answer)


@router.post("/ask/stream", dependencies=[InTurn], response_class=StreamingResponse)
async def ask_stream(body: AskIn, context: ContextDep) -> StreamingResponse:
    """Answer a question step by step: understood, evidence, token…, citations, done; or error."""
    context.note_question(body.question)
    events = context.service.stream(body.question, history=body.turns(), scope=body.to_scope())
    return await stream_answer(events, context, event_bytes)


@router.post("/feedback", status_code=201)
def give_feedback(body: FeedbackIn, context: ContextDep) -> dict[str, str]:
    """Keep what a reader thinks of an answer."""
    context.feedback.add(body.model_dump())
    return {"status": "kept"}
