"""Choose the indicator of a figure from the words around it and from what the sentence spoke of before."""

from __future__ import annotations

import re

from rag.figures.owners import is_property
from rag.figures.phrases import (
    COORDINATED,
    MAX_CHARS,
    Before,
    awaits_object,
    clean_phrase,
    counts,
    is_generic,
    is_only_verbs,
    is_relation,
)
from rag.figures.source import Carried

AND = re.compile(r"、|(?<=.{2})(?:以及|和|与|(?<!普)及)")
BARE_COMPARISONS = frozenset("比较同与")
NARROWED = re.compile(r"[、，,\s]*其中,?(?:过|超|达)?\d")
# 城乡居民收入分别增长5%、6% gives the towns' figure first, then the countryside's.
TOWN_AND_COUNTRY = re.compile(r"(?:城乡|城镇(?:居民)?(?:和|、|与|及)农村)(?P<of>居民.+)")
MAX_INHERITED_CHARS = 16


def is_narrowing(before: str) -> bool:
    """Tell whether a clause speaks of a part of what came before (其中)."""
    return before.lstrip("、，, ").startswith("其中")


def choose_indicator(
    before: str, parsed: Before, noun: str, carried: Carried, *, unit: str, clause_before: str, follows: str
) -> str:
    """Return the indicator: the words before the figure, with the noun after a count, else what was spoken of.

    The total investment of what was just counted (…个,总投资…) is told as its own. ``clause_before`` is the clause
    before this one where it holds no figure, else ""; ``follows`` the thing an amount of money or land stands before
    (投资50亿元原料药项目), else "".
    """
    if is_relation(before) and not parsed.direction:
        return carried.subject
    narrowing = is_narrowing(before)
    inherited = carried.main if narrowing else (carried.thing or carried.subject)
    enumerated = noun and before.rstrip().endswith("等")
    cleaned = clean_phrase("" if enumerated else parsed.phrase, coordinated=any(word in before for word in COORDINATED))
    cleaned = "" if cleaned in BARE_COMPARISONS else cleaned
    spends = before.strip() and not parsed.qualifiers and is_only_verbs(cleaned)
    if follows and not parsed.direction and (spends or _is_deed(cleaned) or awaits_object(cleaned)):
        carried.thing = follows
        return cleaned + follows
    if is_only_verbs(cleaned):
        noun = noun or (follows if not before.strip("，、, ") else "")
        return _without_noun(before, cleaned, noun, inherited or _announced(clause_before, before), carried)
    carried.thing = ""
    if noun and is_generic(cleaned) and not counts(unit):
        return noun
    if noun and counts(unit):
        return cleaned + noun if len(cleaned) + len(noun) <= MAX_CHARS else noun
    if carried.counted and is_property(cleaned) and not parsed.direction:
        return carried.counted + cleaned
    owned = is_generic(cleaned) and before.startswith("、") and len(inherited) <= MAX_INHERITED_CHARS
    return inherited + cleaned if owned or NARROWED.match(before) else cleaned


def _is_deed(phrase: str) -> bool:
    """Tell whether a phrase is a bare amount spent or covered, maybe after verbs (紧盯投资)."""
    return any(is_generic(phrase[start:]) and is_only_verbs(phrase[:start]) for start in range(len(phrase)))


def _without_noun(before: str, verbs: str, noun: str, inherited: str, carried: Carried) -> str:
    thing = noun or inherited
    carried.thing = thing if verbs else ""
    return verbs + thing if len(verbs) + len(thing) <= MAX_CHARS else thing


def _announced(clause_before: str, before: str) -> str:
    """Return the topic a clause without figures sets for the next one (进出口总额，由…增加到…)."""
    topic = clean_phrase(clause_before) if before.lstrip().startswith(("由", "从")) else ""
    return topic if 2 <= len(topic) <= MAX_INHERITED_CHARS and not is_only_verbs(topic) else ""


def distribute(indicator: str, count: int, carried: Carried) -> str:
    """Share the indicators A、B of 分别增长5%、6% among ``count`` figures: return the first, queue the others.

    Without as many parts, the indicators of the figures before are shared.
    """
    items = [item for item in map(clean_phrase, AND.split(indicator)) if item]
    if count < 2:
        return indicator
    if count == 2 and (both := TOWN_AND_COUNTRY.fullmatch(indicator)):
        items = [f"{half}{both['of']}" for half in ("城镇", "农村")]
    if len(items) < count:
        earlier = list(dict.fromkeys(carried.history))
        if indicator != carried.subject or len(earlier) < count:
            return indicator
        items = earlier
    carried.queue = items[len(items) - count + 1 :]
    return items[-count]
