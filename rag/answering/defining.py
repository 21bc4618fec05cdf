"""Whether words define a term or only use it."""

from __future__ import annotations

import re

from rag.asking.question import Question
from rag.folding import fold
from rag.reading.note_forms import QUOTE_MARKS

FOLLOWS = "就是|即|是指|指的是|意为|意思是|包括|是|指|--|:"
ASKING = re.compile("意思|含义|概念|内涵|解释|理解|指|代表|东西")
NUMERAL = "一二三四五六七八九十"
ITEM = re.compile("、|以及|和|与|及")


def terms_to_define(question: Question) -> list[str]:
    """Return the folded terms a question wants defined: those in quotation marks, else the only one it names."""
    quoted = [_bare(name) for name in question.quoted]
    terms = [_bare(term) for term in question.terms if not ASKING.fullmatch(term)]
    return quoted or (terms if len(terms) == 1 else [])


def uses(words: str, term: str) -> bool:
    """Say whether a folded term stands in ``words``, quotation marks aside."""
    return term in _bare(words)


def defines(words: str, term: str) -> bool:
    """Say whether ``words`` unfold a folded term: a defining word follows it, or all it counts stands right before."""
    words = _bare(words)
    if re.search(rf"{re.escape(term)}[^,;。]{{0,6}}?(?:{FOLLOWS})", words):
        return True
    series = re.search(rf"(?P<items>[^,;:。]*、[^,;:。]*?){re.escape(term)}", words)
    return series is not None and _is_whole(series["items"], term)


def _is_whole(items: str, term: str) -> bool:
    """Say whether a series before a term is as long as the term's number says; without one it must end with 等."""
    numeral = next((character for character in term.replace("两", "二") if character in NUMERAL), "")
    return len(ITEM.split(items)) == NUMERAL.index(numeral) + 1 if numeral else items.endswith("等")


def _bare(words: str) -> str:
    return fold(words).translate(QUOTE_MARKS)
