"""What would count as an answer, and whether a text holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.numerals import QUANTITY, find_numbers
from rag.sorts import Sort
from rag.types import Reading

BARE_SCALES = frozenset({"万", "亿", "千", "百万", "千万", "万亿"})
SPANS_OF_TIME = frozenset({"年", "月", "日", "届", "年度"})
PEOPLE = frozenset("人名位")
SPREAD = re.compile(r"年均|累计|平均每年|[较比].{0,6}(?:五|十)[一二三四五]?[”\"]?(?:时期|期|末|规划)?.{0,8}增")
TIME = re.compile(
    r"\d\s*[年月日号]|季度|年(内|底|初|末)|[上下]半年|月底|[前今明去当]年|[一二三四五六七八九十]月|期间|时期"
)
AVERAGE = re.compile(r"年均|平均|递增|\baverage|\bannual")
SHARE = re.compile(r"占.{0,24}(?:比重|比例|比|的)|占比|比重")
RANK = re.compile(r"(?:国家|[省市县区镇乡村])级")
LOOSE_AMOUNT = re.compile(
    r"(?:[近上数几]|成)[十百千万亿]+[余多]?(?P<unit>[一-鿿]?)|半个?(?P<half>[一-鿿])|[一二三四五六七八九十]+连[增降升冠]"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would count as an answer; empty fields ask for nothing.

    A unit, years, the first and last year of a ``span`` named as a whole (“十五五”, 2018到2022年), a reading, any
    ``number``, a ``time``, ``several`` things at once, a thing of a ``sort`` to be named, or a ``reason``.
    ``indicators`` are the folded wordings of the indicators the question names; ``spread`` asks for an average or a
    total over several years, ``average`` for an average a year, ``share`` maybe for a part of a whole and ``part`` for
    nothing else, ``level`` for an amount rather than its growth; ``ranks`` are the ranks it names (省级, 县级).
    """

    units: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    span: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN
    number: bool = False
    time: bool = False
    several: bool = False
    sort: Sort | None = None
    reason: bool = False
    indicators: frozenset[str] = frozenset()
    spread: bool = False
    average: bool = False
    share: bool = False
    part: bool = False
    level: bool = False
    ranks: frozenset[str] = frozenset()

    @property
    def asks_figure(self) -> bool:
        """Whether only a figure can answer."""
        return self.number or bool(self.units)


@lru_cache(maxsize=100_000)
def ranks_in(text: str) -> frozenset[str]:
    """Return the ranks of administration that ``text`` names."""
    return frozenset(RANK.findall(text))


@lru_cache(maxsize=100_000)
def units_in(text: str) -> tuple[str, ...]:
    """Return the units of the quantities in ``text``, in order; a bare number has the unit ""."""
    return tuple(number.unit for number in find_numbers(text) if number.kind == QUANTITY)


def bears_unit(text: str, wanted: Wanted) -> bool:
    """Say whether ``text`` holds a quantity of a unit asked for, or any quantity where no unit was named."""
    units = units_in(text)
    if not wanted.units:
        amounts = [unit for unit in units if unit not in SPANS_OF_TIME]
        return bool(amounts) or bool(LOOSE_AMOUNT.search(text)) if wanted.number else True
    if any(compatible(unit, asked) for unit in units for asked in wanted.units):
        return True
    loose = LOOSE_AMOUNT.finditer(text)
    heads = {unit[:1] for unit in wanted.units} | {unit[-1:] for unit in wanted.units}
    return any((match["unit"] or match["half"] or "") in heads | {""} for match in loose)


def compatible(unit: str, asked: str) -> bool:
    """Say whether a figure in ``unit`` answers one for ``asked``: 亿元 for 元 or 亿, 人 for 名, any count for 个."""
    if unit in BARE_SCALES and asked not in ("%", "元"):
        return True
    if asked in PEOPLE and unit[-1:] in PEOPLE:
        return True
    if asked == "个":
        return unit not in ("%", "‰", "") and "元" not in unit
    return unit.endswith(asked) or (asked.endswith(unit) and bool(unit)) or (asked in ("亿", "万") and asked in unit)
