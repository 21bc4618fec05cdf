"""The terms of a text for lexical matching.

Scripts without spaces, and Korean, whose words carry their particles, give the overlapping pairs of a run of
characters. Other words stay whole and are also terms by how they begin, whatever their ending; a figure is also a term
together with its unit, so that 6.5% and 6.5亿元 differ.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from rag.language.folding import fold

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HIRAGANA, KATAKANA = "\u3041-\u309f", "\u30a0-\u30ff\u31f0-\u31ff"
# Hangul, Thai, Lao, Myanmar and Khmer.
UNSPACED = "\uac00-\ud7a3\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
PAIRED = HAN + HIRAGANA + KATAKANA + UNSPACED
# Words longer than this are also terms by so many first letters.
# Source: truncation serves European languages about as well as stemming (McNamee and Mayfield 2004).
STEM_CHARS = 5
ARTICLE = re.compile(r"['’]s$|^[وفبكل]?ال(?=\w{3})")
UNITS = (
    "个百分点|百分点|平方公里|平方千米|平方米|立方米|万千瓦时|亿千瓦时|万千瓦|千瓦|万美元|亿美元|美元|万亿元|千亿元|百亿元|"
    "亿元|万元|元|万吨|亿吨|吨|万公顷|公顷|万亩|亩|公里|千米|万人次|亿人次|人次|万人|万户|万个|万辆|万台|万套|"
    "万件|万平方米|亿斤|万斤|公斤|亿|万|%|‰|年|月|日|人|户|个|家|项|件|所|座|条|村|镇|台|辆|套|米|倍|次|天|岁|张|名"
)
TOKEN = re.compile(
    rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>{UNITS})?|(?P<word>[^\W\d_{PAIRED}]+(?:['’-][^\W\d_{PAIRED}]+)*)"
    rf"|(?P<paired>[{HAN}]+|[{HIRAGANA}]+|[{KATAKANA}]+|[{UNSPACED}]+)"
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
            word = ARTICLE.sub("", word)
            found += [word, f"{word[:STEM_CHARS]}…"] if len(word) > STEM_CHARS else [word]
        else:
            found.extend(_pairs(match["paired"]))
    return found


def _figure(number: str, unit: str | None) -> list[str]:
    plain = number.replace(",", "")
    if unit is None:
        return [plain]
    return [plain, plain + unit, *(_pairs(unit) if len(unit) > 1 else [])]


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[start : start + 2] for start in range(len(run) - 1)]


def content_terms(text: str) -> list[str]:
    """Return the terms of ``text`` that bear meaning, each once, in text order; all of them where none does.

    Hiragana bears none: Japanese writes endings and particles in it.
    """
    found = list(dict.fromkeys(terms(text)))
    return [term for term in found if term not in stop_terms() and not "ぁ" <= term[0] <= "ゟ"] or found


@cache
def stop_terms() -> frozenset[str]:
    """Return the terms of words without meaning of their own: in reports they are rare and would weigh much."""
    words = files("rag").joinpath("data", "stop_words.txt").read_text("utf-8")
    return frozenset(term for word in words.split() for term in terms(word))
