"""Evidence and question as the extractive reader sees them: every span read once, and what is asked for."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rag.answering.asked import Asked
from rag.finding.table_words import spoken
from rag.language.folding import fold
from rag.language.glossary import load_glossary
from rag.language.numerals import DATE, QUANTITY, YEAR, Number, find_numbers
from rag.language.periods import YearMention, reading_of, resolve_years
from rag.language.scripts import density_of
from rag.language.sentences import Span, split_clauses, split_sentences
from rag.language.terms import content_terms, terms
from rag.language.units import ENGLISH_UNITS, measure, unit_pattern
from rag.types import EvidenceSpan, Figure, Reading, Table

ASKS_AMOUNT = re.compile(
    r"多少|(?<!哪)几(?!乎)|多[大高长快重久远]|\bhow (?:many|much|large|long|big|high|far|fast)\b"
    r"|얼마|몇|いくら|いくつ|どれ(?:くらい|だけ)"
    r"|何(?:か所|[^ぁ-ん]).*[ぁ-ん]|bao nhiêu|mấy|cuánt[oa]s?|(?<!\w)كم(?!\w)"
    r"|\bwie (?:viele?|hoch|groß|lang)\b|\bcombien\b|\bquant[oaie]s?\b|сколько|\bberapa\b|कितन",
    re.IGNORECASE,
)
ASKS_SEVERAL = ("哪些", "分别", "各是", "都是", *map("哪{}".format, "几两二三四五六七八九十"), "what are", "what were")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a span, or a sentence where it is not Chinese, with what its words say."""

    at: Span
    terms: frozenset[str]
    reading: Reading
    table: Table | None


@dataclass(frozen=True, slots=True)
class Read:
    """A span, read once: its clauses, the years it names, its figures, and its other numbers with what they measure."""

    span: EvidenceSpan
    density: float
    clauses: tuple[Clause, ...]
    label: frozenset[str]
    years: tuple[YearMention, ...]
    figures: tuple[Figure, ...]
    numbers: tuple[Number, ...]
    captions: frozenset[str]
    headings: frozenset[str]


@lru_cache(maxsize=1_000)
def _clauses_of(text: str) -> tuple[float, tuple[tuple[Span, frozenset[str], Reading], ...], tuple[Number, ...]]:
    """Return a text's density, its clauses and its numbers; reports that are asked about are asked about again."""
    density = density_of(text)
    clauses = split_clauses(text) if density == 1 else split_sentences(text)
    words = [text[slice(*at)] for at in clauses]
    told = zip(clauses, (frozenset(terms(each)) for each in words), map(reading_of, words), strict=True)
    return density, tuple(told), tuple(find_numbers(text))


def read(asked: Asked, span: EvidenceSpan) -> Read:
    """Read a span."""
    report = asked.corpus.report(span.report_id)
    density, clauses, numbers = _clauses_of(span.text)

    def table_at(start: int) -> Table | None:
        return next((each for each in report.tables if each.start <= start < each.end), None)

    return Read(
        span,
        density,
        tuple(Clause(at, held, reading, table_at(span.start + at.start)) for at, held, reading in clauses),
        frozenset(terms(span.label)),
        resolve_years(span.text, report.profile.current_year or report.profile.year),
        tuple(each for each in report.figures if span.start <= each.start and each.end <= span.end),
        numbers,
        frozenset(table.caption for table in report.tables),
        frozenset((report.profile.title, *(row.path[-1] for row in report.sections if row.path))),
    )


class Wanted:
    """What a question asks for: its terms, weighted by how rare the evidence has them (in all 1), years and reading."""

    def __init__(self, asked: Asked, evidence: Sequence[Read]) -> None:
        self.text = fold(asked.searches[-1])
        weights = dict.fromkeys(content_terms(self.text), 1.0)
        is_chinese = asked.language == "zh" or any(row.density == 1 for row in evidence)
        for word, weight in load_glossary().expand(self.text, asked.language).items() if is_chinese else ():
            weights |= {term: max(weight, weights.get(term, 0.0)) for term in terms(word)}
        counts = Counter(term for row in evidence for each in row.clauses for term in each.terms if term in weights)
        clauses = sum(len(row.clauses) for row in evidence)
        rare = {term: weight * math.log(1 + clauses / (1 + counts[term])) for term, weight in weights.items()}
        # Fitted on questions whose other wordings and translations bear about half of the weight.
        total = sum(rare.values()) * (1 if is_chinese else 2) or 1.0
        self.terms = {term: weight / total for term, weight in rare.items()}
        self._order = {term: number for number, term in enumerate(self.terms)}
        self.years = frozenset(asked.scope.years)
        self.reading = reading_of(self.text)
        self.asks_amount = ASKS_AMOUNT.search(self.text) is not None
        self.asks_several = not self.asks_amount and any(map(self.text.__contains__, ASKS_SEVERAL))
        self.measure = asked_measure(self.text)
        self.asks_rate = "rate" in spoken("turns", self.text)
        self.report_ids = frozenset(asked.scope.report_ids)

    def among(self, words: Iterable[str]) -> set[str]:
        """Return the terms that are among ``words``."""
        return self.terms.keys() & words

    def weight_of(self, words: Iterable[str]) -> float:
        """Return the weight of the terms that are among ``words``, up to 1."""
        return sum(map(self.terms.__getitem__, sorted(self.among(words), key=self._order.__getitem__)))

    def numbers_of(self, row: Read) -> list[tuple[int, str]]:
        """Return where the numbers of a span stand that the question does not hold, and what each measures."""
        rows = [(each.start - row.span.start, each.text, measure(each.unit)[0]) for each in row.figures]
        rows += [(each.start, each.text, measure(each.unit)[0]) for each in row.numbers if each.kind == QUANTITY]
        rows += [(each.start, each.text, DATE) for each in row.numbers if each.kind in (YEAR, DATE)]
        return [(at, kind) for at, words, kind in rows if fold(words) not in self.text]

    def fit_of(self, years: Collection[int]) -> int:
        """Return 1 where one of ``years`` is asked for, -1 where others are, else 0."""
        return 0 if not self.years or not years else 1 if self.years & set(years) else -1

    def fit_of_reading(self, reading: Reading) -> int:
        """Return 1 where results or targets are asked for and these are such, -1 where they are the other, else 0."""
        if Reading.UNKNOWN in (self.reading, reading):
            return 0
        return 1 if reading is self.reading else -1


@cache
def _measures() -> re.Pattern[str]:
    english = "|".join(sorted(map(re.escape, ENGLISH_UNITS), key=len, reverse=True))
    return re.compile(
        rf"(?:多少|(?<![哪这那十好])几)(?P<unit>[百千万亿]*{unit_pattern()})"
        rf"|(?P<ratio>百分之[多几]|\bwhat (?:share|percent))"
        rf"|多少(?P<money>钱|资金)|\bhow many (?:million |billion )?(?P<english>{english})\b"
        r"|(?P<date>什么时[候间]|何[时年]|哪一?[年天月]|几[月号]|\bwhen\b|\b(?:what|which) (?:year|month|date)\b)"
    )


def asked_measure(text: str) -> str:
    """Return the dimension of the amount that folded text asks for, "date" for a date; "" where it leaves it open."""
    found = _measures().search(text)
    if found is None or found.lastgroup in ("date", "ratio", "money"):
        return str(found.lastgroup) if found else ""
    return measure(found["unit"] or ENGLISH_UNITS[found["english"]])[0]
