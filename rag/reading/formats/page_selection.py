"""Which blocks of a page are its text: menus, related links, share buttons and imprints go, sentences stay.

The text sits in the deepest element that holds nearly all running words. Inside it everything is kept but furniture and
link lists; outside it only long prose, the title, and the line that dates the page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from lxml.html import HtmlElement

from rag.reading.formats.page_blocks import Block
from rag.reading.heading_forms import DAY, ENDS_SENTENCE

SHARE_OF_TEXT = 0.8
MAX_FURNITURE_CHARS = 60
LONG_PROSE_CHARS = 60
PROSE = frozenset("，。！？；,;!?")
TEASER = re.compile(r"(?:[【\[(（]\s*(?:详细|详情|更多|全文)\s*[】\])）]|阅读全文|查看更多)\W*$")
MAX_DATE_LINE_CHARS = 80


@cache
def furniture() -> re.Pattern[str]:
    """Return what marks a short line as part of the page, not of the text (see the rules in the word list itself)."""
    lines = files("rag").joinpath("data/page_furniture.txt").read_text("utf-8").splitlines()
    return re.compile("|".join(_rule(line) for line in lines if line and not line.startswith("#")), re.IGNORECASE)


def _rule(line: str) -> str:
    phrase = re.escape(line[1:] if line[0] in "=^$" else line)
    frame = {"=": r"^\W*{}\W*$", "^": r"^\W*{}", "$": r"{}\W*$"}.get(line[0], "{}")
    return frame.format(phrase)


def select(blocks: Sequence[Block], title: str) -> list[Block]:
    """Return the blocks of the page's text, in order; all that are not furniture when none looks like prose."""
    main = _main_element(blocks)
    if main is None:
        return [block for block in blocks if not _is_furniture(block)] or list(blocks)
    inside = [index for index, block in enumerate(blocks) if main in block.ancestors]
    first, last = min(inside), max(inside)
    kept = set()
    for index, block in enumerate(blocks):
        wanted = _is_wanted_inside(block) if main in block.ancestors else _is_wanted_outside(block)
        if wanted or (index < first and _is_head(block, title)) or (last < index <= last + 3 and _is_dated(block)):
            kept.add(index)
    return _without_last_headings([blocks[index] for index in sorted(kept)])


def is_title(block: Block, title: str) -> bool:
    """Tell whether a line is the page's own title (the HTML title often has the site's name behind it)."""
    line = "".join(block.text.split())
    return 4 <= len(line) <= 120 and block.link_share < 0.5 and line in "".join(title.split())


def _main_element(blocks: Sequence[Block]) -> HtmlElement | None:
    weights: dict[HtmlElement, int] = defaultdict(int)
    total = 0
    for block in filter(_is_text, blocks):
        total += len(block.text)
        for element in block.ancestors:
            weights[element] += len(block.text)
    holding = [element for element, weight in weights.items() if weight >= SHARE_OF_TEXT * total]
    return max(holding, key=lambda element: len(list(element.iterancestors())), default=None)


def _is_text(block: Block) -> bool:
    if _is_furniture(block):
        return False
    if block.rows:
        return block.link_share < 0.5
    return block.link_share < 0.35 and len(block.text) >= 8 and (bool(PROSE & set(block.text)) or ". " in block.text)


def _is_furniture(block: Block) -> bool:
    if TEASER.search(block.text):
        return True
    if len(block.text) > MAX_FURNITURE_CHARS or block.rows or block.text.endswith(("。", "；")):
        return False
    return not DAY.search(block.text) and bool(furniture().search(block.text))


def _is_wanted_inside(block: Block) -> bool:
    is_linked_sentence = len(block.text) >= 40 and bool(ENDS_SENTENCE.search(block.text))
    return not _is_furniture(block) and (block.link_share < 0.5 or is_linked_sentence or 0 < block.level <= 3)


def _is_wanted_outside(block: Block) -> bool:
    if block.rows or _is_furniture(block):
        return False
    is_prose = len(block.text) >= LONG_PROSE_CHARS and bool(ENDS_SENTENCE.search(block.text))
    return is_prose and block.link_share < 0.2


def _is_head(block: Block, title: str) -> bool:
    return is_title(block, title) or _is_dated(block) or (block.level == 1 and block.link_share < 0.5)


def _is_dated(block: Block) -> bool:
    is_short = len(block.text) <= MAX_DATE_LINE_CHARS and block.link_share < 0.5
    return is_short and not block.rows and bool(DAY.search(block.text))


def _without_last_headings(blocks: Sequence[Block]) -> list[Block]:
    """Drop headings at the end that nothing follows any more."""
    kept = list(blocks)
    while kept and kept[-1].level and len(kept) > 1:
        kept.pop()
    return kept
