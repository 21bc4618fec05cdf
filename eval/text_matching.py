"""How an answer is compared with what it should say: spaces, widths and case aside, figures whole."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
LIST_NUMBER = re.compile(r"^\s*\(?\d{1,2}[.、)](?!\d)", re.MULTILINE)
LONGEST_COMMON_SHARE = 0.6
SHORTEST_PART_SHARE = 0.5


def normalise(text: str) -> str:
    """NFKC, lower case, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def figures_in(*texts: str) -> frozenset[str]:
    """Numbers written in the texts, without thousands separators; two texts never run together."""
    folded = (unicodedata.normalize("NFKC", text) for text in texts)
    return frozenset(figure.replace(",", "") for text in folded for figure in FIGURE.findall(text))


def _pattern(alternative: str) -> str:
    head = r"(?<!\d)(?<!\d[.,])" if alternative[0].isdigit() else ""
    tail = r"(?!\d|[.,]\d)" if alternative[-1].isdigit() else ""
    return head + r"\s*".join(map(re.escape, alternative)) + tail


def states(text: str, alternatives: Iterable[str]) -> bool:
    """Whether one of the alternatives stands in the text, spaces aside, and not inside a longer figure."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return any(re.search(_pattern(wanted), folded) for wanted in map(normalise, alternatives) if wanted)


def unsupported_figures(answer: str, bearers: Sequence[str]) -> tuple[str, ...]:
    """Figures of the answer that no bearer holds, ascending as text.

    List numbers are not figures. A sum or difference of two borne figures that the answer itself shows is borne.
    """
    stated = figures_in(LIST_NUMBER.sub("", answer))
    known = figures_in(*bearers, *map(normalise, bearers))
    shown = [float(figure) for figure in stated & known]
    derived = {round(value, 6) for a in shown for b in shown for value in (a + b, abs(a - b))}
    return tuple(sorted(figure for figure in stated - known if round(float(figure), 6) not in derived))


def overlaps(evidence: str, quote: str) -> bool:
    """Whether a quote covers the evidence: holds it, is at least half of it, or shares 60% of it in one piece."""
    wanted, given = normalise(evidence), normalise(quote)
    if not wanted or not given:
        return False
    if wanted in given or (given in wanted and len(given) >= SHORTEST_PART_SHARE * len(wanted)):
        return True
    matcher = difflib.SequenceMatcher(None, wanted, given, autojunk=False)
    return matcher.find_longest_match().size >= LONGEST_COMMON_SHARE * len(wanted)


def holds(evidence: str, text: str) -> bool:
    """Whether the evidence stands whole in the text, white space aside."""
    wanted = normalise(evidence)
    return bool(wanted) and wanted in normalise(text)
