"""The sort of thing a question asks to be named (哪所学校, 什么时候, 叫什么), and whether a text names one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.folding import fold

WHICH = r"(?:哪|什么|[那这](?=[^，。？]{1,8}(?:叫|是)(?:什么|哪)))"
SEVERAL = "(?:几|两|[二三四五六七八九十])[个座所家条项支处]|些"
TIME = re.compile(r"\d(?:年|月|日)|[去今明前本]年|[年月季][底初末前内]|[上下]半年|季度|春节|国庆|期间")
QUOTATION = re.compile(r"[“「『《][^”」』》]{1,20}[”」』》]")
ASKS_TIME = re.compile(r"什么时候|什么时间|何时|何年|何月|几时|几月|几号|哪(?:一|个)?(?:年|月|天|季)|\bwhen\b")
ASKS_NAME = re.compile(
    r"叫什么|什么名|名字|名称|品牌|口号|称号|叫做|称作|哪(个|块|项)(牌子|荣誉)|\b(name|named|called|slogan|brand)\b"
)


@dataclass(frozen=True, slots=True)
class Sort:
    """What names of the things asked for look like; words of the question itself (``asked``, folded) name none.

    ``noun`` is the word for them in the question, "" where it has none; ``several`` says that more than one is asked.
    """

    name: re.Pattern[str]
    asked: str
    noun: str = ""
    several: bool = False

    def named_in(self, text: str) -> bool:
        """Say whether ``text`` names such a thing beyond those the question names."""
        return any(match[0] not in self.asked for match in self.name.finditer(fold(text)))


@cache
def _endings() -> dict[str, str]:
    raw = tomllib.loads(files("rag").joinpath("data", "sorts.toml").read_text("utf-8"))
    return {noun: "|".join(row["endings"]) for row in raw["sorts"] for noun in row["nouns"]}


@cache
def _asks_which() -> re.Pattern[str]:
    nouns = "|".join(sorted(_endings(), key=len, reverse=True))
    return re.compile(rf"{WHICH}(?:一?[个座所家条项支只处位片]|(?P<several>{SEVERAL}))?(?P<noun>{nouns})")


@cache
def _names(noun: str) -> re.Pattern[str]:
    return re.compile(rf"[一-鿿a-z0-9]{{1,2}}(?:{_endings()[noun]})")


def sort_asked(question: str) -> Sort | None:
    """Return the sort of thing ``question`` asks for; None where it asks for none, or for one no list knows."""
    asked = fold(question)
    if match := _asks_which().search(asked):
        return Sort(_names(match["noun"]), asked, match["noun"], bool(match["several"]))
    if ASKS_TIME.search(asked):
        return Sort(TIME, asked)
    return Sort(QUOTATION, asked) if ASKS_NAME.search(asked) else None
