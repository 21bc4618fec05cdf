"""Which commands there are and what they take."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from rag.errors import BadInputError

ELSEWHERE = """more commands:
  serve [--host H] [--port P]   the API and the chat page, on http://127.0.0.1:8000
  mcp                           tools for language model clients, over standard input and output
  eval ...                      measure answers and retrieval
  feedback [--gold FILE]        what readers thought of answers, or candidates for a gold set

Reports are kept under REPORT_QA_DATA_DIR (./data unless set). Settings: README.md, rag/config.py."""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Stop with exit code 2.

        Raises:
            BadInputError: always; it names the command that helps.
        """
        raise BadInputError(f"{message} (see {self.prog} --help)")


def make_parser() -> Parser:
    """Make the parser; each command's module is imported when it runs."""
    parser = Parser(
        prog="report-qa",
        description="Answers questions about government reports, with the proof.",
        epilog=ELSEWHERE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_taking_in(commands)
    _add_asking(commands)
    _add_looking(commands)
    _add_keeping(commands)
    _add_models(commands)
    return parser


def _add_taking_in(commands: Any) -> None:
    for name, text in (("ingest", "take in files and folders"), ("watch", "take in folders, and what changes in them")):
        command = _add(commands, name, text, f"ingesting:{name}")
        command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        command.add_argument("--prune", action="store_true", help="drop reports whose files under PATH are gone")
        _add_json(command)
    fetch = _add(commands, "fetch", "take in pages of the web", "ingesting:fetch")
    fetch.add_argument("sources", nargs="+", metavar="URL", help="a page's address, or a file of them, one a line")
    fetch.add_argument("--sitemap", action="store_true", help="they are sitemaps: take the pages these list")
    fetch.add_argument("--host", action="append", default=[], help="also read this host; may be repeated")
    fetch.add_argument("--limit", type=int, default=500, help="how many pages at most (500)")
    _add_json(fetch)
    remove = _add(commands, "remove", "take reports out", "ingesting:remove")
    remove.add_argument("ids", nargs="+", metavar="ID")
    _add(commands, "worker", "take in the uploads of servers over one PostgreSQL database", "ingesting:worker")
    _add(commands, "reindex", "make passages, vectors and indexes anew", "ingesting:reindex")


def _add_asking(commands: Any) -> None:
    ask = _add(commands, "ask", "answer a question from the reports", "asking:ask")
    ask.add_argument("question")
    _add_json(ask)
    search = _add(commands, "search", "find passages", "asking:search")
    search.add_argument("text")
    search.add_argument("--limit", type=int, default=10, help="how many (10)")
    search.add_argument("--place", help="only of this place")
    search.add_argument("--year", type=int, help="only of this year")
    search.add_argument("--explain", action="store_true", help="show what brought each passage there")
    _add_json(search)


def _add_looking(commands: Any) -> None:
    reports = _add(commands, "reports", "list the reports", "looking:reports")
    reports.add_argument("--refused", action="store_true", help="list the files that were refused instead, and why")
    _add_json(reports)
    figures = _add(
        commands, "figures", "list the figures of a report, or one figure of every report", "looking:figures"
    )
    figures.add_argument("id", metavar="ID", nargs="?", help="a report; without it, --indicator or --mentions")
    figures.add_argument("--indicator", default="", help="a table of this indicator, a row for every report")
    figures.add_argument("--mentions", default="", help="a table of which reports hold these words")
    figures.add_argument("--place", action="append", default=[], help="only of this place; may be repeated")
    figures.add_argument("--year", action="append", default=[], type=int, help="only of this year; may be repeated")
    figures.add_argument("--reading", choices=("target", "result"), help="what was aimed at, or what was reached")
    figures.add_argument("--csv", action="store_true", help="as comma-separated values")
    _add_json(figures)


def _add_keeping(commands: Any) -> None:
    _add(commands, "doctor", "check that everything is in order", "keeping:doctor")
    backup = _add(commands, "backup", "write all reports into one file", "keeping:backup")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = _add(commands, "restore", "put back what a backup holds", "keeping:restore")
    restore.add_argument("file", type=Path, metavar="FILE")
    move = _add(commands, "migrate-to", "copy everything into an empty PostgreSQL database", "keeping:migrate_to")
    move.add_argument("url", metavar="URL", help="postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
    actions = commands.add_parser("key", help="make, list and remove the keys of a server").add_subparsers(
        metavar="ACTION", required=True
    )
    add = _add(actions, "add", "make a key and show it once", "keys:add")
    add.add_argument("name", metavar="NAME", help="whose it is")
    add.add_argument("--scope", choices=("ask", "manage"), default="ask", help="manage also changes reports (ask)")
    _add(actions, "list", "list the keys", "keys:list_all")
    _add(actions, "remove", "forget a key", "keys:remove").add_argument("name", metavar="NAME")


def _add_models(commands: Any) -> None:
    model = commands.add_parser("model", help="get, list and set language models", description="language models")
    actions = model.add_subparsers(metavar="ACTION", required=True)
    get = _add(actions, "get", "fetch a GGUF file from the hub and set it", "models:get")
    get.add_argument("name", metavar="NAME", help="a name of `model list`, or OWNER/REPO:FILE.gguf")
    use = _add(actions, "use", "set a model that is there", "models:use")
    use.add_argument("name", metavar="NAME", help="the same, a GGUF file, or provider:model as in ollama:qwen3")
    _add(actions, "list", "recommended models, what is here, what Ollama has", "models:list_models")
    _add(actions, "none", "set no model: the extractive reader answers", "models:use").set_defaults(name="")


def _add(commands: Any, name: str, help_text: str, target: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    command.set_defaults(run=_later(target))
    return command


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="as JSON, for programs")


def _later(target: str) -> Callable[[argparse.Namespace], int]:
    """Return what imports and runs ``module:function`` of this package."""
    module, _, function = target.partition(":")

    def run(options: argparse.Namespace) -> int:
        command: Callable[[argparse.Namespace], int] = getattr(import_module(f"rag.cli.{module}"), function)
        return command(options)

    return run
