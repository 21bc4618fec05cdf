"""Writing to the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from pydantic_core import to_json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.bootstrap import open_service
from rag.config import load_settings
from rag.service import Service


@contextmanager
def opened_service() -> Iterator[Service]:
    """Open the service the settings describe, for the length of a ``with`` block.

    Raises:
        ReportQAError: the settings are wrong or the data directory cannot be used.
    """
    service = open_service(load_settings())
    try:
        yield service
    finally:
        service.close()


def say(*lines: str) -> None:
    """Write lines; characters the terminal cannot show become question marks."""
    for line in lines:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")


def say_json(value: object) -> None:
    """Write a value as JSON."""
    say(to_json(value, indent=2).decode("utf-8"))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as wide as the terminal; into a file or pipe, tab-separated lines instead."""
    if not sys.stdout.isatty():
        say("\t".join(columns), *("\t".join(map(_cell, row)) for row in rows))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    Console().print(table)


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
