"""Walk a report's text and make a figure of every amount that is stated of something."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.figures.context import fallback_years, named_years, reading_of_words, settled_reading
from rag.figures.phrases import (
    COORDINATED,
    MAX_CHARS,
    clean_phrase,
    is_generic,
    is_only_verbs,
    is_relation,
    read_after,
    read_before,
)
from rag.figures.skipping import is_attribute, is_figure
from rag.figures.table_rows import is_table_row, table_figures
from rag.folding import fold
from rag.numerals import QUANTITY, Number, find_numbers
from rag.reading.periods import YearMention, resolve_years
from rag.sentences import Span, split_sentences
from rag.types import Figure, Profile, Reading, Section

CLAUSE_END = re.compile(r"[,;:。！？!?\n]")
NEXT_STOP = re.compile(r"[,;:。！？!?\n、]")
JOINED = re.compile(r"\s*(?:、|和|及|与|以及|,|-+|~|至|到)\s*")


@dataclass(slots=True)
class _Sentence:
    """What is carried from figure to figure inside one sentence."""

    span: Span
    section: Section
    subject: str = ""
    main: str = ""
    direction: str = ""
    cursor: int = 0
    queue: list[str] = field(default_factory=list)
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN


@dataclass(frozen=True, slots=True)
class _Text:
    report_id: str
    text: str
    folded: str
    numbers: list[Number]
    starts: list[int]
    profile: Profile
    mentions: tuple[YearMention, ...]
    mention_starts: list[int]

    def mentions_within(self, start: int, end: int) -> tuple[YearMention, ...]:
        return self.mentions[bisect_left(self.mention_starts, start) : bisect_left(self.mention_starts, end)]

    def within(self, start: int, end: int) -> list[Number]:
        return self.numbers[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def extract_figures(report_id: str, text: str, sections: tuple[Section, ...], profile: Profile) -> tuple[Figure, ...]:
    """Return the figures of ``text`` in reading order; () for a text without any.

    An indicator a clause leaves out is inherited from the clause before. Years and reading come from the clause, else
    the sentence, the section, the report. Amounts that only describe a thing (10亿元以上项目) belong to its name.
    """
    numbers = find_numbers(text)
    mentions = resolve_years(text, profile.current_year)
    source = _Text(
        report_id,
        text,
        fold(text),
        numbers,
        [number.start for number in numbers],
        profile,
        mentions,
        [mention.start for mention in mentions],
    )
    found: list[Figure] = []
    for section in sections:
        lines = split_sentences(text, section.heading_end, section.end)
        rows = [span for span in lines if is_table_row(text[span.start : span.end])]
        found += table_figures(report_id, text, rows, section, profile)
        for span in lines:
            if span not in rows:
                found += _sentence_figures(source, _Sentence(span, section, cursor=span.start))
    return tuple(sorted(found, key=lambda figure: (figure.start, figure.end)))


def _sentence_figures(source: _Text, sentence: _Sentence) -> Iterator[Figure]:
    numbers = [number for number in source.within(*sentence.span) if number.kind == QUANTITY]
    for index, number in enumerate(numbers):
        following = numbers[index + 1].start if index + 1 < len(numbers) else sentence.span.end
        stop = NEXT_STOP.search(source.folded, number.end, sentence.span.end)
        after = source.folded[number.end : min(following, stop.start() if stop else sentence.span.end)]
        clause_start = _clause_start(source.folded, sentence.span.start, number.start)
        before = source.folded[max(clause_start, sentence.cursor) : number.start]
        if not is_figure(number, before, after) or is_attribute(
            number, before, after, stop and stop.start() > following
        ):
            continue
        yield _figure(source, sentence, number, clause_start, after)


def _clause_start(folded: str, start: int, end: int) -> int:
    position = start
    for match in CLAUSE_END.finditer(folded, start, end):
        if (
            match.group() == ","
            and folded[match.end() : match.end() + 1].isdigit()
            and folded[match.start() - 1].isdigit()
        ):
            continue
        position = match.end()
    return position


def _figure(source: _Text, sentence: _Sentence, number: Number, clause_start: int, after: str) -> Figure:
    """Make the figure and remember what the next one may inherit."""
    start = max(clause_start, sentence.cursor)
    before = source.folded[start : number.start]
    parsed = read_before(before)
    qualifiers_after, noun = read_after(after, number.unit)
    if not noun and sentence.subject and JOINED.fullmatch(before):
        indicator = sentence.queue.pop(0) if sentence.queue else sentence.subject
        direction = sentence.direction
    else:
        sentence.queue = []
        indicator = _indicator(parsed.phrase, noun, sentence, coordinated=bool(COORDINATED.search(before)))
        indicator = _as_written(source, indicator, start, number.end + len(after))
        direction = parsed.direction or ("up" if number.unit == "番" else "")
        if parsed.distributes:
            indicator = _distribute(source, sentence, number, indicator)
    sentence.direction = direction
    taken = after.find(noun) + len(noun) if noun else sum(map(len, qualifiers_after))
    sentence.cursor = number.end + taken
    years, reading = _time(source, sentence, number, clause_start, qualifiers=parsed.qualifiers)
    sentence.subject = indicator or sentence.subject
    sentence.main = sentence.main if _inherits(before) and sentence.main else sentence.subject
    return Figure(
        source.report_id,
        sentence.section.index,
        indicator,
        number.value,
        number.unit,
        source.text[number.start : number.end],
        " ".join((*parsed.qualifiers, *(["多"] if number.more else []), *qualifiers_after)),
        direction,
        source.profile.place,
        years,
        reading,
        number.start,
        number.end,
    )


def _as_written(source: _Text, indicator: str, start: int, end: int) -> str:
    """Return the indicator in the report's own spelling where it stands in one piece."""
    position = source.folded.find(indicator, start, end)
    return source.text[position : position + len(indicator)] if position >= 0 else indicator


def _inherits(before: str) -> bool:
    return before.lstrip("、， ").startswith("其中")


def _indicator(phrase: str, noun: str, sentence: _Sentence, *, coordinated: bool) -> str:
    """Choose the indicator: the words before, with the noun after a count, else what the sentence spoke of."""
    if is_relation(phrase):
        return sentence.subject
    inherits = _inherits(phrase)
    inherited = sentence.main if inherits else sentence.subject
    cleaned = clean_phrase("" if noun and phrase.endswith("等") else phrase, coordinated=coordinated)
    if is_only_verbs(cleaned):
        noun = clean_phrase(noun) or (inherited if len(cleaned) + len(inherited) <= MAX_CHARS else "")
        return cleaned + noun or inherited
    if noun and len(cleaned) + len(noun) <= MAX_CHARS:
        return cleaned + noun
    narrows = inherits and re.match(r"其中,?(?:过|超|达)?\d", phrase.lstrip("、， "))
    if narrows or (is_generic(cleaned) and phrase.startswith("、") and len(inherited) <= MAX_CHARS - 8):
        return inherited + cleaned
    return cleaned


def _distribute(source: _Text, sentence: _Sentence, number: Number, indicator: str) -> str:
    """A、B分别增长5%、6%: return A and keep B for the next figure."""
    items = [clean_phrase(item) for item in re.split(r"、|(?<=.{2})(?:和|以及|与|(?<!普)及)", indicator)]
    items = [item for item in items if item]
    count, end = 1, number.end
    for other in source.within(number.end, sentence.span.end):
        if not re.fullmatch(r"\s*(?:以上|左右)?(?:、|和|及|与|以及)\s*", source.folded[end : other.start]):
            break
        count, end = count + 1, other.end
    if count < 2 or len(items) < count:
        return indicator
    sentence.queue = items[-count + 1 :]
    return items[-count]


def _head(words: str) -> str:
    """Return what stands before a colon; a list after it is meant as the colon's head says."""
    head, colon, _ = words.partition(":")
    return head if colon else ""


def _time(
    source: _Text, sentence: _Sentence, number: Number, clause_start: int, *, qualifiers: tuple[str, ...]
) -> tuple[tuple[int, ...], Reading]:
    """Return years and reading from the clause, else carried in the sentence, else the section and the report."""
    folded, mentions = source.folded, source.mentions_within(*sentence.span)
    reading = reading_of_words(folded[clause_start : number.start])
    if reading == Reading.UNKNOWN:
        reading = sentence.reading
    if reading == Reading.UNKNOWN:
        reading = reading_of_words(_head(folded[sentence.span.start : clause_start]))
    sentence.reading = reading
    named = named_years(folded, mentions, clause_start, number.start)
    if not (qualifiers and qualifiers[-1] in ("由", "从")):
        named = named or sentence.years or named_years(folded, mentions, sentence.span.start, clause_start)
        sentence.years = named
        years = named or fallback_years(sentence.section, source.profile, reading)
    else:
        years = named
    return years, settled_reading(reading, years, sentence.section, source.profile)
