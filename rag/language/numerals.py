"""Numbers in Chinese and English text: Arabic or Chinese numerals, with scale and unit.

``38.3 亿元``, ``百分之六点五``, ``二十多万人``, ``翻一番``, ``3.5 billion yuan`` are quantities; ``2022年`` is a year;
``第十八届``, ``6号线``, ``5G`` are ordinals or names and measure nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.language.calendars import read_era
from rag.language.chinese_numerals import Reading, read_chinese
from rag.language.folding import fold
from rag.language.number_forms import (
    ARABIC,
    CHINESE,
    ENGLISH_WORDS,
    LARGE,
    MORE,
    SMALL,
    number_pattern,
    with_plain_separators,
)
from rag.language.units import (
    COUNT_DIMENSIONS,
    CURRENCIES,
    DATE_UNITS,
    ENGLISH_SCALES,
    ENGLISH_UNITS,
    ORDINAL_UNITS,
    OTHER_UNITS,
    SCALES,
    VAGUE_BEFORE,
    WORD_FORMING,
    measure,
)

QUANTITY, YEAR, DATE, ORDINAL, ARTICLE = "quantity", "year", "date", "ordinal", "article"

RANGE = re.compile(r"\s*(?:-+|~|至|到)\s*")
CHINESE_NUMERAL = re.compile(
    r"(?P<digits>[一二两三四五六七八九十百千零〇]*)(?P<scale>[万亿]?)(?<=[一二两三四五六七八九十百千零〇万亿])"
)
SIGNS = frozenset("+=×÷")
_RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Number:
    """A number at ``[start, end)`` with its unit inside.

    ``value`` is in ``unit`` as written (38.3 with "亿元"); ``high`` the upper end of 七八成; ``more`` that 多 follows;
    ``kind`` is "quantity", "year", "date", "ordinal" or "article" (the 一个 of a noun, which counts nothing).
    """

    start: int
    end: int
    value: float
    unit: str
    text: str
    kind: str = QUANTITY
    high: float | None = None
    more: bool = False


def _close(low: float, high: float) -> bool:
    return abs(low - high) <= _RELATIVE_TOLERANCE * max(abs(low), abs(high))


def base_value(number: Number) -> tuple[float, str]:
    """Return the value in its dimension's base unit, and the dimension: 38.3亿元 is ``(3.83e9, "money")``.

    A number without a unit has the dimension ""; a measure word (家, 个) is a dimension of its own.
    """
    dimension, factor = measure(number.unit)
    return number.value * factor, dimension


def same_quantity(one: Number, other: Number) -> bool:
    """Tell whether two numbers state the same amount, units converted (3500万元 is 0.35亿元), nothing rounded.

    A number without a unit equals the same count in any measure word; years equal only years.
    """
    if (one.kind == YEAR) != (other.kind == YEAR):
        return False
    (value, dimension), (other_value, other_dimension) = base_value(one), base_value(other)
    countable = {dimension, other_dimension} - {""} <= COUNT_DIMENSIONS
    if dimension != other_dimension and not ("" in (dimension, other_dimension) and countable):
        return False
    highs = [number.value if number.high is None else number.high for number in (one, other)]
    return _close(value, other_value) and _close(highs[0] * other.value, highs[1] * one.value)


def _parts(text: str) -> tuple[Reading, str] | None:
    """Read a numeral such as 3亿5千万 or 二十多万 into its value in the returned scale, and the scale."""
    components: list[tuple[Reading, float, str]] = []
    for match in re.finditer(rf"({ARABIC}|{CHINESE})\ ?[{MORE}]?({SMALL})?({LARGE})?", text):
        reading = Reading(float(match[1].replace(",", ""))) if match[1][0].isdigit() else read_chinese(match[1])
        if reading is None:
            return None
        small = {"十": 10.0, "百": 100.0, "千": 1000.0}.get(match[2] or "", 1.0)
        components.append((_scaled(reading, small), SCALES.get(match[3] or "", 1.0), match[3] or ""))
    if len(components) == 1:
        return components[0][0], components[0][2]
    return _sum(components), components[0][2] if components[-1][2] else ""


def _scaled(reading: Reading, factor: float) -> Reading:
    return Reading(reading.low * factor, None if reading.high is None else reading.high * factor)


def _sum(components: list[tuple[Reading, float, str]]) -> Reading:
    """Add the components; in the first one's scale if the last bears a scale too, else in ones."""
    factors = [factor for _, factor, _ in components]
    for index in range(len(factors) - 1):
        if factors[index] < factors[index + 1]:
            factors[index] *= factors[index + 1]
    total = sum(reading.low * factor for (reading, _, _), factor in zip(components, factors, strict=True))
    return Reading(total / factors[0] if components[-1][2] else total)


def _read_percent(match: re.Match[str]) -> tuple[Reading, str, str] | None:
    reading = _one(match["percent_of"])
    upper = _one(match["percent_to"]) if match["percent_to"] else None
    if reading and upper:
        reading = Reading(reading.low, upper.low)
    return reading and (reading, "%" if match["percent"][0] == "百" else "‰", QUANTITY)


def _one(text: str) -> Reading | None:
    return Reading(float(text.replace(",", ""))) if text[0].isdigit() else read_chinese(text)


def _read_fraction(match: re.Match[str]) -> tuple[Reading, str, str] | None:
    below, above = _one(match["below"]), _one(match["above"])
    return (Reading(above.low / below.low), "分之", QUANTITY) if below and above and below.low else None


def _read_latin(match: re.Match[str]) -> tuple[Reading, str, str]:
    value = float(match["digits"].replace(",", "")) if match["digits"] else ENGLISH_WORDS[match["word"]]
    scale, factor = ENGLISH_SCALES.get(match["scale"] or "", ("", 1.0))
    unit = ENGLISH_UNITS.get(match["noun"] or "", "")
    if match["money"] and not unit:
        unit = CURRENCIES[match["money"]]
    beside = match.string[match.start() - 1 : match.start()] + match.string[match.end() : match.end() + 1]
    if (
        match["digits"]
        and not scale + unit
        and len(match["digits"]) == 4
        and 1900 <= value <= 2099
        and SIGNS.isdisjoint(beside)
    ):
        return Reading(value), "年", YEAR
    return Reading(value * factor), scale + unit, ARTICLE if match["word"] == "one" else QUANTITY


def _read_year(match: re.Match[str]) -> tuple[Reading, str, str]:
    digits = match["year"].rstrip("年년 ").replace("o", "零")
    value = float(digits) if digits[0].isdigit() else (read_chinese(digits) or Reading(0.0)).low
    return Reading(value), "年", YEAR


def _read_plain(match: re.Match[str], folded: str) -> tuple[Reading, str, str] | None:
    """Read a numeral with its unit; None where Chinese characters form a word rather than an amount (三角, 千人)."""
    written, unit = match["plain"].strip(), (OTHER_UNITS | ENGLISH_UNITS).get(match["unit"] or "", match["unit"] or "")
    parts = _parts(written)
    if parts is None:
        return None
    reading, scale = parts
    if not written[0].isdigit() and _is_word(written, scale, unit, folded[match.start() - 1 : match.start()]):
        return None
    if match["half"] and unit:
        reading = Reading(reading.low + 0.5)
    if match["sign"] and measure(unit)[0] in ("ratio", "points", "℃"):
        reading = Reading(-reading.low)
    kind = ARTICLE if written == "一" and measure(unit)[0] in COUNT_DIMENSIONS else QUANTITY
    kind = DATE if unit in DATE_UNITS else ORDINAL if unit in ORDINAL_UNITS else kind
    return reading, scale + unit, kind


def _is_word(written: str, scale: str, unit: str, before: str) -> bool:
    """Tell whether a numeral in Chinese characters is part of a word or vague: 数十家, 三角, 千人计划, 千万不要."""
    if before and before in VAGUE_BEFORE and written[0] in "十百千":
        return True
    if not unit:
        return not (scale or "点" in written) or (written in ("千万", "百万") and before not in "破过超达近至为到逾")
    if written in ("百", "千", "零"):
        return unit in WORD_FORMING or measure(unit)[0] in COUNT_DIMENSIONS | {"months", "days"}
    return unit in WORD_FORMING and not scale


def _read(match: re.Match[str], folded: str) -> tuple[Reading, str, str] | None:
    if match["percent"]:
        return _read_percent(match)
    if match["below"]:
        return _read_fraction(match)
    if match["double"]:
        times = match["times"] or "1"
        return (Reading(float(times)) if times.isdigit() else read_chinese(times) or Reading(1.0)), "番", QUANTITY
    if match["era_year"] or match["roc_year"]:
        return (Reading(float(year)), "年", YEAR) if (year := read_era(match)) else None
    if match["year"]:
        return _read_year(match)
    if match["latin"]:
        return _read_latin(match)
    if match["bare"]:
        return Reading(1.0), match["bare"] + match["bare_unit"], QUANTITY
    if match["plain"]:
        return _read_plain(match, folded)
    parts = _parts((match["order"] or match["nth"] or "0").strip())  # no place in an order where it is a name's: G20
    return parts[0] if parts else Reading(0.0), match["order_unit"] or "", ORDINAL


def _share_units(numbers: list[Number], folded: str) -> list[Number]:
    """Give both ends of a range its unit: 3-5年, 百分之七到八."""
    for index, (left, right) in enumerate(pairwise(numbers)):
        if not RANGE.fullmatch(folded, left.end, right.start) or {left.kind, right.kind} != {QUANTITY}:
            continue
        if not left.unit and right.unit:
            numbers[index] = replace(left, unit=right.unit)
        elif left.unit in ("%", "‰") and not right.unit:
            numbers[index + 1] = replace(right, unit=left.unit)
    return numbers


def find_numbers(text: str) -> list[Number]:
    """Return the numbers of ``text`` in order, years, dates and ordinals among them, told apart by ``kind``.

    Words that only contain numerals (长三角, 一带一路, 数十家, 十四五) give nothing.
    """
    folded = fold(with_plain_separators(text))
    numbers = []
    for match in number_pattern().finditer(folded):
        found = _read(match, folded)
        if found is None:
            continue
        reading, unit, kind = found
        written = text[match.start() : match.end()]
        start, end = match.start() + len(written) - len(written.lstrip()), match.start() + len(written.rstrip())
        if match["sign"] and reading.low >= 0:
            start += 1
        more = kind == QUANTITY and not set(MORE).isdisjoint(match.group())
        numbers.append(Number(start, end, reading.low, unit, text[start:end], kind, reading.high, more))
    return _share_units(numbers, folded)


def spelled_values(text: str) -> set[float]:
    """Return what the Chinese numerals of a text say that stand in words: 15 of 十五连增, 10,000 of 近万人."""
    known = find_numbers(text)
    values = set()
    for match in CHINESE_NUMERAL.finditer(text):
        inside = any(each.start <= match.start() and match.end() <= each.end for each in known)
        if not inside and (reading := read_chinese(match["digits"] or "一")):
            values.add(reading.low * SCALES.get(match["scale"] or "", 1.0))
    return values - {1.0}
