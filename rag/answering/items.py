"""What an answerer may yield: claims, rows of a table, a refusal, or the wish to see more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rag.types import Claim


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns of the rows that follow."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with what is quoted for it."""

    cells: tuple[str, ...]
    quotes: tuple[tuple[int, str], ...] = ()

    @property
    def statement(self) -> str:
        """What the row says: its cells, but for a first one that only numbers the row."""
        first, *rest = self.cells
        return "；".join(rest if first.isdigit() and rest else self.cells)


@dataclass(frozen=True, slots=True)
class NotFound:
    """The reports do not say; ``quotes`` may show what they say instead."""

    text: str
    quotes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LookFor:
    """More evidence is wanted: texts to search for, or a table over the reports of an indicator or of a term."""

    texts: tuple[str, ...] = ()
    figures: str = ""
    mentions: str = ""


Item = Claim | Columns | Row | NotFound | LookFor


def read_item(value: Any) -> Item | None:
    """Read one object of a reply; None where it is none of ours."""
    if not isinstance(value, dict):
        return None
    quotes = _quotes(value.get("quotes"))
    if text := _text(value.get("claim")):
        return Claim(text, quotes)
    if isinstance(refused := value.get("not_found"), str):  # without words it is a refusal all the same
        return NotFound(_text(refused), quotes)
    if names := _texts(value.get("columns")):
        return Columns(names)
    if isinstance(value.get("row"), list) and (cells := tuple(map(_cell, value["row"]))):
        return Row(cells, quotes)
    wanted = value.get("look_for")
    if isinstance(wanted, dict):
        table = LookFor(figures=_text(wanted.get("figures")), mentions=_text(wanted.get("mentions")))
        return table if table != LookFor() else None
    if texts := _texts(wanted):
        return LookFor(texts)
    return None


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    rows = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(text for row in rows if (text := _text(row)))


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def _quotes(value: Any) -> tuple[tuple[int, str], ...]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return tuple(
        (row["n"], text) for row in rows if isinstance(row.get("n"), int) and (text := _text(row.get("quote")))
    )
