"""From evidence to an answer: claims by the answerer, each verified before it is shown, with its citations."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from rag.answering.asked import Answerer, Asked, refusal
from rag.answering.citing import MARKER, Citer, signs
from rag.answering.items import Columns, Item, LookFor, NotFound, Row
from rag.answering.quotes import located
from rag.answering.replies import MARKERS
from rag.answering.tables import MAX_COMPARED, TableWriter
from rag.answering.verification import Problem, Verifier
from rag.errors import ProviderError
from rag.finding.gathering import Evidence, Gatherer
from rag.language.scripts import wordings
from rag.tracing import Tracer
from rag.types import Answer, AnswerTable, Claim, Event, Quote, TableRow

LOG = logging.getLogger(__name__)
RETRIEVAL = {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "reports"}
MAX_CALLS = 4
MAX_LOOKS = 2
MAX_CLAIMS = 12
MAX_ROWS = 40
MAX_WISHES = 6
MAX_PROBLEMS = 4


@dataclass(slots=True)
class _Progress:
    """What has come of a question so far."""

    citer: Citer
    began: float
    evidence: Evidence
    texts: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    columns: tuple[str, ...] = ()
    rows: list[TableRow] = field(default_factory=list)
    refused: str = ""
    problems: list[Problem] = field(default_factory=list)
    failure: str = ""
    first_ms: float = 0.0
    num_told: int = 0

    @property
    def has_answer(self) -> bool:
        return bool(self.texts or self.rows)

    @property
    def is_full(self) -> bool:
        return len(self.texts) >= MAX_CLAIMS or len(self.rows) >= MAX_ROWS

    def told(self, piece: str) -> Event:
        """Add a piece to the answer; its event brings the citations that came up since the last one."""
        self.texts.append(piece)
        new, self.num_told = self.citer.citations[self.num_told :], len(self.citer.citations)
        return Event("token", piece, new)


class Replier:
    """Replies to understood questions; safe to share between threads."""

    def __init__(
        self, *, answerer: Answerer, reader: Answerer, gatherer: Gatherer, verifier: Verifier, tracer: Tracer
    ) -> None:
        """``reader`` takes over where ``answerer`` gives nothing that stands; both may be the same."""
        self._answerer = answerer
        self._reader = reader
        self._gatherer = gatherer
        self._verifier = verifier
        self._tracer = tracer

    @property
    def name(self) -> str:
        """Who answers: "provider:model", or "evidence"."""
        return self._answerer.name

    def close(self) -> None:
        """Give back what the answerer holds."""
        self._answerer.close()

    def gather(self, asked: Asked) -> Evidence:
        """Return the evidence that the answerer is shown first."""
        return self._gather(asked, self._answerer.evidence_chars)

    def reply(self, asked: Asked, began: float) -> Generator[Event, None, None]:
        """Yield the events from "evidence" to "done", every token verified. Closing the generator stops the model."""
        gathering = time.perf_counter()
        evidence = self.gather(asked)
        asked.timings_ms["gather"] = 1000 * (time.perf_counter() - gathering)
        citer = Citer(asked.corpus)
        yield Event("evidence", tuple(citer.looked_at(span) for span in evidence.spans))
        progress = _Progress(citer, began, evidence)
        answered_by = self._answerer.name
        yield from self._by(self._answerer, asked, evidence, progress)
        if not progress.has_answer and not progress.refused and self._answerer is not self._reader:
            answered_by = self._reader.name
            progress.evidence = self._gather(asked, self._reader.evidence_chars)
            yield from self._by(self._reader, asked, progress.evidence, progress)
        if progress.has_answer:
            yield from self._add_table(asked, progress)
        text = "".join(progress.texts)
        if not text:
            text = progress.refused or refusal(asked)
            yield Event("token", text)
        answer = self._finished(asked, progress, answered_by, text)
        yield Event("citations", answer.citations)
        yield Event("done", answer)

    def _gather(
        self, asked: Asked, max_chars: int, texts: Sequence[str] = (), known: Evidence | None = None
    ) -> Evidence:
        with self._tracer.span("retrieval reports", RETRIEVAL) as note:
            corpus, language = asked.corpus, asked.language
            if asked.pile and known is None:
                known = self._gatherer.tabled(asked.pile, corpus, language=language)
            evidence = self._gatherer.gather(
                texts or asked.searches, asked.scope, corpus, max_chars=max_chars, language=language, known=known
            )
            note({"report_qa.spans": len(evidence.spans)})
        return evidence

    def _by(self, answerer: Answerer, asked: Asked, evidence: Evidence, progress: _Progress) -> Iterator[Event]:
        """Ask the answerer: again with more evidence where it wants to see more, again once where a claim fails."""
        told: list[str] = []
        looks = 0
        for _ in range(MAX_CALLS):
            failed = len(progress.problems)
            wanted: list[LookFor] = []
            try:
                with closing(self._items(answerer, asked, evidence, told, progress)) as items:
                    yield from self._said(items, wanted, asked, evidence, progress)
            except ProviderError as error:
                LOG.warning("%s", error)
                progress.failure = str(error)
                return
            problems = progress.problems[failed:]
            if wanted and not progress.has_answer:
                seen = evidence
                evidence = self._more(wanted[:MAX_WISHES], asked, answerer, seen) if looks < MAX_LOOKS else seen
                if evidence == seen:  # there is no more
                    progress.refused = refusal(asked)
                    return
                looks, progress.evidence = looks + 1, evidence
                continue
            if not problems or told or progress.refused or answerer is self._reader:
                return
            told = [f"{each.claim} ← {each.kind}: {each.words}" for each in problems[:MAX_PROBLEMS]]

    def _said(
        self, items: Iterable[Item | None], wanted: list[LookFor], asked: Asked, evidence: Evidence, progress: _Progress
    ) -> Iterator[Event]:
        """Take each item; from the first wish on, only wishes."""
        for item in items:
            if item is None:
                yield Event("token", "")
            elif isinstance(item, LookFor):
                wanted.append(item)
            elif not wanted:
                yield from self._take(item, asked, evidence, progress)
            if progress.refused or progress.is_full:
                return

    def _items(
        self, answerer: Answerer, asked: Asked, evidence: Evidence, told: Sequence[str], progress: _Progress
    ) -> Generator[Item | None, None, None]:
        """Yield what the answerer says; in the reader's place what code reads from tables, where that stands."""
        if answerer is self._reader and (writer := self._writer(asked, evidence)):
            yield from writer.items()
            if progress.has_answer:
                return
        yield from answerer.answer(asked, evidence, told)

    def _writer(self, asked: Asked, evidence: Evidence) -> TableWriter | None:
        if evidence.question is None or not evidence.answers_by_table:
            return None
        return TableWriter(evidence, evidence.question, asked.language, self._verifier.name_in(asked.language))

    def _more(self, wanted: Sequence[LookFor], asked: Asked, answerer: Answerer, known: Evidence) -> Evidence:
        """Gather what an answerer wants to see: tables, which take the place of those code read, or passages."""
        tables = [self._verifier.asked_table(row, asked) for row in wanted if row.figures or row.mentions]
        if tables and known.question is asked.pile:
            known = replace(known, question=None, tables=())
        for question in tables:
            known = self._gatherer.tabled(question, asked.corpus, language=asked.language, known=known)
        texts = [text for row in wanted for text in row.texts]
        return self._gather(asked, answerer.evidence_chars, texts, known) if texts else known

    def _add_table(self, asked: Asked, progress: _Progress) -> Iterator[Event]:
        """Show the table an answer rests on, each row with its citation; every marker stands in the answer's text."""
        evidence = progress.evidence
        if (writer := self._writer(asked, evidence)) and not progress.rows:
            columns, rows = writer.table()
            progress.columns = columns.names
            for row in rows[:MAX_ROWS]:
                markers = progress.citer.cite(located(row.quotes, evidence.spans))
                progress.rows.append(TableRow(row.cells, markers))
        said = set(MARKER.findall("".join(progress.texts)))
        left = [row.marker for row in progress.citer.citations if str(row.marker) not in said]
        spare = "\n" + signs(left) if left else ""
        table = "\n".join(" ".join(row.cells) + signs(row.markers) for row in progress.rows)
        piece = spare if progress.texts else table  # so that the answer reads without its table too
        if piece:
            yield progress.told(piece)

    def _take(self, item: Item, asked: Asked, evidence: Evidence, progress: _Progress) -> Iterator[Event]:
        """Verify an item and, where it stands, add it to the answer."""
        if isinstance(item, Columns):
            progress.columns = item.names
        elif isinstance(item, NotFound):
            if not progress.has_answer:
                self._refuse(item, asked, evidence, progress)
        elif isinstance(item, Claim | Row):
            claim = item if isinstance(item, Claim) else Claim(item.statement, item.quotes)
            if claim.text in progress.said:
                return
            progress.said.add(claim.text)
            with self._tracer.span("verify") as note:
                verdict = self._verifier.verify(claim, asked, evidence)
                note({"report_qa.verdict": verdict.problem.kind if verdict.problem else "stands"})
            if verdict.problem is not None:
                LOG.info("left out for its %s (%s): %s", verdict.problem.kind, verdict.problem.words, claim.text)
                progress.problems.append(verdict.problem)
                return
            progress.first_ms = progress.first_ms or 1000 * (time.perf_counter() - progress.began)
            yield from self._say(item, verdict.quotes, asked, progress)

    def _say(self, item: Claim | Row, quotes: Sequence[Quote], asked: Asked, progress: _Progress) -> Iterator[Event]:
        markers = progress.citer.cite(quotes)
        if isinstance(item, Row):
            progress.rows.append(TableRow(item.cells, markers))
            return
        stop = wordings(asked.language)["stop"]
        gap = " " if progress.texts and stop == "." else ""
        yield progress.told(gap + marked(item.text, markers, stop))

    def _refuse(self, item: NotFound, asked: Asked, evidence: Evidence, progress: _Progress) -> None:
        """Take a refusal in the answerer's words where they hold nothing that the reports do not, else in ours."""
        progress.refused = refusal(asked)
        if not item.text:
            return
        fault = self._verifier.refusal_fault(item.text, item.quotes, asked, evidence)
        if fault is None:
            progress.refused = item.text
        else:
            LOG.info("refusal in our words, for its %s (%s): %s", fault.kind, fault.words, item.text)

    def _finished(self, asked: Asked, progress: _Progress, answered_by: str, text: str) -> Answer:
        account = asked.account
        total = 1000 * (time.perf_counter() - progress.began)
        timings = asked.timings_ms | {"total": total}
        if progress.first_ms:
            timings["first_claim"] = progress.first_ms
        table = AnswerTable(progress.columns, tuple(progress.rows)) if progress.rows else None
        return Answer(
            answer_id=uuid.uuid4().hex,
            status="answered" if progress.has_answer else "not_found",
            text=text,
            answered_by=answered_by,
            citations=progress.citer.citations if progress.has_answer else (),
            understood=asked.understood,
            timings_ms=timings,
            notes=self._notes(asked, progress, answered_by),
            prompt_hashes=dict(account.prompts),
            tokens_in=account.tokens_in,
            tokens_out=account.tokens_out,
            table=table,
        )

    def _notes(self, asked: Asked, progress: _Progress, answered_by: str) -> tuple[str, ...]:
        words, evidence = wordings(asked.language), progress.evidence
        notes = [words["failure"].format(progress.failure)] if progress.failure else []
        if evidence.is_by_words_alone:
            notes.append(words["words_alone"])
        if progress.problems and answered_by != "evidence":
            notes.append(words["problems"].format(", ".join(dict.fromkeys(row.kind for row in progress.problems))))
        if answered_by != self._answerer.name and progress.has_answer:
            notes.append(words["reader"])
        rows = [len(table.rows) for table in evidence.tables if table.missing or len(table.rows) > MAX_COMPARED]
        if rows and progress.has_answer and (writer := self._writer(asked, evidence)):
            notes.append(words["coverage"].format(writer.coverage()))
        return tuple(notes)


def marked(text: str, markers: Sequence[int], stop: str) -> str:
    """Put markers after a sentence's words, before its full stop; what looks like markers in its words goes.

    ``stop`` is put where it has no full stop.
    """
    body = MARKERS.sub("", text).rstrip()
    own = body[-1:] if body[-1:] in "。.！!？?؟।" else ""
    return body[: len(body) - len(own)] + signs(markers) + (own or stop)
