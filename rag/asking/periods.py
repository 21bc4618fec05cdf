"""Years and periods named in a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.asking.question import Period
from rag.asking.words import word_lists
from rag.types import Reading

FIRST_ORDERLY_PLAN = 3
PLAN_EPOCH = 1951
CHINESE_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
YEAR = r"(?:(?<!\d)(?:19|20)\d\d(?!\d)|[一二][九〇零○][〇零○一二三四五六七八九]{2})"
RANGE = re.compile(rf"({YEAR})\s*年?\s*(-|~|～|到|至|to|and|through|until)\s*({YEAR})\s*年?", re.IGNORECASE)
ENDS_ASKED = re.compile(
    r"相差|变化|相比|[增减提下上扩缩][^，。？]{0,3}(?:多少|几)|[高低多少大小快慢](?:了|出)?(?:多少|几)|\bfrom\b",
    re.IGNORECASE,
)
COMPARED_BEFORE = re.compile(r"(?:[比较和与跟同自]|相比|相较)于?$|\b(?:compared (?:with|to)|from) $", re.IGNORECASE)
COMPARED_AFTER = re.compile(
    r"(?:年?[底末])?(?:相?比|起|累计|分别|平均|年均|一?共|总共|[下提上升降减增]|的?[?？.,]?$|[?,])"
)
CHANGES = re.compile(
    r"[降升增减]|提高|变化|\b(?:f[ae]ll|r[io]se|gr[eo]w|increased?|decreased?|declined?)", re.IGNORECASE
)
SINGLE = re.compile(rf"({YEAR})(?:\s*(?:财)?年(?:度|底|末|初|间|内)?)?(?![\d.]*\s*(?:万|亿|个|家|亩|元|%))")
SHORT = re.compile(r"(?<![\d.])['’]?(\d\d)年(?:度|底|末)?(?!代|来|间|内|前|后|以)")
NUMERAL = "[一二三四五六七八九]"
PLAN_NAME = re.compile(
    rf"[“\"'‘「]?(?<!三)(十{NUMERAL}|{NUMERAL})五[”\"'’」]?"
    r"(?=[”\"'’」]|规划|时期|期间|计划|末|收官|开局|以来)"
)
PLAN_NAME_ENGLISH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th) five[- ]year plan", re.IGNORECASE)
BASE_BEFORE = re.compile(r"\bsince (?:the end of )?$", re.IGNORECASE)
SPAN = "[一二两三四五六七八九十几]{1,2}"
SPAN_ENGLISH = r"(few|two|three|four|five|\d+) years"
FUTURE = re.compile(
    rf"(今后|未来|往后|下一个){SPAN}个?年[末底]?|(五年|届)[末期]+|(next|coming) {SPAN_ENGLISH}", re.IGNORECASE
)
PAST = re.compile(
    rf"(过去|近|最近|本届(?:政府)?|(?:前|这|上一?个?)(?!的?一年))的?{SPAN}年(里|来|间|中)?"
    rf"|(?<![\d十第]){SPAN}年(来|里|间|中)|(past|last|previous) {SPAN_ENGLISH}",
    re.IGNORECASE,
)
YEAR_ON_YEAR = re.compile(r"^[比较].{2,4}(同期)?(预计|实际)?(增长|提高|下降|增加|减少|上升|回升|增)")
FROM_TODAY = re.compile(r"[前今本去]年|本年度|(?:this|last|the current) year", re.IGNORECASE)
YEAR_PARTS = ("底", "末", "初", "度")
MONTH = "(?:1[0-2]|[1-9]|十[一二]|[一二三四五六七八九十])月份?(?:底|末|初)?"
SUBPERIOD = re.compile(
    rf"第?[一二三四1-4]季度|[上下]半年|前[一二三四五六七八九十]+个?(?:月|季度)|{MONTH}|\bQ[1-4]\b"
    r"|\b(?:first|second|third|fourth) quarter\b|\b(?:first|second) half\b",
    re.IGNORECASE,
)
REPORT_AFTER = re.compile(
    r"\s*(?:[^，。？,?\d]{0,14}?(?:政府工作报告|工作报告|统计公报|公报|government work report|work report)"
    r"|(?:国务院|政府)?的?报告"
    r"|[^，。？,?\d]{0,8}(?:作|发表|的)[^，。？,?\d]{0,14}(?:讲话|文章|致辞))",
    re.IGNORECASE,
)


def year_number(text: str) -> int:
    """Read a year in digits or Chinese numerals: ``year_number("二〇二二") == 2022``."""
    return int("".join(CHINESE_DIGITS.get(character, character) for character in text))


def plan_years(ordinal: int) -> tuple[int, ...]:
    """Return the five years of a national five-year plan, the 14th being 2021 to 2025; empty before the 3rd."""
    if ordinal < FIRST_ORDERLY_PLAN:
        return ()
    first = PLAN_EPOCH + 5 * ordinal
    return tuple(range(first, first + 5))


def _ordinal(numeral: str) -> int:
    counts = word_lists().counts
    return counts["十"] + counts[numeral[1]] if len(numeral) > 1 else counts[numeral]


def _ranges(text: str) -> Iterator[Period]:
    for match in RANGE.finditer(text):
        first, last = year_number(match[1]), year_number(match[3])
        spanned = match[2] in "到至" and last - first > 1 and not ENDS_ASKED.search(text)
        joined = match[2] in "-~～" or match[2].lower() == "through" or spanned
        years = tuple(range(first, last + 1)) if joined and first < last <= first + 15 else tuple(sorted({first, last}))
        yield Period(match.start(), match.end(), match[0], years)


def _singles(text: str) -> Iterator[Period]:
    for match in SINGLE.finditer(text):
        hard = not BASE_BEFORE.search(text, 0, match.start()) and not text.startswith("以来", match.end())
        yield Period(match.start(), match.end(), match[0], (year_number(match[1]),), hard=hard)
    for match in SHORT.finditer(text):
        yield Period(match.start(), match.end(), match[0], (2000 + int(match[1]),))


def _relatives(text: str, base: int | None) -> Iterator[Period]:
    words = word_lists()
    for match in words.relative_pattern.finditer(text):
        if YEAR_ON_YEAR.search(text[max(0, match.start() - 1) : match.end() + 6]):
            continue
        end = match.end() + (text[match.end() : match.end() + 1] in YEAR_PARTS)
        if not text.startswith(("以来", "间"), end):
            years = (base + words.relative_years[match["words"].lower()],) if base is not None else ()
            yield Period(match.start(), end, text[match.start() : end], years)


def _named_plans(text: str) -> Iterator[Period]:
    for match in PLAN_NAME.finditer(text):
        yield Period(match.start(), match.end(), match[0], plan_years(_ordinal(match[1])), hard=False)
    for match in PLAN_NAME_ENGLISH.finditer(text):
        yield Period(match.start(), match.end(), match[0], plan_years(int(match[1])), hard=False)


def _spans(text: str) -> Iterator[Period]:
    for match in FUTURE.finditer(text):
        yield Period(match.start(), match.end(), match[0], (), Reading.PLAN, hard=False)
    for match in PAST.finditer(text):
        yield Period(match.start(), match.end(), match[0], (), Reading.RESULT, hard=False)


def _names_a_report(text: str, period: Period) -> bool:
    match = REPORT_AFTER.match(text, period.end)
    return match is not None and not SINGLE.search(text, period.end, match.end())


def find_periods(text: str, *, base: int | None = None) -> tuple[Period, ...]:
    """Find the periods of a folded question, in its order, none overlapping another.

    ``base`` is the year that 今年 means; without it relative years are found with no ``years``. Words between quotation
    marks are read too: a caller that wants them left out masks them.
    """
    found: list[Period] = []
    for period in (*_ranges(text), *_named_plans(text), *_singles(text), *_spans(text), *_relatives(text, base)):
        if all(period.end <= other.start or period.start >= other.end for other in found):
            found.append(period)
    ordered = sorted(found, key=lambda period: period.start)
    dated = [period for period in ordered if period.hard]
    if len(dated) == 1 and _is_base(text, dated[0]):
        ordered = [replace(period, hard=False) if period is dated[0] else period for period in ordered]
    return tuple(_with_report(text, period) for period in ordered)


def _is_base(text: str, period: Period) -> bool:
    """Tell whether a year is only what a change is counted from (和2016年比, 较2016年下降)."""
    compared = COMPARED_BEFORE.search(text, 0, period.start) and COMPARED_AFTER.match(text, period.end)
    return len(period.years) == 1 and bool(compared and CHANGES.search(text))


def _with_report(text: str, period: Period) -> Period:
    if not period.hard or not _names_a_report(text, period):
        return period
    return Period(period.start, period.end, period.text, period.years, period.reading, hard=False, report=True)


def find_subperiods(text: str) -> tuple[str, ...]:
    """Return quarters, half-years and months named, in order: as written, English ones as Chinese reports say them."""
    chinese = word_lists().english_subperiods
    return tuple(dict.fromkeys(chinese.get(match[0].lower(), match[0]) for match in SUBPERIOD.finditer(text)))
