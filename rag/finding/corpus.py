"""A snapshot of the catalogue for one question: profiles at once, texts and passages when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TypeVar

from rag.finding.indicators import Indicator, core
from rag.storing import Catalogue
from rag.types import Figure, Passage, Report, ReportSummary

MAX_REPORTS = 2_000
MAX_PASSAGES = 30_000

Value = TypeVar("Value")


class Corpus:
    """Reports of one catalogue version, the last ones used kept in memory; safe to share between threads."""

    def __init__(self, catalogue: Catalogue, *, max_reports: int = MAX_REPORTS) -> None:
        self._catalogue = catalogue
        self._max_reports = max_reports
        self._lock = threading.Lock()
        self.version = catalogue.version
        self.summaries: dict[str, ReportSummary] = {row.report_id: row for row in catalogue.reports()}
        self.years = frozenset(year for row in self.summaries.values() for year in row.profile.years)
        self._reports: dict[str, Report] = {}
        self._passages: dict[str, Passage] = {}
        self._indicators: dict[str, tuple[str, ...]] = {}

    @property
    def indicators(self) -> Mapping[str, tuple[str, ...]]:
        """The indicators figures are of, as written, by their core."""
        if not self._indicators:
            found: dict[str, tuple[str, ...]] = {}
            for name in self._catalogue.indicators():
                found[core(name)] = (*found.get(core(name), ()), name)
            self._indicators = found
        return self._indicators

    def figures_of(self, indicator: Indicator) -> tuple[Figure, ...]:
        """Return the figures of an indicator in all its wordings, over all reports: by report, in text order."""
        names = [name for key, each in self.indicators.items() if indicator.covers(key) for name in each]
        return self._catalogue.figures_of(names)

    def holding(self, term: str) -> dict[str, int]:
        """Return where ``term`` first stands in each report that holds it; -1 where white space parts it."""
        return self._catalogue.holding(term)

    def text(self, report_id: str) -> str:
        """Return a report's text.

        Raises:
            NotFoundError: no report has this id.
        """
        kept = self._reports.get(report_id)
        return kept.text if kept else self._catalogue.text(report_id)

    def report(self, report_id: str) -> Report:
        """Return a report with its text, sections, passages and figures.

        Raises:
            NotFoundError: no report has this id.
        """
        if (report := self._reports.get(report_id)) is None:
            report = self._catalogue.report(report_id)
            self._keep(self._reports, {report_id: report}, self._max_reports)
        return report

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by id, in the order asked for; unknown ids are left out."""
        if missing := [each for each in passage_ids if each not in self._passages]:
            found = self._catalogue.passages_by_id(missing)
            known = {key: each for key, each in found.items() if each.report_id in self.summaries}
            self._keep(self._passages, known, MAX_PASSAGES)
        return {each: self._passages[each] for each in passage_ids if each in self._passages}

    def _keep(self, kept: dict[str, Value], found: dict[str, Value], limit: int) -> None:
        with self._lock:
            while kept and len(kept) + len(found) > limit:
                kept.pop(next(iter(kept)))
            kept.update(found)
