"""The application: routes, the gate before them, and what each failure means over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from asgi_correlation_id import CorrelationIdMiddleware, correlation_id
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api import errors as http_errors
from api.access.gate import Gate
from api.access.keys import Access
from api.chat.errors import OpenAIErrors, shaped
from api.deps import Context
from api.feedback import FeedbackLog
from api.headers import SecurityHeaders
from api.limits import Slots
from api.observing.metrics import Metrics
from api.observing.requests import KNOWN_METHODS, Observe, is_request_id
from api.openapi import describe
from api.problems import problem
from api.routes import ask, completions, health, page, reports, search
from rag import errors
from rag.config import Settings
from rag.errors import ReportQAError
from rag.models.ollama import Ollama
from rag.service import Service

STATUSES: dict[type[ReportQAError], int] = {
    http_errors.UnauthorizedError: 401,
    http_errors.ForbiddenScopeError: 403,
    http_errors.ForeignOriginError: 403,
    http_errors.ClientGoneError: 408,
    http_errors.SlowClientError: 408,
    http_errors.BodyTooLargeError: 413,
    http_errors.UnknownHostError: 421,
    http_errors.RateLimitError: 429,
    http_errors.BusyError: 503,
    http_errors.NotReadyError: 503,
    errors.NotFoundError: 404,
    errors.BadInputError: 422,
    errors.ProviderError: 502,
    errors.UnreachableError: 502,
    errors.LockedError: 503,
    errors.IndexMismatchError: 503,
    errors.StorageAwayError: 503,
    errors.StorageError: 507,
    ReportQAError: 500,
}
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 408: {"Connection": "close"}, 503: {"Retry-After": "5"}}


def create_app(service: Service, settings: Settings | None = None, *, counted_in: Path | None = None) -> FastAPI:
    """Make the application around a finished service; it is closed when the application stops.

    ``counted_in`` is the folder all processes of one server count into; None: this is the only one.
    """
    settings = settings or Settings()
    context = Context(
        service=service,
        settings=settings,
        slots=Slots(settings.max_concurrent_questions, has_model=service.waits_for_model),
        metrics=Metrics(counted_in),
        feedback=FeedbackLog(settings.data_dir / "feedback.jsonl"),
        status_of=status_of,
        ollama=Ollama(),
    )
    app = make_routes()
    app.state.context = context
    app.state.begin = []
    access = Access(settings.api_key, service.keys)
    app.mount("/static", page.static_files(), name="static")
    if find_spec("mcp") is not None:
        _add_tools(app, context)
    _add_failures(app)
    app.add_middleware(Gate, settings=settings, access=access, refuse=refuse)
    app.add_middleware(OpenAIErrors)
    app.add_middleware(Observe, metrics=context.metrics, tracer=service.tracer)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CorrelationIdMiddleware, validator=is_request_id)
    return app


def make_routes() -> FastAPI:
    """Make the application's routes and their description, which need no service yet."""
    app = FastAPI(
        title="report-qa",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    for module in (ask, search, reports, completions, health, page):
        app.include_router(module.router)
    return app


def status_of(error: ReportQAError) -> int:
    """Return the status of an error: that of its nearest ancestor in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def refuse(error: ReportQAError) -> Response:
    """Make the response for an error of ours."""
    status = status_of(error)
    wait = {"Retry-After": str(error.retry_after)} if isinstance(error, http_errors.RateLimitError) else {}
    return problem(status, str(error), headers=HEADERS.get(status, {}) | wait)


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


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ReportQAError):
        return refuse(error.__cause__)
    if error.status_code == 400 and isinstance(error.__cause__, (ValueError, RecursionError)):
        return problem(422, "body: this is no JSON that can be read")
    allow = {"Allow": ", ".join(_allowed(request))} if error.status_code == 405 else {}
    return problem(error.status_code, str(error.detail), headers={**(error.headers or {}), **allow})


def _allowed(request: Request) -> list[str]:
    """Return the methods of a path over all its routes; Starlette names those of one. Source: RFC 9110, 15.5.6."""
    routes = request.app.router.routes
    tried = {method: {**request.scope, "method": method} for method in sorted(KNOWN_METHODS)}
    return [name for name, scope in tried.items() if any(each.matches(scope)[0] is Match.FULL for each in routes)]


async def _on_bug(request: Request, _: Exception) -> Response:
    # Answered outside all middleware, so the id is not added by it.
    headers = {"X-Request-ID": correlation_id.get() or ""}
    told = problem(500, "something went wrong inside; the server's log tells more", headers=headers)
    return shaped(request.url.path, told)
