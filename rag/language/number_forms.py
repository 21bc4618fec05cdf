"""How numbers are written: the regular expressions that find them in folded text."""

from __future__ import annotations

import re
from functools import cache

from rag.language.calendars import ERA_YEAR
from rag.language.scripts import language_of
from rag.language.units import CURRENCIES, ENGLISH_SCALES, ENGLISH_UNITS, KOREAN, unit_pattern

_HAN = "零〇○◯一二两三四五六七八九"
ARABIC = r"(?>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,2}(?:,\d\d)+,\d{3}(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
# 1.234,5 and 1 234,5, the points and spaces of whole numbers there; and what tells a text that writes so.
CONTINENTAL = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d{1,2})(?![\d.,]*\d)")
SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d.,]*\d)")
PLAINLY_CONTINENTAL = re.compile(r"\d\.\d{3}(?:,\d|\.\d{3})|(?<![\d.,])\d+,\d{1,2}(?![\d.,]*\d)")
PLAINLY_ENGLISH = re.compile(r"\d,\d{3}(?:\.\d|,\d{3})|(?<![\d.,])\d+\.\d{1,2}(?![\d.,]*\d)")
SWAPPED = str.maketrans(".,", ",.")
SPACES = dict.fromkeys(map(ord, " \u00a0\u202f"), ",")
CONTINENTAL_LANGUAGES = frozenset({"es", "vi"})
KOREAN_SCALE = re.compile(r"(?<=\d)[십백천만억조]{1,2}(?=\s?[\d원명개건곳대가])|(?<=\d )[억조](?=\s)")
CHINESE = rf"[{_HAN}十百千]*(?:[{_HAN}十]|百(?!分)|千(?![瓦伏米克卡分]))(?:点[{_HAN}]+)?"
MORE = "多余几来"
SMALL = r"[十百千](?![瓦伏米克卡分])"
LARGE = r"万亿|亿|万|兆(?![瓦赫字比帕伏欧])"
_PART = rf"(?:(?:(?<=[兆亿万])\ (?=\d))?(?:{ARABIC}\ ?|{CHINESE})[{MORE}]?(?:{SMALL})?(?:(?:{LARGE})[{MORE}]?)?)"
_WORD_LIST = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
ENGLISH_WORDS = {word: float(value) for value, word in enumerate(_WORD_LIST.split())}


def with_plain_separators(text: str) -> str:
    """Return ``text`` with its numbers written 1,234.5, whichever way it parts them; the length stays.

    1.234,5 tells its own way; a lone 12.345 or 3,5 is read as the rest of the text is written, else by the language.
    """
    language = language_of(text) if "." in text or "," in text or " " in text else "zh"
    told = len(PLAINLY_CONTINENTAL.findall(text)) - len(PLAINLY_ENGLISH.findall(text))
    if told > 0 or (not told and language in CONTINENTAL_LANGUAGES):
        text = CONTINENTAL.sub(lambda match: match.group().translate(SWAPPED), text)
    if language in CONTINENTAL_LANGUAGES or "\u00a0" in text or "\u202f" in text or told > 0:
        text = SPACED.sub(lambda match: match.group().translate(SPACES), text)
    return KOREAN_SCALE.sub(lambda match: match.group().translate(KOREAN), text) if language == "ko" else text


@cache
def number_pattern() -> re.Pattern[str]:
    """Return one alternation; the group that matched names the form. Written for folded text."""
    unit = unit_pattern()
    number = rf"(?:{ARABIC}|{CHINESE})"
    span = r"(?:19|20)\d\d"
    money = "|".join(map(re.escape, CURRENCIES))
    words = "|".join(ENGLISH_WORDS)
    nouns = "|".join(sorted(map(re.escape, ENGLISH_UNITS), key=len, reverse=True))
    latin = rf"(?:(?P<money>{money})\ ?)?(?:(?P<digits>{ARABIC})|(?P<word>{words})(?![a-z]))"
    latin_unit = rf"(?:[ -]?(?P<scale>{'|'.join(ENGLISH_SCALES)}))?(?:[ -]?(?:de\ )?(?P<noun>{nouns}))?(?![a-z])"
    alternatives = [
        rf"(?P<marker>(?<![^\n:“])\s*(?:\d{{1,2}}|{CHINESE})[、.](?!\d)|\((?:\d{{1,2}}|{CHINESE})\)|{CHINESE}(?=是\D))",
        rf"(?P<ordinal>第\ ?(?P<order>{_PART})(?:\ ?(?P<order_unit>{unit}))?|(?P<nth>\d{{1,3}})(?:st|nd|rd|th)(?![a-z])"
        rf"|(?<=[a-z])-?{ARABIC}|\d(?:\+\d)*(?:\+n|[gd](?![a-z])|a(?=级))"
        rf"|\d+(?:·\d+)+(?!\ ?[%万亿])|(?<![\d.])\d{{1,2}}(?:\+\d{{1,2}})+(?![\d.+=])"
        rf"|\d{{5}}(?=[”\"]?(?:热线|政务|市民)))",
        ERA_YEAR,
        rf"(?P<year>{span}\ ?[年년](?!代)|{span}(?=\ ?[-~/至到]\ ?{span})|[一二][{_HAN}o]{{3}}年(?!代))",
        rf"(?P<percent>[百千]分之)(?P<percent_of>{number})(?:(?:-+|~|至|到)(?P<percent_to>{number}))?",
        rf"(?P<below>{number})分之(?P<above>{number})",
        r"(?P<double>翻(?P<times>[一两二三四五\d])?番)",
        rf"(?P<latin>(?<![a-z\d]){latin}{latin_unit}"
        r"(?![\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]|\ ?[%‰℃/]|:1(?![\d.:])|\ [\u4e00-\u9fff\uac00-\ud7a3]))",
        rf"(?P<sign>(?<=[\u4e00-\u9fff :(])(?<![年月日个])-)?(?P<plain>{_PART}+)"
        rf"(?:[¹²³⁴-⁹]?\ ?(?P<unit>{unit}))?(?P<half>半(?![年数天]))?",
        rf"(?P<bare>万亿|亿|万)(?P<bare_unit>{unit})(?=以[上下]|级|大关|台阶|规模|产业|企业|项目|园区|集群|强)",
    ]
    return re.compile("|".join(alternatives))
