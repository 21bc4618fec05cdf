"""The indicator phrase of a figure, cut out of the words before and after it."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.figures.words import after_figure, before_figure, light_inside, light_start, only_verbs, word_list
from rag.language.units import COUNT_DIMENSIONS, measure

MAX_CHARS = 24
MAX_NOUN_CHARS = 16
OBJECT_START = re.compile(
    r"(?!以上|以下|以内|左右|上下|同比|比|较|占|居|位|用于|以|为|的|高|低|快|再(?!生)|并|和|及|与|至|到|大关|台阶|不等|每|增|减|下|上|提)"
    r"[“\u4e00-\u9fff]{2}"
)
COMPARED = re.compile(
    r"(?:同比|环比|(?:比|较|与)(?:(?:19|20)\d\d|上|去|前|往|第)?[^，,；;、]{0,10}?(?:年底|年末|年初|年|期|月|季度|末|底|初)(?:同期|相比|的)?"
    r"|(?:比|较)“?[一二三四五六七八九十]{2,3}五”?(?:末|时期|期末)?|同口径|按?可比(?:价格?|口径)|(?:扣除|考虑|剔除)[^，,；;、]{0,8}因素)"
)
RANK = re.compile(
    r"[、，,]?(?:持续|连续|继续)?(?:稳居|位居|位列|列|跃居|居|排名|排|升至|保持)(?:全|中|东|西|长三角|世界|国内|同类)[^、，,]{0,8}?"
    r"(?:前列|首位|榜首|第[\d一二三四五六七八九十]+位?|前[\d一二三四五六七八九十]+(?:强|位|名)?|前茅|领先)"
)
RELATION = re.compile(r"^(?:持续|继续|均|分别)?(?:高于|低于|快于|慢于|优于|好于|超过|高出|领先)[\u4e00-\u9fff]{2,14}$")
BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_AWAITING = "安排 发行 投入 下达 拨付 筹集 筹措 争取 新建 建成 开垦 改造 治理 节省 节省出 建立起 减免 清退 清欠"
AWAITING = tuple(_AWAITING.split())
BARE_COMPARISON = re.compile(r"(?:(?<![占同环配入出生别之])比|较)$")
DEEDS = frozenset({"提升", "提高", "扩大"})
COORDINATED = ("均", "都", "双双", "分别")
AFTER_STOP = re.compile(
    r"[，。；、：！？,;:!?（）()|\n]|(?:占|达(?![标产])|比(?![例赛重])|(?<![公])共(?![同享建性和])|分别|其中|以?及|并|和(?=第|\d|$)"
    r"|(?:增|减|提高|降低|下降|上升|提升|扩大|发展|上调|下调|压缩|缩短)(?:长|加|少|至|到))"
)
OPENERS = frozenset("的对为把以，”")
MODAL = re.compile(r"力争|确保|争取|力促|预计|预期(?!寿命)|至少")


class Before(NamedTuple):
    """What stands before a figure: the phrase left over, the qualifiers in order, and the direction."""

    phrase: str
    qualifiers: tuple[str, ...]
    direction: str
    distributes: bool


def read_before(words: str, unit: str) -> Before:
    """Peel qualifiers and directions off the end of the words before a figure in ``unit``.

    Before a count 提升 and its like are something done to things (整改提升87家), not a direction.
    """
    counted = counts(unit)
    distributes = "分别" in words
    phrase, qualifiers, direction, level = words, [], "", False
    while match := before_figure().search(phrase):
        if counted and match["up"] in DEEDS:
            break
        phrase = phrase[: match.start()]
        if match["level"]:
            qualifiers.append(match["level"])
            level = True
        elif match["qualifier"]:
            qualifiers.append(match["qualifier"])
        elif (match["up"] or match["down"]) and not level and not direction:
            direction = "up" if match["up"] else "down"
        if match["up"] or match["down"] or match["level"]:
            phrase = COMPARED.sub("", phrase)
    modal = [match for match in MODAL.findall(words) if match not in qualifiers]
    return Before(phrase, (*modal, *reversed(qualifiers)), direction, distributes)


def clean_phrase(phrase: str, *, coordinated: bool = False) -> str:
    """Cut a phrase down to its indicator: no time, no auxiliary verbs, the last item of an enumeration."""
    phrase = BRACKETS.sub("", RANK.sub("", COMPARED.sub("", phrase))).strip(" \t\u3000、，：()（）")
    if not coordinated:
        phrase = phrase.rsplit("、", 1)[-1]
    phrase = light_start().sub("", phrase)
    for match in reversed(list(light_inside().finditer(phrase))):
        head, tail = phrase[: match.start()], light_start().sub("", phrase[match.end() :])
        if len(tail) >= 2:
            phrase = head + tail if (is_generic(tail) or tail in word_list("owned")) and 2 <= len(head) <= 16 else tail
            break
    phrase = BARE_COMPARISON.sub("", phrase)
    phrase = phrase if phrase.isascii() else phrase.replace(" ", "")
    return shorten(balanced(phrase.strip("的、，：: \u3000")))


def balanced(phrase: str) -> str:
    """Drop quotation marks that lost their partner."""
    if phrase.count("“") == phrase.count("”") and phrase.find("“") <= phrase.find("”"):
        return phrase
    return phrase.replace("“", "").replace("”", "")


def is_relation(phrase: str) -> bool:
    """Tell whether a phrase only relates the figure to another (高于全国平均) and names no indicator."""
    return RELATION.match(phrase.strip("、，, ")) is not None


def shorten(phrase: str) -> str:
    """Keep the end of a phrase that is too long, from a word that opens a new part."""
    if len(phrase) <= MAX_CHARS:
        return phrase
    tail = phrase[-MAX_CHARS:]
    opened = [at for at, character in enumerate(tail[:-4], 1) if character in OPENERS]
    return tail[opened[0] :] if opened else tail


def is_only_verbs(phrase: str) -> bool:
    """Tell whether a phrase names no thing (取缔关停, 共新建); the empty phrase does not either."""
    return only_verbs().fullmatch(phrase) is not None


def read_after(words: str, unit: str) -> tuple[tuple[str, ...], str]:
    """Return the qualifiers after a figure (以上) and the noun it counts, which may be empty.

    Of other units only 的 leads to a noun (超50%的行政村).
    """
    qualifiers = []
    while match := after_figure().match(words):
        qualifiers.append(match[1])
        words = words[match.end() :]
    stop = AFTER_STOP.search(words)
    noun = (words[: stop.start()] if stop else words).strip(" 的“”\u3000)）")
    named = (counts(unit) and not qualifiers) or words.startswith("的")
    return tuple(qualifiers), noun[:MAX_NOUN_CHARS] if named else ""


def read_object(words: str, unit: str) -> str:
    """Return the thing an amount is spent on where it follows at once (投资50亿元原料药项目); "" if none."""
    if unit.endswith(("‰", "个百分点", "倍", "番")) or not OBJECT_START.match(words):
        return ""
    stop = AFTER_STOP.search(words)
    return (words[: stop.start()] if stop else words).strip(" “”\u3000")[:MAX_NOUN_CHARS]


def counts(unit: str) -> bool:
    """Tell whether a unit counts things; a bare scale (2400多万学生) does."""
    bare = unit.lstrip("百千万亿")
    return not bare or measure(bare)[0] in COUNT_DIMENSIONS


def awaits_object(phrase: str) -> bool:
    """Tell whether a phrase ends in a verb whose object stands after the amount (安排27亿元国债资金)."""
    return phrase.removesuffix("了").endswith(AWAITING)


def is_generic(phrase: str) -> bool:
    """Tell whether an indicator needs a noun to say whose it is (总投资)."""
    return phrase in word_list("generic")
