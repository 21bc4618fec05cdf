"""The values that understanding a question yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.glossary import Expansion
from rag.types import Reading, ReportKind


class Kind(StrEnum):
    """What sort of answer a question wants.

    COLLECTION asks about the set of reports itself, COUNT_REPORTS how many of them; PLACE asks which of the reports'
    places does something; FACT is what remains.
    """

    FIGURE = "figure"
    DATE = "date"
    PERSON = "person"
    LIST = "list"
    DEFINITION = "definition"
    COMPARISON = "comparison"
    RANKING = "ranking"
    SUM = "sum"
    DIFFERENCE = "difference"
    YES_NO = "yes_no"
    PLACE = "place"
    COUNT_REPORTS = "count_reports"
    COLLECTION = "collection"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Period:
    """A time named at ``[start, end)`` of the standalone question.

    ``years`` are ascending, empty where the question does not fix them (今后五年). ``hard`` says that answers must be
    of these years; a plan's name (“十四五”) is not hard. ``report`` says that the year belongs to a report
    ("2022年政府工作报告"), not to the fact asked for. ``reading`` is what the wording tells: 今后五年 is a PLAN,
    过去五年 a RESULT.
    """

    start: int
    end: int
    text: str
    years: tuple[int, ...]
    reading: Reading = Reading.UNKNOWN
    hard: bool = True
    report: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell of what must be retrieved on its own: a place, a year, a topic; None or empty does not limit.

    ``reading`` is what the question says of this cell alone (the target of one year, the result of another).
    """

    place: str | None = None
    year: int | None = None
    topic: str = ""
    reading: Reading = Reading.UNKNOWN


@dataclass(frozen=True, slots=True)
class Ask:
    """One interrogative clause: its words, its own kind and the units its answer may have."""

    text: str
    kind: Kind
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    ``original`` is what was typed; every other field describes ``standalone``, in which follow-ups are complete.

    Scope: ``places`` are full names (of the reports' profiles, or of the gazetteer); ``mentions`` are places named
    without being the scope; ``years`` are hard, ascending, relative ones already resolved; ``report_years`` are years
    that name a report; ``report_ids`` are the reports an author or a report's year points to (empty: no such hint);
    ``speakers`` are the words that name their authors ("陆遥的文章里提到").
    ``covering``: where no report is held of a place in ``places``, the reports' places that contain it; their text may
    speak of it by name.

    Wish: ``reading`` and ``certain`` (False where only a weak word such as 要 tells); ``kind``, ``asks``; ``units``
    such as "亩", "%", "亿元"; ``expected_count`` for "which three"; ``reports_kind`` when a speech or an article is
    named; ``wants_year`` when the answer is a year.

    Words: ``terms`` are content phrases in the question's order, ``topic`` joins them, ``focus`` is the phrase next to
    the question word; ``quoted`` are the phrases in quotation marks, ``subperiods`` such as 一季度; ``parts`` are
    coordinated phrases ("A、B和C"); ``indicators`` are glossary terms recognised; ``query`` is Chinese search text,
    ``expansions`` further terms with lower weight. ``slots`` has two or more entries when the question must be
    retrieved piecewise. ``separate`` are the questions of a text that asks several in sentences of their own, each
    understood after those before it.
    """

    original: str
    standalone: str
    language: str
    places: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    report_years: tuple[int, ...] = ()
    report_ids: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    covering: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    reading: Reading = Reading.UNKNOWN
    certain: bool = False
    kind: Kind = Kind.FACT
    asks: tuple[Ask, ...] = ()
    units: tuple[str, ...] = ()
    expected_count: int | None = None
    reports_kind: ReportKind | None = None
    terms: tuple[str, ...] = ()
    topic: str = ""
    focus: str = ""
    quoted: tuple[str, ...] = ()
    subperiods: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    query: str = ""
    expansions: tuple[Expansion, ...] = ()
    wants_year: bool = False
    separate: tuple[Question, ...] = ()
