"""Rows of the catalogue's tables from values, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from rag.types import Figure, Note, Passage, Profile, Reading, ReportKind, ReportSummary, Section, Table

Row = Sequence[Any]
Part = TypeVar("Part", Section, Table, Note, Passage, Figure)
RENAMED = {"index": "number"}  # a word of SQL
SUMMARY_COLUMNS = (
    "report_id", "source", "path", "profile", "num_characters", "num_passages", "near_duplicate_of", "warnings"
)  # fmt: skip


def embedded_text(passage: Passage) -> str:
    """Return the words of a passage that are embedded: its header, a line break, its text."""
    return f"{passage.header}\n{passage.text}" if passage.header else passage.text


def text_hash(text: str) -> bytes:
    """Return the SHA-256 of ``text``, by which its vector is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def vector_bytes(vector: NDArray[np.float32]) -> bytes:
    """Return ``(dim,)`` numbers as little-endian float32."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def vector_matrix(blobs: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
    """Return ``(len(blobs), dimension)`` float32 from stored vectors; no blobs give no rows."""
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), dimension).astype(np.float32, copy=False)


def to_json(value: Any) -> str:
    """Write a value as compact JSON, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def profile_json(profile: Profile) -> str:
    """Write a profile as JSON."""
    return to_json(asdict(profile))


def read_profile(text: str) -> Profile:
    """Read what ``profile_json`` wrote."""
    values: dict[str, Any] = json.loads(text)
    values |= {name: tuple(values[name]) for name in ("place_path", "years")}
    return Profile(**{**values, "kind": ReportKind(values["kind"])})


def summary_row(row: Row) -> ReportSummary:
    """Read ``SUMMARY_COLUMNS``."""
    report_id, source, path, profile, num_characters, num_passages, near_duplicate_of, warnings = row
    return ReportSummary(
        report_id=report_id,
        source=source,
        path=path,
        profile=read_profile(profile),
        num_characters=num_characters,
        num_passages=num_passages,
        near_duplicate_of=near_duplicate_of,
        warnings=tuple(json.loads(warnings)),
    )


def columns(kind: type[Part]) -> tuple[str, ...]:
    """Return the columns that hold a part of a report, in the order of its fields."""
    return tuple(RENAMED.get(field.name, field.name) for field in fields(kind))


def part_values(part: Section | Table | Note | Passage | Figure) -> dict[str, Any]:
    """Give a part's values by column; tuples as JSON."""
    values = ((RENAMED.get(field.name, field.name), getattr(part, field.name)) for field in fields(part))
    return {name: to_json(value) if isinstance(value, tuple) else value for name, value in values}


def read_part(kind: type[Part], row: Row) -> Part:
    """Read ``columns(kind)``."""
    values = list(row)
    for index, convert in CONVERTERS[kind]:
        values[index] = convert(values[index])
    return kind(*values)


def _converters(kind: type[Any]) -> tuple[tuple[int, Callable[[str], Any]], ...]:
    """Return how to read the columns that a database does not hold as they are, by their places."""
    hints = list(get_type_hints(kind).values())
    readings = [(index, Reading) for index, hint in enumerate(hints) if hint is Reading]
    lists = [(index, _read_tuple) for index, hint in enumerate(hints) if getattr(hint, "__origin__", None) is tuple]
    return (*readings, *lists)


@lru_cache(maxsize=10_000)
def _read_tuple(text: str) -> tuple[Any, ...]:
    return tuple(tuple(each) if isinstance(each, list) else each for each in json.loads(text)) if text != "[]" else ()


CONVERTERS: dict[type, tuple[tuple[int, Callable[[str], Any]], ...]] = {
    kind: _converters(kind) for kind in (Section, Table, Note, Passage, Figure)
}
