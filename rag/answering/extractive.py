"""The extractive reader: takes the model's place where none is set, or where it fails.

It says the words of the evidence that fit the question best, for each place and year asked about, or that nothing fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.asked import Asked
from rag.answering.items import Item, NotFound
from rag.answering.reader_windows import MAX_WINDOW_CHARS, Wanted, Window, weighed, windows
from rag.finding.gathering import Evidence
from rag.finding.scope import Group
from rag.types import Claim

EVIDENCE_CHARS = 5_000
MAX_CLAIMS = 3
MIN_CLAIM_CHARS = 40
# A report of another place or year speaks too, where no place is asked about, if its window ranks nearly as well.
NEARLY = 0.5
CLOSERS = "，；：。、,;:. \n"


class ExtractiveAnswerer:
    """Answers with the reports' own words."""

    name = "evidence"
    evidence_chars = EVIDENCE_CHARS

    def close(self) -> None:
        """Hold nothing."""

    def answer(self, asked: Asked, evidence: Evidence, problems: Sequence[str] = ()) -> Iterator[Item]:
        """Yield a claim for each place and year asked about, in the words of its best window, or a refusal."""
        wanted = Wanted(asked, evidence)
        ranked = sorted(windows(wanted, asked, evidence), key=lambda each: -weighed(each, "ranking"))
        chosen = [each for each in _chosen(ranked, asked) if weighed(each, "answering") >= 0]
        if not chosen:
            yield NotFound("")
        for window in chosen:
            words = " ".join(window.text.split()).strip(CLOSERS)
            is_named = len(chosen) == 1 and bool(asked.scope.places)
            opening = "" if is_named else _opening(window, asked.language, with_year=len(chosen) > 1)
            yield Claim(f"{opening}{words}", ((window.span.number, window.text),))


def _chosen(ranked: Sequence[Window], asked: Asked) -> list[Window]:
    """Return the best window; of each group where several are asked about, of each report where no place is."""
    groups = asked.scope.groups
    if len(groups) > 1:
        most = max(MIN_CLAIM_CHARS, MAX_WINDOW_CHARS // len(groups))
        best = [_best([each for each in ranked if _is_of(each, group)], most) for group in groups]
        return list(dict.fromkeys(each for each in best if each is not None))[:MAX_CLAIMS]
    if not ranked or groups:
        return list(ranked[:1])
    least = weighed(ranked[0], "ranking") - NEARLY
    near = {each.span.report_id: each for each in reversed(ranked) if weighed(each, "ranking") >= least}
    return list(reversed(near.values()))[:MAX_CLAIMS]


def _best(ranked: Sequence[Window], max_chars: int) -> Window | None:
    short = (each for each in ranked if each.end - each.start <= max_chars)
    return next(short, ranked[0] if ranked else None)


def _is_of(window: Window, group: Group) -> bool:
    return window.span.report_id in group.report_ids and (group.year is None or group.year in window.years)


def _opening(window: Window, language: str, *, with_year: bool) -> str:
    """Name the place, and the year where several are told apart."""
    place = window.span.place or ""
    year = str(window.years[0]) if with_year and len(window.years) == 1 else ""
    if language == "en":
        return ", ".join(filter(None, (place, year))) + (": " if place or year else "")
    return f"{place}{year + '年' if year else ''}：" if place or year else ""
