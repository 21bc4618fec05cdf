"""What the cited quotes support, read once for all checks of a stretch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from rag.answering.claims import Claim, claims_in, years_in
from rag.answering.sense_words import has_word
from rag.answering.table_support import cell_claims
from rag.folding import fold
from rag.types import Citation, Reading


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an answer says that its citations do not: its ``kind``, the words, and why."""

    kind: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """One citation, read: its quote folded, its figures and years, and the years and reading of its place.

    ``row_label`` is the folded label of a table's row whose header is cited with it, else "".
    """

    citation: Citation
    folded: str
    claims: tuple[Claim, ...]
    named_years: frozenset[int]
    context_years: frozenset[int]
    reading: Reading
    row_label: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """All quotes a stretch is held to."""

    quotes: tuple[Quoted, ...]

    @property
    def folded(self) -> str:
        """The folded quotes, one a line."""
        return "\n".join(quote.folded for quote in self.quotes)

    @property
    def context(self) -> str:
        """The folded titles, sources, places and headings of the cited reports, one a line."""
        rows = [
            (row.citation.title, row.citation.source, row.citation.place or "", *row.citation.section)
            for row in self.quotes
        ]
        return fold("\n".join("\n".join(row) for row in rows))


@lru_cache(maxsize=256)
def read_citation(citation: Citation) -> Quoted:
    """Read one citation; results are kept, for an answer's stretches share them."""
    section = " ".join(citation.section)
    context = citation.years or tuple(years_in(section)) or tuple(years_in(citation.title))
    return Quoted(
        citation,
        fold(citation.quote),
        tuple(claims_in(citation.quote)),
        frozenset(years_in(citation.quote)),
        frozenset(context),
        _reading(citation, fold(section)),
    )


def _reading(citation: Citation, section: str) -> Reading:
    """Return the citation's own reading, else what its headings say."""
    if citation.reading != Reading.UNKNOWN:
        return citation.reading
    target, result = has_word("section_target", section), has_word("section_result", section)
    if target == result:
        return Reading.UNKNOWN
    return Reading.TARGET if target else Reading.RESULT


def make_support(citations: tuple[Citation, ...]) -> Support:
    """Read the citations of a stretch, rows of tables with the header cited beside them; none gives none."""
    return Support(tuple(_read_beside(citation, citations) for citation in citations))


def _read_beside(citation: Citation, citations: tuple[Citation, ...]) -> Quoted:
    """Read a citation; the cells of a table's row have the units and directions of the header cited with it."""
    quoted = read_citation(citation)
    if " | " not in citation.quote:
        return quoted
    others = [row.quote for row in citations if row.report_id == citation.report_id and "|" in row.quote]
    label, cells = cell_claims(citation.quote, others)
    return replace(quoted, claims=cells, row_label=label) if cells else quoted
