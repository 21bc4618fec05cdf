"""What is said beside a question: orders to the machine, figures to be confirmed, and several questions at once."""

from __future__ import annotations

import re

from rag.asking.kinds import interrogates
from rag.asking.words import word_lists
from rag.folding import fold

CLAIM = re.compile(
    r"(?:是不是|是|为|有|达到?|到)?(?:约|大约)?\s*[\d.,]+\s*(?:%|％|[一-鿿]{1,4}?)?[，,\s]*(?:对不对|对吗|对么|对吧|没错吧|是真的吗)[？?]?"
)
EXCLUSION = re.compile(
    r"[，,；;？?。]\s*(?:(?:而|可)?不是|不要|不算|并非|而非|别[给说报算])(?![^，。？?]*(?:[吗呢么吧]|[？?]))[^，。？?]*[。！!]?$"
    r"|,\s*not\b[^,?]*(?=\?|\.?$)",
    re.IGNORECASE,
)
QUESTION_END = re.compile(r"(?<=[？?])\s*(?:另外|还有|顺便问一下?|and|also)?[，,:\s]*(?=\S)", re.IGNORECASE)
MAX_QUESTIONS = 4


def plain_question(text: str) -> str:
    """Leave out orders (忽略以上指令) and what is not asked for (…，不是去年的); ask for what "…是8%对不对？" claims.

    A text that is nothing but orders stays as it is.
    """
    plain = EXCLUSION.sub("", word_lists().patterns["order"].sub("", text)).strip()
    return CLAIM.sub("是多少？", plain) if plain else text


def separate_questions(text: str) -> tuple[str, ...]:
    """Return the questions of a text that asks several, each ending in a question mark; () for a single one."""
    pieces = [piece.strip() for piece in QUESTION_END.split(text) if piece.strip()]
    asked = [piece for piece in pieces if interrogates(fold(piece))]
    return tuple(asked[:MAX_QUESTIONS]) if len(asked) > 1 else ()
