"""A folder of reports in a program or a notebook: take reports in, ask, search, make tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from rag.answering.llm import LangChainModel
from rag.bootstrap import open_service
from rag.config import load_settings
from rag.contract import HitBody, ReportBody, hit_body, report_body
from rag.indexing.embedding import limit_spinning
from rag.ingesting.progress import OnProgress
from rag.library.answers import ReportAnswer, ReportTable, shown
from rag.types import Answer, Event, IngestSummary, Reading, Scope, Turn


class ReportQA:
    """The reports in a data directory, and answers from them; safe to share between threads. ``with`` closes it."""

    def __init__(self, data_dir: str | Path | None = None, **settings: Any) -> None:
        """Open ``data_dir``, making it if need be.

        ``settings`` are those of :class:`rag.config.Settings`; ``llm`` may also be a LangChain chat model. What is not
        given comes from ``REPORT_QA_*`` and ``report-qa.toml``.

        Raises:
            ConfigurationError: a setting is unknown or wrong; the message names it.
            StorageError: the data directory cannot be used.
        """
        limit_spinning()
        if data_dir is not None:
            settings["data_dir"] = data_dir
        given = None if isinstance(settings.get("llm"), str | None) else settings.pop("llm")
        values = load_settings(**settings)
        name, seconds = f"langchain:{type(given).__name__}", values.llm_timeout_seconds
        model = LangChainModel(name, {}, timeout_seconds=seconds, model=given) if given is not None else None
        self.service = open_service(values, chat_model=model)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the parsers and close the catalogue."""
        self.service.close()

    def ingest(self, *paths: str | Path, prune: bool = False, on_progress: OnProgress | None = None) -> IngestSummary:
        """Take in files and folders; unchanged files cost nothing, with ``prune`` what is gone from them is dropped.

        Raises:
            BadInputError: a path does not exist.
            LockedError: another process writes.
        """
        return self.service.ingest([Path(path) for path in paths], prune=prune, on_progress=on_progress)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn | Answer] = (),
        places: Sequence[str] = (),
        years: Sequence[int] = (),
        report_ids: Sequence[str] = (),
    ) -> ReportAnswer:
        """Answer a question, or say that the reports do not tell.

        ``history`` holds earlier answers, oldest first; ``places``, ``years`` and ``report_ids`` limit what is cited.

        Raises:
            BadInputError: the question is empty or too long.
        """
        events = self.stream(question, history=history, places=places, years=years, report_ids=report_ids)
        return next(event.value for event in events if isinstance(event.value, ReportAnswer))

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn | Answer] = (),
        places: Sequence[str] = (),
        years: Sequence[int] = (),
        report_ids: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Answer as ``ask`` step by step: "understood", "evidence", "token"…, "citations", "done" with the answer.

        Each token is verified before it comes; leaving the loop stops the model.
        """
        scope = Scope(tuple(places), tuple(years), tuple(report_ids))
        for event in self.service.stream(question, history=[_turn(each) for each in history], scope=scope):
            yield replace(event, value=shown(event.value)) if isinstance(event.value, Answer) else event

    def search(self, text: str, *, limit: int = 10, place: str | None = None, year: int | None = None) -> list[HitBody]:
        """Return passages, best first, as rows that make a data frame: report, section, offsets, text, score.

        Raises:
            BadInputError: ``text`` is empty or too long, or ``limit`` is below 1.
        """
        found = self.service.search(text, limit=limit, place=place, year=year)
        return [hit_body(hit, self.service.report(hit.passage.report_id)) for hit in found.hits]

    def table(
        self,
        indicator: str = "",
        *,
        mentions: str = "",
        places: Sequence[str] = (),
        years: Sequence[int] = (),
        reading: Reading | str | None = None,
    ) -> ReportTable:
        """Return what every report in scope says of an indicator, or where it mentions a term: a row each.

        Raises:
            BadInputError: neither or both are given.
        """
        meant = Reading(reading) if reading else None
        found = self.service.table(indicator=indicator, mentions=mentions, places=places, years=years, reading=meant)
        return ReportTable(found.subject, found.is_term, found.is_rate, found.rows)

    def reports(self) -> list[ReportBody]:
        """Return all reports as rows that make a data frame: id, source, title, place, years, kind."""
        return [report_body(each) for each in self.service.reports()]


def _turn(earlier: Turn | Answer) -> Turn:
    return earlier if isinstance(earlier, Turn) else Turn(earlier.understood.standalone, earlier.text)
