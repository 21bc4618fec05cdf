"""Who exceeds whom: a comparison has its sides where its quote has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.answering.sense_words import sense_words
from rag.answering.support import Problem, Support
from rag.folding import fold

SENTENCE = re.compile(r"[^。！？!?;\n]+")
CLAUSE = re.compile(r"[^,，:：]*")
COMPARED = r"(?<![占同环对相])比(?!上年|去年|重|例|如|较|值|赛|拼|率)(?P<than>[^比,，]{1,16}?)"
HAN_PAIR = re.compile(r"(?=([一-鿿]{2}))")


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison's words, and what only its one and only its other side says, as pairs of characters.

    ``more`` when the first is the greater.
    """

    words: str
    first: frozenset[str]
    second: frozenset[str]
    more: bool


def check_relations(text: str, support: Support) -> list[Problem]:
    """Return a problem for a Chinese comparison that a quote has only the other way round."""
    quoted = [relation for quote in support.quotes for relation in find_relations(quote.folded)]
    problems = []
    for said in find_relations(fold(text)):
        fits = [fit(said, other) for other in quoted]
        if min(fits, default=0) < 0 and max(fits) <= 0:
            problems.append(Problem("relation", said.words, "the quote has it the other way round"))
    return problems


def find_relations(folded: str) -> list[Relation]:
    """Return the comparisons of folded text, at most one a sentence and direction: A高于B, A比B少."""
    found = [_relation(match.group(), more) for match in SENTENCE.finditer(folded) for more in (True, False)]
    return [relation for relation in found if relation is not None]


def _relation(sentence: str, more: bool) -> Relation | None:
    match = _pattern("more_than" if more else "less_than").search(sentence)
    if match is None:
        return None
    rest = CLAUSE.match(sentence, match.end())
    first = frozenset(HAN_PAIR.findall(sentence[: match.start()]))
    second = frozenset(HAN_PAIR.findall(match["than"] or (rest.group() if rest else "")))
    return Relation(match.group(), first - second, second - first, more)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Match a verb of the list (高于), or 比 up to an adjective of it (比…高)."""
    verbs = "|".join(word for word in sense_words(name) if len(word) > 1)
    adjectives = "".join(word for word in sense_words(name) if len(word) == 1)
    return re.compile(rf"{COMPARED}[{adjectives}]|{verbs}")


def fit(said: Relation, quoted: Relation) -> int:
    """Return 1 where a comparison's sides stand as quoted, -1 where they are exchanged, 0 where neither is sure."""
    straight = bool(said.first & quoted.first) and bool(said.second & quoted.second)
    crosswise = bool(said.first & quoted.second) and bool(said.second & quoted.first)
    if straight == crosswise:
        return 0
    return 1 if straight == (said.more == quoted.more) else -1
