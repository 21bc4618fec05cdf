"""Word's automatic numbers, which stand in no text: 一、, （二）, 3.1, counted as Word counts them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree

DIGITS = "〇一二三四五六七八九"
CHINESE = frozenset(
    ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand", "ideographDigital")
)
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
SMALL_ROMAN = (*ROMAN, (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered: 一、 is ``chineseCounting`` with the pattern ``%1、``."""

    kind: str
    pattern: str
    start: int


class Numbering:
    """Counts the numbered paragraphs of one document, to be asked in the order of the text."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._lists = _lists(numbering) if numbering is not None else {}
        self._style_places = _style_places(styles) if styles is not None else {}
        self._counters: dict[str, dict[int, int]] = defaultdict(dict)

    def number_of(self, paragraph: etree._Element, style_id: str) -> str:
        """Return the number in front of a paragraph, such as （二）; empty without one or for a bullet."""
        place = _place(paragraph.find(qn("w:pPr"))) or self._style_places.get(style_id)
        if place is None or place[0] not in self._lists:
            return ""
        list_id, depth = place
        group, levels = self._lists[list_id]
        if depth not in levels:
            return ""
        counters = self._counters[group]
        for deeper in [other for other in counters if other > depth]:
            del counters[deeper]
        counters[depth] = counters.get(depth, levels[depth].start - 1) + 1
        return _written(levels, depth, counters)


def _written(levels: dict[int, Level], depth: int, counters: dict[int, int]) -> str:
    if levels[depth].kind in ("bullet", "none"):
        return ""
    shown = levels[depth].pattern
    for other in range(9):
        level = levels.get(other, levels[depth])
        shown = shown.replace(f"%{other + 1}", format_number(counters.get(other, level.start), level.kind))
    return shown


def format_number(value: int, kind: str) -> str:
    """Write a number in one of Word's number formats; unknown ones as digits."""
    if kind in CHINESE:
        return _chinese(value)
    if kind == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if kind in ("lowerLetter", "upperLetter") and 1 <= value <= 26:
        return chr((97 if kind == "lowerLetter" else 65) + value - 1)
    if kind in ("lowerRoman", "upperRoman"):
        return _roman(value).upper() if kind == "upperRoman" else _roman(value)
    return str(value)


def _chinese(value: int) -> str:
    if not 0 < value < 100:
        return "".join(DIGITS[int(digit)] for digit in str(value))
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def _roman(value: int) -> str:
    written = ""
    for size, letters in SMALL_ROMAN:
        count, value = divmod(value, size)
        written += letters * count
    return written


def _lists(numbering: etree._Element) -> dict[str, tuple[str, dict[int, Level]]]:
    """Return for each list id its group, whose paragraphs count on from each other, and its levels."""
    abstract = {}
    for one in numbering.iter(qn("w:abstractNum")):
        levels = {_number(level, qn("w:ilvl"), 0): _level(level) for level in one.iter(qn("w:lvl"))}
        abstract[one.get(qn("w:abstractNumId"), "")] = levels
    lists = {}
    for one in numbering.iter(qn("w:num")):
        group = _value(one.find(qn("w:abstractNumId")))
        restarts = one.find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}") is not None
        list_id = one.get(qn("w:numId"), "")
        lists[list_id] = (f"{group}/{list_id}" if restarts else group, abstract.get(group, {}))
    return lists


def _level(level: etree._Element) -> Level:
    start = _value(level.find(qn("w:start")))
    kind, pattern = _value(level.find(qn("w:numFmt"))) or "decimal", _value(level.find(qn("w:lvlText")))
    return Level(kind, pattern, int(start) if start.isdecimal() else 1)


def _style_places(styles: etree._Element) -> dict[str, tuple[str, int]]:
    places = {}
    for style in styles.iter(qn("w:style")):
        if (place := _place(style.find(qn("w:pPr")))) is not None:
            places[style.get(qn("w:styleId"), "")] = place
    return places


def _place(properties: etree._Element | None) -> tuple[str, int] | None:
    """Return the list and the depth that paragraph properties name."""
    found = properties.find(qn("w:numPr")) if properties is not None else None
    if found is None:
        return None
    depth = _value(found.find(qn("w:ilvl")))
    return _value(found.find(qn("w:numId"))), int(depth) if depth.isdecimal() else 0


def _value(element: etree._Element | None) -> str:
    return element.get(qn("w:val"), "") if element is not None else ""


def _number(element: etree._Element, name: str, default: int) -> int:
    value = element.get(name, "")
    return int(value) if value.isdecimal() else default
