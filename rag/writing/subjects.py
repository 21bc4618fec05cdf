"""Is a figure told of the same thing as in its quote?

Verification finds every figure in a quote; a model that takes one from another line of
the evidence is caught here.
"""

from __future__ import annotations

import re
from functools import cache

from rag.answering.claims import CLAUSE_END, Claim, claims_in
from rag.answering.sense_words import sense_words
from rag.answering.support import Problem, Quoted, Support
from rag.folding import fold
from rag.glossary import Glossary
from rag.numerals import find_numbers, same_quantity
from rag.places import Gazetteer
from rag.writing.words import pattern

HAN_PAIR = re.compile(r"(?=([一-鿿]{2}))")
MIN_SHARE = 0.34
MIN_SHARE_AROUND = 0.5
AFTER_CHARS = 14
GENERIC_LISTS = ("up", "down", "target", "result", "hedge", "at_least", "at_most", "about")


@cache
def generic_words() -> re.Pattern[str]:
    """Match Chinese words that say how a figure is meant, not of what it is."""
    listed = {word for name in GENERIC_LISTS for word in sense_words(name) if len(word) > 1 and not word.isascii()}
    return re.compile(
        "|".join([*sorted(map(re.escape, listed), key=len, reverse=True), pattern("figure_frame").pattern])
    )


def content_pairs(text: str, gazetteer: Gazetteer) -> frozenset[str]:
    """Return the pairs of Chinese characters that name a subject: no figures, years, places or words of sense."""
    folded = fold(text)
    spans = [(number.start, number.end) for number in find_numbers(folded)]
    spans += [(mention.start, mention.end) for mention in gazetteer.find_places(folded)]
    for start, end in spans:
        folded = folded[:start] + " " * (end - start) + folded[end:]
    return frozenset(HAN_PAIR.findall(generic_words().sub(" ", folded)))


def check_subjects(words: str, support: Support, *, question: str, gazetteer: Gazetteer) -> list[Problem]:
    """Return a problem for each figure that the quotes give of another thing, or not clearly of this one."""
    return [
        Problem("subject", claim.number.text, "the quote gives this figure of something else")
        for claim in claims_in(words)
        if not _fits(claim, words, support, question=question, gazetteer=gazetteer)
    ]


def _fits(claim: Claim, words: str, support: Support, *, question: str, gazetteer: Gazetteer) -> bool:
    said = content_pairs(claim.clause, gazetteer) | content_pairs(words_after(fold(words), claim), gazetteer)
    for clause in clauses_before(fold(words), claim.number.start)[1:3]:
        said = said or content_pairs(clause, gazetteer)
    said = said or content_pairs(words, gazetteer) or content_pairs(question, gazetteer)
    if not said:
        return True
    return any(
        _share(said, quote, other, gazetteer)
        for quote in support.quotes
        for other in quote.claims
        if same_quantity(claim.number, other.number)
    )


def _share(said: frozenset[str], quote: Quoted, other: Claim, gazetteer: Gazetteer) -> bool:
    """Compare with the quote's clause, then with those before it that have no figure, then with the headings."""
    clauses = clauses_before(quote.folded, other.number.start)
    own = content_pairs(clauses[0] + " " + words_after(quote.folded, other), gazetteer)
    if own and len(said & own) >= MIN_SHARE * min(len(said), len(own)):
        return True
    around = own
    for clause in clauses[1:3]:
        around |= content_pairs(clause, gazetteer)
        if len(said & around) >= (MIN_SHARE_AROUND if own else MIN_SHARE) * len(said):
            return True
        if claims_in(clause) and own:
            return False
    headings = content_pairs(" ".join(quote.citation.section), gazetteer)
    return not own and len(said & (around | headings)) >= MIN_SHARE * len(said)


def words_after(folded: str, claim: Claim) -> str:
    """Return the words right after a figure, which may be what it counts (40个招商组), up to the next figure."""
    tail = CLAUSE_END.split(folded[claim.number.end :][:AFTER_CHARS])[0]
    return re.split(r"\d", tail, maxsplit=1)[0]


def clauses_before(folded: str, position: int) -> list[str]:
    """Return the clause up to ``position`` and those before it, nearest first."""
    return CLAUSE_END.split(folded[:position])[::-1]


def check_english_subjects(words: str, support: Support, glossary: Glossary) -> list[Problem]:
    """Return a problem where an English sentence names indicators, none of which its quotes or their headings name."""
    if not claims_in(words):
        return []
    named = [match.entry for match in glossary.find_english(words)]
    text = support.folded + "\n" + support.context
    if not named or any(fold(word) in text for entry in named for word in (entry.term, *entry.synonyms)):
        return []
    return [Problem("subject", named[0].term, "the quote speaks of something else")]
