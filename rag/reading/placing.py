"""Find the place a report speaks for: from its title, its date line, its speaker, else from whom it calls 我们."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from rag.divisions import NATION, Level, Place
from rag.folding import fold
from rag.places import Gazetteer, PlaceMention

FRONT_CHARS = 400
NATION_SIGNS = re.compile(r"我代表(?:国务院|中央人民政府)|国务院总理|全国人民代表大会第.{1,3}次会议|国务院政府工作报告")
OFFICE_HOLDER = re.compile(r"([省市县区州盟旗]长|主席|总理|书记)\s*[\u4e00-\u9fff·]{2,4}(?:\s[\u4e00-\u9fff])?")
OWN = re.compile(r"(?:健康|平安|美丽|法治|数字|幸福|新|文明|在|建设)$")
OWNER = re.compile(r"(?:县委|市委|区委|省委|自治区党委|县政府|市政府|区政府|省政府|人民政府|人大|政协|县情|市情)")
FORM_BONUS = 6.0
OWN_BONUS = 2.0
OWNER_BONUS = 3.0
NATION_WEIGHT = 0.6
MIN_NATION_SCORE = 12


def find_place(text: str, title: str, source_name: str, gazetteer: Gazetteer) -> Place | None:
    """Return the place a report speaks for; None if it names none.

    The title counts most, then the words before the text proper, then how often and how a place is named.
    """
    if NATION_SIGNS.search(fold(text[:FRONT_CHARS])) or NATION_SIGNS.search(fold(title)):
        return gazetteer.resolve(NATION)[0]
    for part in (title, _before_body(text)):
        if found := _most_specific(gazetteer.find_places(part)):
            return found
    return _most_spoken_of(text, gazetteer) or _most_specific(gazetteer.find_places(source_name.rpartition(".")[0]))


def _before_body(text: str) -> str:
    """Return the words that say who speaks where: title, date line, and 我代表…."""
    front = text[:FRONT_CHARS]
    opening = re.search("我(?:代表|受)[^，。]{2,30}(?:政府|委托)", front)
    lines = [OFFICE_HOLDER.sub(r"\1", line) for line in front.split("\n")[:6] if len(line) <= 60]
    return "\n".join([*lines, opening.group() if opening else ""])


def _most_specific(mentions: list[PlaceMention]) -> Place | None:
    places = [mention.place for mention in mentions if mention.place.level is not Level.TOWNSHIP]
    counts = Counter(place.name for place in places)
    return max(places, key=lambda place: (place.level, counts[place.name]), default=None)


def _most_spoken_of(text: str, gazetteer: Gazetteer) -> Place | None:
    scores: dict[str, float] = defaultdict(float)
    places: dict[str, Place] = {}
    for mention in gazetteer.find_places(text):
        place = mention.place
        if place.level is Level.TOWNSHIP:
            continue
        places.setdefault(place.name, place)
        scores[place.name] += NATION_WEIGHT if place.name == NATION else 1.0
        scores[place.name] += OWN_BONUS * bool(OWN.search(text[max(0, mention.start - 4) : mention.start]))
        scores[place.name] += OWNER_BONUS * bool(OWNER.match(text, mention.end))
    form = _form_of_self(text)
    for name in scores:
        scores[name] += FORM_BONUS * (name.endswith(form) and places[name].listed) if form else 0.0
    best = max(scores, key=lambda name: scores[name], default=None)
    if best == NATION and scores[best] < MIN_NATION_SCORE:
        best = max((name for name in scores if name != NATION), key=lambda name: scores[name], default=NATION)
    return places[best] if best else None


def _form_of_self(text: str) -> str:
    """Return how the text calls its own place: 县 where it says 全县 and 我县 most often; "" where it does not tell."""
    counts = Counter(re.findall("(?:全|我)(省|市|县|区)", text))
    return counts.most_common(1)[0][0] if counts else ""
