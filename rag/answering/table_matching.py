"""Where the names of a table's rows and columns stand in a question, in its words, others' words or in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.asking.names import spell_place
from rag.asking.question import Question
from rag.figures.table_grid import Row
from rag.folding import fold
from rag.glossary import Glossary
from rag.sentences import Span

PLACE_SUFFIX = re.compile(r"(?:街道|镇|乡|村|县|区|市|旗|园区|开发区)$")
PLAIN_SUFFIX = re.compile(r"(?:总产量|产量|总额|总量|总数|额|数|率)$")
TIME_WORDS = re.compile(r"年末|年底|期末|全年|当年|年内|本年")
CHANGE_ASKED = re.compile(
    r"增长(?![到至])|增速|增幅|涨幅|上涨|同比|负增长|下降(?![到至])|降幅|幅度|升降|变化|变了|涨了|跌了|是增|是升|是涨|多快"
    r"|比(?:上年|去年|\d{4}年?)(?!多|少|高|低)"
    r"|\b(?:grow|grew|grown|growth|rise|rose|fall|fell|fallen|drop|dropped|decline|declined|decrease|decreased|change|changed)\b"
)
GENERIC = re.compile(
    r"生产|产量|产出|实现|完成|达到|情况|前[一二两三四五六七八九十]名?|分别|一共|总共|合计|加起来|加在一起|总计|之和|相差|差多少|差距|最[高大多低少小快慢]|第一|排名|末位|垫底"
    r"|超过|高于|低于|不到|不足|以上|以下|大于|小于|多于|少于|去年|上年|当年|全年|年末|年底|[多少高低大小]|数[据值]|指标|各|产|增加|减少"
    r"|增长率?|增速|增幅|涨幅|上涨|同比|下降|降幅|幅度|变化|变|负|正|涨|跌|比|哪|乡镇|镇|街道|乡"
    r"|\b(?:grow|grew|growth|rise|rose|fall|fell|drop|dropped|decline|declined|change|changed|increase|increased|decrease"
    r"|produce|produced|output|production|total|together|combined|add|up|all|across|highest|lowest|most|least|largest|smallest"
    r"|biggest|fastest|slowest|high|low|town|towns|township|subdistrict|district|county|city|province|rate|value|number|record"
    r"|figure|many|much|last|previous|year|percent|percentage|fast|difference|between|more|than|make|made|have|has|had|lived?|living|towns"
    r"|level|report|reported|reach|reached|stand|stood|amount|volume|people|companies)\b"
)
TOTALS = frozenset({"合计", "总计", "共计"})
BOUND_WORDS = re.compile(r"\b(?:above|over|below|under)\b")
ENGLISH_MIN = 4
MIN_SHARE, WEAK_SHARE = 0.5, 0.05
SYNONYM_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Borne:
    """The ``spans`` of a question that bear a name, and the share in (0, 1] of the name they bear."""

    spans: tuple[Span, ...]
    share: float

    @property
    def strength(self) -> float:
        """How much of both is borne: characters of the question times the share of the name."""
        return self.share * sum(span.end - span.start for span in self.spans)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as tables are asked: folded text, content spans, and the names the glossary gives for its words."""

    question: Question
    text: str
    content: tuple[Span, ...]
    named: tuple[tuple[Span, frozenset[str]], ...]
    glossary: Glossary

    @property
    def english(self) -> bool:
        """Whether the question is in English."""
        return self.question.language == "en"

    @property
    def asks_change(self) -> bool:
        """Whether a rate of change is asked for, and no amount of something else."""
        units = self.question.units
        if units and not set(units) & {"%", "个百分点"}:
            return False
        return CHANGE_ASKED.search(self.text) is not None

    def explained(self, spans: Iterable[Span], context: str) -> float:
        """Return the share of the content that ``spans``, pieces of ``context`` or words of every table's bear."""
        borne = {i for span in spans for i in range(span.start, span.end)}
        borne |= {i for match in GENERIC.finditer(self.text) for i in range(*match.span())}
        borne |= {i for span in _shared(context, self.text) for i in range(span.start, span.end)}
        asked = {i for span in self.content for i in range(span.start, span.end)}
        return len(asked & borne) / len(asked) if asked else 1.0


def make_query(question: Question, glossary: Glossary) -> Query:
    """Prepare a question for matching names against it."""
    text = fold(question.standalone)
    matches = glossary.find_english(text) if question.language == "en" else glossary.find(text)
    named = tuple(
        (Span(match.start, match.end), frozenset(fold(name) for name in (match.entry.term, *match.entry.synonyms)))
        for match in matches
    )
    content = []
    for term in question.terms:
        start = text.find(fold(term))
        if start >= 0:
            content.append(Span(start, start + len(term)))
    return Query(question, text, tuple(content), named, glossary)


def find_row(label: str, query: Query) -> Borne | None:
    """Find a row's label in a question: as it is, without its kind of place or measure, by the glossary, in English."""
    if len(label) < 2:
        return None
    if label in query.text:
        return _at(query.text, label, 1.0)
    if (borne := _by_stem(label, query)) is not None:
        return borne
    if (borne := _by_glossary(label, query)) is not None:
        return borne
    return _in_english(label, query) if query.english else None


def _at(text: str, words: str, share: float) -> Borne:
    start = text.index(words)
    return Borne((Span(start, start + len(words)),), share)


def _by_stem(label: str, query: Query) -> Borne | None:
    stem = PLAIN_SUFFIX.sub("", PLACE_SUFFIX.sub("", TIME_WORDS.sub("", label)))
    if len(stem) >= 2 and stem != label and (timeless := TIME_WORDS.sub("", label)) in query.text:
        stem = timeless
    if len(stem) < 2 or stem == label or stem not in query.text:
        return None
    borne = _at(query.text, stem, len(stem) / len(label))
    within = [span for span, _ in query.named if span.start <= borne.spans[0].start and borne.spans[0].end <= span.end]
    other = any(span.end - span.start > len(stem) and query.text[span.start : span.end] != label for span in within)
    return None if other else borne


def _by_glossary(name: str, query: Query) -> Borne | None:
    wordings = {name, PLAIN_SUFFIX.sub("", name)}
    for span, names in query.named:
        if name in names or (query.english and wordings & names):
            return Borne((span,), SYNONYM_SHARE)
    return None


def _in_english(label: str, query: Query) -> Borne | None:
    kind = "(?:zhen|xiang|jiedao|xian|qu|shi|cun)?" if PLACE_SUFFIX.search(label) else "s?"
    for name in (english_name(label, query.glossary), label):
        if len(name) >= ENGLISH_MIN and (match := re.search(rf"\b{re.escape(name.lower())}{kind}\b", query.text)):
            return Borne((Span(*match.span()),), SYNONYM_SHARE)
    return None


def english_name(name: str, glossary: Glossary) -> str:
    """Name a row or column in English: a place spelled, a term translated, else as it is."""
    if name in TOTALS:
        return "total"
    if PLACE_SUFFIX.search(name):
        return spell_place(PLACE_SUFFIX.sub("", name))
    entry = next(
        (row.entry for row in glossary.find(name) if row.end - row.start == len(name) and row.entry.english), None
    )
    if entry is None:
        return glossary.translate(name) or name
    plain = [words for words in entry.english if not BOUND_WORDS.search(words)]
    return entry.english[0] if entry.term == name else min(plain or entry.english, key=len)


def find_column(label: str, query: Query, taken: Sequence[Span]) -> Borne | None:
    """Find what a column measures in the words of a question no row has ``taken``; None below half of its name."""
    rest = _without(query.text, taken)
    if label and label in rest:
        return _at(rest, label, 1.0)
    if (borne := _by_glossary(label, query)) is not None:
        return borne
    spans = _shared(label, rest)
    share = len(_covered(label, rest)) / len(label) if label else 0.0
    return Borne(tuple(spans), share) if share >= MIN_SHARE else None


def find_weakly(label: str, query: Query, taken: Sequence[Span]) -> Borne:
    """Find what little of a column's name the rest of a question holds, which may be nothing."""
    return Borne(tuple(_shared(label, _without(query.text, taken))), WEAK_SHARE)


def _without(text: str, taken: Sequence[Span]) -> str:
    masked = list(text)
    for span in taken:
        masked[span.start : span.end] = "\x00" * (span.end - span.start)
    return "".join(masked)


def _shared(name: str, text: str) -> list[Span]:
    """Return the stretches of ``text`` of two or more characters that stand in ``name``."""
    name = fold(name)
    positions = {
        i + k for i in range(len(text) - 1) if _pair(text[i : i + 2]) and text[i : i + 2] in name for k in (0, 1)
    }
    return [Span(i, i + 1) for i in sorted(positions)]


def _covered(name: str, text: str) -> set[int]:
    return {i + k for i in range(len(name) - 1) if _pair(name[i : i + 2]) and name[i : i + 2] in text for k in (0, 1)}


def _pair(words: str) -> bool:
    return all("一" <= character <= "鿿" for character in words)


def longest(found: Sequence[tuple[Row, Borne]]) -> list[tuple[Row, Borne]]:
    """Leave out rows whose words lie within the longer words of another row."""
    kept = []
    for row, borne in found:
        own = borne.spans[0]
        if not any(_inside(own, other.spans[0]) for _, other in found):
            kept.append((row, borne))
    return kept


def _inside(own: Span, other: Span) -> bool:
    return other.start <= own.start and own.end <= other.end and other.end - other.start > own.end - own.start
