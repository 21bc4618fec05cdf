"""Which amounts state a fact, and which only belong to a name, an age group, a slogan or a span of time."""

from __future__ import annotations

import re

from rag.figures.words import abstract_noun
from rag.language.numerals import Number
from rag.language.place_forms import is_han
from rag.language.units import COUNT_DIMENSIONS, measure

SLOGAN_LIMIT = 20
_STATED = "为 达 至 到 缩短 延长 提前 推迟 压缩 增加 减少 超过 控制在 寿命 期限 有效期"
STATED = tuple(_STATED.split())
SPANS = frozenset({"年", "周年", "年时间", "年度", "个月", "天", "周", "个季度"})
THRESHOLD_BEFORE = ("过", "超", "不足", "每", "满", "近", "人均", "达")
THRESHOLD_AFTER = re.compile(r"(?:元)?(?:以上|以下|以内|及以上|及以下|级|元级)(?:的)?(?=[\u4e00-\u9fff“])")
NAMING = re.compile(r"[十百千]?(?:万亿|亿|万)[元斤]?级?")
_DONE_BEFORE = "新增 建 立 完成 引进 增加 到 至 减少 达 有 共 创 开工 投产 其中 获 获得"
DONE_BEFORE = tuple(_DONE_BEFORE.split())
RANKED_BEFORE = ("前", "后", "第", "倒数")
AFTER_SPANS = ("来", "内", "前", "后", "间", "行动", "计划", "规划")
AFTER_AGES = ("以上", "以下", "及", "至", "儿童", "老人")
MAX_GAP_CHARS = 8
OWNED = re.compile(
    r"(?:以上|以下|左右)?的(?P<noun>[\u4e00-\u9fff]{2,12})|(?:以上|以下)(?P<noun_>[\u4e00-\u9fff]{2,12})"
    r"|元?级(?P<noun__>[\u4e00-\u9fff]{0,6}?(?:项目|企业|产业|集群|园区|基地|平台|载体))"
)
PLAIN_STATED = re.compile(r"(?:指数|系数|得分|评分|分值|率|数|人口|人数)(?:为|达到|达|约|是|升至|降至)?\s*$")


def is_figure(number: Number, before: str, after: str) -> bool:
    """Tell whether an amount states something; spans of time, slogans and bare numbers mostly do not."""
    if number.unit == "":
        return PLAIN_STATED.search(before) is not None
    if NAMING.fullmatch(number.text) and is_han(after[:1]) and not after.startswith("以"):
        return False
    if before.endswith(("“", "「", "『")) and not after.startswith(("以上", "左右")):
        return False
    dimension = measure(number.unit.lstrip("百千万亿") or number.unit)[0]
    if dimension in ("番", "倍"):
        return True
    if before.rstrip().endswith(RANKED_BEFORE) or (
        number.text[0] == "一" and dimension == "length" and number.value == 1
    ):
        return False
    if number.unit in SPANS:
        return before.rstrip().endswith(STATED) and not after.startswith(AFTER_SPANS)
    if dimension not in COUNT_DIMENSIONS:
        return True
    return not _is_slogan(number, before, after)


def _is_slogan(number: Number, before: str, after: str) -> bool:
    if after.startswith(("”", "」", "』")):
        return True
    in_characters = not number.text[0].isdigit()
    if (
        in_characters
        and number.value <= 10
        and number.unit[0] not in "万亿"
        and (number.unit == "次" or not before.removesuffix("了").endswith(DONE_BEFORE))
    ):
        return True
    if number.value > SLOGAN_LIMIT or number.value != int(number.value) or number.unit[0] in "万亿":
        return False
    return abstract_noun().match(after) is not None


def is_attribute(number: Number, before: str, after: str, *, more_follows: bool) -> bool:
    """Tell whether an amount only narrows a noun that is counted next (10亿元以上项目15个, 65岁以上老人, 每千人)."""
    if before.rstrip().endswith("每") or (number.unit == "岁" and after.startswith(AFTER_AGES)):
        return True
    if number.unit.endswith(("吨级", "千伏", "级", "车道", "层", "寸")):
        return True
    dimension = measure(number.unit.lstrip("百千万亿") or number.unit)[0]
    if THRESHOLD_AFTER.match(after) and dimension != "ratio" and dimension not in COUNT_DIMENSIONS:
        return True
    noun_follows = (len(after) > 1 and all(map(is_han, after[:2]))) or not after.strip()
    return more_follows and before.rstrip().endswith(THRESHOLD_BEFORE) and noun_follows and dimension == "money"


def owned_noun(number: Number, following: Number, folded: str) -> str:
    """Return the noun a count has after an amount that belongs to it; "" if the next amount is one of its own.

    1个年存栏2400头的种猪场 counts 种猪场, 17个总投资10亿元以上项目 counts 项目.
    """
    gap = folded[number.end : following.start].strip()
    is_plain = len(gap) <= MAX_GAP_CHARS and all(map(is_han, gap))
    if number.unit.lstrip("百千万亿") not in COUNT_DIMENSIONS or not is_plain:
        return ""
    match = OWNED.match(folded, following.end)
    return (match["noun"] or match["noun_"] or match["noun__"]) if match else ""
