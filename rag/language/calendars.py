"""Years that are not counted from the birth of Christ, and fiscal years that span two."""

from __future__ import annotations

import re

from rag.language.chinese_numerals import read_chinese

# What is added to a year of each era. 元年 is its first.
ERAS = {"民国": 1911, "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "단기": -2333}
_NUMERAL = r"(?:\d{1,3}|元|[〇○零一二两三四五六七八九十百]{1,5})"
# A bare number of three digits is a year of 民国 only where no span of time can be meant: 112年度, 111年底.
ERA_YEAR = (
    rf"(?:(?P<era>{'|'.join(ERAS)})\ ?(?P<era_year>{_NUMERAL})\ ?年"
    r"|(?<![\d〇零一二三四五六七八九十百])(?P<roc_year>9\d|1[0-4]\d|一百[〇零一二三四]?[一二三四五六七八九十]{1,2})年(?=[度底初末]))"
)
FISCAL_YEAR = (
    r"(?<![\d/.-])(?:fy\ ?'?(?P<only>(?:20)?\d\d)(?![\d/-])"
    r"|(?:fy\ ?)?(?P<first>(?:19|20)\d\d)[/-](?P<last>(?:19|20)?\d\d)(?![\d/.年-])(?!\ ?(?:学(?!年)|年)))"
)


def read_era(match: re.Match[str]) -> int | None:
    """Return the year of our era of a match of ``ERA_YEAR``; None where its numeral is none."""
    written = match["era_year"] or match["roc_year"]
    if written.isdecimal() or written == "元":
        count = 1 if written == "元" else int(written)
    else:
        count = int(reading.low) if (reading := read_chinese(written)) else 0
    return (ERAS[match["era"]] if match["era"] else ERAS["民国"]) + count if count else None


def read_fiscal(match: re.Match[str]) -> int | None:
    """Return the year a fiscal year is named for: that it ends in (FY2023-24 is 2024); None for a longer period."""
    if match["only"]:
        return 2000 + int(match["only"][-2:])
    first = int(match["first"])
    last = int(match["last"]) if len(match["last"]) == 4 else first // 100 * 100 + int(match["last"])
    last += 100 if last < first else 0
    return last if last == first + 1 else None
