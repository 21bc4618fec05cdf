"""The value of a number written in Chinese characters."""

from __future__ import annotations

from typing import NamedTuple

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
DIGITS |= {"〇": 0, "○": 0, "◯": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
PLACES = {"十": 10, "百": 100, "千": 1000}


class Reading(NamedTuple):
    """A value, and the upper end where two neighbouring digits mean a range (七八 is 7 to 8)."""

    low: float
    high: float | None = None


def _integer(characters: str) -> Reading | None:
    """Read up to 9999; ``三四百`` is a range; None for what is no number (三五, 百百)."""
    total, pending, spread, last_place = 0, None, 0, 10_000
    for character in characters:
        if character in DIGITS:
            digit = DIGITS[character]
            if pending and digit == pending + 1:
                spread = 1
            elif pending:
                return None
            pending = pending if spread else digit
            continue
        place = PLACES[character]
        if place >= last_place:
            return None
        total += (1 if pending in (None, 0) else pending) * place
        spread, pending, last_place = spread * place, None, place
    total += pending or 0
    return Reading(float(total), float(total + spread) if spread else None)


def read_chinese(characters: str) -> Reading | None:
    """Read 一千二百, 六点五, 七八, 二〇二五; None if the characters are digits of no number (三五).

    Digit by digit needs three characters or a zero: 一九五 is 195, 三五 is nothing.
    """
    whole, point, fraction = characters.partition("点")
    if point:
        low = _integer(whole)
        decimals = "".join(str(DIGITS[digit]) for digit in fraction)
        return Reading(low.low + float(f"0.{decimals}")) if low else None
    if all(character in DIGITS for character in characters) and (
        len(characters) > 2 or (len(characters) == 2 and {"零", "〇", "○"} & set(characters))
    ):
        return Reading(float("".join(str(DIGITS[digit]) for digit in characters)))
    return _integer(characters)
