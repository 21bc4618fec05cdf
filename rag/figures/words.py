"""The word lists around a figure, from ``rag/data/figure_words.toml``, as regular expressions over folded text."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the words of a list, longest first; a missing name raises KeyError."""
    lists = tomllib.loads(files("rag").joinpath("data", "figure_words.toml").read_text("utf-8"))
    return tuple(sorted(set(lists[name].split()), key=lambda word: (-len(word), word)))


def any_of(*names: str) -> str:
    """Return an alternation of all words of the lists, longest first."""
    words = sorted({word for name in names for word in word_list(name)}, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(map(re.escape, words)) + ")"


@cache
def before_figure() -> re.Pattern[str]:
    """Match one word right before a figure: group ``level`` (增加到), ``up``, ``down``, ``qualifier`` or ``filler``."""
    up, down = any_of("up"), any_of("down")
    each = r"(?<=[由从到至])(?:每人|每户|人均|户均)|(?<=[数额值量入])[一二两三四五六七八九十]年来?"
    year = r"(?:(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})年(?:底|末|初)?的?"
    return re.compile(
        rf"(?:(?P<level>(?:{up}|{down}|发展|调高|调低|调整|改|压缩|缩短|放宽|延伸|升|回落)(?:到了|到|至|为))|(?<!新)(?P<up>{up})|(?P<down>{down})"
        rf"|(?P<qualifier>{any_of('qualifiers')})|(?P<filler>{any_of('fillers')}|{year}|{each}|\s))$"
    )


@cache
def after_figure() -> re.Pattern[str]:
    """Match the words right after a figure that qualify it (以上, 左右)."""
    return re.compile(rf"\s*[(（]?({any_of('after')})")


@cache
def light_start() -> re.Pattern[str]:
    """Match what may be cut from the start of an indicator phrase: time, place-wide words, auxiliary verbs."""
    time = (
        r"(?:19|20)\d\d\s*年?(?:[-~至到—](?:19|20)\d\d年?)?(?:底|末|初|以来|间|度)?(?:前)?"
        r"|[一二][〇○零一二三四五六七八九]{3}年?(?:底|末|初|度)?(?=[、的两三底末]|$)"
        r"|[由从](?=[一二两三四五六七八九十\d]+年)|[一二两三四五六七八九十]+年(?:来|内|中|间|就)?|\d{1,2}月(?:份|底|末)?前?|年(?:底|末)前?|到"
    )
    enumeration = r"[一二三四五六七八九十]+是|第?[一二三四五六七八九十]+[、.]|[(（][一二三四五六七八九十\d]+[)）]"
    wide = r"全(?:国|省|市|县|区|镇|乡|州|旗|系统)|[-—·•●※]+"
    return re.compile(
        rf"^(?:{time}|{enumeration}|{wide}|{any_of('light_verbs')}|[\s、，：的]|要(?!素)|有(?![机效色线])|在(?![校册岗建库线职籍编园])|到(?![位港账期户岗])|[为对给](?![外口])|因为|由于|即使|虽然|如果|而|但是|但|共(?![同建享青性])|使(?![用])|(?:超过|高于|低于|快于)"
        r"|(?:以及|和|及|与|等)(?=[^谐平时级]))+"
    )


@cache
def light_inside() -> re.Pattern[str]:
    """Match a verb inside a phrase after which the indicator proper begins."""
    words = [word for word in word_list("light_verbs") if len(word) > 1]
    return re.compile("|".join(map(re.escape, words)))


@cache
def only_verbs() -> re.Pattern[str]:
    """Match a phrase that holds no noun, such as 取缔关停 or 共新建."""
    return re.compile(rf"{any_of('verbs')}*")


@cache
def abstract_noun() -> re.Pattern[str]:
    """Match the start of a noun that small numbers count only in slogans and tables of contents."""
    return re.compile(rf"[“”\"的]*{any_of('abstract')}")
