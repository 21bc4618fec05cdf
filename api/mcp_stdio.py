"""`report-qa mcp`: the tools over standard input and output."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from api.limits import Slots
from rag.bootstrap import open_service
from rag.cli.arguments import Parser
from rag.config import load_settings
from rag.errors import ConfigurationError


def main(argv: Sequence[str]) -> int:
    """Serve until standard input ends.

    Raises:
        ReportQAError: the extra is not installed, the settings are wrong, or the data directory cannot be used.
    """
    Parser(prog="report-qa mcp", description="Tools for language model clients, over stdin and stdout.").parse_args(
        argv
    )
    if find_spec("mcp") is None:
        raise ConfigurationError("the package mcp is not installed; pip install 'report-qa[mcp]'")
    from api.tools import make_tools

    settings = load_settings()
    service = open_service(settings)
    try:
        make_tools(service, Slots(settings.max_concurrent_questions)).run("stdio")
    finally:
        service.close()
    return 0
