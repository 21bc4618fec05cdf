"""The sort of thing a question asks to be named (哪所学校, 什么时候, 叫什么), and whether a text names one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.divisions import Level, Place, load_divisions
from rag.folding import fold
from rag.reading.profile import SURNAMES

WHICH = r"(?:哪|什么|[那这](?=[^，。？]{1,8}(?:叫|是)(?:什么|哪)))"
SEVERAL = "(?:几|两|[二三四五六七八九十])[个座所家条项支处]|些"
TIME = re.compile(r"\d(?:年|月|日)|[去今明前本]年|[年月季][底初末前内]|[上下]半年|季度|春节|国庆|期间")
QUOTATION = re.compile(r"[“「『《][^”」』》]{1,20}[”」』》]")
NAME = rf"[{SURNAMES}][一-鿿]{{1,2}}"
PERSON = re.compile(
    "(?:书记|长|主席|总理|委员|主任|经理|代表|同志|院士|教授|烈士|英雄|模范|楷模|先生|女士|作家|演员|选手)[“（(]?"
    rf"{NAME}|{NAME}(?=同志|院士|教授|烈士|先生|女士|等|荣?获|当选|[、和]{NAME}(?![一-鿿]))"
)
DIVISIONS: Mapping[str, Callable[[Place], bool]] = {
    "province": lambda place: place.level is Level.PROVINCE,
    "city": lambda place: place.name.endswith("市") or place.level is Level.PREFECTURE,
    "any": lambda place: place.level is not Level.NATION,
}
ASKS_WHO = re.compile(r"谁|何人|哪(?P<several>[两几三四五六]|些)?一?(?:位|个?(?:人|领导|干部|英雄|院士|专家))")
ASKS_TIME = re.compile(r"什么时候|什么时间|何时|何年|何月|几时|几月|几号|哪(?:一|个)?(?:年|月|天|季)|\bwhen\b")
ASKS_NAME = re.compile(
    r"叫什么|什么名|名字|名称|品牌|口号|称号|叫做|称作|哪(个|块|项)(牌子|荣誉)|\b(name|named|called|slogan|brand)\b"
)


@dataclass(frozen=True, slots=True)
class Sort:
    """What names of the things asked for look like; words of the question itself (``asked``, folded) name none.

    Of a ``closed`` sort all names are known: what names none cannot answer. ``noun`` is the word for them in the
    question and the characters beside it, "" where it has none; ``several`` says that more than one is asked.
    """

    name: re.Pattern[str]
    asked: str
    noun: str = ""
    several: bool = False
    closed: bool = False

    @property
    def is_any_name(self) -> bool:
        """Whether a name of any kind is asked for (叫什么), which a report may give without a mark of its own."""
        return self.name is QUOTATION

    def named_in(self, text: str) -> bool:
        """Say whether ``text`` names such a thing beyond those the question names."""
        return any(match[0] not in self.asked for match in self.name.finditer(fold(text)))


@cache
def _rows() -> dict[str, dict[str, list[str]]]:
    raw = tomllib.loads(files("rag").joinpath("data", "sorts.toml").read_text("utf-8"))
    return {noun: row for row in raw["sorts"] for noun in row["nouns"]}


@cache
def _asks_which() -> re.Pattern[str]:
    nouns = "|".join(sorted(_rows(), key=len, reverse=True))
    return re.compile(rf"{WHICH}(?:一?[个座所家条项支只处位片]|(?P<several>{SEVERAL}))?(?P<noun>{nouns})")


@cache
def _english_nouns() -> Mapping[str, str]:
    return {word: row["nouns"][0] for row in _rows().values() for word in row.get("english", ())}


@cache
def _asks_which_english() -> re.Pattern[str]:
    return re.compile(rf"\bwhich (?:[\w-]+ ){{0,2}}(?P<noun>{'|'.join(_english_nouns())})\b")


@cache
def _names(noun: str) -> re.Pattern[str]:
    row = _rows()[noun]
    forms = [rf"[一-鿿a-z0-9]{{1,2}}(?:{'|'.join(row['endings'])})"] if "endings" in row else []
    known = {name for kind in row.get("divisions", ()) for name in _divisions(kind)} | set(row.get("names", ()))
    return re.compile("|".join([*forms, *sorted(known, key=len, reverse=True)]))


@cache
def _divisions(kind: str) -> frozenset[str]:
    """Return the names of divisions of a kind: the short ones, but whole where the short one is an everyday word."""
    places = filter(DIVISIONS[kind], load_divisions())
    return frozenset(fold(place.name if place.ordinary else place.short) for place in places)


def sort_asked(question: str) -> Sort | None:
    """Return the sort of thing ``question`` asks for; None where it asks for none, or for one no list knows."""
    asked = fold(question)
    if match := _asks_which().search(asked):
        around = asked[max(0, match.start("noun") - 1) : match.end() + 1]
        closed = _rows()[match["noun"]].keys() - {"english"} == {"nouns", "divisions"}
        return Sort(_names(match["noun"]), asked, around, several=bool(match["several"]), closed=closed)
    if english := _asks_which_english().search(asked):
        return Sort(_names(_english_nouns()[english["noun"]]), asked)
    if who := ASKS_WHO.search(asked):
        return Sort(PERSON, asked, several=bool(who["several"]))
    if ASKS_TIME.search(asked):
        return Sort(TIME, asked)
    return Sort(QUOTATION, asked) if ASKS_NAME.search(asked) else None
