"""What quotes bear: the figures, years and places a claim may state, and whether it is their words with one altered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import combinations

from rag.finding.scope import named_years
from rag.language.chinese_numerals import read_chinese
from rag.language.folding import fold
from rag.language.numerals import ARTICLE, ORDINAL, QUANTITY, YEAR, Number, base_value, find_numbers, same_quantity
from rag.language.periods import resolve_years
from rag.language.places import NATION, Gazetteer, Level, PlaceMention
from rag.language.units import COUNT_DIMENSIONS, SCALES
from rag.types import Figure, Quote

DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+|[^\W\d_]")
CHINESE_NUMERAL = re.compile(
    r"(?P<digits>[一二两三四五六七八九十百千零〇]*)(?P<scale>[万亿]?)(?<=[一二两三四五六七八九十百千零〇万亿])"
)
CLAUSE_END = re.compile(r"[，；;。（）()\n]|,(?!\d)")
COPY_SHARE = 0.7
MIN_COPY_TOKENS = 5
MIN_NAME_CHARS = 3
ROUNDING = 0.006
# Measure words that count the same things: 30个项目, 项目30项.
COUNTERS = COUNT_DIMENSIONS - {"people", "户", "人次", "次", "户次", "人家", "户人家", "人份"}
COUNTABLE = COUNT_DIMENSIONS | {""}
COMPUTED = re.compile(
    r"共|合计|总计|总共|一共|加起来|之和|相加|相差|差|多|少|高|低|增|减|升|降|倍|占|平均|累计|快|慢|缩|扩|长|短|早|晚|翻"
    r"|\b(?:total|sum|together|combined|altogether|difference|differ\w*|more|less|fewer|higher|lower|above|below|up|down|average|"
    r"gap|times|rose|fell|increase\w*|decrease\w*|grew|gr\w+|share|percentage points?|from)\b",
    re.IGNORECASE,
)
ABOUT = re.compile(r"约|\babout\b")
# Words that a claim may not have in place of each other where it repeats a quote.
OPPOSITES = tuple(
    frozenset(line.split("/")) for line in files("rag").joinpath("data", "opposites.txt").read_text("utf-8").split()
)


@dataclass(frozen=True, slots=True)
class Borne:
    """What a claim may rest on: its quotes, and what is known of their reports.

    ``current_years`` are what 今年 means in each quote's report; ``report_years`` the years the reports tell of;
    ``names`` their places, titles and authors; ``question`` the user's words. ``figures`` are those of quoted rows of
    tables, whose units and years stand in the head.
    """

    quotes: tuple[Quote, ...]
    current_years: tuple[int | None, ...]
    report_years: frozenset[int]
    names: tuple[str, ...]
    question: str
    figures: tuple[Figure, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The words of the quotes."""
        return tuple(quote.text for quote in self.quotes)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the quoted spans, and the names of their reports."""
        return (*(quote.span.label for quote in self.quotes), *self.names)


def figure_fault(text: str, borne: Borne) -> str:
    """Return a figure of the claim that nothing bears; "" where there is none.

    A figure may also be a sum, difference, ratio, average or count of figures that are borne, where the claim or the
    question speaks of one.
    """
    told = _numbers(borne)
    spelled = {value for each in borne.texts for value in _spelled(each)}
    known = told + [number for each in (*borne.labels, borne.question) for number in find_numbers(each)]
    numbers = find_numbers(text)
    for number in numbers:
        if number.kind in (YEAR, ARTICLE) or any(_is_same(number, other) for other in known):
            continue
        if number.kind == QUANTITY and (
            {number.value, base_value(number)[0]} & spelled
            or _is_count(number, text, borne)
            or _is_computed(number, told, numbers, text, borne)
            or _is_rate(number, told)
        ):
            continue
        if number.kind != QUANTITY and _stands(number.text.rstrip("."), borne):
            continue
        return number.text
    return _loose_digits(text, numbers, _sources(borne))


def _loose_digits(text: str, numbers: Sequence[Number], sources: Iterable[str]) -> str:
    """Return digits that belong to no number (names, codes, ordinals) and stand in no source."""
    inside = [(number.start, number.end) for number in numbers]
    known = {each.replace(",", "") for source in sources for each in DIGITS.findall(fold(source))}
    folded = fold(text)
    for match in DIGITS.finditer(folded):
        if any(start <= match.start() and match.end() <= end for start, end in inside):
            continue
        if match.group().replace(",", "") not in known and not _list_mark(folded, match):
            return match.group()
    return ""


def _list_mark(text: str, match: re.Match[str]) -> bool:
    """Tell whether digits only number a point: 1. or （2）."""
    return len(match.group()) < 3 and re.match(r"[.、)）]\D", text[match.end() : match.end() + 2]) is not None


def _sources(borne: Borne) -> Iterable[str]:
    return (*borne.texts, *borne.labels, borne.question)


def _numbers(borne: Borne) -> list[Number]:
    return [number for each in borne.texts for number in find_numbers(each)] + _cells(borne)


def _cells(borne: Borne) -> list[Number]:
    """Return the figures of quoted rows with the units their heads give, a falling rate with and without its sign."""
    rows = [(row, value) for row in borne.figures if row.unit for value in {row.value, abs(row.value)}]
    return [Number(row.start, row.end, value, row.unit, row.text) for row, value in rows]


def _spelled(text: str) -> set[float]:
    """Return what the Chinese numerals of a text say that stand in words: 15 of 十五连增, 10,000 of 近万人."""
    known = find_numbers(text)
    values = set()
    for match in CHINESE_NUMERAL.finditer(text):
        if not any(each.start <= match.start() and match.end() <= each.end for each in known):
            reading = read_chinese(match["digits"] or "一")
            values.add((reading.low if reading else 0.0) * SCALES.get(match["scale"] or "", 1.0))
    return values - {0.0, 1.0}


def _is_rate(number: Number, told: Sequence[Number]) -> bool:
    """Tell whether a rate is told as an amount: 20万元/亩 where the words are 亩均20万元."""
    amount, _, each = number.unit.partition("/")
    return bool(each) and any(same_quantity(replace(number, unit=amount), other) for other in told)


def _stands(words: str, borne: Borne) -> bool:
    return any(fold(words) in fold(source) for source in _sources(borne))


def _is_same(one: Number, other: Number) -> bool:
    """Tell whether two numbers state the same amount; measure words that count the same things are one."""
    if ORDINAL in (one.kind, other.kind):  # 第369位 is 369位
        return fold(one.text).removeprefix("第") == fold(other.text).removeprefix("第")
    if same_quantity(one, other):
        return True
    (value, kind), (other_value, other_kind) = base_value(one), base_value(other)
    if YEAR in (one.kind, other.kind):
        return False
    same_kind = {kind, other_kind} <= COUNTERS or (one.kind, other.kind) != (QUANTITY, QUANTITY)
    return same_kind and _near(value, other_value, 0) and one.unit[:1] not in "亿万" and other.unit[:1] not in "亿万"


def _near(one: float, other: float, rounding: float = ROUNDING) -> bool:
    return abs(one - other) <= max(rounding * abs(other), 1e-9 * max(abs(one), abs(other)))


def _is_computed(number: Number, told: Sequence[Number], stated: Sequence[Number], text: str, borne: Borne) -> bool:
    value, kind = base_value(number)
    amounts = {base_value(each) for each in told if each.kind == QUANTITY}
    if not COMPUTED.search(text) and not COMPUTED.search(borne.question):
        return False
    shown = {base_value(each) for each in stated if each is not number and each.kind == QUANTITY}
    if len(borne.quotes) < 2 and len(amounts & shown) < 2:
        return False
    if kind == "points":
        values = [100 * each for each, other in amounts if other == "ratio"] + [
            each for each, other in amounts if other == "points"
        ]
        return any(_near(abs(a - b), value) or _near(a + b, value) for a, b in combinations(values, 2))
    if kind in ("ratio", "倍"):
        pairs = [(a, b) for a, ka in amounts for b, kb in amounts if ka == kb and a != b and b]
        if any(_near(each, value, 0.01) for a, b in pairs for each in (a / b, abs(a - b) / b)):
            return True
    each_quoted = [amount for words in borne.texts for amount in {base_value(row) for row in find_numbers(words)}]
    values = [each for each, other in each_quoted if other == kind or {kind, other} <= COUNTABLE]
    sums = {abs(a - b) for a, b in combinations(values, 2)} | {a + b for a, b in combinations(values, 2)}
    if len(values) > 2:
        sums |= {sum(values), sum(values) / len(values)} | {a + b + c for a, b, c in combinations(values, 3)}
    return any(_near(each, value, ROUNDING if number.more or ABOUT.search(text) else 1e-6) for each in sums)


def _is_count(number: Number, text: str, borne: Borne) -> bool:
    """Tell whether a small number counts what is listed: items of the claim or its quotes, quotes, or quoted places."""
    count, (_, kind) = number.value, base_value(number)
    if count not in range(2, 21) or not (kind in COUNTERS or (not kind and text.isascii())):
        return False
    listed = [len(re.findall(r"[、；;]|以及|和|与|\band\b|,", each)) + 1 for each in (text, *borne.texts)]
    places = len({quote.span.place for quote in borne.quotes})
    return count in (len(borne.quotes), places, *listed)


def altered_words(text: str, borne: Borne) -> str:
    """Return what a claim altered where it else repeats a quote: a figure, a unit, or a word into its opposite.

    An alteration counts only where no quote has the claim's version in that place.
    """
    claimed = _tokens(text)
    faults, cleared = [], set()
    for quote in borne.texts:
        original = _tokens(quote)
        matcher = SequenceMatcher(None, original, claimed, autojunk=False)
        blocks = matcher.get_opcodes()
        same = sum(high - low for tag, _, _, low, high in blocks if tag == "equal")
        cleared |= {
            place for tag, _, _, low, high in blocks if tag == "equal" and high - low > 2 for place in range(low, high)
        }
        if same < COPY_SHARE * min(len(claimed), len(original)) or same < 4:
            continue
        for tag, old_low, old_high, low, high in blocks:
            if tag == "replace" and _is_altered(original, old_low, old_high, claimed, low, high):
                faults.append((low, high))
    for low, high in faults:
        if not set(range(low, high)) <= cleared:
            return "".join(claimed[max(0, low - 4) : high + 4])
    return _other_figure(text, borne)


def _other_figure(text: str, borne: Borne) -> str:
    """Return a clause that has another figure than the quoted clauses it repeats best."""
    originals = [each for quote in borne.texts for each in CLAUSE_END.split(quote) if DIGITS.search(each)]
    for clause in CLAUSE_END.split(text):
        numbers = find_numbers(clause)
        figures = [each for each in numbers if each.kind != YEAR]
        words = Counter(each for each in _tokens(clause) if not each[0].isdigit())
        if words.total() < MIN_COPY_TOKENS or not DIGITS.search(clause):
            continue
        shares = [(sum((words & Counter(_tokens(each))).values()), each) for each in originals]
        most = max((same for same, _ in shares), default=0)
        if most < COPY_SHARE * words.total():
            continue
        best = [each for same, each in shares if same == most]
        told = [number for each in best for number in find_numbers(each)] + _cells(borne)
        if len(figures) > 1 and len(borne.texts) > 1:  # a list: each quote tells one of its figures
            told = _numbers(borne)
        for figure in figures:
            if not any(_is_same(figure, other) or figure.text == other.text for other in told):
                return "" if _is_computed(figure, _numbers(borne), figures, text, borne) else clause
        if _loose_digits(clause, numbers, best):
            return clause
    return ""


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(fold(text))


def _is_altered(
    original: Sequence[str], old_low: int, old_high: int, claimed: Sequence[str], low: int, high: int
) -> bool:
    old_figures = [each.replace(",", "") for each in original[old_low:old_high] if each[0].isdigit()]
    new_figures = [each.replace(",", "") for each in claimed[low:high] if each[0].isdigit()]
    aligned = len(old_figures) == len(new_figures) and old_high - old_low == high - low
    if aligned and any(float(old) != float(new) for old, new in zip(old_figures, new_figures, strict=True)):
        return True
    # A pair of opposites may share a character with its neighbours: 以上 and 以下 differ in the second one alone.
    for reach in (0, 1):
        was = "".join(original[max(0, old_low - reach) : old_high])
        now = "".join(claimed[max(0, low - reach) : high])
        if any(was != now and {was, now} == pair for pair in OPPOSITES):
            return True
    return False


def year_fault(text: str, borne: Borne) -> str:
    """Return a year of the claim that neither quotes nor labels bear, nor the question of a report that tells of it."""
    known: set[int] = set()
    for quote, current in zip(borne.quotes, borne.current_years, strict=True):
        known |= set(quote.span.years)
        for source in (quote.text, quote.span.text, quote.span.label):
            known |= set(named_years(source))
            for mention in resolve_years(source, current):
                known |= set(range(mention.first, mention.last + 1))
    known |= {year for row in borne.figures for year in row.years}
    known |= {year for name in borne.names for year in named_years(name)}
    known |= set(named_years(borne.question)) & borne.report_years
    stated = [year for mention in resolve_years(text, None) for year in mention.years] or list(named_years(text))
    return next((str(year) for year in stated if year not in known), "")


def place_fault(text: str, borne: Borne, gazetteer: Gazetteer) -> str:
    """Return a place the claim names that quotes, labels and question do not."""
    known = fold(" ".join((*_sources(borne), *(quote.span.text for quote in borne.quotes))))
    for mention in gazetteer.find_places(text):
        if mention.name != NATION and not _is_known(mention, known):
            return mention.text
    return ""


def _is_known(mention: PlaceMention, known: str) -> bool:
    if fold(mention.text) in known:
        return True
    names = [name for place in mention.candidates for name in (place.name, place.short)]
    if any(fold(name) in known for name in names):
        return True
    if not mention.place.listed:  # words before an unlisted name are read as part of it: 说明燧河县
        return any(fold(mention.text[at:]) in known for at in range(1, len(mention.text) - MIN_NAME_CHARS + 1))
    return mention.place.level > Level.COUNTY
