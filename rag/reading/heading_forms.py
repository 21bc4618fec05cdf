"""How headings of Chinese reports look: their numbers, their marks, their typical words."""

from __future__ import annotations

import re

NUMERAL = "[一二三四五六七八九十百〇零]"
NUMBERED = re.compile(
    rf"""(?P<part>第{NUMERAL}+[编章篇部节](?:分|节)?)
    |(?P<han>{NUMERAL}{{1,3}}\s?、)
    |(?P<bracket>[（(]\s?{NUMERAL}{{1,3}}\s?[）)])
    |(?P<ordinal>第{NUMERAL}{{1,3}}\s?[，,、：:])
    |(?P<listed>{NUMERAL}{{1,3}}是(?![非否不一在])|{NUMERAL}{{1,3}}要(?=[^素点求领件]))
    |(?P<dash>[—―─–]{{1,3}}(?!\d)[“”‘’《]?(?=[^\W\d]|[“‘《]))
    |(?P<decimal>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}(?=[^\d.%％万亿个年月元户家倍人]))
    |(?P<arabic>\d{{1,2}}\s?[.．、](?!\d))
    |(?P<arabic_bracket>[（(]\s?\d{{1,2}}\s?[）)])
    |(?P<note>[［\[]\d{{1,3}}[］\]])""",
    re.VERBOSE,
)
DATELINE = re.compile(r"[—―─–（(]*\s*(?:[12]\d{3}|[一二]" + NUMERAL + r"{3})\s*年.{1,12}日在.+")
DAY = re.compile(r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}")
PERIOD = (
    r"(?:(?:19|20)\d\d\s?年|今年|去年|明年|过去(?:的)?五年|今后五年|未来五年|五年来|"
    r"“[一二三四五六七八九十]{1,3}五”时期)"
)
TOPIC = (
    r"(?:工作回顾|的回顾|回顾|主要工作安排|工作安排|工作部署|总体部署|重点工作(?:任务)?|主要目标和任务|主要目标|"
    r"目标任务|主要任务|工作打算|工作建议|总体要求(?:和主要预期目标)?)"
)
PERIOD_TITLE = re.compile(rf"(?:{NUMERAL}{{1,2}}、)?{PERIOD}[^，。；：、\n]{{0,22}}?{TOPIC}")
ENDS_SENTENCE = re.compile(
    r"[。！？!?；;…][”’」』）)\]】]*$|[。！？][”’」』）)]*[①-⑳㉑-㉟]+\s*$|(?<=[^\W\d”])\.[”’\"')]*$|[؟۔।]$"
    r"|^[^\u2e80-\u9fff]*\w{2}[”’\"')%]*\.[”’\"')]*$"
)
STARTS_INSIDE = tuple("，。、；：！？》）】”’」』,;%％")
ENDS_INSIDE = tuple("，、《（“‘「『,(—―")
MAX_HEADING_CHARS = 46
CONTENTS = ("目录", "目錄", "目次", "Contents", "CONTENTS", "TableofContents")


def number_of(line: str) -> tuple[str, int]:
    """Return the kind and length of the number or mark a line begins with; ("", 0) without one."""
    match = NUMBERED.match(line)
    if not match or not match.lastgroup:
        return "", 0
    return match.lastgroup, match.end()


def is_unfinished(line: str) -> bool:
    """Tell whether a line stops in mid-sentence: no full stop, question mark, semicolon or colon at its end."""
    return not ENDS_SENTENCE.search(line) and not line.endswith((":", "："))


def looks_like_heading(line: str, *, max_chars: int = MAX_HEADING_CHARS) -> bool:
    """Tell whether a line that begins a paragraph can be a heading: short, without the end of a sentence in it."""
    if not 0 < len(line) <= max_chars or "。" in line:
        return False
    return is_unfinished(line) and not line.endswith(ENDS_INSIDE)
