"""Put hard-wrapped lines and lines cut at a page's end together again, without swallowing headings."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from rag.reading.heading_forms import (
    DATELINE,
    ENDS_INSIDE,
    STARTS_INSIDE,
    is_unfinished,
    looks_like_heading,
    number_of,
)
from rag.reading.lines import IS_CJK, Line
from rag.reading.note_forms import heads_notes, is_note_head, label_at, ordinal_at

MAX_WRAP_CHARS = 70
MAX_HEAD_LINES = 5
MIN_WRAP_CHARS = 16
MIN_WRAPPED_LINES = 5
SLACK_CHARS = 3
WRAPPED_SHARE = 0.5
FULL_SHARE = 0.82
WHOLE_SHARE = 0.94
CONTINUES = re.compile(r"[的了和与及等将]|正式|以来|期间")
MARKDOWN = ("- ", "* ", "+ ", "> ", "|")
MAX_LOOSE_HEADING_CHARS = 40
QUOTE_REACH_CHARS = 40


def wrap_width(lines: Sequence[Line]) -> int:
    """Return how many characters the lines of a hard-wrapped text hold; 0 if the text is not wrapped.

    A wrapped line stops in mid-sentence, and the next follows at once and is no longer than it.
    """
    unfinished = [
        (len(line.text), following)
        for line, following in itertools.pairwise(lines)
        if is_unfinished(line.text) and not number_of(line.text)[0]
    ]
    candidates = Counter(
        length
        for length, following in unfinished
        if MIN_WRAP_CHARS <= length <= MAX_WRAP_CHARS
        and not following.blanks_before
        and len(following.text) <= length + SLACK_CHARS
    )
    if not candidates:
        return 0
    width = max(candidates, key=lambda length: sum(candidates[near] for near in range(length - 3, length + 2)))
    near = sum(count for length, count in candidates.items() if abs(length - width) <= SLACK_CHARS)
    return width if near >= MIN_WRAPPED_LINES and near >= WRAPPED_SHARE * len(unfinished) else 0


def join_lines(lines: Sequence[Line], alone: Sequence[tuple[int, int]]) -> list[list[Line]]:
    """Group lines into paragraphs, in order; lines inside the ``alone`` spans (tables, marked headings) stay single."""
    width = wrap_width(lines)
    paragraphs: list[list[Line]] = []
    was_single = True
    in_notes = False
    for line in lines:
        single = line.level > 0 or any(start <= line.start < end for start, end in alone)
        in_notes = heads_notes(line.text) or (in_notes and not line.level)
        if paragraphs and not single and not was_single and _goes_on(paragraphs[-1], line, width, in_notes=in_notes):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        was_single = single
    return paragraphs


def _goes_on(paragraph: Sequence[Line], line: Line, width: int, *, in_notes: bool) -> bool:
    """Tell whether ``line`` goes on with a note's explanation, a quotation, or the sentence before it."""
    if label_at(line.text) or (in_notes and ordinal_at(line.text)):
        return False
    head = paragraph[0].text
    if len(paragraph) == 1 and is_note_head(head) and (in_notes or label_at(head)):
        return not heads_notes(line.text)
    return (in_notes and _is_in_quotation(paragraph)) or _continues(paragraph, line, width)


def _is_in_quotation(paragraph: Sequence[Line]) -> bool:
    text = "".join(part.text for part in paragraph)
    return text.rfind("“") > max(text.rfind("”"), len(text) - QUOTE_REACH_CHARS)


def _continues(paragraph: Sequence[Line], line: Line, width: int) -> bool:
    """Tell whether ``line`` goes on with the sentence or paragraph before it."""
    last = paragraph[-1].text
    if line.blanks_before and not IS_CJK.search(last[-1] + line.text[0]) and not last.endswith((",", "-")):
        return False  # scripts with spaces part their paragraphs by blank lines
    if line.text.startswith(MARKDOWN) or last.startswith(MARKDOWN):
        return False
    if line.text.startswith(STARTS_INSIDE):
        return True
    if number_of(line.text)[0] or DATELINE.match(line.text):
        return False
    full = bool(width) and FULL_SHARE * width <= len(last) <= MAX_WRAP_CHARS
    if not is_unfinished(last):
        whole = full and not line.blanks_before and len(last) >= WHOLE_SHARE * width
        return whole and (len(line.text) > width // 2 or not is_unfinished(line.text))
    return _is_open(paragraph, line, full=full, width=width)


def _is_open(paragraph: Sequence[Line], line: Line, *, full: bool, width: int) -> bool:
    last = paragraph[-1].text
    text = "".join(part.text for part in paragraph[:MAX_HEAD_LINES])
    if DATELINE.match(text):
        return not text.rstrip("）)").endswith(("上", "议")) and not line.blanks_before
    if last.endswith(ENDS_INSIDE) or full:
        return True
    if len(line.text) == 1 and not line.blanks_before:
        return True
    if text.count("，") + text.count(",") > 1 and len(line.text) >= MIN_WRAP_CHARS:
        return True
    is_single = len(paragraph) == 1 or line.blanks_before
    is_short = len(paragraph) <= MAX_HEAD_LINES
    if is_single and is_short and looks_like_heading(text, max_chars=MAX_LOOSE_HEADING_CHARS):
        return not line.blanks_before and not width and bool(CONTINUES.match(line.text))
    return True
