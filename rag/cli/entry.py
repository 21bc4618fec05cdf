"""From arguments to an exit code. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from rag.cli.arguments import make_parser
from rag.errors import ReportQAError

BAD_INPUT = 2
INTERRUPTED = 130
COMMANDS = "report_qa.commands"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 done in part (ingest), 2 with one line on bad input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        return _run(arguments)
    except ReportQAError as error:
        line = " ".join(str(error).split())
        sys.stderr.write(f"report-qa: {line}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("\nreport-qa: interrupted; what was taken in stays\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if (elsewhere := _find_elsewhere(command)) is not None:
        return int(elsewhere.load()(arguments[1:]))
    options = make_parser().parse_args(arguments)
    code: int = options.run(options)
    sys.stdout.flush()
    return code


def _find_elsewhere(command: str) -> EntryPoint | None:
    """Return the command of another package (serve, mcp, eval), if that is what was asked for."""
    if not command or command.startswith("-"):
        return None
    return next(iter(entry_points(group=COMMANDS, name=command)), None)
