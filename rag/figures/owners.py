"""Whose an amount is that tells a property (总投资, 占地面积) of things counted before or after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.figures.phrases import counts
from rag.types import Figure

PROPERTY = re.compile(r"(?:计划|年度|协议|合同)*(?:总投资|投资|总?占地面积|总建筑面积|总规模)$")
MAX_GAP_CHARS = 9


def is_property(indicator: str) -> bool:
    """Tell whether an indicator is a property of a thing that it does not name."""
    return PROPERTY.match(indicator) is not None


def with_owners(figures: Sequence[Figure], folded: str) -> list[Figure]:
    """Name in a sentence's figures the things counted right after their properties (总投资9亿元、占地3亩的5个项目)."""
    named = list(figures)
    for index in range(len(named) - 1, 0, -1):
        owner, before = named[index], named[index - 1]
        told = PROPERTY.search(before.indicator)
        if told is None or counts(before.unit):
            continue
        gap = folded[before.end : owner.start]
        if gap == "的" and counts(owner.unit):
            named[index - 1] = replace(before, indicator=owner.indicator + told.group())
        elif gap.startswith("、") and len(gap) <= MAX_GAP_CHARS and owner is not figures[index]:
            named[index - 1] = replace(before, indicator=PROPERTY.sub("", owner.indicator) + told.group())
    return named
