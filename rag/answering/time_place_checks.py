"""Are the years and places a stretch names those of its quotes?"""

from __future__ import annotations

import re

from rag.answering.claims import years_in
from rag.answering.support import Problem, Support
from rag.folding import fold
from rag.places import Gazetteer, PlaceMention

REPORT_YEAR = re.compile(
    r"((?:19|20)\d\d)年?[^,，。;；:：\d]{0,16}(?:工作报告|报告|公报|讲话)|(?:19|20)\d\d [^.,;:]{0,40}(?:report)"
)


def check_years(text: str, support: Support) -> list[Problem]:
    """Return a problem for each year that neither the quotes nor their place in the report give."""
    allowed = {year for quote in support.quotes for year in quote.named_years | quote.context_years}
    titles = {year for quote in support.quotes for year in years_in(quote.citation.title + " " + quote.citation.source)}
    problems = []
    for year in dict.fromkeys(years_in(text)):
        of_report = year in titles and any(str(year) in match.group() for match in REPORT_YEAR.finditer(fold(text)))
        if year not in allowed and not of_report:
            problems.append(Problem("year", str(year), "is not the year of the quote"))
    return problems


def check_places(text: str, support: Support, gazetteer: Gazetteer) -> list[Problem]:
    """Return a problem for each place that is neither named in the quotes nor the place of a cited report.

    A larger place counts only as part of the full name (江苏省扬中市 for 扬中市).
    """
    mentions = gazetteer.find_places(text)
    problems = []
    for index, mention in enumerate(mentions):
        follower = mentions[index + 1] if index + 1 < len(mentions) else None
        if not _is_borne(mention, follower, text, support, gazetteer):
            problems.append(Problem("place", mention.text, "is not the place of the quote"))
    return problems


def _is_borne(
    mention: PlaceMention, follower: PlaceMention | None, text: str, support: Support, gazetteer: Gazetteer
) -> bool:
    words = fold(mention.text)
    if words in support.folded or any(words in fold(name) for row in support.quotes for name in row.citation.section):
        return True
    places = [quote.citation.place for quote in support.quotes if quote.citation.place]
    names = {place.name for place in mention.candidates}
    if any(place in names or gazetteer.short_name(place) == mention.text for place in places):
        return True
    joined = follower is not None and not re.search(r"[\w]", text[mention.end : follower.start])
    return joined and any(gazetteer.is_within(place, mention.place) for place in places)
