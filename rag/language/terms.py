"""The terms of a text for lexical matching.

Chinese has no spaces: a run of Han characters gives its overlapping pairs. Latin words and figures stay whole, and a
figure is also a term together with its unit, so that 6.5% and 6.5亿元 differ.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from rag.language.folding import fold

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNITS = (
    "个百分点|百分点|平方公里|平方千米|平方米|立方米|万千瓦时|亿千瓦时|万千瓦|千瓦|万美元|亿美元|美元|万亿元|千亿元|百亿元|"
    "亿元|万元|元|万吨|亿吨|吨|万公顷|公顷|万亩|亩|公里|千米|万人次|亿人次|人次|万人|万户|万个|万辆|万台|万套|"
    "万件|万平方米|亿斤|万斤|公斤|亿|万|%|‰|年|月|日|人|户|个|家|项|件|所|座|条|村|镇|台|辆|套|米|倍|次|天|岁|张|名"
)
TOKEN = re.compile(
    rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>{UNITS})?|(?P<word>[^\W\d_{HAN}]+(?:['-][^\W\d_{HAN}]+)*)|(?P<han>[{HAN}]+)"
)


def terms(text: str) -> list[str]:
    """Return the terms of ``text`` in text order, with repetitions; an empty text has none.

    ``terms("GDP增长６.５％")`` gives ``["gdp", "增长", "6.5", "6.5%"]``. Numbers lose their thousands commas. A Han
    character alone is a term only where no other stands beside it.
    """
    found: list[str] = []
    for match in TOKEN.finditer(fold(text)):
        if number := match["number"]:
            found.extend(_figure(number, match["unit"]))
        elif word := match["word"]:
            found.append(word)
        else:
            found.extend(_pairs(match["han"]))
    return found


def _figure(number: str, unit: str | None) -> list[str]:
    plain = number.replace(",", "")
    if unit is None:
        return [plain]
    return [plain, plain + unit, *(_pairs(unit) if len(unit) > 1 else [])]


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[start : start + 2] for start in range(len(run) - 1)]


def content_terms(text: str) -> list[str]:
    """Return the terms of ``text`` that bear meaning, each once, in text order; all of them where none does."""
    found = list(dict.fromkeys(terms(text)))
    return [term for term in found if term not in english_stop_words()] or found


@cache
def english_stop_words() -> frozenset[str]:
    """Return English words without meaning of their own: among Chinese passages they are rare and would weigh much."""
    return frozenset(files("rag").joinpath("data", "english_stop_words.txt").read_text("utf-8").split())
