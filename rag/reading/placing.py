"""Find the place a report speaks for: from its title, its date line, its speaker, else from whom it calls 我们."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from rag.language.divisions import NATION, Level, Place
from rag.language.folding import fold
from rag.language.places import Gazetteer, PlaceMention

FRONT_CHARS = 400
HAN_WORD = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])")
NATION_SIGNS = re.compile(r"我代表(?:国务院|中央人民政府)|国务院总理|全国人民代表大会第.{1,3}次会议|国务院政府工作报告")
OFFICE_HOLDER = re.compile(r"([省市县区州盟旗]长|主席|总理|书记)\s*[\u4e00-\u9fff·]{2,4}(?:\s[\u4e00-\u9fff])?")
OWN = ("健康", "平安", "美丽", "法治", "数字", "幸福", "新", "文明", "在", "建设")
_OWNER = "县委 市委 区委 省委 自治区党委 县政府 市政府 区政府 省政府 人民政府 人大 政协 县情 市情"
OWNER = tuple(_OWNER.split())
FORM_BONUS = 6.0
OWN_BONUS = 2.0
OWNER_BONUS = 3.0
NATION_WEIGHT = 0.6
MIN_NATION_SCORE = 12
MIN_SCORE = 5
MIN_SELF_NAMES = 3
SELF_NAME = re.compile(
    r"(?:开创|建设|谱写|推动|助推|促进|美丽|平安|健康|法治|数字|落户|扎根|打造|[是在新])([\u4e00-\u9fff]{2})"
    r"(?=发展|人民|建设|经济|高质量|新[局篇征]|爬坡|大地|实际|干部|现代化|[,，。的])"
)


def find_place(text: str, title: str, source_name: str, gazetteer: Gazetteer) -> Place | None:
    """Return the place a report speaks for; None if it names none.

    The title counts most, then the words before the text proper, then how often and how a place is named.
    """
    if NATION_SIGNS.search(fold(text[:FRONT_CHARS])) or NATION_SIGNS.search(fold(title)):
        return gazetteer.resolve(NATION)[0]
    for part in (title, _before_body(text)):
        if found := _most_specific(_named_for_sure(gazetteer.find_places(part), text)):
            return found
    return _of_file(source_name, gazetteer) or _guess(text, gazetteer) or _most_spoken_of(text, gazetteer)


def _of_file(source_name: str, gazetteer: Gazetteer) -> Place | None:
    """Return the place a file is named after: 2018_易县_130633.txt."""
    mentions = gazetteer.find_places(source_name.rpartition(".")[0])
    named = (word for word in HAN_WORD.findall(source_name) if not gazetteer.is_word(word))
    words = [place for word in named for place in gazetteer.resolve(word)[:1]]
    return _most_specific(mentions) or max(words, key=lambda place: place.level, default=None)


def _named_for_sure(mentions: list[PlaceMention], text: str) -> list[PlaceMention]:
    """Keep full names, and short ones that the text uses again."""
    return [
        mention
        for mention in mentions
        if mention.text.endswith(mention.name[-1])
        or mention.place.level <= Level.PROVINCE
        or text.count(mention.place.short) > 1
    ]


def _guess(text: str, gazetteer: Gazetteer) -> Place | None:
    """Name the place an unlisted short name stands for: it is what a text opens up and builds again and again."""
    form = _form_of_self(text)
    listed = Counter(mention.place.short for mention in gazetteer.find_places(text))
    names = Counter(match.group(1) for match in SELF_NAME.finditer(text))
    for name, count in names.most_common(3):
        if form and count > 1 and text.count(name) >= MIN_SELF_NAMES and not gazetteer.is_word(name):
            is_main = text.count(name) > max(listed.values(), default=0)
            return gazetteer.resolve(name + form)[0] if is_main else None
    return None


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
        scores[place.name] += OWN_BONUS * text.endswith(OWN, 0, mention.start)
        scores[place.name] += OWNER_BONUS * text.startswith(OWNER, mention.end)
    form = _form_of_self(text)
    for name in scores:
        scores[name] += FORM_BONUS * (name.endswith(form) and places[name].listed) if form else 0.0
    if scores.get(NATION, MIN_NATION_SCORE) < MIN_NATION_SCORE:
        del scores[NATION]
    best = max(scores, key=lambda name: scores[name], default="")
    return places[best] if scores[best] >= MIN_SCORE else None


def _form_of_self(text: str) -> str:
    """Return how the text calls its own place: 县 where it says 全县 and 我县 most often; "" where it does not tell."""
    counts = {form: text.count(f"全{form}") + text.count(f"我{form}") for form in "省市县区"}
    form = max(counts, key=lambda each: counts[each])
    return form if counts[form] else ""
