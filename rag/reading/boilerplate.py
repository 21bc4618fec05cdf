"""Tell the lines of the page that carried a report from the report's own."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.reading.heading_forms import CONTENTS, DATELINE, ENDS_SENTENCE, number_of
from rag.reading.lines import Line

MAX_FURNITURE_CHARS = 80
MAX_ORPHAN_CHARS = 12
BODY_CHARS = 40
LAST_PART = 0.5
SALUTATION = re.compile(r"(?:各位|同志们|尊敬的|女士们|代表们).{0,30}[:：！!]")
TITLE_WORDS = re.compile(
    "报告|讲话|公报|致辞|发言|规划|纲要|意见|通知|方案|总结|计划|[省市县区州长]$|主席|书记|总理|记者"
)
MAX_PAGE_DIGITS = 4
MIN_PAGE_NUMBERS = 3
MIN_MENU_LINES = 8
MIN_CONTENTS = 3


@dataclass(frozen=True, slots=True)
class Furniture:
    """Patterns of lines that are no part of a report: see ``site_furniture.toml``."""

    anywhere: re.Pattern[str]
    around: re.Pattern[str]
    ends: re.Pattern[str]


@cache
def load_furniture() -> Furniture:
    """Read the patterns."""
    table = tomllib.loads(files("rag").joinpath("data", "site_furniture.toml").read_text("utf-8"))
    joined = {
        name: re.compile("|".join(f"(?:{rule})" for rule in rules), re.IGNORECASE) for name, rules in table.items()
    }
    return Furniture(joined["anywhere"], joined["around"], joined["ends"])


def drop_boilerplate(lines: Sequence[Line], kept: Sequence[tuple[int, int]]) -> list[Line]:
    """Return the lines that belong to the report, in order; lines inside the ``kept`` spans always stay."""
    furniture = load_furniture()
    protected = [any(start <= line.start < end for start, end in kept) for line in lines]
    first, last = _body(lines)
    doomed = {
        index
        for index, line in enumerate(lines)
        if not protected[index] and _is_furniture(line.text, furniture, inside=first <= index <= last)
    }
    doomed |= _page_numbers(lines) - {index for index, is_kept in enumerate(protected) if is_kept}
    doomed |= _contents(lines)
    doomed |= _orphans(lines, doomed, first, last) | _menu(lines, range(last + 1, len(lines)), protected)
    end = _end(lines, furniture)
    return [line for index, line in enumerate(lines) if (index not in doomed and index < end) or protected[index]]


def _is_body(text: str) -> bool:
    return (len(text) >= BODY_CHARS and bool(set(text) & set("，。；"))) or bool(SALUTATION.match(text))


def _body(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the indexes of the first and last line of running text; (0, last) if there is none."""
    bodies = [index for index, line in enumerate(lines) if _is_body(line.text)]
    return (bodies[0], bodies[-1]) if bodies else (0, len(lines) - 1)


def _is_furniture(text: str, furniture: Furniture, *, inside: bool) -> bool:
    if len(text) > MAX_FURNITURE_CHARS or ENDS_SENTENCE.search(text):
        return False
    return bool(furniture.anywhere.fullmatch(text) or (not inside and furniture.around.fullmatch(text)))


def _page_numbers(lines: Sequence[Line]) -> set[int]:
    """Find lines that only count pages: bare figures that ascend through the text."""
    found = [index for index, line in enumerate(lines) if line.text.isdecimal() and len(line.text) <= MAX_PAGE_DIGITS]
    values = [int(lines[index].text) for index in found]
    ascending = all(left < right for left, right in itertools.pairwise(values))
    return set(found) if len(found) >= MIN_PAGE_NUMBERS and ascending else set()


def _contents(lines: Sequence[Line]) -> set[int]:
    """Find a table of contents: lines, most with a page's number, whose words head a part further down."""
    last = {"".join(line.text.split()): index for index, line in enumerate(lines)}
    words = ["".join(line.text.rstrip("0123456789").split()).rstrip(".…·-—|") for line in lines]
    found: list[int] = []
    for index, line in enumerate(lines):
        follows = index and (index - 1 in found[-1:] or words[index - 1] in CONTENTS)
        is_entry = last.get(words[index], -1) > index and (follows or line.text[-1].isdecimal())
        found += [index] if is_entry or (follows and not words[index]) else []
    heads = {index - 1 for index in found[:1] if words[index - 1] in CONTENTS}
    return heads | set(found) if len(found) >= MIN_CONTENTS else set()


def _menu(lines: Sequence[Line], zone: range, protected: Sequence[bool]) -> set[int]:
    """Find the links of a page below its text: many short lines in a row that end no sentence."""
    short = [index for index in zone if not protected[index] and len(lines[index].text) <= MAX_FURNITURE_CHARS]
    run = [index for index in short if not ENDS_SENTENCE.search(lines[index].text)]
    return set(run) if len(run) >= max(MIN_MENU_LINES, len(zone) / 2) else set()


def _orphans(lines: Sequence[Line], doomed: set[int], first: int, last: int) -> set[int]:
    """Find short lines among furniture outside the running text: a user's rank, a mood, the name of a menu."""
    found: set[int] = set()
    for zone in (range(first), range(last + 1, len(lines))):
        marks = [index for index in zone if index in doomed]
        for index in zone if marks else ():
            before, after = index > min(marks), index < max(marks)
            if ((before and after) or (before and index > last)) and _is_orphan(lines[index].text):
                found.add(index)
    return found


def _is_orphan(text: str) -> bool:
    if len(text) > MAX_ORPHAN_CHARS or ENDS_SENTENCE.search(text) or number_of(text)[0]:
        return False
    return not TITLE_WORDS.search(text) and not DATELINE.match(text) and not SALUTATION.match(text)


def _end(lines: Sequence[Line], furniture: Furniture) -> int:
    """Return the index from which on nothing belongs to the text."""
    for index in range(int(len(lines) * LAST_PART), len(lines)):
        if furniture.ends.fullmatch(lines[index].text):
            return index
    return len(lines)
