"""What a question wants written: a plain answer, a comparison, a summary or an explanation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.writing.words import pattern, patterns

# Their answers are calculated or counted; a model has nothing to add but errors.
READER_ONLY = frozenset({Kind.SUM, Kind.DIFFERENCE, Kind.COMPARISON, Kind.RANKING, Kind.COLLECTION, Kind.COUNT_REPORTS})
COUNTS = {word: n for n, word in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
ENGLISH_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
# A question word for one fact makes 归纳为哪五个 or "which report describes" a plain question after all.
ASKS_FACT = {
    "summarise": re.compile(r"哪|什么|多少|几[个项条家大]|谁|\b(?:which|who|when|how (?:many|much))\b"),
    "change": re.compile(r"多少|几[个项条家]|谁|\bhow (?:many|much)\b"),
    "explain": re.compile(r"哪|多少|谁|几[个项条家]|\b(?:which|who|when|how (?:many|much))\b"),
}
DEFAULT_POINTS, MAX_POINTS = 3, 8


@dataclass(frozen=True, slots=True)
class Wish:
    """``prompt`` names the prompt; ``open_ended`` requests are answered from whole sections, in ``points`` sentences.

    ``whole`` says that no topic limits the request: it is about a report as a whole.
    """

    prompt: str
    open_ended: bool = False
    points: int = DEFAULT_POINTS
    whole: bool = False


def find_wish(question: Question) -> Wish | None:
    """Decide how a question is to be written; None where the evidence reader's answer stands as it is."""
    folded = fold(question.standalone)
    for name, prompt in (("summarise", "summarise"), ("change", "compare"), ("explain", "explain")):
        if pattern(name).search(folded) and not ASKS_FACT[name].search(folded):
            return Wish(prompt, True, find_points(folded), whole=not topic_of(question))
    if question.kind in READER_ONLY:
        return None
    return Wish("compare" if len(question.slots) > 1 else "answer")


def find_points(folded: str) -> int:
    """Return how many points a request asks for; three when it does not say."""
    for expression in patterns("points"):
        for match in expression.finditer(folded):
            word = match["n"] if "n" in match.groupdict() else match["word"].lower()
            count = int(word) if word.isdigit() else (COUNTS | ENGLISH_COUNTS).get(word, DEFAULT_POINTS)
            return max(1, min(MAX_POINTS, count))
    return DEFAULT_POINTS


def topic_of(question: Question) -> str:
    """Return what is left of a request without places, years and the words every such request has; maybe ""."""
    # English questions keep Chinese slogans out of their terms.
    slogans = re.findall(r"[一-鿿]{2,}", question.standalone) if question.language == "en" else []
    terms = " ".join((*slogans, *question.terms))
    for place in (*question.places, *question.mentions):
        terms = terms.replace(place, " ")
    bare = re.sub(r"(?:19|20)\d\d年?|\d+", " ", pattern("generic").sub(" ", fold(terms)))
    return " ".join(word for word in re.findall(r"[\w-]+", bare) if len(word) > 1)


def topical(question: Question) -> Question:
    """Return a request as a question for its bare topic, so that no word of the request itself is looked for."""
    topic = tuple(topic_of(question).split())
    bare = (
        question if question.language == "en" else replace(question, standalone="".join(topic) or question.standalone)
    )
    return replace(bare, terms=topic, topic="".join(topic), kind=Kind.FACT, asks=(), units=(), expected_count=None)
