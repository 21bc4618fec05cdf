"""Questions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.bodies import KeptBody
from api.deps import ContextDep, TurnDep
from api.schemas import AskIn, FeedbackIn
from api.streaming import event_bytes, last_answer, stream_answer
from rag.answering.citing import shorten
from rag.contract import AnswerBody, answer_body

router = APIRouter(prefix="/v1", tags=["ask"])
STEPS = ["understood", "evidence", "token", "citations", "done", "error"]
EVENT = {
    "type": "object",
    "description": "A step: lines `event: NAME` and `data: JSON`, a blank line after them.",
    "required": ["event", "data"],
    "properties": {"event": {"enum": STEPS}, "data": {"type": "string", "description": "The step's value as JSON."}},
}


@router.post("/ask", response_description="The answer with its citations, or `not_found`.")
async def ask(body: AskIn, request: Request, context: ContextDep, turn: TurnDep) -> AnswerBody:
    """Answer a question from the reports, or say that they do not tell.

    Every statement ends in markers like `[1]`; the citation of that marker holds the words that bear it. `status` is
    `not_found` where the reports do not say: an answer like any other, not an error. `answered_by` names the language
    model, or is `evidence` where clauses are quoted without one. Closing the connection stops the work.
    """
    context.note_question(body.question)
    events = context.service.stream(body.question, history=body.turns(), scope=body.to_scope())
    answer = await last_answer(events, request, turn)
    answer = shorten(answer, body.limit) if body.limit else answer
    context.note_answer(answer)
    return answer_body(answer)


@router.post(
    "/ask/stream",
    response_class=StreamingResponse,
    responses={200: {"description": "The steps, as they come.", "content": {"text/event-stream": {"schema": EVENT}}}},
)
async def ask_stream(body: AskIn, context: ContextDep, turn: TurnDep) -> StreamingResponse:
    """Answer a question step by step, as server-sent events.

    In this order: `understood` (what was made of the question), `evidence` (what is looked at), `token` after `token`
    (each a sentence that was verified, with the citations that come up in it), `citations`, and `done` with the whole
    answer as `/v1/ask` gives it. A failure on the way is an event `error` with a problem; what is wrong with the
    question itself is a plain problem.
    """
    context.note_question(body.question)
    events = context.service.stream(body.question, history=body.turns(), scope=body.to_scope())
    return await stream_answer(events, context, turn, event_bytes)


@router.post("/feedback", status_code=201, response_description="It is kept.")
def give_feedback(body: FeedbackIn, context: ContextDep) -> KeptBody:
    """Keep what a reader thinks of an answer.

    It is written to `feedback.jsonl` in the data directory, one JSON object a line, and goes nowhere else.
    """
    context.feedback.add(body.model_dump())
    return {"status": "kept"}
