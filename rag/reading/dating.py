"""Date a text: which year 今年 means in it, which year it mainly speaks of, and the day it was given."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.language.folding import fold
from rag.language.periods import HAN_YEAR, YEAR, read_numeral, resolve_years, spoken_year
from rag.types import ReportKind, Section

ANY_YEAR = rf"(?:{YEAR}|{HAN_YEAR})"
NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
DAY = re.compile(rf"(?P<year>{ANY_YEAR})年\s?(?P<month>{NUMBER})月\s?(?P<day>{NUMBER})日")
MEETING_DAY = re.compile(DAY.pattern + r"在[^\n。]{2,40}(?:会议|大会|代表大会)")
TITLE_YEAR = re.compile(rf"(?P<year>{ANY_YEAR})年?度?[^\n。，]{{0,24}}(?:报告|公报|讲话|要点|总结|计划|规划|致辞|发言)")
ENTERING = re.compile(rf"即将(?:迈入|到来|开启|迎来|进入|跨入)[^。]{{0,24}}?(?P<year>{YEAR})年")
LEAVING = re.compile(rf"(?:挥别|告别|辞别|即将过去的?|即将结束的?)[^。]{{0,16}}?(?P<year>{YEAR})年")
SESSION = re.compile(
    r"第(?P<congress>[一二三四五六七八九十]{1,3})届全国人民代表大会"
    r"(?:第(?P<session>[一二三四五六七八九十])次会议(?P<since>以来的五年)?(?![，,]?(?:以来|闭幕|到|的决议))|(?=作))"
)
SESSION_CHARS = 300
LOOKING_BACK_SHARE = 0.4
TERM_YEARS = 5
RESULT_HEADING = ("回顾", "总结", "执行情况", "完成情况")
TARGET_HEADING = ("安排", "任务", "重点", "部署", "目标", "主要工作")
FRONT_CHARS = 600
TITLE_REACH = 40
EARLY_SESSIONS = {
    (1, 1): 1954, (1, 2): 1955, (1, 3): 1956, (1, 4): 1957, (1, 5): 1958, (2, 1): 1959, (2, 2): 1960, (2, 3): 1962,
    (2, 4): 1963, (3, 1): 1964, (4, 1): 1975, (5, 1): 1978, (5, 2): 1979, (5, 3): 1980, (5, 4): 1981, (5, 5): 1982,
}  # fmt: skip
FIRST_REGULAR_CONGRESS, FIRST_REGULAR_YEAR = 6, 1983


@dataclass(frozen=True, slots=True)
class Dating:
    """``year`` is the year a text mainly speaks of, ``current_year`` what 今年 means; ``date`` ISO or empty."""

    year: int | None
    current_year: int | None
    date: str = ""


def congress_year(congress: int, session: int) -> int | None:
    """Return the year in which a session of the National People's Congress met.

    Source: the congress's own calendar; since 1983 a congress sits five years, one plenary session a year.
    """
    if congress >= FIRST_REGULAR_CONGRESS:
        return FIRST_REGULAR_YEAR + 5 * (congress - FIRST_REGULAR_CONGRESS) + session - 1
    return EARLY_SESSIONS.get((congress, session))


def date_text(text: str, sections: Sequence[Section], title: str, source_name: str, kind: ReportKind) -> Dating:
    """Date a text from what it says itself; only when it tells nothing, from the name of its file."""
    folded = fold(text)
    front = folded[:FRONT_CHARS]
    leaving, entering = LEAVING.search(folded), ENTERING.search(folded)
    if entering or leaving:
        coming = int(entering["year"]) if entering else int(leaving["year"]) + 1 if leaving else 0
        return Dating(coming, int(leaving["year"]) if leaving else coming - 1, _day(MEETING_DAY.search(front)))
    meeting = MEETING_DAY.search(front)
    current = next((year for year in _stated(front, fold(title), sections, meeting) if year), None)
    current = current or _by_name(source_name)
    current = current or _last_year(fold(title))
    current = current or next((year for year in _inferred(folded, front, sections, kind) if year), None)
    return Dating(current, current, _day(meeting))


def _stated(front: str, title: str, sections: Sequence[Section], meeting: re.Match[str] | None) -> Iterator[int | None]:
    """Yield the years in which the text says outright that it was given, the surest first."""
    yield _last_year(title) if TITLE_YEAR.search(title) else None
    yield _year_of(meeting)
    yield _year_of(_title_in(front.split("各位")[0]))
    yield _by_session(front)
    yield from (_by_heading(section.path[-1], RESULT_HEADING, 1) for section in sections if section.path)


def _title_in(front: str) -> re.Match[str] | None:
    """Find a title that names its year: no part of a sentence stands before it, as before a plan that is spoken of."""
    for match in TITLE_YEAR.finditer(front):
        before = front[front.rfind("\n", 0, match.start()) + 1 : match.start()]
        if len(before) <= TITLE_REACH and not set(before) & set(",;。"):
            return match
    return None


def _inferred(folded: str, front: str, sections: Sequence[Section], kind: ReportKind) -> Iterator[int | None]:
    """Yield the years that follow from what the text speaks of, the surest first."""
    yield from (_by_heading(section.path[-1], TARGET_HEADING, 0) for section in sections if section.path)
    yield _year_of(DAY.search(front))
    yield _by_first_results(folded, sections)
    if kind is ReportKind.WORK_REPORT:
        yield _by_looking_back(folded)
    yield _by_counts(folded)
    yield _by_events(folded)


def _last_year(title: str) -> int | None:
    """A title that names two years (2030年计划执行情况与2031年计划草案) speaks of the later."""
    years = [mention.last for mention in resolve_years(title, None) if mention.first == mention.last]
    return max(years, default=None)


def _year_of(match: re.Match[str] | None) -> int | None:
    return spoken_year(match["year"]) if match else None


def _by_session(front: str) -> int | None:
    match = SESSION.search(front[:SESSION_CHARS])
    if match is None:
        return None
    year = congress_year(read_numeral(match["congress"]), read_numeral(match["session"] or "一"))
    return year + TERM_YEARS if year and match["since"] else year


def _by_heading(heading: str, words: Sequence[str], shift: int) -> int | None:
    """Take the year of a heading with such words: 2030年工作回顾 is a year older than its report."""
    mentions = resolve_years(heading, None)
    is_one = len(mentions) == 1 and mentions[0].first == mentions[0].last
    return mentions[0].first + shift if is_one and any(word in heading for word in words) else None


def _by_first_results(folded: str, sections: Sequence[Section]) -> int | None:
    """Take the first year named under 去年工作回顾 plus one."""
    for section in sections:
        looks_back = section.path and any(word in section.path[-1] for word in ("去年", "过去一年", "一年来"))
        if looks_back and (mentions := resolve_years(folded[section.start : section.end], None)):
            return mentions[0].last + 1
    return None


def _by_looking_back(folded: str) -> int | None:
    """Take the year a work report's first part names most often, plus one: it looks back on the year just over."""
    first_part = folded[: int(len(folded) * LOOKING_BACK_SHARE)]
    counts = Counter(mention.first for mention in resolve_years(first_part, None) if mention.first == mention.last)
    best = max(counts, key=lambda year: (counts[year], year), default=None)
    return best + 1 if best and counts[best] > 1 else None


def _by_counts(folded: str) -> int | None:
    """Take the latest year that is named often; a text about the year just over speaks mostly of it."""
    counts = Counter(mention.first for mention in resolve_years(folded, None) if mention.first == mention.last)
    often = [year for year, count in counts.items() if count >= 2]
    return max(often, default=None)


@cache
def _events() -> tuple[tuple[re.Pattern[str], int, bool], ...]:
    table = tomllib.loads(files("rag").joinpath("data", "events.toml").read_text("utf-8"))
    return tuple(
        (re.compile(event["pattern"]), event.get("at") or event["from"], "at" in event) for event in table["event"]
    )


def _by_events(folded: str) -> int | None:
    """Date a text by the events it names: the one it looks forward to, else the latest it knows."""
    found = [(year, is_exact) for pattern, year, is_exact in _events() if pattern.search(folded)]
    exact = [year for year, is_exact in found if is_exact]
    return max(exact or [year for year, _ in found], default=None)


def _by_name(source_name: str) -> int | None:
    match = re.search(rf"(?<!\d)({YEAR})(?!\d)", source_name)
    return int(match.group(1)) if match else None


def _day(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    month, day = map(read_numeral, (match["month"], match["day"]))
    return f"{spoken_year(match['year'])}-{month:02d}-{day:02d}"
