"""One spelling for matching: full width becomes half, traditional becomes simplified, capitals become small.

Folding keeps the length, so an offset into the folded text is an offset into the text. What is cited stays as written.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

KEPT_CHARS = 300
FULL_WIDTH_OFFSET = 0xFEE0
# Signs that only PDF writers put for the characters they look like.
# Source: Unicode's EquivalentUnifiedIdeograph.txt, those that are characters by themselves.
_SUPPLEMENT = (
    "⺁厂⺄乙⺈刀⺊卜⺌小⺍小⺎兀⺒巳⺓幺⺜日⺝月⺟母⺠民⺩王⺪疋⺫目⺬示⺮竹⺶羊⺷羊⺻聿⺼肉⺽臼⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青"
    "⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
RADICALS = dict(zip(map(ord, _SUPPLEMENT[::2]), _SUPPLEMENT[1::2], strict=True)) | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)
}
PUNCTUATION = {
    "　": " ",
    "\xa0": " ",
    "–": "-",
    "—": "-",
    "－": "-",
    "−": "-",
    "▲": "-",
    "△": "-",
    "単": "单",
    "∶": ":",
    "﹪": "%",
    "·": "·",
    "•": "·",
    "．": ".",
    "٫": ".",
    "٬": ",",
    "\u202f": " ",
}


@cache
def _table() -> dict[int, str]:
    """Map code points to single characters.

    Source: OpenCC's TSCharacters (Apache-2.0), first reading of each character.
    """
    table = {code: chr(code - FULL_WIDTH_OFFSET).lower() for code in range(0xFF01, 0xFF5F)}
    table |= {ord(old): new for old, new in PUNCTUATION.items()} | RADICALS
    dictionary = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text("utf-8")
    for line in dictionary.splitlines():
        traditional, _, readings = line.partition("\t")
        simplified = readings.split(" ")[0].strip()
        if len(traditional) == 1 and len(simplified) == 1:
            table[ord(traditional)] = simplified
    return table


def fold(text: str) -> str:
    """Fold ``text`` for comparison; the result has the same length.

    ``fold("ＧＤＰ達６.５％") == "gdp达6.5%"``; an empty text stays empty. Short results are kept: the sentences of a
    report are compared with every question about it.
    """
    return _fold_kept(text) if len(text) <= KEPT_CHARS else _fold(text)


def _fold(text: str) -> str:
    folded = text.translate(_table())
    lowered = folded.lower()
    if len(lowered) == len(folded):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in folded)


@lru_cache(maxsize=100_000)
def _fold_kept(text: str) -> str:
    return _fold(text)
