"""How numbers are written: the regular expressions that find them in folded text."""

from __future__ import annotations

import re
from functools import cache

from rag.language.units import ENGLISH_SCALES, ENGLISH_UNITS, unit_pattern

_HAN = "零〇○◯一二两三四五六七八九"
ARABIC = r"(?>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
CHINESE = rf"[{_HAN}十百千]*(?:[{_HAN}十]|百(?!分)|千(?![瓦伏米克卡分]))(?:点[{_HAN}]+)?"
MORE = r"[多余几来]"
SMALL = r"[十百千](?![瓦伏米克卡分])"
LARGE = r"万亿|亿|万"
_PART = rf"(?:(?:{ARABIC}\ ?|{CHINESE}){MORE}?(?:{SMALL})?(?:(?:{LARGE}){MORE}?)?)"
_WORD_LIST = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
ENGLISH_WORDS = {word: float(value) for value, word in enumerate(_WORD_LIST.split())}


def _english_units() -> str:
    return "|".join(sorted(map(re.escape, ENGLISH_UNITS), key=len, reverse=True))


@cache
def number_pattern() -> re.Pattern[str]:
    """Return one alternation; the group that matched names the form. Written for folded text."""
    unit = unit_pattern()
    number = rf"(?:{ARABIC}|{CHINESE})"
    span = r"(?:19|20)\d\d"
    latin = (
        rf"(?:(?P<money>rmb|cny|us\$|\$|¥)\ ?)?(?:(?P<digits>{ARABIC})|(?P<word>{'|'.join(ENGLISH_WORDS)})(?![a-z]))"
    )
    latin_unit = rf"(?:[ -]?(?P<scale>{'|'.join(ENGLISH_SCALES)}))?(?:[ -]?(?P<noun>{_english_units()}))?(?![a-z])"
    alternatives = [
        rf"(?P<marker>(?<![^\n:“])\s*(?:\d{{1,2}}|{CHINESE})[、.](?!\d)|\((?:\d{{1,2}}|{CHINESE})\)|{CHINESE}(?=是\D))",
        rf"(?P<ordinal>第\ ?{_PART}(?:\ ?{unit})?|(?<=[a-z])-?{ARABIC}|\d(?:\+\d)*(?:\+n|[gd](?![a-z])|a(?=级))"
        rf"|\d+(?:·\d+)+(?!\ ?[%万亿])|\d+(?:\+\d+)+|\d{{5}}(?=[”\"]?(?:热线|政务|市民)))",
        rf"(?P<year>{span}\ ?年(?!代)|{span}(?=\ ?[-~/至到]\ ?{span})|[一二][{_HAN}o]{{3}}年(?!代))",
        rf"(?P<percent>[百千]分之)(?P<percent_of>{number})(?:(?:-+|~|至|到)(?P<percent_to>{number}))?",
        rf"(?P<below>{number})分之(?P<above>{number})",
        r"(?P<double>翻(?P<times>[一两二三四五\d])?番)",
        rf"(?P<latin>(?<![a-z\d]){latin}{latin_unit}(?![\u4e00-\u9fff]|\ ?[%‰℃/]|:1(?![\d.:])|\ [\u4e00-\u9fff]))",
        rf"(?P<sign>(?<=[\u4e00-\u9fff :(])(?<![年月日个])-)?(?P<plain>{_PART}+)"
        rf"(?:\ ?(?P<unit>{unit}))?(?P<half>半(?![年数天]))?",
        rf"(?P<bare>万亿|亿|万)(?P<bare_unit>{unit})(?=以[上下]|级|大关|台阶|规模|产业|企业|项目|园区|集群|强)",
    ]
    return re.compile("|".join(alternatives))
