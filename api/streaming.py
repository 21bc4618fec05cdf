"""Answers step by step, as server-sent events (source: WHATWG HTML, section 9.2) or run to their end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator

import anyio
from pydantic_core import to_json
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.deps import Context
from api.errors import ClientGoneError
from api.problems import problem_body
from rag.contract import answer_body
from rag.errors import ReportQAError
from rag.types import Answer, Event

HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


async def stream_answer(
    events: Iterator[Event],
    context: Context,
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
    first = await run_in_threadpool(next, events)
    chunks = _chunks(first, events, context, write, end, fail or problem_bytes)
    return StreamingResponse(chunks, media_type="text/event-stream", headers=HEADERS)


async def last_answer(events: Iterator[Event], request: Request) -> Answer:
    """Run all steps to the answer; a client that goes away ends them, which stops a language model.

    Raises:
        ClientGoneError: nobody waits any more.
        ReportQAError: the question cannot be answered.
    """

    async def require_client(_: Event) -> None:
        if await request.is_disconnected():
            raise ClientGoneError("the client has gone away")

    return await run_to_answer(events, require_client)


async def run_to_answer(events: Iterator[Event], on_step: Callable[[Event], Awaitable[None]]) -> Answer:
    """Run all steps to the answer, in a worker thread; whatever ends them early also stops a language model.

    Raises:
        ReportQAError: the question cannot be answered.
    """
    try:
        async for event in iterate_in_threadpool(events):
            if isinstance(event.value, Answer):
                return event.value
            await on_step(event)
        raise AssertionError("the last step is the answer")
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(_close, events)


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
        return sse({"text": event.value}, name="token")
    if event.name in {"evidence", "citations"}:
        return sse({"citations": event.value}, name=event.name)
    return sse(event.value, name=event.name)


def problem_bytes(status: int, detail: str) -> bytes:
    """Write what went wrong in the middle of an answer."""
    return sse(problem_body(status, detail), name="error")


async def _chunks(
    first: Event,
    rest: Iterator[Event],
    context: Context,
    write: Callable[[Event], bytes],
    end: bytes,
    fail: Callable[[int, str], bytes],
) -> AsyncIterator[bytes]:
    """Step through blocking events in a worker thread; close them when all is sent or the client has gone."""
    try:
        yield write(first)
        async for event in iterate_in_threadpool(rest):
            if isinstance(event.value, Answer):
                context.note_answer(event.value)
            if piece := write(event):
                yield piece
        yield end
    except ReportQAError as error:
        yield fail(context.status_of(error), str(error))
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(_close, rest)


def _close(events: Iterator[Event]) -> None:
    if isinstance(events, Generator):
        events.close()
