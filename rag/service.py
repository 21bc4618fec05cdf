"""The service: everything a front end may ask for, over finished parts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answering.choosing import Case
from rag.asking.knowledge import Knowledge
from rag.asking.question import Question
from rag.corpus import Corpus
from rag.doctor import Check, examine
from rag.errors import BadInputError, NotFoundError, ReportQAError
from rag.maintenance import OnReport, backup, reindex, restore
from rag.parts import Parts
from rag.question import understand
from rag.replying import EVIDENCE, Asked, last_answer, plain_answer, plain_events
from rag.searching import make_search
from rag.shortening import shorten
from rag.tally import OnProgress
from rag.types import (
    Answer,
    Event,
    Figure,
    Hit,
    IngestSummary,
    Job,
    Refusal,
    Report,
    ReportSummary,
    Scope,
    Turn,
    Understood,
)
from rag.writing.account import Account


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, what was understood, and why there are none ("" when there are)."""

    hits: tuple[Hit, ...]
    understood: Understood
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered, and the state of each part ("ready" or what is wrong)."""

    ready: bool
    checks: dict[str, str]


class Service:
    """Answers, searches and keeps reports; safe to share between threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._corpus: Corpus | None = None
        self._knowledge: Knowledge | None = None

    def start(self) -> None:
        """Begin what only a long-running service needs: work on uploads, and the vector index for large collections."""
        self._parts.jobs.start()
        self._parts.vectors.start_catching_up()

    def close(self) -> None:
        """Finish the upload under way, end the parsers and close the catalogue."""
        parts = self._parts
        for part in (parts.replier, parts.jobs, parts.parser, parts.vectors, parts.catalogue):
            if part is not None:
                part.close()

    def ready(self) -> Readiness:
        """Say whether questions can be answered; an empty index is ready."""
        parts = self._parts
        try:
            parts.catalogue.require_model(parts.embedder.name, parts.embedder.dimension)
            catalogue = "ready"
        except ReportQAError as error:
            catalogue = str(error)
        answers = parts.replier.name if parts.replier else EVIDENCE
        checks = {"model": "ready", "catalogue": catalogue, "vectors": parts.vectors.status, "answers": answers}
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
        asked = self._read(question, history, scope)
        events = self._reply(asked)
        answer = last_answer(events) if events else plain_answer(asked)
        return shorten(answer, limit) if limit else answer

    def search(self, text: str, *, limit: int = 10, place: str | None = None, year: int | None = None) -> SearchResult:
        """Find passages; place and year are taken from ``text`` unless given.

        Raises:
            BadInputError: ``text`` is empty or too long, or ``limit`` is below 1.
        """
        if limit < 1:
            raise BadInputError(f"limit is {limit}; give a number from 1 on")
        corpus, knowledge = self._snapshot()
        question = understand(self._checked(text), history=(), knowledge=knowledge)
        given = place is not None or year is not None
        scope = Scope((place,) if place else (), (year,) if year else ()) if given else _scope_of(question)
        wanted = make_search(question, scope, corpus, self._parts.gazetteer)
        hits = self._parts.retriever.search(wanted, corpus, limit=limit)
        return SearchResult(tuple(hits), _told(question), "" if hits else "no report in scope")

    def stream(self, question: str, *, history: Sequence[Turn] = (), scope: Scope | None = None) -> Iterator[Event]:
        """Answer step by step: "understood", "evidence", "token" after "token", "citations", "done" with the answer.

        Raises:
            BadInputError: the question is empty or too long; before the first event.
        """
        asked = self._read(question, history, scope)
        yield Event("understood", asked.understood)
        yield from self._reply(asked) or plain_events(asked)

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

    def submit(self, name: str, content: bytes) -> str:
        """Queue a file for ingest and return the job's id.

        Raises:
            StorageError: the disk is full.
        """
        return self._parts.jobs.submit(name, content)

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
        return self._snapshot()[0].report(report_id)

    def text(self, report_id: str) -> str:
        """Return a report's cleaned text, the one all offsets refer to.

        Raises:
            NotFoundError: no report has this id.
        """
        return self._parts.catalogue.text(report_id)

    def figures(self, report_id: str) -> tuple[Figure, ...]:
        """Return a report's figures in text order.

        Raises:
            NotFoundError: no report has this id.
        """
        return self.report(report_id).figures

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the files that were refused, by path."""
        return self._parts.catalogue.refusals()

    def _read(self, question: str, history: Sequence[Turn], scope: Scope | None) -> Asked:
        """Understand a question and let the evidence reader draft its answer."""
        began = time.perf_counter()
        corpus, knowledge = self._snapshot()
        understood = understand(self._checked(question), history=history, knowledge=knowledge)
        account = Account()
        if self._parts.replier:
            understood = self._parts.replier.complete(understood, history, knowledge, account)
        known = time.perf_counter()
        case = Case(understood, scope or Scope(), corpus)
        draft = self._parts.reader.draft(understood, case.scope, corpus)
        timings = {"understand": 1000 * (known - began), "read": 1000 * (time.perf_counter() - known)}
        return Asked(case, draft, began, account, timings)

    def _reply(self, asked: Asked) -> Iterator[Event] | None:
        return self._parts.replier.reply(asked) if self._parts.replier else None

    def _snapshot(self) -> tuple[Corpus, Knowledge]:
        parts = self._parts
        parts.catalogue.require_model(parts.embedder.name, parts.embedder.dimension)
        with self._lock:
            if self._corpus is None or self._knowledge is None or self._corpus.version != self._parts.catalogue.version:
                self._corpus = Corpus(self._parts.catalogue)
                summaries = tuple(self._corpus.summaries.values())
                self._knowledge = Knowledge(self._parts.gazetteer, summaries, self._parts.glossary)
            return self._corpus, self._knowledge

    def _checked(self, question: str) -> str:
        limit = self._parts.settings.max_question_chars
        if not question.strip():
            raise BadInputError("question is empty; ask something about the reports")
        if len(question) > limit:
            raise BadInputError(f"question has {len(question)} characters, at most {limit} are read; shorten it")
        return question


def _scope_of(question: Question) -> Scope:
    return Scope(question.places, question.years, question.report_ids)


def _told(question: Question) -> Understood:
    return Understood(question.standalone, question.places, question.years, question.language)
