"""The service: everything a front end may ask for, over finished parts."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rag.answering.asked import Asked, understand
from rag.answering.citing import shorten
from rag.components import Components
from rag.errors import BadInputError, NotFoundError, ReportQAError
from rag.finding.corpus import Corpus
from rag.finding.gathering import Evidence
from rag.finding.piles import asked_table
from rag.finding.scope import read_scope
from rag.finding.table_choosing import arranged
from rag.finding.tables import located
from rag.indexing.doctor import Check, examine
from rag.indexing.reindexing import OnReport, reindex
from rag.ingesting.progress import OnProgress
from rag.language.scripts import language_of, wordings
from rag.storing.maintenance import backup, restore
from rag.tracing import follow_question
from rag.types import (
    Answer,
    Event,
    IngestSummary,
    Job,
    PileTable,
    Readiness,
    Reading,
    Refusal,
    Report,
    ReportSummary,
    Scope,
    SearchResult,
    Turn,
    Understood,
)


class Service:
    """Answers, searches and keeps reports; safe to share between threads."""

    def __init__(self, parts: Components) -> None:
        self._parts = parts
        self.keys, self.tracer, self.ingest_pages = parts.keys, parts.tracer, parts.ingester.ingest_pages
        self.waits_for_model = parts.model is not None and not parts.model.is_local
        self._lock = threading.Lock()
        self._corpus: Corpus | None = None

    def start(self) -> None:
        """Begin what only a long-running service needs: work on uploads, and following the catalogue."""
        self._parts.jobs.start()
        self._parts.follower.start()

    def close(self) -> None:
        """Finish the upload under way, end the parsers, close the catalogue and hand over traces."""
        parts = self._parts
        for part in (parts.replier, parts.jobs, parts.parser, parts.follower, parts.vectors, parts.catalogue):
            part.close()
        parts.tracer.close()

    def ready(self) -> Readiness:
        """Say whether questions can be answered; an empty index is ready."""
        parts = self._parts
        try:
            parts.catalogue.require_model(parts.embedder.name, parts.embedder.dimension)
            catalogue = "ready"
        except ReportQAError as error:
            catalogue = str(error)
        checks = {"model": "ready", "catalogue": catalogue, "vectors": parts.vectors.status}
        checks["answers"] = parts.replier.name
        return Readiness(catalogue == "ready", checks)

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), scope: Scope | None = None, limit: int | None = None
    ) -> Answer:
        """Answer a question from the reports, or say that they do not tell.

        ``scope`` limits what may be cited, ``limit`` the number of citations: later statements are left out, the first
        stays whole.

        Raises:
            BadInputError: the question is empty or too long.
        """
        events = self.stream(question, history=history, scope=scope)
        answer = next(event.value for event in events if isinstance(event.value, Answer))
        return shorten(answer, limit) if limit else answer

    def search(self, text: str, *, limit: int = 10, place: str | None = None, year: int | None = None) -> SearchResult:
        """Find passages; only a ``place`` or ``year`` that is given limits where.

        Raises:
            BadInputError: ``text`` is empty or too long, or ``limit`` is below 1.
        """
        if limit < 1:
            raise BadInputError(f"limit is {limit}; give a number from 1 on")
        corpus = self._snapshot()
        given = Scope((place,) if place else (), (year,) if year else ())
        found = read_scope(self._checked(text), tuple(corpus.summaries.values()), self._parts.gazetteer, given)
        hits = self._parts.searcher.search(text, corpus, limit=limit, report_ids=found.allowed)
        language = language_of(text)
        notes = (wordings(language)["words_alone"],) if self._parts.searcher.is_by_words_alone else ()
        understood = Understood(text, found.places, found.years, language)
        return SearchResult(tuple(hits), understood, "" if hits else "no report in scope", notes)

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), scope: Scope | None = None, wishes: str = ""
    ) -> Iterator[Event]:
        """Answer step by step: "understood", "evidence", "token" after "token", "citations", "done" with the answer.

        ``wishes`` say how a language model is to write (tone, length, language); what it may say they do not touch.

        Raises:
            BadInputError: the question is empty or too long; before the first event.
        """
        words = question if self._parts.settings.log_questions else ""
        return follow_question(self._parts.tracer, self._steps(question, history, scope or Scope(), wishes), words)

    def _steps(self, question: str, history: Sequence[Turn], scope: Scope, wishes: str) -> Generator[Event, None, None]:
        began = time.perf_counter()
        asked = replace(self._understand(question, history, scope), wishes=wishes)
        asked.timings_ms["understand"] = 1000 * (time.perf_counter() - began)
        yield Event("understood", asked.understood)
        yield from self._parts.replier.reply(asked, began)

    def evidence(self, question: str, scope: Scope) -> tuple[Asked, Evidence]:
        """Return what a question is understood to be and the evidence that whoever answers it is shown.

        Raises:
            BadInputError: the question is empty or too long.
        """
        asked = self._understand(question, (), scope)
        return asked, self._parts.replier.gather(asked)

    def ingest(
        self, paths: Sequence[Path], *, prune: bool = False, on_progress: OnProgress | None = None
    ) -> IngestSummary:
        """Take in all files under ``paths``; with ``prune`` also drop what lay under them and is gone.

        Raises:
            BadInputError: a path does not exist.
            IndexMismatchError: the stored vectors are another model's.
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        return self._parts.ingester.ingest(paths, prune=prune, on_progress=on_progress)

    def remove(self, report_ids: Sequence[str]) -> list[str]:
        """Drop reports and return their ids.

        Raises:
            NotFoundError: no report has one of these ids; nothing is dropped.
            LockedError: another process writes.
        """
        known = {summary.report_id for summary in self.reports()}
        if unknown := [report_id for report_id in report_ids if report_id not in known]:
            raise NotFoundError(f"no report has the id {unknown[0]}; `report-qa reports` lists them")
        removed = self._parts.catalogue.remove(report_ids)
        self._refresh()
        return removed

    def reindex(self, *, on_report: OnReport | None = None) -> int:
        """Embed everything with the model set now and rebuild both indexes; return the number of texts embedded.

        Raises:
            LockedError: another process writes.
            StorageError: the disk is full.
        """
        parts = self._parts
        return reindex(parts.catalogue, parts.embedder, (parts.lexical, parts.vectors), on_report=on_report)

    def examine(self) -> tuple[Check, ...]:
        """Check the catalogue's file, every report, every vector and both indexes.

        Raises:
            StorageError: the catalogue cannot be read at all.
        """
        return examine(self._parts.catalogue, self._parts.lexical, self._parts.vectors)

    def backup(self, target: Path) -> None:
        """Write one consistent state of everything into a file.

        Raises:
            StorageError: it cannot be written.
        """
        backup(self._parts.catalogue, target)

    def restore(self, source: Path) -> None:
        """Put a backup in place of everything held now.

        Raises:
            BadInputError: ``source`` does not exist.
            LockedError: another process writes.
            StorageError: ``source`` is damaged or no backup; everything stays as it was.
        """
        restore(self._parts.catalogue, source)
        self._refresh()

    def submit(self, name: str, content: bytes, *, upload_key: str = "") -> str:
        """Queue a file for ingest and return the job's id; that of the first where ``upload_key`` came with it before.

        Raises:
            BadInputError: ``upload_key`` came with another file before.
            StorageError: the disk is full.
        """
        return self._parts.jobs.submit(name, content, upload_key=upload_key)

    def job(self, job_id: str) -> Job:
        """Return the state of an upload.

        Raises:
            NotFoundError: no job has this id.
        """
        return self._parts.jobs.job(job_id)

    def _refresh(self) -> None:
        self._parts.lexical.refresh()
        self._parts.vectors.refresh()

    def reports(self) -> tuple[ReportSummary, ...]:
        """Return every report, by source, near-duplicates too."""
        return self._parts.catalogue.reports()

    def report(self, report_id: str) -> Report:
        """Return one report, from memory where it was read before.

        Raises:
            NotFoundError: no report has this id.
        """
        return self._snapshot().report(report_id)

    def text(self, report_id: str) -> str:
        """Return a report's cleaned text, the one all offsets refer to.

        Raises:
            NotFoundError: no report has this id.
        """
        return self._parts.catalogue.text(report_id)

    def table(
        self,
        *,
        indicator: str = "",
        mentions: str = "",
        places: Sequence[str] = (),
        years: Sequence[int] = (),
        reading: Reading | None = None,
    ) -> PileTable:
        """Return what every report in scope says of an indicator, or where it mentions a term: a row each.

        Rows of one place stand by year, rows of one year by figure, highest first; those without one last.

        Raises:
            BadInputError: neither an indicator nor a term is given, or both.
        """
        if bool(indicator.strip()) == bool(mentions.strip()):
            raise BadInputError("give an indicator or a term (mentions), and only one of them")
        corpus, gazetteer, value = self._snapshot(), self._parts.gazetteer, indicator or mentions
        given = Scope(tuple(places), tuple(years))
        scope = read_scope("", tuple(corpus.summaries.values()), gazetteer, given)
        question = asked_table(
            self._checked(value), is_term=bool(mentions), text=indicator, scope=scope, corpus=corpus,
            gazetteer=gazetteer, reading=reading,
        )  # fmt: skip
        table = self._parts.gatherer.tables(question, corpus)[0]
        rows = arranged(question, table)
        parted = [located(row, mentions, corpus) if row.words and row.start == row.end else row for row in rows]
        return replace(table, rows=tuple(parted))

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the files that were refused, by path."""
        return self._parts.catalogue.refusals()

    def _understand(self, question: str, history: Sequence[Turn], given: Scope) -> Asked:
        parts = self._parts
        complete = parts.model.complete if parts.model else None
        return understand(self._checked(question), history, given, self._snapshot(), parts.gazetteer, complete)

    def _snapshot(self) -> Corpus:
        parts = self._parts
        parts.catalogue.require_model(parts.embedder.name, parts.embedder.dimension)
        with self._lock:
            if self._corpus is None or self._corpus.version != parts.catalogue.version:
                self._corpus = Corpus(parts.catalogue)
            return self._corpus

    def _checked(self, question: str) -> str:
        limit = self._parts.settings.max_question_chars
        if not question.strip():
            raise BadInputError("question is empty; ask something about the reports")
        if len(question) > limit:
            raise BadInputError(f"question has {len(question)} characters, at most {limit} are read; shorten it")
        return question
