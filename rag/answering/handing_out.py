"""Figures of several things told together, shared out by 分别 or one an item: the one asked for said alone."""

from __future__ import annotations

import re

from rag.evidence import Sentence
from rag.matching import Matcher
from rag.sentences import Span, split_clauses, split_items
from rag.types import Figure
from rag.windows import part_around

HANDED_OUT = re.compile(r"分别(?P<verb>[一-鿿]{0,4}?)\s*(?=[\d一二三四五六七八九十百])")
JOINED = re.compile(r"(?:和|与|及|以及)$")
COUNTED_THING = re.compile(r"(?:(?:以及|和|及)(?=\d))?\d[\d.]*[万亿]*[一-鿿].{3,}")
STOP_CHARS = 2


def own_share(text: str, sentence: Sentence, figure: Figure, window: Span, matcher: Matcher) -> str:
    """Return the words for ``figure`` alone: "丙占比达72%" of "甲、丙占比分别达50%、72%"; "" where it shares nothing.

    Only for the figure handed out last, which ends ``window``: the words the things share stand with the last of them.
    Not where the question names another of the things, too.
    """
    handed = list(HANDED_OUT.finditer(text, window.start, figure.start))
    if not handed or figure.end < window.end - STOP_CHARS:
        return ""
    at = text.rfind(figure.indicator, window.start, handed[-1].start())
    others = [row for row in sentence.figures if handed[-1].end() <= row.start < figure.start]
    if at < 0 or not others:
        return ""
    item = part_around(text, sentence.span, at, split_items)
    joined = JOINED.search(text[item.start : at])
    named = text[at if joined else item.start : at + len(figure.indicator)]
    asked = matcher.borne(named).keys()
    if any(matcher.borne(row.indicator).keys() - asked for row in others):
        return ""
    return f"{named}{handed[-1]['verb']}{text[figure.start : figure.end]}"


def own_item(text: str, figure: Figure, window: Span, matcher: Matcher) -> str:
    """Return the item of ``figure`` alone: "80个丙类小组" of "建强30个甲类村、80个丙类小组"; "" where it is not alone.

    Only of one clause whose further items each begin with a count of their own, and not where another item bears
    more of the question.
    """
    items = split_items(text, *window)
    own = next((item for item in items if item.start <= figure.start < item.end), None)
    further = [text[slice(*item)] for item in items[1:]]
    if own is None or not further or len(split_clauses(text, *window)) > 1:
        return ""
    if not all(COUNTED_THING.match(words) for words in further):
        return ""
    head = re.match(r"\D*", text[slice(*items[0])])
    asked = matcher.borne(head[0] if head else "") | matcher.borne(text[slice(*own)])
    others = (matcher.borne(text[slice(*item)]) for item in items if item != own)
    more = any(share > asked.get(gram, 0.0) for borne in others for gram, share in borne.items())
    return "" if more else text[slice(*own)]
