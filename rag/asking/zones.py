"""Towns and zones within a place, which have no reports of their own: 某某镇, 经济开发区."""

from __future__ import annotations

import re

from rag.asking.question import Question

ZONE = re.compile(r"[一-鿿]{2,8}?(?:镇|乡|街道|开发区|产业区|集中区|园区|新区|片区)(?![一-鿿])")
WHOLE_PLACE = re.compile(r"[全本我](?:市|县|区|省|国)|\bwhole\b")


def find_zone(question: Question, part: str = "") -> str:
    """Return the zone that ``part`` of a question names, else the one it begins with after its place.

    Without one, and where the question names several, it is "".
    """
    if own := ZONE.match(part):
        return own[0]
    found = [match for term in question.terms if (match := ZONE.match(term))]
    return found[0][0] if len(found) == 1 and question.terms[0].startswith(found[0][0]) else ""


def kept_zone(previous: Question, current: Question) -> str:
    """Return the zone an earlier question was about; "" where ``current`` names one or goes beyond it."""
    beyond = current.places or ZONE.search(" ".join(current.terms)) or WHOLE_PLACE.search(current.standalone)
    return "" if beyond else find_zone(previous)
