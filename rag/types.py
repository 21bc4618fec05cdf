"""The values every module shares.

All offsets are Unicode code points into a report's stored (cleaned) text, half-open: ``text[start:end]``.
Scores are floats, higher is better.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Word(StrEnum):
    """A word of a fixed set, pickled by its value: Python before 3.11.4 names ``getattr``, which no parser may send."""

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        return type(self), (self.value,)


class ReportKind(Word):
    """What a report is."""

    WORK_REPORT = "work_report"
    ARTICLE = "article"
    SPEECH = "speech"
    COMMUNIQUE = "communique"
    OTHER = "other"


class Reading(Word):
    """How a statement is meant: what was reached, what is aimed at for a year, or a goal for several years."""

    RESULT = "result"
    TARGET = "target"
    PLAN = "plan"
    UNKNOWN = "unknown"


class Format(Word):
    """A file format the project reads, decided by content."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    SPREADSHEET = "spreadsheet"
    PPTX = "pptx"
    RTF = "rtf"
    PICTURE = "picture"
    OFD = "ofd"
    OPEN_DOCUMENT = "open_document"
    EPUB = "epub"
    LEGACY_WORD = "legacy_word"


# What a warning opens with that names the pages whose text was recognised, not written.
OCR_WARNING = "read by OCR, pages: "


@dataclass(frozen=True, slots=True)
class Table:
    """A table inside a text: one row a line, cells parted by `` | ``, from ``start`` to ``end``.

    ``header`` and ``caption``, ``unit``, ``note`` are what every passage of the table repeats; empty if absent.
    ``page`` counts from 1 and is None where the format has no pages.
    """

    start: int
    end: int
    number: int
    header: str = ""
    caption: str = ""
    unit: str = ""
    note: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a report explains on a page's foot or at its end, at ``[start, end)``, label and term included.

    ``body_start`` is where the explanation itself begins; ``term`` what it explains as written (“两链”, maybe empty);
    ``marks`` where the running text calls it, or uses its term where no mark does; none if it does neither.
    """

    start: int
    end: int
    body_start: int
    term: str = ""
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading the format itself marks (HTML h1-h6, DOCX styles, Markdown #). Level 1 is the highest."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a format reader makes of a file's bytes, before cleaning.

    ``text`` is decoded and extracted; ``page_starts[i]`` is the offset where page ``i + 1`` begins (empty without
    pages); ``title`` is what the format declares (HTML title, DOCX core property), maybe empty.
    """

    text: str
    format: Format
    encoding: str | None = None
    title: str = ""
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A leaf of the outline: from its heading to the next heading of any level.

    Sections partition the text: ``sections[i].end == sections[i + 1].start``, the first starts at 0, the last ends at
    the text's end. ``path`` holds the headings from the outermost to this one's own (empty before the first heading).
    ``heading_end`` is where the heading line ends and the body begins (equal to ``start`` without a heading).
    ``years`` and ``reading`` say which years it speaks of and how; empty and UNKNOWN where the text does not tell.
    """

    index: int
    start: int
    heading_end: int
    end: int
    path: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN


@dataclass(frozen=True, slots=True)
class Profile:
    """Who speaks, where, of which period.

    ``place`` is the full name ("灌云县"); ``place_path`` the divisions from province to place
    ("江苏省", "连云港市", "灌云县"), only as far as known. ``year`` is the year the report mainly speaks of;
    ``current_year`` what 今年 means in it (a speech of December 2024 about 2025 has 2024 here and 2025 in ``year``);
    ``years`` every year it gives results or targets for, ascending. ``issuer`` is the body or person that speaks,
    ``author`` the named person, ``date`` ISO "2022-01-10" when the report says when it was given.
    """

    title: str
    place: str | None = None
    place_path: tuple[str, ...] = ()
    year: int | None = None
    current_year: int | None = None
    years: tuple[int, ...] = ()
    issuer: str = ""
    author: str = ""
    date: str = ""
    kind: ReportKind = ReportKind.OTHER


@dataclass(frozen=True, slots=True)
class Figure:
    """A statement *indicator - figure - unit - qualifier* at ``[start, end)``.

    ``value`` is the number in ``unit`` as written (38.3 with 亿元); ``text`` the words of the figure ("38.3 亿元");
    ``qualifier`` such as 以上, 左右, 力争, 预计; ``direction`` is "up", "down" or "" for a level.
    """

    report_id: str
    section_index: int
    indicator: str
    value: float
    unit: str
    text: str
    qualifier: str
    direction: str
    place: str | None
    years: tuple[int, ...]
    reading: Reading
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The retrieval unit: a span of one section (at most 500 characters) and what it speaks of.

    ``header`` (place, period, title; for a table also caption, header row, unit, note) is prepended for
    search only; ``text == report.text[start:end]``. ``passage_id`` is ``f"{report_id}:{ordinal:05d}"``.
    """

    passage_id: str
    report_id: str
    section_index: int
    start: int
    end: int
    text: str
    header: str
    place: str | None
    years: tuple[int, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Report:
    """A read report. ``report_id``: first 16 hex digits of the SHA-256 of the file's bytes; ``source``: its name."""

    report_id: str
    source: str
    text: str
    profile: Profile
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    near_duplicate_of: str | None = None

    def was_recognised(self, page: int | None) -> bool:
        """Tell whether a page was read by OCR."""
        told = [each.removeprefix(OCR_WARNING).split(", ") for each in self.warnings if each.startswith(OCR_WARNING)]
        return any(str(page) in pages for pages in told)


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A row of the catalogue, without text."""

    report_id: str
    source: str
    path: str
    profile: Profile
    num_characters: int
    num_passages: int
    status: str = "ready"
    near_duplicate_of: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """A hard limit on what may be cited; an empty field does not limit."""

    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    report_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and its answer, carried by the client."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, best first by ``score``; ``signals`` names what brought it there ("lexical", "dense", …)."""

    passage: Passage
    score: float
    rank: int
    signals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A stretch of a report shown as ``[number]``: ``text == report.text[start:end]``, ``label`` what it speaks of."""

    number: int
    report_id: str
    start: int
    end: int
    text: str
    label: str
    place: str | None = None
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with what is quoted for it: numbers of spans and words said to stand in them."""

    text: str
    quotes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Words found at ``[start, end)`` of a report's text, within a span that was shown."""

    span: EvidenceSpan
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that stands verbatim at ``[start, end)`` of the report's text; the answer holds ``[marker]``.

    ``years`` and ``reading`` are those of the quote, not of the whole report, as far as known; ``ocr`` tells that its
    page was read by OCR.
    """

    marker: int
    report_id: str
    title: str
    source: str
    place: str | None
    years: tuple[int, ...]
    section: tuple[str, ...]
    quote: str
    start: int
    end: int
    page: int | None = None
    reading: Reading = Reading.UNKNOWN
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of an answer's table, with the markers of what proves it."""

    cells: tuple[str, ...]
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The table of an answer; ``columns`` may be empty."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class PileRow:
    """What the reports of one place and year say of an indicator or a term, at ``[start, end)`` of ``report_id``.

    ``place`` is a report's title where no place is known. ``words`` are the figure as written with what bounds it
    (5%左右, 不少于28万人, 5%—5.5%), or the term; "" where the reports have none: then ``[start, end)`` are the nearest
    words found, or empty. ``low`` and ``high`` bound the figure in ``unit`` (equal but for a range), None for a term.
    ``number`` is the span's in the evidence, 0 outside. ``others`` are what else might be meant, a few.
    """

    place: str
    year: int | None
    report_id: str
    words: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    reading: Reading = Reading.UNKNOWN
    start: int = 0
    end: int = 0
    number: int = 0
    others: tuple[PileRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PileTable:
    """One row for every place and year in scope. ``subject`` is the indicator or term; ``is_term`` tells which.

    ``reading`` is UNKNOWN where neither results nor targets alone are asked for.
    """

    subject: str
    is_term: bool
    is_rate: bool
    rows: tuple[PileRow, ...]
    reading: Reading = Reading.UNKNOWN

    @property
    def found(self) -> tuple[PileRow, ...]:
        """The rows that have a figure or the term."""
        return tuple(row for row in self.rows if row.words)

    @property
    def missing(self) -> tuple[PileRow, ...]:
        """The rows that have none."""
        return tuple(row for row in self.rows if not row.words)


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of the question."""

    standalone: str
    places: tuple[str, ...]
    years: tuple[int, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply. ``status`` is "answered" or "not_found"; ``answered_by`` "evidence" or "provider:model"."""

    answer_id: str
    status: str
    text: str
    answered_by: str
    citations: tuple[Citation, ...]
    understood: Understood
    timings_ms: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    prompt_hashes: dict[str, str] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    table: AnswerTable | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a streamed answer, in this order; the tokens joined are the answer's text.

    By ``name``, ``value`` is: "understood" an Understood; "evidence" the citations looked at; "token" a str (a verified
    piece of the answer, often a sentence; "" while none is complete, so that a caller may stop); "citations" those of
    the answer; "done" the whole Answer, always last. ``citations`` of a token are those it cites for the first time.
    """

    name: str
    value: Understood | tuple[Citation, ...] | str | Answer
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken in. ``path`` is where it lay, ``time`` ISO 8601 in UTC."""

    source: str
    path: str
    reason: str
    time: str


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far an ingest is; ``seconds_left`` is None until a rate is known, pages are those of a file read by OCR."""

    files_done: int
    files_total: int
    file: str
    passages_per_second: float
    seconds_left: float | None
    pages_done: int = 0
    pages_total: int = 0


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did, by path, in the order the files were met; ``removed`` holds report ids."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    removed: tuple[str, ...] = ()
    num_passages: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """An upload under way. ``status`` is queued, running, done or refused; ``progress`` runs from 0 to 1.

    An archive has no ``report_id``; it is done when one of its files is in, and ``reason`` tells which are not.
    """

    job_id: str
    status: str
    progress: float = 0.0
    report_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, what was understood, why there are none ("" when there are), and what limits them."""

    hits: tuple[Hit, ...]
    understood: Understood
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered, and the state of each part ("ready" or what is wrong)."""

    ready: bool
    checks: dict[str, str]
