"""`report-qa serve`: the API and the chat page."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from contextlib import closing

import uvicorn

from api.access.guard import is_loopback
from api.app import create_app
from api.observing.logs import start_logging
from rag.bootstrap import open_service
from rag.cli.arguments import Parser
from rag.config import Settings, load_settings
from rag.errors import BadInputError, ConfigurationError
from rag.storing.key_table import KeyTable
from rag.tracing import Tracer

MAX_HEADER_BYTES = 32_000
KEEP_ALIVE_SECONDS = 20
GRACE_SECONDS = 25  # answers under way are finished; supervisors kill after 30


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted.

    Raises:
        ReportQAError: the settings are wrong, the address is taken, or the data directory cannot be used.
    """
    parser = Parser(prog="report-qa serve", description="Serve the API and the chat page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port (8000)")
    options = parser.parse_args(argv)
    settings = load_settings()
    with (
        bind(options.host, options.port) as listener,
        closing(open_service(settings, tracer=open_tracer(settings))) as service,
    ):
        require_key_on_network(options.host, settings, service.keys)
        sys.stderr.write(greeting(options.host, listener.getsockname()[1], settings))
        start_logging()
        config = uvicorn.Config(
            create_app(service, settings),
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listener])
    return 0


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


def bind(host: str, port: int) -> socket.socket:
    """Take the address before anything slow is done.

    Raises:
        BadInputError: it is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise BadInputError(f"cannot listen on {host}:{port}: {reason}; try another --port") from error
    return listener


def greeting(host: str, port: int, settings: Settings) -> str:
    """Say where the page is, who answers, and how to switch."""
    name = f"[{host}]" if ":" in host else host
    answerer = settings.llm or "the evidence reader"
    switch = "unset REPORT_QA_LLM for the evidence reader" if settings.llm else "REPORT_QA_LLM=provider:model switches"
    return f"report-qa: http://{name}:{port} · answered by {answerer} ({switch}) · stop with Ctrl-C\n"
