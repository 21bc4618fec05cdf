"""Build a report from a file's bytes: read, clean, outline, profile, figures, passages."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from pathlib import PurePath

from rag.figures import extract_figures
from rag.language.places import Gazetteer, load_gazetteer
from rag.reading import read_document
from rag.reading.cleaning import clean
from rag.reading.notes import without_periods
from rag.reading.outline import outline
from rag.reading.passages import make_passages
from rag.reading.profile import make_profile
from rag.reading.section_periods import Clock, spoken_years, with_periods
from rag.reading.sidecar import SUFFIX, apply_sidecar, parse_sidecar
from rag.types import Reading, Report, SourceText

REPORT_ID_CHARS = 16


def report_id_of(content: bytes) -> str:
    """Return the id of a file: the first 16 hex digits of the SHA-256 of its bytes."""
    return hashlib.sha256(content).hexdigest()[:REPORT_ID_CHARS]


@cache
def _gazetteer() -> Gazetteer:
    return load_gazetteer()


def read_report(content: bytes, name: str, sidecar: bytes | None = None) -> Report:
    """Read a file into a report. ``sidecar`` is the content of its NAME.meta.toml, if there is one.

    Raises:
        UnreadableFileError: the file is refused, with the reason.
        BadInputError: the sidecar has an unknown field or a wrong value.
    """
    return build_report(content, name, read_document(content, name), _gazetteer(), sidecar=sidecar)


def build_report(
    content: bytes, name: str, source: SourceText, gazetteer: Gazetteer, *, sidecar: bytes | None = None
) -> Report:
    """Make a report of a source that was read: cleaned text, sections, profile, figures and passages (no vectors).

    Raises:
        BadInputError: the sidecar has an unknown field or a wrong value.
    """
    name = PurePath(name.replace("\\", "/")).name
    fields = parse_sidecar(sidecar, name + SUFFIX) if sidecar is not None else {}
    cleaned = clean(source)
    sections = outline(cleaned)
    profile = make_profile(cleaned.text, sections, name, cleaned.title, gazetteer)
    profile = apply_sidecar(profile, fields, gazetteer)
    sections = with_periods(cleaned.text, sections, Clock(profile.current_year, profile.year, profile.kind))
    sections = without_periods(sections, cleaned.notes)
    report_id = report_id_of(content)
    figures = extract_figures(report_id, cleaned.text, sections, profile)
    if "years" not in fields:
        before = (profile.year or 0) - 1
        told = before if any(each.years == (before,) and each.reading is Reading.RESULT for each in figures) else None
        profile = replace(profile, years=spoken_years(cleaned.text, sections, (profile.year, told)))
    return Report(
        report_id=report_id,
        source=name,
        text=cleaned.text,
        profile=profile,
        sections=sections,
        passages=make_passages(report_id, cleaned.text, sections, cleaned.tables, profile, cleaned.notes),
        figures=figures,
        tables=cleaned.tables,
        notes=cleaned.notes,
        page_starts=cleaned.page_starts,
        warnings=source.warnings,
    )
