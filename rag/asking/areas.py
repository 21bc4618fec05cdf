"""The places a question names, and which of them it asks about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.asking.knowledge import Knowledge
from rag.folding import fold
from rag.places import NATION, Level, PlaceMention

QUOTED = re.compile(r"[“「『‘\"《]([^”」』’\"》]{1,40})[”」』’\"》]")
TOWARDS = re.compile(
    r"(到|至|赴|往|去|飞|支援|援助|对口(支援|协作|帮扶|合作)?|来自|通往|直达|直通|连接|对接|融入|接轨|毗邻|承接|面向"
    r"|(?<![a-z])(from|to|toward|towards|into|assist|support|near|with))\s*$"
)
TOGETHER = re.compile(
    r"^[^，。？、]{0,10}(合作|共建|结对|挂钩|协作|交界|接壤|联合|签订|签署|对接|联动|之间的?(铁路|公路|高速))"
)
JOINT = re.compile(r"^[^，。？]{0,6}(和|与|跟|同|、|及|以及|还是|比|较|\bor\b|\band\b|\bvs\b|\bthan\b)")
NAMED = re.compile(
    r"$|[\d\s的有要在和与、，？?“]|[今去明前]年|呢|GDP|计划|打算|目标|政府|经济|财政|一般|城|农|居民|全|新|是|还|也|怎|哪|多|公共|固定|工业|粮食"
)
MEASURED_BY = re.compile(r"(?:占|居|列|排名?|位[居列]|[高低快慢多少]于)(?:到|在|了)?全国$")
RANKED_IN = re.compile(r"第[几多]|前[几多列]|的?排名|的?位次|平均(?:水平|线)")
SPEAKING = re.compile(
    r"^[，,]?(的)?(那|这)?(篇|份)?(文章|文中|讲话|报告)?(里|中)?(还|又|也)?(说到|说|提到|提出|指出|讲到|谈到|写到|喊出)?(，|,)?"
)
LINKED = re.compile(r"[-—]?")
FACILITY = re.compile(r"港(?![澳区])|机场|铁路|高铁|城际|高速|\s(?:port|airport|railway|expressway)\b")
LEVEL = re.compile(r"^(市|省|县|区)?级(?!别)|^-?\s?(level|based|style|made|born)\b|^籍")


@dataclass(frozen=True, slots=True)
class Area:
    """A place named at ``[start, end)``; ``held`` tells whether there are reports of it or of places within it."""

    start: int
    end: int
    name: str
    path: tuple[str, ...]
    held: bool
    scope: bool = False


def find_areas(text: str, knowledge: Knowledge) -> tuple[Area, ...]:
    """Find the places in ``text``, in its order, and mark those the question asks about with ``scope``."""
    found = [_area(mention, text, knowledge) for mention in knowledge.gazetteer.find_places(text)]
    areas = [area for area in found if area is not None]
    folded = fold(text)
    present = [row for row in knowledge.names.items() if row[0] in folded]
    for spelling, name in sorted(present, key=lambda item: -len(item[0])):
        pattern = rf"\b{re.escape(spelling)}\b" if spelling.isascii() else re.escape(spelling)
        for match in re.finditer(pattern, folded):
            if all(match.end() <= area.start or match.start() >= area.end for area in areas):
                areas.append(Area(match.start(), match.end(), name, (name,), held=True))
    areas.sort(key=lambda area: area.start)
    scope = _scope(folded, areas)
    return tuple(Area(a.start, a.end, a.name, a.path, a.held, scope=a in scope) for a in areas)


def _area(mention: PlaceMention, text: str, knowledge: Knowledge) -> Area | None:
    """Choose the candidate that has reports; a name known by its form alone must have some or be a county or city."""
    candidates = mention.candidates
    own = [place for place in candidates if place.name in knowledge.report_places]
    wider = [place for place in candidates if knowledge.holds(place.name)]
    place = (own or wider or list(candidates))[0]
    if not (own or wider or _stands_alone(mention, text)):
        return None
    return Area(mention.start, mention.end, place.name, place.path, held=bool(own or wider))


def _stands_alone(mention: PlaceMention, text: str) -> bool:
    """Tell whether a place without reports is really named, not part of a word (新干线, 合作社)."""
    place = mention.place
    if not place.listed:
        return place.name.endswith(("县", "市"))
    short = mention.text == place.short and place.level is Level.COUNTY
    return not short or NAMED.match(text[mention.end :]) is not None or mention.text.isascii()


def _scope(text: str, areas: Sequence[Area]) -> list[Area]:
    free = [area for area in areas if not _within_quotes(text, area) and not _is_measure(text, area)]
    named = [area for area in free if area.name != NATION and not _names_facility(text, area, free)]
    subjects = [area for area in named if not LEVEL.match(text[area.end :])] or [area for area in named if area.held]
    if not subjects:
        return [area for area in free if area.name == NATION and area.held]
    held = [area for area in subjects if area.held or _follows_its_area(area, subjects)]
    chosen = [area for area in held or subjects if not _is_ancestor(area, held or subjects)]
    firm = [area for index, area in enumerate(chosen) if not _is_partner(text, area, chosen[:index])]
    return (firm or chosen) + _joined_nation(text, free, firm or chosen)


def _names_facility(text: str, area: Area, areas: Sequence[Area]) -> bool:
    """Tell whether places without reports are run together into the name of a port or a line (甲乙港, Jia-Yi port)."""
    if area.held:
        return False
    after = next((o for o in areas if o.start >= area.end and LINKED.fullmatch(text[area.end : o.start])), None)
    before = any(o.end <= area.start and LINKED.fullmatch(text[o.end : area.start]) for o in areas)
    return (after is not None or before) and FACILITY.match(text, (after or area).end) is not None


def _is_measure(text: str, area: Area) -> bool:
    """Tell whether the nation is named only as what something is measured by (占全国多少, 居全国第几, 高于全国平均)."""
    return area.name == NATION and bool(MEASURED_BY.search(text, 0, area.end) or RANKED_IN.match(text, area.end))


def _joined_nation(text: str, free: Sequence[Area], chosen: Sequence[Area]) -> list[Area]:
    nations = [area for area in free if area.name == NATION and area.held]
    return [n for n in nations if any(_are_joined(text, n, area) or _are_joined(text, area, n) for area in chosen)]


def _are_joined(text: str, first: Area, second: Area) -> bool:
    return first.end <= second.start <= first.end + 12 and JOINT.match(text[first.end : second.start]) is not None


def _within_quotes(text: str, area: Area) -> bool:
    return any(match.start() < area.start and area.end < match.end() for match in QUOTED.finditer(text))


def _is_ancestor(area: Area, others: Sequence[Area]) -> bool:
    return any(area.name in other.path[:-1] and area.name != other.name for other in others)


def _follows_its_area(area: Area, others: Sequence[Area]) -> bool:
    """Tell whether the place is written out as part of a larger one (江苏省常熟市): then the smaller one is meant."""
    return any(o.name in area.path[:-1] and o.end == area.start for o in others)


def _is_partner(text: str, area: Area, earlier: Sequence[Area]) -> bool:
    """Tell whether the place is only the other end of something a place named earlier does."""
    if not any(other.name != area.name for other in earlier):
        return False
    before, after = text[max(0, area.start - 10) : area.start], text[area.end :]
    if TOWARDS.search(before):
        return True
    return re.search(r"[与和同跟]$", before) is not None and TOGETHER.match(after) is not None


def find_authors(text: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the ids of the reports whose author the question names, by full name or as "surname + office"."""
    found = [knowledge.authors[name] for name, pattern in knowledge.author_patterns.items() if pattern.search(text)]
    return tuple(dict.fromkeys(report_id for ids in found for report_id in ids))


def speech_spans(text: str, knowledge: Knowledge) -> list[tuple[int, int]]:
    """Return where the question says that an author says something: "陆遥说", "陆遥的文章里提到"."""
    return [
        (start, len(text) - len(SPEAKING.sub("", text[end:], count=1))) for start, end in author_spans(text, knowledge)
    ]


def author_spans(text: str, knowledge: Knowledge) -> list[tuple[int, int]]:
    """Return where the question names authors of reports."""
    return [match.span() for pattern in knowledge.author_patterns.values() for match in pattern.finditer(text)]
