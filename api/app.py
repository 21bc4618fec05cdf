"""The application: routes, the gate before them, and what each failure means over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import errors as http_errors
from api.deps import Context
from api.feedback import FeedbackLog
from api.gate import Gate
from api.headers import SecurityHeaders
from api.limits import Slots
from api.metrics import CountRequests, Metrics
from api.problems import problem
from api.routes import ask, completions, health, page, reports, search
from rag import errors
from rag.config import Settings
from rag.errors import ReportQAError
from rag.service import Service

STATUSES: dict[type[ReportQAError], int] = {
    http_errors.UnauthorizedError: 401,
    http_errors.ForeignOriginError: 403,
    http_errors.ClientGoneError: 408,
    http_errors.BodyTooLargeError: 413,
    http_errors.UnknownHostError: 421,
    http_errors.RateLimitError: 429,
    http_errors.BusyError: 503,
    http_errors.NotReadyError: 503,
    errors.NotFoundError: 404,
    errors.BadInputError: 422,
    errors.ProviderError: 502,
    errors.LockedError: 503,
    errors.IndexMismatchError: 503,
    errors.StorageAwayError: 503,
    errors.StorageError: 507,
    ReportQAError: 500,
}
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}, 503: {"Retry-After": "5"}}


def create_app(service: Service, settings: Settings | None = None) -> FastAPI:
    """Make the application around a finished service; it is closed when the application stops."""
    settings = settings or Settings()
    context = Context(
        service=service,
        settings=settings,
        slots=Slots(settings.max_concurrent_questions),
        metrics=Metrics(),
        feedback=FeedbackLog(settings.data_dir / "feedback.jsonl"),
        status_of=status_of,
    )
    app = FastAPI(title="report-qa", version="1", docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.context = context
    app.state.begin = []
    for module in (ask, search, reports, completions, health, page):
        app.include_router(module.router)
    app.mount("/static", page.static_files(), name="static")
    if find_spec("mcp") is not None:
        _add_tools(app, context)
    _add_failures(app)
    app.add_middleware(Gate, settings=settings, refuse=refuse)
    app.add_middleware(CountRequests, metrics=context.metrics)
    app.add_middleware(SecurityHeaders)
    return app


def status_of(error: ReportQAError) -> int:
    """Return the status of an error: that of its nearest ancestor in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def refuse(error: ReportQAError) -> Response:
    """Make the response for an error of ours."""
    status = status_of(error)
    return problem(status, str(error), headers=HEADERS.get(status))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Begin to work on uploads, and give everything back at the end."""
    context: Context = app.state.context
    await run_in_threadpool(context.service.start)
    try:
        async with AsyncExitStack() as running:
            for begin in app.state.begin:
                await running.enter_async_context(begin())
            yield
    finally:
        await run_in_threadpool(context.service.close)


def _add_tools(app: FastAPI, context: Context) -> None:
    """Put the tools of language model clients under /mcp; their sessions run as long as the application."""
    from api.tools import http_routes, make_tools

    server = make_tools(context.service, context.slots)
    app.router.routes.extend(http_routes(server))
    app.state.begin.append(server.session_manager.run)


def _add_failures(app: FastAPI) -> None:
    app.add_exception_handler(ReportQAError, _on_our_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_bug)


async def _on_our_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ReportQAError)
    return refuse(error)


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    return problem(422, f"{where}: {first['msg']}")


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ReportQAError):
        return refuse(error.__cause__)
    if error.status_code == 400 and isinstance(error.__cause__, (ValueError, RecursionError)):
        return problem(422, "body: this is no JSON that can be read")
    return problem(error.status_code, str(error.detail), headers=error.headers)


async def _on_bug(_: Request, __: Exception) -> Response:
    return problem(500, "something went wrong inside; the server's log tells more")
