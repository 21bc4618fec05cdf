"""Which years words speak of, and whether they report what was reached or set what is aimed at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rag.language.calendars import ERA_YEAR, FISCAL_YEAR, read_era, read_fiscal
from rag.language.chinese_numerals import DIGITS, read_chinese
from rag.language.folding import fold
from rag.language.scripts import language_of
from rag.types import Reading

# What is no Chinese: two small words, or signs of other scripts.
ELSEWHERE = re.compile(r"[^\W\d_\u2e80-\u9fff]{3,} [^\W\d_\u2e80-\u9fff]{2,}|[\u0600-\u06ff\u3041-\u30fa\uac00-\ud7a3]")
FIRST_PLAN_YEAR = 1953
MAX_PLAN = 30
PLAN_REACH_CHARS = 12
PLAN_CLOSES = re.compile(r"(?:规划|计划)?(?:冲刺|圆满|胜利)?的?(?:收官|最后一年|末(?!期))")
PLAN_OPENS = re.compile(r"(?:规划|计划)?(?:实施)?(?:良好|精彩|顺利)?的?(?:开局|开端|首年|第一年|起步之年)")
YEAR = r"(?:1[89]\d\d|20\d\d)"
HAN_YEAR = r"(?:一[八九]|二[〇零○])[〇零○一二三四五六七八九]{2}"
RELATIVE = {
    "前年度": -1, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "本年": 0,
    "明年": 1, "来年": 1, "下一年": 1, "后年": 2, "昨年": -1, "翌年": 1,
    "last year": -1, "prior year": -1, "previous year": -1, "a year earlier": -1, "this year": 0, "next year": 1,
    "작년": -1, "전년": -1, "지난해": -1, "올해": 0, "금년": 0, "내년": 1,
    "năm ngoái": -1, "năm trước": -1, "năm nay": 0, "năm tới": 1, "năm sau": 1,
    "año pasado": -1, "año anterior": -1, "este año": 0, "próximo año": 1, "año que viene": 1,
    "العام الماضي": -1, "العام السابق": -1, "هذا العام": 0, "العام الحالي": 0, "العام المقبل": 1, "العام القادم": 1,
}  # fmt: skip
PLAN_NUMERAL = "[一二三四五六七八九十]{1,3}"
# Where no 年 follows, in a text that is not Chinese; the number of a table's cell or an amount is no year.
BARE_YEAR = re.compile(
    r"(?<![\d.,/$€£₹|])(?<!\| )(?:19[4-9]\d|20\d\d)(?![\d%/]|[.,]\d| \|| (?:million|billion|people|km|kg))"
)
SHORT_YEAR = re.compile(
    r"(?<![\d.\-—~至近去来这历了达满第每前后余逾超零〇一二三四五六七八九十百])(?:\d\d|[〇零一二五六七八九][〇零一二三四五六七八九])"
    r"(?=年(?![来间内以之前后多余里]))"
)


@dataclass(frozen=True, slots=True)
class YearMention:
    """Years named at ``[start, end)`` of a text: one, or a period from ``first`` to ``last`` inclusive.

    ``reading`` is what the words themselves tell: a period to come is a PLAN, one that is over a RESULT.
    """

    start: int
    end: int
    first: int
    last: int
    reading: Reading = Reading.UNKNOWN

    @property
    def years(self) -> tuple[int, ...]:
        """The year itself, or the first and last year of a longer period."""
        return (self.first,) if self.first == self.last else (self.first, self.last)


def plan_years(number: int) -> tuple[int, int]:
    """Return the first and last year of a five-year plan: the first ran 1953-57, the sixth began in 1981.

    Source: the plans' own titles; 1963-65 was a pause, so the third began in 1966.
    """
    first = FIRST_PLAN_YEAR + 5 * (number - 1) if number < 3 else 1966 + 5 * (number - 3)
    return first, first + 4


def read_numeral(text: str) -> int:
    """Read a whole number in figures or Chinese characters (十四 is 14); 0 if it is none (三五)."""
    reading = None if text.isdecimal() else read_chinese(text)
    return int(text) if text.isdecimal() else int(reading.low) if reading else 0


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], int | None], tuple[int, int, Reading] | None]]


def spoken_year(year: str) -> int:
    """Read a year in figures or numerals: 二〇三一 is 2031."""
    return int("".join(str(DIGITS.get(character, character)) for character in year))


def _era(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    year = read_era(match)
    return (year, year, Reading.UNKNOWN) if year else None


def _fiscal(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    is_month = match["last"] and "01" <= match["last"] <= "12" and language_of(match.string) == "zh"
    year = None if is_month else read_fiscal(match)
    return (year, year, Reading.UNKNOWN) if year else None


def _range(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    first, last = spoken_year(match["first"]), spoken_year(match["last"])
    return (first, last, Reading.UNKNOWN) if first < last else None


def _single(match: re.Match[str], current: int | None) -> tuple[int, int, Reading]:
    year = spoken_year(match["year"])
    return year, year, Reading.UNKNOWN


def _plan(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    """Resolve a five-year plan; its closing or opening year alone where the words after it say so."""
    groups = match.groupdict()
    written = groups["plan"] or groups.get("alone") or groups.get("counted") or ""
    number = read_numeral(written)
    if not 1 <= number <= MAX_PLAN:
        return None
    first, last = plan_years(number)
    after = match.string[match.end() : match.end() + PLAN_REACH_CHARS]
    if PLAN_CLOSES.match(after):
        return last, last, Reading.UNKNOWN
    if PLAN_OPENS.match(after):
        return first, first, Reading.UNKNOWN
    if current is None:
        return first, last, Reading.UNKNOWN
    if first < current <= last and after.startswith("以来"):
        return first, current - 1, Reading.RESULT
    return first, last, Reading.PLAN if last > current else Reading.RESULT if last < current else Reading.UNKNOWN


def _relative(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    if current is None:
        return None
    is_last = match["relative"] == "前年" and language_of(match.string) == "ja"
    year = current + (-1 if is_last else RELATIVE[match["relative"]])
    return year, year, Reading.UNKNOWN


def _past(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    count = read_numeral(match["past"] or match["since"] or "") or (5 if match["term"] else 0)
    if current is None or not count:
        return None
    return current - count, current - 1, Reading.RESULT


def _coming(match: re.Match[str], current: int | None) -> tuple[int, int, Reading] | None:
    count = read_numeral(match["coming"])
    if current is None or count < 2:
        return None
    return current, current + count - 1, Reading.PLAN


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (
        (ERA_YEAR, _era),
        (FISCAL_YEAR, _fiscal),
        (rf"(?P<first>{YEAR}|{HAN_YEAR})年?\s?(?:-|~|至|到)+\s?(?P<last>{YEAR}|{HAN_YEAR})年", _range),
        (
            rf"(?<![\d-])(?P<first>{YEAR})(?:\s(?:to|through|until)\s|-(?=\d{{4}}\s[a-z])|(?<=between\s\d{{4}})\sand\s)"
            rf"(?P<last>{YEAR})(?!\d)",
            _range,
        ),
        (rf"(?<!\d)(?P<year>{YEAR}|{HAN_YEAR})\s?(?:年(?![龄级轻检限])|(?=年)|년)", _single),
        (rf"[“\"「](?P<plan>{PLAN_NUMERAL})五[”\"」](?!普法)", _plan),
        (
            r"(?<![第“一二三四五六七八九十百千])(?P<plan>十[一二三四五六七八九]?)五(?=规划|计划|时期|期间|末|初|开局|收官)"
            r"|(?<![第“一二三四五六七八九十百千])(?P<alone>十[一二三四五六七八九])五(?![一二三四五六七八九十百千万亿个人岁天年月日号条项届里米户家次])"
            r"|(?P<counted>\d{1,2})(?:st|nd|rd|th) five[ -]year plan",
            _plan,
        ),
        (rf"第(?P<plan>{PLAN_NUMERAL})个五年(?:计划|规划)", _plan),
        # What is only compared with is not spoken of: 前年比, 前年の37人から, 전년보다.
        (
            rf"(?P<relative>{'|'.join(RELATIVE)})(?!度?(?:同期)?比|より|に比べ|の[^、。]{{1,12}}から|보다|\ ?대비)",
            _relative,
        ),
        (
            r"(?:过去|回首|回顾|回望|近|这|最近|此前)的?(?:这)?(?P<past>[一二两三四五六七八九十])年"
            r"|(?P<since>[一二两三四五六七八九十])年来|(?P<term>本届政府(?:任期|以来|成立以来|履职以来)?)",
            _past,
        ),
        (r"(?:今后|未来|往后|下一个|接下来)的?(?P<coming>[一二两三四五六七八九十])年", _coming),
    )
)


def resolve_years(text: str, current_year: int | None) -> tuple[YearMention, ...]:
    """Find the years ``text`` names, in order, relative ones counted from ``current_year`` (left out if it is None).

    A longer mention wins over one inside it. 今后五年 runs from this year on, 过去五年 ends with the last one.
    """
    folded = fold(text)
    found: list[YearMention] = []
    taken = bytearray(len(folded))
    for pattern, resolve in RULES:
        for match in pattern.finditer(folded):
            if 1 in taken[match.start() : match.end()]:
                continue
            if resolved := resolve(match, current_year):
                found.append(YearMention(match.start(), match.end(), *resolved))
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    if language_of(folded) != "zh":
        bare = (match for match in BARE_YEAR.finditer(folded) if not any(taken[match.start() : match.end()]))
        found += [YearMention(each.start(), each.end(), int(each.group()), int(each.group())) for each in bare]
    return tuple(sorted(found, key=lambda mention: mention.start))


@lru_cache(maxsize=256)
def without_periods(text: str) -> str:
    """Return a text without the periods of several years it names, so that what is left names single ones."""
    for mention in reversed(resolve_years(text, None)):
        if mention.first != mention.last:
            text = f"{text[: mention.start]} {text[mention.end :]}"
    return text


def with_full_years(text: str, known: Collection[int]) -> str:
    """Write out ``known`` years of two digits: 24年, 08年, 五四年; 用了24年, 近10年, 七八年 are spans of time."""

    def full(match: re.Match[str]) -> str:
        digits, short = match.group(), spoken_year(match.group())
        year = short + (1900 if short >= 50 else 2000)
        return str(year) if year in known and (digits.isdecimal() or short % 11 != 1) else digits

    return SHORT_YEAR.sub(full, text)


@dataclass(frozen=True, slots=True)
class PeriodWords:
    """Patterns that tell results from targets and plans, for clauses, headings and the openings of paragraphs."""

    clause: dict[Reading, re.Pattern[str]]
    clause_elsewhere: dict[Reading, re.Pattern[str]]
    heading: dict[Reading, re.Pattern[str]]
    weak_heading: dict[Reading, re.Pattern[str]]
    opening: dict[Reading, re.Pattern[str]]


@cache
def load_period_words() -> PeriodWords:
    """Read the patterns (see ``period_words.toml``)."""
    tables = tomllib.loads(files("rag").joinpath("data", "period_words.toml").read_text("utf-8"))
    return PeriodWords(**{
        name: {Reading(reading): re.compile("|".join(rules)) for reading, rules in table.items()}
        for name, table in tables.items()
    })  # fmt: skip


@lru_cache(maxsize=50_000)
def reading_of(text: str) -> Reading:
    """Tell by its wording how a clause or sentence is meant; UNKNOWN where it does not tell or tells both."""
    words = load_period_words().clause_elsewhere if ELSEWHERE.search(text) else load_period_words().clause
    target = len(words[Reading.TARGET].findall(text))
    result = len(words[Reading.RESULT].findall(text))
    if load_period_words().heading[Reading.PLAN].search(text) and target >= result:
        return Reading.PLAN
    if target == result:
        return Reading.UNKNOWN
    return Reading.TARGET if target > result else Reading.RESULT


def reading_of_headings(path: Sequence[str]) -> Reading:
    """Tell how what stands under these headings (outermost first) is meant: 回顾 a RESULT, 今后五年 a PLAN.

    The innermost heading with a clear word decides; words that also decorate slogans (成效, 举措) count only where no
    heading has a clear one.
    """
    words = load_period_words()
    for patterns in (words.heading, words.weak_heading):
        for heading in reversed(path):
            for reading in (Reading.PLAN, Reading.RESULT, Reading.TARGET):
                if reading in patterns and patterns[reading].search(heading):
                    return reading
    return Reading.UNKNOWN


def reading_votes(sentences: Iterator[str]) -> dict[Reading, int]:
    """Count the readings of sentences by their wording."""
    votes = {Reading.RESULT: 0, Reading.TARGET: 0, Reading.PLAN: 0, Reading.UNKNOWN: 0}
    for sentence in sentences:
        votes[reading_of(sentence)] += 1
    return votes
