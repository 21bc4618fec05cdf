"""Words that weigh amounts against each other: by how much one is more than another, which of several is the most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

AT_MOST = re.compile(r"以内|以下|不超过|不高于|低于|压缩到|压减到|控制在|降到|降至|减到")
RANGE = re.compile(r"\s*(?:[-－—–~～]+|至|到)\s*")
RATES = frozenset({"%", "‰", "个百分点", ":1"})


@dataclass(frozen=True, slots=True)
class Side:
    """One of the amounts weighed: its ``name``, the ``amount`` as written, its ``value`` in a unit common to all.

    ``falls`` says that it measures a fall, so that more of it is a larger fall.
    """

    name: str
    amount: str
    value: float
    unit: str
    falls: bool = False

    def shown(self, *, english: bool) -> str:
        """The name with the amount behind it."""
        return f"{self.name} ({self.amount})" if english else f"{self.name}（{self.amount}）"


def degree(side: Side, *, low: bool) -> str:
    """Return the Chinese word for more (less, if ``low``) of what ``side`` measures: 多, 高, 降幅大 and so on."""
    if side.falls:
        return "降幅小" if low else "降幅大"
    more, less = ("高", "低") if side.unit in RATES else ("多", "少")
    return less if low else more


def set_against(one: Side, other: Side, gap: str = "", *, english: bool) -> str:
    """Say how ``one`` compares with ``other``, both with their amounts, and by how much (``gap``)."""
    low = one.value < other.value
    if one.value == other.value:
        if english:
            return f"{one.name} and {other.name} are equal ({one.amount})"
        return f"{one.name}与{other.name}相同（{one.amount}）"
    shown = one.shown(english=english), other.shown(english=english)
    if english:
        return f"{shown[0]} is {'lower' if low else 'higher'} than {shown[1]}" + (f" by {gap}" if gap else "")
    return f"{shown[0]}比{shown[1]}{degree(one, low=low)}{gap}"


def rank(ordered: Sequence[Side], *, low: bool, english: bool) -> str:
    """Name the first of three or more ordered sides as the most (the least, if ``low``), then the others in order."""
    shown = [side.shown(english=english) for side in ordered]
    if english:
        return f"{shown[0]} is the {'lowest' if low else 'highest'}, then {', '.join(shown[1:])}"
    word = degree(ordered[0], low=low)
    word = word.replace("降幅", "降幅最") if ordered[0].falls else f"最{word}"
    return f"{shown[0]}{word}，其后是{'、'.join(shown[1:])}"


def is_met(aimed: float, reached: float, *, directions: tuple[str, str], at_most: bool, rates: bool) -> bool:
    """Tell whether a target is met: ``directions`` are those of target and result ("up", "down" or "").

    ``at_most`` says that the target is an upper bound, ``rates`` that both are rates of change: a fall against a rise
    that was aimed at misses it, whatever the amounts.
    """
    if directions == ("down", "down"):
        return reached >= aimed
    if rates and directions[0] != directions[1]:
        return directions[0] == "down"
    return reached <= aimed if at_most else reached >= aimed
