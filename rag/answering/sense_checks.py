"""Does a stretch mean what its quotes mean: result or target, up or down, yes or no?"""

from __future__ import annotations

import re

from rag.answering.claims import CLAUSE_END, claims_in
from rag.answering.sense_words import find_words, has_word, opposites
from rag.answering.support import Problem, Quoted, Support
from rag.folding import fold
from rag.numerals import same_quantity
from rag.types import Reading

CONTENT_CHARS = 2
VERDICTS = frozenset({"达到", "完成", "实现"})
MIN_COVERED_SHARE = 0.5
MIN_CHECKED_BIGRAMS = 10
HAN = re.compile(r"[\u4e00-\u9fff]")


def check_reading(text: str, support: Support) -> list[Problem]:
    """Return a problem where a target is told as reached, a result as aimed at, or an estimate as certain."""
    folded = fold(text)
    aims = has_word("target", folded, without="not_target")
    hedges = has_word("hedge", folded)
    problems = []
    for reading in _lost_words(text, support, aims=aims, hedges=hedges):
        problems.append(Problem("reading", text, f"the quote says {reading}"))
    readings = {quote.reading for quote in support.quotes}
    quoted_aims = has_word("target", support.folded, without="not_target")
    if aims and not quoted_aims and not has_word("hedge", support.folded):
        said_done = any(has_word("reached", quote.folded, without="not_reached") for quote in support.quotes)
        if not readings & {Reading.TARGET, Reading.PLAN} and (Reading.RESULT in readings or said_done):
            problems.append(Problem("reading", text, "a result is told as a target"))
    claimed = "reached" if aims else "result"
    if readings <= {Reading.TARGET, Reading.PLAN} and _adds(claimed, folded, support):
        problems.append(Problem("reading", text, "a target is told as reached"))
    return problems


def _adds(name: str, folded: str, support: Support) -> bool:
    """Tell whether a text holds a word of the list that no quote holds."""
    said = {match["word"] for match in find_words(name, folded, without="not_reached")}
    return bool(said - {match["word"] for match in find_words(name, support.folded, without="not_reached")})


def _lost_words(text: str, support: Support, *, aims: bool, hedges: bool) -> set[str]:
    """Return the target and estimate words of the quoted clauses whose figures the text states without them."""
    lost: list[set[str]] = []
    for claim in claims_in(text):
        fitting = [
            _modal_words(quote, other.number.start)
            for quote in support.quotes
            for other in quote.claims
            if same_quantity(claim.number, other.number)
        ]
        if fitting:
            lost.append(min(fitting, key=len))
    words = set().union(*lost) if lost else set()
    estimates = {match["word"] for word in words for match in find_words("hedge", word)}
    missing = set() if hedges or (aims and estimates <= {"预期"}) else estimates
    return missing | (set() if aims or hedges else words - estimates)


def _modal_words(quote: Quoted, position: int) -> set[str]:
    """Return the words of the clause up to ``position`` that make it a target or an estimate."""
    start = max((match.end() for match in CLAUSE_END.finditer(quote.folded, 0, position)), default=0)
    clause = quote.folded[start:position]
    strong = [match for match in find_words("target", clause, without="not_target") if len(match["word"]) > 1]
    return {match["word"] for match in (*strong, *find_words("hedge", clause))}


def check_opposites(text: str, support: Support) -> list[Problem]:
    """Return a problem for a word whose opposite, but not itself, stands in the quotes."""
    folded, quoted = fold(text), support.folded
    problems = []
    for word, opposite in opposites():
        if (
            _holds(word, folded)
            and not _holds(word, quoted)
            and _holds(opposite, quoted)
            and not _holds(opposite, folded)
            and not _told_by_sign(word, support)
        ):
            problems.append(Problem("direction", word, f"the quote says {opposite}"))
    return problems


def _told_by_sign(word: str, support: Support) -> bool:
    """Tell whether a cell of a quoted table has, by its sign, the direction ``word`` names."""
    signs = {claim.direction for quote in support.quotes if " | " in quote.folded for claim in quote.claims}
    return any(name in signs and has_word(name, word) for name in ("up", "down"))


def _holds(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}" if word.isascii() else re.escape(word), text) is not None


def check_negation(text: str, support: Support) -> list[Problem]:
    """Return a problem where a text denies what its quotes affirm, or affirms what they deny."""
    folded, quoted = fold(text), support.folded
    problems = []
    denied = _denied(quoted)
    for word, content in _denied(folded):
        if word.isascii():
            if not denied and not _weighs(support):
                problems.append(Problem("negation", word, "the quote denies nothing"))
        elif content in VERDICTS and _weighs(support):
            continue
        elif content and not any(content[0] == other[:1] or content in other for _, other in denied):
            problems.append(Problem("negation", word + content, "the quote does not deny this"))
    for word, content in denied:
        if len(content) == CONTENT_CHARS and _affirms(folded, content) and not _affirms(quoted, content):
            problems.append(Problem("negation", content, f"the quote says {word}{content}"))
    return problems + _dropped(folded, quoted)


def _dropped(folded: str, quoted: str) -> list[Problem]:
    """Find negations of the quotes that a text copies around: 产量没有完成计划 told as 产量完成计划."""
    problems = []
    for match in find_words("negation", quoted, without="not_negation"):
        seam = quoted[max(0, match.start() - CONTENT_CHARS) : match.start()] + quoted[match.end() :][:CONTENT_CHARS]
        if len(seam) == 2 * CONTENT_CHARS and "\n" not in seam and seam in folded and seam not in quoted:
            problems.append(Problem("negation", seam, f"the quote says {match['word']}"))
    return problems


def _weighs(support: Support) -> bool:
    """Tell whether a stretch cites a target and a result, which it may weigh against each other."""
    readings = {quote.reading for quote in support.quotes}
    return Reading.RESULT in readings and bool(readings & {Reading.TARGET, Reading.PLAN})


def _denied(text: str) -> list[tuple[str, str]]:
    """Return each negation with the two characters after it."""
    found = []
    for match in find_words("negation", text, without="not_negation"):
        following = re.match(r"[\u4e00-\u9fff]{0,2}", text[match.end() :])
        found.append((match["word"], following.group() if following else ""))
    return found


def _affirms(text: str, content: str) -> bool:
    """Tell whether ``content`` stands somewhere without a negation right before it."""
    denied = {match.end() for match in find_words("negation", text, without="not_negation")}
    return any(match.start() not in denied for match in re.finditer(re.escape(content), text))


def check_wording(text: str, support: Support, *, question: str) -> list[Problem]:
    """Return a problem when most of a Chinese stretch's characters pairs stand in no quote, heading or the question."""
    known = _bigrams(support.folded) | _bigrams(support.context) | _bigrams(fold(question))
    said = _bigrams(fold(text))
    if len(said) < MIN_CHECKED_BIGRAMS or len(said & known) >= MIN_COVERED_SHARE * len(said):
        return []
    return [Problem("wording", text, "is mostly not in the words of its quotes")]


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1) if HAN.match(text[i]) and HAN.match(text[i + 1])}
