"""Citations of our own making: which spans bear a written sentence, clause by clause, or why none do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.claims import claims_in, years_in
from rag.answering.support import Problem, make_support
from rag.answering.verification import verify
from rag.corpus import Corpus
from rag.folding import fold
from rag.glossary import Glossary
from rag.numerals import same_quantity
from rag.places import Gazetteer
from rag.types import Citation
from rag.writing.bounds import check_bounds
from rag.writing.manners import check_manners
from rag.writing.subjects import HAN_PAIR, check_english_subjects, check_subjects
from rag.writing.words import pattern

CLAUSE = re.compile(r"[，,；;](?!\d)\s*")
MAX_TRIED = 5
MIN_CLAUSE_CHARS = 5
MIN_MEANING = 1.5
FIGURE_WEIGHT = 6.0

Meaning = Callable[[str, Sequence[Citation], Corpus], Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a sentence and the citations that bear them; ``joint`` is what stands between it and the next part."""

    words: str
    citations: tuple[Citation, ...]
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """The place and the year the sentences before spoke of last, "" for none; a figure without its own is theirs."""

    place: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Grounded:
    """``parts`` that make up the sentence, or, without any, the ``problems`` of the best try."""

    parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What the sentences of one answer are held to: its question and the spans they may rest on."""

    question: str
    language: str
    citations: tuple[Citation, ...]
    corpus: Corpus
    several_years: bool = False

    @property
    def several_places(self) -> bool:
        """Whether the spans are of more than one place."""
        return len({row.place for row in self.citations}) > 1


class Grounder:
    """Attributes sentences to spans and verifies them; safe to share between threads."""

    def __init__(self, *, gazetteer: Gazetteer, glossary: Glossary, meaning: Meaning) -> None:
        """``meaning`` returns, by marker, how near a sentence is to spans, in standard deviations of their report."""
        self._gazetteer = gazetteer
        self._glossary = glossary
        self._meaning = meaning

    def ground(self, words: str, setting: Setting, carried: Carried) -> Grounded:
        """Find the fewest spans that bear a sentence: one, one a clause, or two of the same report."""
        nearness = self._meaning(words, setting.citations, setting.corpus) if setting.language == "en" else {}
        ranked = rank(words, setting.citations, nearness)
        tries = [(row, self._check(words, (row,), setting, carried, nearness)) for row in ranked]
        for row, problems in tries:
            if not problems:
                return Grounded((Part(words, (row,)),))
        if parts := self._by_clause(words, setting, carried, nearness):
            return Grounded(parts)
        for pair in _pairs(ranked):
            if not self._check(words, pair, setting, carried, nearness):
                return Grounded((Part(words, pair),))
        best = min(
            (problems for _, problems in tries), key=len, default=[Problem("uncited", words, "nothing bears it")]
        )
        return Grounded(problems=tuple(best))

    def carry(self, words: str, carried: Carried) -> Carried:
        """Return what the next sentence carries on from this one."""
        places = self._gazetteer.find_places(words)
        years = years_in(words)
        return Carried(places[-1].text if places else carried.place, str(years[-1]) if years else carried.year)

    def _by_clause(
        self, words: str, setting: Setting, carried: Carried, nearness: Mapping[int, float]
    ) -> tuple[Part, ...]:
        """Ground each clause by itself; () when one cannot be, or there is only one."""
        clauses = split_clauses(words)
        parts: list[Part] = []
        for clause, joint in clauses if len(clauses) > 1 else ():
            ranked = rank(clause, setting.citations, nearness)
            borne = next((row for row in ranked if not self._check(clause, (row,), setting, carried, nearness)), None)
            if borne is None:
                return ()
            carried = self.carry(clause, carried)
            if parts and parts[-1].citations == (borne,):
                last = parts.pop()
                parts.append(Part(last.words + last.joint + clause, (borne,), joint))
            else:
                parts.append(Part(clause, (borne,), joint))
        return tuple(parts)

    def _check(
        self,
        words: str,
        citations: tuple[Citation, ...],
        setting: Setting,
        carried: Carried,
        nearness: Mapping[int, float],
    ) -> list[Problem]:
        """Return what is wrong with a stretch that cites these spans."""
        support = make_support(citations)
        has_figures = bool(claims_in(words))
        problems = self._unplaced(words, setting, carried) if has_figures else []
        stated = (self._prefix(words, setting, carried) if has_figures else "") + words
        markers = "".join(f"[{row.marker}]" for row in citations)
        stop = "." if setting.language == "en" else "。"
        verdict = verify(
            stated + markers + stop,
            citations,
            question=setting.question,
            language=setting.language,
            gazetteer=self._gazetteer,
        )
        problems += (*verdict.problems, *check_bounds(words, support))
        problems += check_manners(
            words, support, question=setting.question, language=setting.language, gazetteer=self._gazetteer
        )
        if setting.language == "zh":
            return problems + check_subjects(words, support, question=setting.question, gazetteer=self._gazetteer)
        problems += check_english_subjects(words, support, self._glossary)
        if all(nearness.get(row.marker, 0.0) < MIN_MEANING for row in citations):
            problems.append(Problem("wording", words, "is not what its quotes mean"))
        return problems

    def _prefix(self, words: str, setting: Setting, carried: Carried) -> str:
        """Say the place and the year in force before a clause that names none itself."""
        place = "" if self._gazetteer.find_places(words) else carried.place
        named = years_in(words) or pattern("relative_year").search(fold(words))
        year = "" if named or not carried.year else carried.year
        if setting.language == "en":
            head = ", ".join(part for part in (place, year) if part)
            return f"{head}: " if head else ""
        return f"{place}{year}年：" if year else f"{place}：" if place else ""

    def _unplaced(self, words: str, setting: Setting, carried: Carried) -> list[Problem]:
        """Where several places or years are in play, a figure says which is meant."""
        problems = []
        if setting.several_places and not carried.place and not self._gazetteer.find_places(words):
            problems.append(Problem("place", words, "does not say which place is meant"))
        named = years_in(words) or pattern("relative_year").search(fold(words))
        if setting.several_years and not carried.year and not named:
            problems.append(Problem("year", words, "does not say which year is meant"))
        return problems


def rank(words: str, citations: Sequence[Citation], nearness: Mapping[int, float]) -> list[Citation]:
    """Return the spans most like ``words``, best first: shared figures, then shared pairs of characters or meaning."""
    pairs = set(HAN_PAIR.findall(fold(words)))
    claims = claims_in(words)

    def likeness(row: Citation) -> float:
        quoted = make_support((row,)).quotes[0]
        shared = sum(any(same_quantity(one.number, other.number) for other in quoted.claims) for one in claims)
        common = len(pairs & set(HAN_PAIR.findall(quoted.folded))) / max(1, len(pairs))
        return FIGURE_WEIGHT * shared + 4 * common + nearness.get(row.marker, 0.0)

    return sorted(citations, key=lambda row: (-likeness(row), row.marker))[:MAX_TRIED]


def split_clauses(words: str) -> list[tuple[str, str]]:
    """Split a sentence into clauses, each with the comma after it; a scrap goes with the clause that follows."""
    found: list[tuple[str, str]] = []
    start = 0
    for match in CLAUSE.finditer(words):
        if match.start() - start >= MIN_CLAUSE_CHARS and _balanced(words[start : match.start()]):
            found.append((words[start : match.start()], match.group()))
            start = match.end()
    if start < len(words):
        found.append((words[start:], ""))
    if len(found) > 1 and len(found[-1][0]) < MIN_CLAUSE_CHARS:
        (words_before, joint), (rest, _) = found[-2:]
        found[-2:] = [(words_before + joint + rest, "")]
    return found


def _balanced(words: str) -> bool:
    return all(words.count(opener) == words.count(closer) for opener, closer in ("“”", "（）", "《》"))


def _pairs(ranked: Sequence[Citation]) -> list[tuple[Citation, Citation]]:
    """Two spans of one report, of the same place and years, may bear a sentence together."""
    return [
        (one, other)
        for index, one in enumerate(ranked)
        for other in ranked[index + 1 :]
        if one.report_id == other.report_id and one.years == other.years
    ]
