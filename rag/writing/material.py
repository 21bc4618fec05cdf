"""The evidence a model is shown: few, short spans of the scope, the reader's own proofs first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.answering.choosing import Case, Chooser, make_choice
from rag.answering.draft import Draft, Proof, Statement, make_citation
from rag.answering.finding import Found
from rag.answering.wording import frame, framed, romanise_place, tidy, year_words
from rag.asking.question import Kind, Slot
from rag.evidence import Sentence
from rag.folding import fold
from rag.places import Gazetteer
from rag.prompting import Excerpt
from rag.scoring import Scored, fits_years
from rag.types import Citation, Reading
from rag.writing.wishes import Wish, topical
from rag.writing.words import pattern

MAX_ITEMS, MAX_CHARS = 6, 800
MAX_OPEN_ITEMS, MAX_OPEN_CHARS = 14, 2_000
EXTRA_PER_SLOT = 2
EXTRA_MARGIN = 0.3
MIN_COVERAGE, MIN_MEANING = 0.3, 2.0
REPLY_CHARS = 90
MIN_SENTENCE_CHARS = 12
PROOFS_ONLY = frozenset({Kind.PERSON, Kind.DATE})


@dataclass(frozen=True, slots=True)
class Material:
    """What a model may use for one reply.

    ``citations`` are the spans, best first (of an open request: in text order), marked from 1; ``reply`` is what the
    evidence reader says instead when the model fails. Without citations there is nothing to write about.
    """

    citations: tuple[Citation, ...]
    reply: Draft


class Gatherer:
    """Gathers material for questions and requests; safe to share between threads."""

    def __init__(self, chooser: Chooser, gazetteer: Gazetteer) -> None:
        self._chooser = chooser
        self._gazetteer = gazetteer

    def gather(self, case: Case, draft: Draft, wish: Wish) -> Material:
        """Return the material for ``wish``; none when a plain question was refused, or a statement has no proof."""
        if wish.open_ended:
            return self._gather_open(case, draft, wish)
        if not draft.statements or draft.computed or not all(row.proofs for row in draft.statements):
            return Material((), draft)
        proofs = [proof for statement in draft.statements for proof in statement.proofs]
        if case.question.kind not in PROOFS_ONLY:
            proofs += self._further(case)
        return Material(cite_all(proofs, case, MAX_ITEMS, MAX_CHARS), draft)

    def excerpts(self, citations: Sequence[Citation], language: str) -> list[Excerpt]:
        """Describe where each span stands for a prompt: place · period · headings."""
        return [Excerpt(self._where(row, language), row.quote) for row in citations]

    def _where(self, citation: Citation, language: str) -> str:
        place = citation.place or ""
        if place and language == "en":
            place = f"{romanise_place(place, self._gazetteer)} ({place})"
        headings = " > ".join(citation.section[-2:])
        return " · ".join(part for part in (place, year_words(citation.years, language), headings) if part)

    def _further(self, case: Case) -> list[Proof]:
        proofs = []
        for slot in case.question.slots or (Slot(),):
            found = self._chooser.find(case, slot=slot)
            best = found.scored[0].score if found.scored else 0.0
            kept = [row for row in found.scored[: 4 * EXTRA_PER_SLOT] if row.score >= best - EXTRA_MARGIN]
            proofs += [proof_of(row.sentence, case, spoken_years(row)) for row in usable(kept, found)[:EXTRA_PER_SLOT]]
        return proofs

    def _gather_open(self, case: Case, draft: Draft, wish: Wish) -> Material:
        """Take the sentences of the topic, or the openings of all sections, in text order."""
        case = replace(case, question=topical(case.question))
        slots = case.question.slots or tuple(Slot(year=year) for year in case.question.years[:4]) or (Slot(),)
        share = max(2, MAX_OPEN_ITEMS // len(slots))
        kept: list[Sentence] = []
        statements: list[Statement] = []
        for slot in slots:
            if wish.whole:
                kept += self._openings(case, slot, share)
                continue
            found = self._chooser.find(case, slot=slot)
            best = usable([row for row in found.scored[: 3 * share] if is_on_topic(row)], found)[:share]
            kept += [row.sentence for row in best]
            statements += [self._state(case, row, found) for row in best[: max(1, wish.points // len(slots))]]
        ordered = sorted(kept, key=lambda row: (row.report_id, row.start))
        citations = cite_all((proof_of(row, case) for row in ordered), case, MAX_OPEN_ITEMS, MAX_OPEN_CHARS)
        if not statements:
            statements = [self._quote(case, row) for row in ordered[: wish.points]]
        return Material(
            citations, draft if draft.statements and not wish.whole else replace(draft, statements=tuple(statements))
        )

    def _openings(self, case: Case, slot: Slot, share: int) -> list[Sentence]:
        """A sentence of each section, the first with a figure where there is one; evenly chosen where too many."""
        chosen: dict[tuple[str, int], Sentence] = {}
        for report_id in self._chooser.reports(case, slot)[:3]:
            sections = case.corpus.report(report_id).sections
            for sentence in case.corpus.sentences(report_id):
                if sentence.start < sections[sentence.section_index].heading_end or not is_told(sentence):
                    continue
                first = chosen.setdefault((report_id, sentence.section_index), sentence)
                if sentence.figures and not first.figures:
                    chosen[report_id, sentence.section_index] = sentence
        wanted = (case.question.reading, Reading.UNKNOWN) if case.question.certain else tuple(Reading)
        told = [row for row in chosen.values() if row.reading in wanted] or list(chosen.values())
        told = [row for row in told if row.figures] if sum(bool(row.figures) for row in told) >= share // 2 else told
        step = max(1, round(len(told) / share))
        return told[::step][:share]

    def _state(self, case: Case, row: Scored, found: Found) -> Statement:
        return self._chooser.state(case, make_choice(row, found, case.corpus, max_chars=REPLY_CHARS))

    def _quote(self, case: Case, sentence: Sentence) -> Statement:
        proof, language = proof_of(sentence, case), case.question.language
        place = case.corpus.summaries[sentence.report_id].profile.place
        prefix = frame(place, proof.years, sentence.reading, self._gazetteer, language)
        return Statement(framed(prefix, tidy(sentence.text), language), (proof,))


def usable(rows: Iterable[Scored], found: Found) -> list[Scored]:
    """Keep full sentences of the years asked for that do not speak to a machine."""
    years = found.need.wanted.years
    return [
        row for row in rows if is_prose(row.sentence) and fits_years(spoken_years(row), row.sentence.reading, years)
    ]


def spoken_years(row: Scored) -> tuple[int, ...]:
    """Return the years of the fact that fits, else of its sentence."""
    return (row.figure.years if row.figure else ()) or row.sentence.years


def is_on_topic(row: Scored) -> bool:
    """Tell whether a sentence bears the topic of a request by its words or its meaning."""
    return row.in_context >= MIN_COVERAGE or row.meaning >= MIN_MEANING


def is_prose(sentence: Sentence) -> bool:
    """Tell whether a sentence is long enough to say something and is no instruction to a model."""
    return len(sentence.text) >= MIN_SENTENCE_CHARS and not is_instruction(sentence.text)


def is_told(sentence: Sentence) -> bool:
    """Tell whether a sentence is running text: neither a table row nor a greeting, date line or lead."""
    text = fold(sentence.text)
    is_full = text.endswith(("。", ";")) and bool(re.search(r"[,、]", text) or sentence.figures)
    return is_full and is_prose(sentence) and "|" not in text and "各位" not in text


def is_instruction(text: str) -> bool:
    """Tell whether report text gives orders to a language model."""
    return pattern("instruction").search(fold(text)) is not None


def proof_of(sentence: Sentence, case: Case, years: tuple[int, ...] = ()) -> Proof:
    """Make a proof of a sentence; its years are ``years``, else its own, else its report's."""
    profile = case.corpus.summaries[sentence.report_id].profile
    years = years or sentence.years or ((profile.year,) if profile.year else ())
    return Proof(sentence.report_id, *sentence.span, years)


def cite_all(proofs: Iterable[Proof], case: Case, max_items: int, max_chars: int) -> tuple[Citation, ...]:
    """Number distinct proofs from 1, as many as fit; spans within an earlier one and orders to a model are left out."""
    kept: list[Citation] = []
    room = max_chars
    for proof in proofs:
        citation = make_citation(len(kept) + 1, proof, case.corpus.report(proof.report_id))
        if len(kept) == max_items or (kept and len(citation.quote) > room):
            break
        if is_instruction(citation.quote) or any(_holds(other, citation) for other in kept):
            continue
        kept.append(citation)
        room -= len(citation.quote)
    return tuple(kept)


def _holds(outer: Citation, inner: Citation) -> bool:
    return outer.report_id == inner.report_id and outer.start <= inner.start and inner.end <= outer.end
