"""`report-qa serve`: the API and the chat page."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.access.guard import is_loopback
from api.app import create_app
from api.observing.logs import start_logging
from rag.bootstrap import open_service
from rag.cli.arguments import Parser
from rag.config import Settings, load_settings
from rag.errors import BadInputError, ConfigurationError, ReportQAError
from rag.ingesting.worker import takes_uploads
from rag.storing.key_table import KeyTable
from rag.tracing import Tracer

MAX_HEADER_BYTES = 32_000
KEEP_ALIVE_SECONDS = 20
GRACE_SECONDS = 25  # answers under way are finished; supervisors kill after 30
START_SECONDS = 30


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted.

    Raises:
        ReportQAError: the settings are wrong, the address is taken, or the data directory cannot be used.
    """
    parser = Parser(prog="report-qa serve", description="Serve the API and the chat page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port (8000)")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer, one a core (1)")
    options = parser.parse_args(argv)
    if options.workers < 1:
        raise BadInputError(f"--workers is {options.workers}; give a number from 1 on")
    settings = load_settings()
    with bind(options.host, options.port) as listener:
        with closing(open_service(settings, tracer=open_tracer(settings))) as service:
            require_key_on_network(options.host, settings, service.keys)
            sys.stderr.write(greeting(options.host, listener.getsockname()[1], settings))
            if options.workers == 1:
                start_logging()
                uvicorn.Server(configure(create_app(service, settings))).run(sockets=[listener])
                return 0
        port = listener.getsockname()[1]
    serve_by_many(options.host, port, options.workers)
    return 0


def configure(app: FastAPI | Callable[[], FastAPI], *, workers: int = 1) -> uvicorn.Config:
    """Return how uvicorn is to serve an application, or what makes one in each of several processes."""
    return uvicorn.Config(
        app,
        factory=workers > 1,
        workers=workers,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        http="h11",  # httptools, uvicorn's first choice, takes headers of any size
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=START_SECONDS,
    )


class OwnSocket:
    """Stands for a socket that each process makes for itself: the system then parts connections among them.

    From one that all share, whoever is first to wake takes all connections that wait. This process lets nobody in.
    """

    def __init__(self, host: str, port: int) -> None:
        """Take the address already; it is let go of with the process."""
        self._address = (host, port, True)
        self._taken = bind(*self._address)

    def __reduce__(self) -> tuple[Callable[..., socket.socket], tuple[str, int, bool]]:
        """Become a socket of the process that reads this."""
        return bind, self._address


def serve_by_many(host: str, port: int, workers: int) -> None:
    """Serve by so many processes until interrupted; one that dies is replaced, SIGHUP replaces one after another."""
    with TemporaryDirectory(prefix="report-qa-counted-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        sockets: Any = [OwnSocket(host, port)]
        Multiprocess(configure(partial(make_worker, workers, Path(folder)), workers=workers), sockets).run()


def make_worker(workers: int, counted_in: Path) -> FastAPI:
    """Make the application of one of several processes; it ends with the process that began it."""
    start_logging()
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    try:
        settings = load_settings()
        threads = settings.embedding_threads or max(1, (os.cpu_count() or 1) // workers)
        settings = settings.model_copy(update={"embedding_threads": threads})
        service = open_service(settings, copies=workers, tracer=open_tracer(settings))
        return create_app(service, settings, counted_in=counted_in)
    except ReportQAError as error:
        sys.stderr.write(f"report-qa: {error}\n")
        raise SystemExit(1) from error


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def require_key_on_network(host: str, settings: Settings, keys: KeyTable) -> None:
    """Check that nobody else's machine can write here without a key.

    Raises:
        ConfigurationError: the address is reachable from outside and there is no key.
    """
    if settings.api_key is None and not is_loopback(host) and not keys.all():
        mend = "set REPORT_QA_API_KEY, make a key with `report-qa key add NAME`, or use 127.0.0.1"
        raise ConfigurationError(f"{host} can be reached from other machines: {mend}")


def open_tracer(settings: Settings) -> Tracer:
    """Return what follows questions: OpenTelemetry where a collector is named, else nothing.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    if settings.otlp_endpoint is None:
        return Tracer()
    try:
        from api.observing.tracing import OpenTelemetryTracer
    except ImportError as error:
        mend = "pip install 'report-qa[otel]', or unset OTEL_EXPORTER_OTLP_ENDPOINT"
        raise ConfigurationError(f"traces need the package {error.name}; {mend}") from error
    return OpenTelemetryTracer(settings.otlp_endpoint)


def bind(host: str, port: int, is_shared: bool = False) -> socket.socket:
    """Take the address before anything slow is done; ``is_shared``: with other processes of this user.

    Raises:
        BadInputError: it is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT if is_shared else socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise BadInputError(f"cannot listen on {host}:{port}: {reason}; try another --port") from error
    return listener


def greeting(host: str, port: int, settings: Settings) -> str:
    """Say where the page is, who answers and how to switch, and who takes uploads in where this server does not."""
    name = f"[{host}]" if ":" in host else host
    answerer = settings.llm or "the evidence reader"
    switch = "unset REPORT_QA_LLM for the evidence reader" if settings.llm else "REPORT_QA_LLM=provider:model switches"
    uploads = "" if takes_uploads(settings) else " · uploads wait for `report-qa worker`"
    return f"report-qa: http://{name}:{port} · answered by {answerer} ({switch}){uploads} · stop with Ctrl-C\n"
