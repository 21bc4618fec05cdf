"""Check everything that must hold in a data directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rag.errors import StorageError
from rag.indexing.lexical import LexicalIndex
from rag.indexing.vectors import VectorIndex
from rag.storing import Catalogue, embedded_text, text_hash
from rag.types import Report, ReportSummary

MAX_PASSAGE_CHARS = 500
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, whether it holds, and what was found."""

    name: str
    holds: bool
    found: str


def examine(catalogue: Catalogue, lexical: LexicalIndex, vectors: VectorIndex) -> tuple[Check, ...]:
    """Bring both indexes up to date and check them, the catalogue's file, every report and every vector.

    Raises:
        StorageError: the catalogue cannot be read at all.
    """
    lexical.refresh()
    summaries = catalogue.reports()
    passages = sum(summary.num_passages for summary in summaries)
    outlines, spans, figures, vector_faults = [], [], [], []
    num_figures = 0
    for summary in summaries:
        report = catalogue.report(summary.report_id)
        num_figures += len(report.figures)
        outlines += list(_outline(report))
        spans += [*_passages(report), *_counts(summary, report, catalogue)]
        figures += list(_figures(report))
        vector_faults += list(_vectors(catalogue, report))
    return (
        _file(catalogue),
        _check("outlines", f"{len(summaries)} reports", outlines),
        _check("passages", f"{passages} passages", spans),
        _check("figures", f"{num_figures} figures", figures),
        _check("vectors", _describe_model(catalogue), vector_faults),
        _check("lexical index", f"{lexical.num_passages} passages", _difference(lexical.num_passages, passages)),
        _vector_index(catalogue, vectors, passages),
    )


def _check(name: str, found: str, faults: list[str]) -> Check:
    if not faults:
        return Check(name, True, found)
    rest = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return Check(name, False, "; ".join(faults[:SHOWN]) + rest)


def _file(catalogue: Catalogue) -> Check:
    return _check("catalogue file", f"version {catalogue.version}", catalogue.faults())


def _outline(report: Report) -> Iterator[str]:
    """Sections partition the text; tables and notes lie in it."""
    position = 0
    for section in report.sections:
        if not (section.start == position <= section.heading_end <= section.end):
            yield f"{report.report_id}: section {section.index} begins at {section.start}, not {position}"
        position = section.end
    if position != len(report.text):
        yield f"{report.report_id}: sections end at {position}, the text at {len(report.text)}"
    for kind, start, end in [
        *(("table", table.start, table.end) for table in report.tables),
        *(("note", note.start, note.end) for note in report.notes),
    ]:
        if not 0 <= start <= end <= len(report.text):
            yield f"{report.report_id}: a {kind} lies at {start}-{end}, outside the text"


def _passages(report: Report) -> Iterator[str]:
    """Passages stand in the text word for word, inside their sections, under their ids."""
    sections = {section.index: section for section in report.sections}
    for number, passage in enumerate(report.passages):
        section = sections.get(passage.section_index)
        if passage.passage_id != f"{report.report_id}:{number:05d}":
            yield f"{passage.passage_id} stands at place {number}"
        if passage.text != report.text[passage.start : passage.end]:
            yield f"{passage.passage_id} is not what stands at {passage.start}-{passage.end}"
        if section is None or not section.start <= passage.start <= passage.end <= section.end:
            yield f"{passage.passage_id} crosses its section"
        if len(passage.text) > MAX_PASSAGE_CHARS:
            yield f"{passage.passage_id} has {len(passage.text)} characters"


def _figures(report: Report) -> Iterator[str]:
    for figure in report.figures:
        if not 0 <= figure.start < figure.end <= len(report.text):
            yield f"{report.report_id}: a figure lies at {figure.start}-{figure.end}, outside the text"
        elif figure.text not in report.text[figure.start : figure.end]:
            yield f"{report.report_id}: {figure.text!r} does not stand at {figure.start}-{figure.end}"


def _counts(summary: ReportSummary, report: Report, catalogue: Catalogue) -> Iterator[str]:
    """What the list says of a report is true, and a near-duplicate points to a report."""
    if (summary.num_passages, summary.num_characters) != (len(report.passages), len(report.text)):
        yield f"{summary.report_id}: {summary.num_passages} passages listed, {len(report.passages)} there"
    original = summary.near_duplicate_of
    if original is not None and original not in {each.report_id for each in catalogue.reports()}:
        yield f"{summary.report_id} is listed as a duplicate of {original}, which is gone"


def _describe_model(catalogue: Catalogue) -> str:
    model = catalogue.model
    return f"{model[0]}, dimension {model[1]}" if model else "none yet"


def _vectors(catalogue: Catalogue, report: Report) -> Iterator[str]:
    """Every passage has a vector of length 1, and every text that is embedded now has one of the recorded model."""
    ids, matrix = catalogue.passage_vectors([report.report_id])
    if len(ids) != len(report.passages):
        yield f"{report.report_id}: {len(ids)} vectors for {len(report.passages)} passages"
    elif len(ids) and not np.allclose(np.linalg.norm(matrix, axis=1), 1.0, atol=1e-2):
        yield f"{report.report_id}: a vector is not of length 1"
    model = catalogue.model
    hashes = {text_hash(embedded_text(passage)) for passage in report.passages}
    missing = len(hashes) - len(catalogue.cached_vectors(model[0] if model else "", list(hashes)))
    if missing:
        yield f"{report.report_id}: {missing} of its texts have no vector; run `report-qa reindex`"


def _difference(held: int, expected: int) -> list[str]:
    return [] if held == expected else [f"{held} passages, the catalogue has {expected}; run `report-qa reindex`"]


def _vector_index(catalogue: Catalogue, vectors: VectorIndex, expected: int) -> Check:
    """The vector index holds every passage, and finds passages by their own vectors."""
    try:
        vectors.refresh()
        held = vectors.num_passages
    except StorageError as error:
        return Check("vector index", False, str(error))
    if held is None:
        return Check("vector index", not vectors.fault, vectors.status)
    faults = _difference(held, expected)
    for summary in catalogue.reports()[:SHOWN]:
        for vector in catalogue.vectors(summary.report_id)[:1]:
            hits = vectors.search(vector, 1)
            if not hits or hits[0][1] < 1 - 1e-2:
                faults.append(f"{summary.report_id} is not found by its own vector; run `report-qa reindex`")
    return _check("vector index", f"{held} passages", faults)
