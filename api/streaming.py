"""Answers step by step, as server-sent events (source: WHATWG HTML, section 9.2) or run to their end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator

import anyio
from anyio import to_thread
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.deps import Context
from api.errors import ClientGoneError
from api.limits import Turn
from api.problems import problem_body
from rag.contract import answer_body
from rag.errors import ReportQAError
from rag.types import Answer, Event

HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
QUIET_SECONDS = 0.5


async def stream_answer(
    events: Iterator[Event],
    context: Context,
    turn: Turn,
    write: Callable[[Event], bytes],
    *,
    end: bytes = b"",
    fail: Callable[[int, str], bytes] | None = None,
) -> StreamingResponse:
    """Send each step as ``write`` puts it, then ``end``; what is wrong with the question itself is raised at once.

    ``fail`` puts what goes wrong later, by status and detail; a problem unless given.

    Raises:
        ReportQAError: the first step failed, so nothing has been sent yet.
    """
    steps = _steps(events, turn)
    first = await anext(steps)
    chunks = _chunks(first, steps, events, context, write, end, fail or problem_bytes)
    return StreamingResponse(chunks, media_type="text/event-stream", headers=HEADERS)


async def last_answer(events: Iterator[Event], request: Request, turn: Turn) -> Answer:
    """Run all steps to the answer; a client that goes away ends them, which stops a language model.

    Raises:
        ClientGoneError: nobody waits any more.
        ReportQAError: the question cannot be answered.
    """

    async def require_client(_: Event) -> None:
        if await request.is_disconnected():
            raise ClientGoneError("the client has gone away")

    return await run_to_answer(events, turn, require_client)


async def run_to_answer(events: Iterator[Event], turn: Turn, on_step: Callable[[Event], Awaitable[None]]) -> Answer:
    """Run all steps to the answer, in a worker thread; whatever ends them early also stops a language model.

    Raises:
        ReportQAError: the question cannot be answered.
    """
    try:
        async for event in _steps(events, turn):
            if isinstance(event.value, Answer):
                return event.value
            await on_step(event)
        raise AssertionError("the last step is the answer")
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(_close, events)


async def _steps(events: Iterator[Event], turn: Turn) -> AsyncIterator[Event]:
    """Step through blocking events in worker threads; a model's reply is waited for without a slot."""
    while (event := await to_thread.run_sync(_next, events, limiter=turn.threads)) is not None:
        yield event
        if event.name == "evidence":
            turn.leave_to_model()


def _next(events: Iterator[Event]) -> Event | None:
    """Return the next event, None after the last; of those that say nothing one is enough for a while."""
    until = time.monotonic() + QUIET_SECONDS
    while (event := next(events, None)) is not None and event.value == "" and time.monotonic() < until:
        pass
    return event


def sse(value: object, *, name: str = "") -> bytes:
    """Write one event; JSON has no line breaks, so one data line holds it."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + to_json(value) + b"\n\n"


def event_bytes(event: Event) -> bytes:
    """Write one step of an answer; a token without words is none."""
    if event.value == "":
        return b""
    if isinstance(event.value, Answer):
        return sse(answer_body(event.value), name=event.name)
    if event.name == "token":
        return sse({"text": event.value, "citations": event.citations}, name="token")
    if event.name in {"evidence", "citations"}:
        return sse({"citations": event.value}, name=event.name)
    return sse(event.value, name=event.name)


def problem_bytes(status: int, detail: str) -> bytes:
    """Write what went wrong in the middle of an answer."""
    return sse(problem_body(status, detail), name="error")


async def _chunks(
    first: Event,
    rest: AsyncIterator[Event],
    events: Iterator[Event],
    context: Context,
    write: Callable[[Event], bytes],
    end: bytes,
    fail: Callable[[int, str], bytes],
) -> AsyncIterator[bytes]:
    """Write the steps; close their source when all is sent or the client has gone."""
    try:
        yield write(first)
        async for event in rest:
            if isinstance(event.value, Answer):
                context.note_answer(event.value)
            if piece := write(event):
                yield piece
        yield end
    except ReportQAError as error:
        yield fail(context.status_of(error), str(error))
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(_close, events)


def _close(events: Iterator[Event]) -> None:
    if isinstance(events, Generator):
        events.close()
