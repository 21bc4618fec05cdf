"""Who speaks, where, of which period: the profile of a report, from its own text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import PurePath

from rag.language.divisions import NATION
from rag.language.folding import fold
from rag.language.places import Gazetteer
from rag.reading.boilerplate import SALUTATION
from rag.reading.dating import date_text
from rag.reading.heading_forms import DATELINE, DAY, ENDS_SENTENCE, number_of
from rag.reading.placing import find_place
from rag.types import Profile, ReportKind, Section

FRONT_LINES = 14
FRONT_CHARS = 700
MAX_TITLE_CHARS = 90
MIN_DECLARED_CHARS = 6
SURNAMES = "".join(files("rag").joinpath("data", "surnames.txt").read_text("utf-8").split())
NAME = rf"[{SURNAMES}][\u4e00-\u9fff]{{1,3}}"
BYLINE = re.compile(rf"(?:本报(?:通讯员|记者)|记者|通讯员|作者)[\s:：]*({NAME})")
WRITTEN_BY = ("(作者系", "(作者为", "(作者是", "(作者单位")
SIGNATURE = re.compile(rf"(?:作者\s*[:：]?\s*)?({NAME})")
OFFICE = re.compile(
    r"(?:[\u4e00-\u9fff]{0,16}?(?:省长|市长|县长|区长|州长|盟长|旗长|主席|总理|书记|主任))\s*"
    r"([\u4e00-\u9fff·]{2,10})"
)
DATED_AT_END = re.compile(r"[\s（(]*(?:19|20)\d\d\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?[）)]?\s*$")
REPRESENTS = re.compile(r"我(?:谨)?(?:代表|受)([^，。,]{2,24}?)(?:，|,|向|委托|作)")
SITE_SUFFIX = re.compile(r"\s*[_|｜-]+\s*[^_|｜-]{2,24}$")
TITLE_PREFIX = re.compile(r"^\s*[\[【][^\]】]{1,8}[\]】]\s*")
KIND_WORDS = {
    kind: re.compile(words)
    for kind, words in {
        ReportKind.COMMUNIQUE: r"(?:国民经济和社会发展|普查|\d年)[^，。]{0,16}公报",
        ReportKind.WORK_REPORT: "工作报告|工作回顾|工作总结|计划(?:草案)?的报告",
        ReportKind.SPEECH: "讲话|致辞|发言|演讲|献词|贺词",
    }.items()
}
REPORTS = re.compile(
    r"作(?:政府)?工作报告|报告(?:政府)?工作|我(?:谨)?(?:代表|受)[^。]{0,30}(?:政府|国务院|委员会)[^。]{0,60}(?:报告|汇报)"
    r"|(?:政府|国务院)[^。]{0,40}(?:大会|会议)(?:提出|作)[^。]{0,60}报告"
    r"|(?:总理|省长|市长|县长|区长|州长|主席)在报告中(?:首先)?(?:指出|说|提出|强调|回顾)"
)
BARE_TITLE = re.compile(r"(?:(?:19|20)\d\d年)?(?:政府)?工作报告[。.]?(?:（摘要）)?")
ADDRESSED = ("同志们,", "同志们!", "同志们:", "女士们", "朋友们,", "朋友们!", "朋友们:", "委号召", "我强调", "在此重申")
STATISTICS = "国民经济和社会发展统计公报"
ALL_YEAR = ("全年", "比上年", "同比")


def make_profile(text: str, sections: Sequence[Section], source_name: str, title: str, gazetteer: Gazetteer) -> Profile:
    """Describe a report from its text; ``title`` is what its format declared, maybe empty.

    ``years`` holds the main and current year only; the caller adds those of the dated sections. What the text does not
    tell stays empty or None; the file's name is asked last.
    """
    lines = _front_lines(text)
    found_title = _title(lines, title)
    author = _author(lines, found_title)
    kind = find_kind(text, found_title, author)
    place = find_place(text, found_title, source_name, gazetteer)
    dating = date_text(text, sections, found_title, source_name, kind)
    full_title = _full_title(found_title, place.name if place else "", dating.year, kind)
    name = full_title or _headword(lines) or PurePath(source_name).stem
    return Profile(
        title=name,
        place=place.name if place else None,
        place_path=place.path if place else (),
        year=dating.year,
        current_year=dating.current_year,
        years=tuple(sorted({year for year in (dating.year, dating.current_year) if year})),
        issuer=_issuer(text) or author,
        author=author,
        date=dating.date,
        kind=kind,
    )


def _front_lines(text: str) -> list[str]:
    lines = [line for line in text[:FRONT_CHARS].split("\n")[:FRONT_LINES] if line]
    hailed = next((index for index, line in enumerate(lines) if SALUTATION.match(line)), len(lines))
    return lines[:hailed] or lines[:1]


def _title(lines: Sequence[str], declared: str) -> str:
    """Choose the title: a front line the format declares as well, else the first line that can be one."""
    first = lines[0] if lines else ""
    possible = [line for line in lines[:6] if _can_be_title(line)]
    if first in declared and len(first) >= MIN_DECLARED_CHARS:
        possible.insert(0, first)
    bare = SITE_SUFFIX.sub("", declared).strip()
    if bare and (not possible or any(line in declared for line in possible)):
        return next((line for line in possible if line in declared), bare)[:MAX_TITLE_CHARS]
    named = (line for line in possible if any(pattern.search(line) for pattern in KIND_WORDS.values()))
    best = next(named, next(iter(possible), ""))
    return TITLE_PREFIX.sub("", best)


def _headword(lines: Sequence[str]) -> str:
    """Return the first line where it stands over a paragraph, however short it is: an entry's headword."""
    if len(lines) < 2 or not 2 <= len(lines[0]) <= MAX_TITLE_CHARS or len(lines[1]) < max(40, 3 * len(lines[0])):
        return ""
    first = lines[0]
    unfit = ENDS_SENTENCE.search(first) or first.endswith((":", "：")) or number_of(first)[0] or _office_line(first)
    return "" if unfit or DAY.match(first) or DATELINE.match(first) else first


def _can_be_title(line: str) -> bool:
    if not 4 <= len(line) <= MAX_TITLE_CHARS or ENDS_SENTENCE.search(line) or line.endswith((":", "：")):
        return False
    if number_of(line)[0] or set(line) & set("。；|"):
        return False
    if any(pattern.match(line) for pattern in (DAY, SALUTATION, DATELINE)):
        return False
    return not SIGNATURE.fullmatch(line) and not _office_line(line)


def _office_line(line: str) -> re.Match[str] | None:
    bare = line.replace(" ", "")
    return OFFICE.fullmatch(bare) if len(bare) <= 30 and "报告" not in bare else None


def _author(lines: Sequence[str], title: str) -> str:
    """Find the named person: after an office (市长 王小明) or as a signature below the title."""
    for line in lines[:8]:
        shown = DATED_AT_END.sub("", line.split("各位代表")[0])
        office = _office_line(shown) or _office_line(re.sub(r"^.*(?:[上日]\s|会议上)", "", shown))
        if office:
            return office.group(1)
    for line in lines[1:6]:
        if byline := BYLINE.fullmatch(line):
            return byline.group(1)
        bare = line.replace(" ", "").replace("　", "")
        if (signature := SIGNATURE.fullmatch(bare)) and bare not in title:
            return signature.group(1)
    return ""


def find_kind(text: str, title: str, author: str) -> ReportKind:
    """Tell what a report is from its title, how it addresses its hearers, and whether it is signed."""
    folded = fold(title)
    for kind, pattern in KIND_WORDS.items():
        if pattern.search(folded):
            return kind
    folded = fold(text)
    if REPORTS.search(folded[: 2 * FRONT_CHARS]):
        return ReportKind.WORK_REPORT
    if author or any(words in folded for words in WRITTEN_BY):
        return ReportKind.ARTICLE
    if any(words in folded for words in ADDRESSED):
        return ReportKind.SPEECH
    is_statistics = STATISTICS in folded[:FRONT_CHARS] and any(words in folded for words in ALL_YEAR)
    return ReportKind.COMMUNIQUE if is_statistics else ReportKind.OTHER


def _issuer(text: str) -> str:
    match = REPRESENTS.search(text[: 2 * FRONT_CHARS])
    return match.group(1) if match else ""


def _full_title(title: str, place: str, year: int | None, kind: ReportKind) -> str:
    """Add place and year to a work report's title that is missing or bare (政府工作报告)."""
    is_bare = BARE_TITLE.fullmatch(fold(title).replace(" ", ""))
    if kind is not ReportKind.WORK_REPORT or not place or (title and not is_bare):
        return title
    return f"{f'{year}年' if year else ''}{'国务院' if place == NATION else place}政府工作报告"
