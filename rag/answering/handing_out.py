"""Figures that 分别 hands out among several things: the last of them said with its own thing alone."""

from __future__ import annotations

import re

from rag.evidence import Sentence
from rag.matching import Matcher
from rag.sentences import Span, split_items
from rag.types import Figure
from rag.windows import part_around

HANDED_OUT = re.compile(r"分别(?P<verb>[一-鿿]{0,4}?)\s*(?=[\d一二三四五六七八九十百])")
JOINED = re.compile(r"(?:和|与|及|以及)$")
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
