"""What a rewritten follow-up may say: only what its dialogue said, and all that the follow-up itself asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.claims import years_in
from rag.answering.sense_words import sense_words
from rag.asking.areas import QUOTED, find_areas
from rag.asking.knowledge import Knowledge
from rag.asking.question import Kind, Question
from rag.asking.words import word_lists
from rag.folding import fold
from rag.numerals import QUANTITY, Number, find_numbers, same_quantity
from rag.types import Turn
from rag.writing.words import pattern, words

HAN_RUN = re.compile(r"[一-鿿]+")
LATIN = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
EXPLETIVE = re.compile(r"\b(is|are|was|were|will be) there\b|\bthere (is|are|was|were|will be)\b")
WITHOUT_PLACE = frozenset({Kind.PLACE, Kind.RANKING, Kind.COLLECTION, Kind.COUNT_REPORTS})
PLAIN = frozenset({Kind.FACT, Kind.FIGURE, Kind.LIST, Kind.DEFINITION})
PIECE_CHARS = (2, 3)
MAX_JOINING_CHARS = 4
MEANINGFUL_LISTS = ("target", "hedge", "up", "down", "at_least", "at_most", "about")


def is_open(question: Question, alone: Question, turns: Sequence[Turn], knowledge: Knowledge) -> bool:
    """Tell whether the rules left a follow-up, ``alone`` as it was typed, leaning on the turns before it.

    It does with a pronoun, unless it names its place itself, or with 呢 without a question word, or without a place.
    """
    leans = not alone.places and leans_on_others(question)
    return leans or lacks_place(question, turns, knowledge)


def leans_on_others(question: Question) -> bool:
    """Tell whether a pronoun or an ellipsis is left in a completed question."""
    bare = EXPLETIVE.sub(" ", QUOTED.sub(" ", fold(question.standalone)))
    return bool(word_lists().patterns["pronouns"].search(bare) or pattern("left_open").search(bare))


def lacks_place(question: Question, turns: Sequence[Turn], knowledge: Knowledge) -> bool:
    """Tell whether a question that does not ask for a place names none, though the turns before it do."""
    if question.places or question.mentions or question.report_ids or question.kind in WITHOUT_PLACE:
        return False
    return any(area.scope for turn in turns for area in find_areas(turn.question, knowledge))


def keeps_wish(completed: Question, alone: Question) -> bool:
    """Tell whether a rewritten question keeps the places, years, words and kind of the follow-up as it was typed."""
    text = fold(completed.standalone)
    named = {*completed.places, *completed.mentions}
    terms = [part for term in alone.terms for part in fold(term).split() if not pattern("pointing").fullmatch(part)]
    return (
        (alone.kind is completed.kind or {alone.kind, completed.kind} <= PLAIN)
        and completed.language == alone.language
        and {*alone.places, *alone.mentions} <= named
        and set(alone.years) <= {*completed.years, *completed.report_years}
        and all(term in text for term in terms)
    )


def keeps_to(text: str, said: Sequence[str], knowledge: Knowledge) -> bool:
    """Tell whether every place, year, figure and word of ``text`` stands in what was ``said``."""
    places = {area.name for row in said for area in find_areas(row, knowledge)}
    years = {year for row in said for year in years_in(row)}
    areas = find_areas(text, knowledge)
    if not {area.name for area in areas} <= places or not set(years_in(text)) <= years:
        return False
    numbers = find_numbers(text)
    if not all(_is_said(number, said) for number in numbers if number.kind == QUANTITY):
        return False
    spans = [(area.start, area.end) for area in areas] + [(number.start, number.end) for number in numbers]
    return _words_stand(_blank(text, spans), fold("\n".join(said)))


def _is_said(number: Number, said: Sequence[str]) -> bool:
    return any(same_quantity(number, other) for row in said for other in find_numbers(row))


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    folded = fold(text)
    for start, end in spans:
        folded = folded[:start] + " " * (end - start) + folded[end:]
    return folded


def _words_stand(folded: str, known: str) -> bool:
    joining = words("restating")
    meaningful = {word for name in MEANINGFUL_LISTS for word in sense_words(name)}
    latin = (word_lists().english_stop - meaningful) | set(LATIN.findall(known))
    return all(word in latin for word in LATIN.findall(folded)) and all(
        is_made_of(stretch, known, joining) for stretch in HAN_RUN.findall(folded)
    )


def is_made_of(stretch: str, known: str, joining: frozenset[str]) -> bool:
    """Tell whether a stretch is put together from joining words and from pieces of ``known`` of two characters or more.

    Longer pieces fall apart into pieces of two and three, so that only those are tried.
    """
    reached = {0}
    for start in range(len(stretch)):
        if start not in reached:
            continue
        for size in range(1, min(MAX_JOINING_CHARS, len(stretch) - start) + 1):
            piece = stretch[start : start + size]
            if piece in joining or (size in PIECE_CHARS and piece in known):
                reached.add(start + size)
    return len(stretch) in reached
