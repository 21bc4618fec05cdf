"""Rows of the catalogue's tables from values, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.types import (
    Figure,
    Note,
    Passage,
    Profile,
    Reading,
    ReportKind,
    ReportSummary,
    Section,
    Table,
)

Row = tuple[Any, ...]
PASSAGE_COLUMNS = "passage_id, report_id, section_index, start, end, text, header, place, years, reading"
SECTION_COLUMNS = "number, start, heading_end, end, path, years, reading"
TABLE_COLUMNS = "start, end, number, header, caption, unit, note, page"
NOTE_COLUMNS = "start, end, body_start, term, marks"
FIGURE_COLUMNS = (
    "report_id, section_index, indicator, value, unit, text, qualifier, direction, place, years, reading, start, end"
)
SUMMARY_COLUMNS = "report_id, source, path, profile, num_characters, num_passages, near_duplicate_of, warnings"


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


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(json.loads(text)) if text != "[]" else ()


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


def passage_values(passage: Passage) -> tuple[Any, ...]:
    """Give the values of ``PASSAGE_COLUMNS``."""
    return (
        passage.passage_id,
        passage.report_id,
        passage.section_index,
        passage.start,
        passage.end,
        passage.text,
        passage.header,
        passage.place,
        to_json(passage.years),
        passage.reading.value,
    )


def read_passage(row: Row) -> Passage:
    """Read ``PASSAGE_COLUMNS``."""
    values = list(row)
    values[8:] = _numbers(row[8]), Reading(row[9])
    return Passage(*values)


def section_values(section: Section) -> tuple[Any, ...]:
    """Give the values of ``SECTION_COLUMNS``."""
    bounds = (section.index, section.start, section.heading_end, section.end)
    return (*bounds, to_json(section.path), to_json(section.years), section.reading.value)


def read_section(row: Row) -> Section:
    """Read ``SECTION_COLUMNS``."""
    values = list(row)
    values[4:] = tuple(json.loads(row[4])), _numbers(row[5]), Reading(row[6])
    return Section(*values)


def table_values(table: Table) -> tuple[Any, ...]:
    """Give the values of ``TABLE_COLUMNS``."""
    bounds = (table.start, table.end, table.number)
    return (*bounds, table.header, table.caption, table.unit, table.note, table.page)


def read_table(row: Row) -> Table:
    """Read ``TABLE_COLUMNS``."""
    return Table(*row)


def note_values(note: Note) -> tuple[Any, ...]:
    """Give the values of ``NOTE_COLUMNS``."""
    return (note.start, note.end, note.body_start, note.term, to_json(note.marks))


def read_note(row: Row) -> Note:
    """Read ``NOTE_COLUMNS``."""
    start, end, body_start, term, marks = row
    return Note(start, end, body_start, term, tuple((first, last) for first, last in json.loads(marks)))


def figure_values(figure: Figure) -> tuple[Any, ...]:
    """Give the values of ``FIGURE_COLUMNS``."""
    return (
        figure.report_id,
        figure.section_index,
        figure.indicator,
        figure.value,
        figure.unit,
        figure.text,
        figure.qualifier,
        figure.direction,
        figure.place,
        to_json(figure.years),
        figure.reading.value,
        figure.start,
        figure.end,
    )


def read_figure(row: Row) -> Figure:
    """Read ``FIGURE_COLUMNS``."""
    values = list(row)
    values[9:11] = _numbers(row[9]), Reading(row[10])
    return Figure(*values)
