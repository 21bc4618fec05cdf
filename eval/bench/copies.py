"""Copies of read reports under other places and years, put in as ingest does: piles too large to be read in an hour."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from eval.bench.synthetic import FIRST_YEAR, place_names
from rag.indexing.embedding import Embedder
from rag.storing import Catalogue, FileRecord, embedded_text
from rag.types import Report

YEAR_FIELDS = frozenset({"year", "current_year", "years"})


class Copier:
    """Makes reports of a made-up one: the same words of another place and year, so that every offset stays."""

    def __init__(self, report: Report, place: str, year: int, report_id: str) -> None:
        """Take over from a report of a place whose name is as long as the new one."""
        profile = report.profile
        self._report, self._shift = report, year - (profile.current_year or 0)
        told = {profile.place or "": place, report.report_id: report_id}
        told |= {str(each): str(each + self._shift) for each in profile.years}
        self._told, self._words = told, re.compile("|".join(map(re.escape, told)))

    def made(self) -> Report:
        """Return the copy."""
        copy: Report = self._of(self._report)
        return copy

    def _of(self, value: Any, name: str = "") -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self._words.sub(lambda match: self._told[match.group()], value)
        if isinstance(value, tuple):
            return tuple(self._of(each, name) for each in value)
        if is_dataclass(value) and not isinstance(value, type):
            changed = {each.name: self._of(getattr(value, each.name), each.name) for each in fields(value)}
            return replace(value, **changed)
        return value + self._shift if name in YEAR_FIELDS and isinstance(value, int) else value


def put_copies(data_dir: Path, embedder: Embedder, *, count: int, first: int) -> None:
    """Put in so many copies of the reports a folder's catalogue began with; ``first`` is how many reports it holds."""
    names = place_names()
    catalogue = Catalogue.open(data_dir, None)
    try:
        rows = [each for each in catalogue.reports() if each.profile.place in names and each.source.endswith(".txt")]
        read = [catalogue.report(each.report_id) for each in rows]
        for number in range(first, first + count):
            place, year = names[number % len(names)], FIRST_YEAR + number // len(names)
            report_id = f"{number:016x}"
            copy = replace(Copier(read[number % len(read)], place, year, report_id).made(), source=f"{report_id}.copy")
            vectors = embedder.embed_passages([embedded_text(each) for each in copy.passages])
            file = FileRecord(copy.source, copy.source, report_id, report_id)
            catalogue.add(copy, vectors, file=file, model=embedder.name)
    finally:
        catalogue.close()
