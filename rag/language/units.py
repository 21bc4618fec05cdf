"""Units of measure: how they are written, what they measure, how they convert.

Amounts convert only inside a dimension. Measure words (家, 个, 件 …) are each a dimension of their own.
"""

from __future__ import annotations

import re
from functools import cache

MONEY = {"元": 1.0, "元人民币": 1.0, "块钱": 1.0, "角": 0.1}
AREA = {"平方公里": 1e6, "平方千米": 1e6, "平方米": 1.0, "平米": 1.0, "公顷": 1e4, "亩": 1e4 / 15}
LENGTH = {"公里": 1e3, "千米": 1e3, "里": 500.0, "华里": 500.0, "海里": 1852.0, "米": 1.0, "厘米": 0.01, "毫米": 0.001}
LENGTH |= {"纳米": 1e-9, "微米": 1e-6}
MASS = {"吨": 1e3, "公斤": 1.0, "千克": 1.0, "斤": 0.5, "市斤": 0.5, "担": 50.0, "克": 1e-3, "毫克": 1e-6, "微克": 1e-9}
VOLUME = {"立方米": 1.0, "方": 1.0, "立方": 1.0, "升": 1e-3}
ENERGY = {"千瓦时": 1.0, "度": 1.0, "度电": 1.0, "兆瓦时": 1e3}
POWER = {"瓦": 1e-3, "千瓦": 1.0, "兆瓦": 1e3, "吉瓦": 1e6}
VOLTAGE = {"千伏": 1e3, "伏": 1.0}
RATIO = {"%": 0.01, "‰": 0.001, "成": 0.1, "分之": 1.0}
POINTS = {"个百分点": 1.0, "百分点": 1.0, "个基点": 0.01}
MONTHS = {"岁": 12.0, "年": 12.0, "个月": 1.0, "个季度": 3.0, "周年": 12.0, "年度": 12.0, "年时间": 12.0}
DAYS = {"天": 1.0, "日": 1.0, "周": 7.0, "个星期": 7.0, "个工作日": 1.0, "昼夜": 1.0}
HOURS = {"小时": 60.0, "个小时": 60.0, "分钟": 1.0, "秒": 1 / 60, "秒钟": 1 / 60, "毫秒": 1 / 60000, "学时": 60.0}
PEOPLE = {"人": 1.0, "名": 1.0, "位": 1.0, "口人": 1.0}
DIMENSIONS: dict[str, dict[str, float]] = {
    "money": MONEY, "area": AREA, "length": LENGTH, "mass": MASS, "volume": VOLUME, "energy": ENERGY, "power": POWER,
    "voltage": VOLTAGE, "ratio": RATIO, "points": POINTS, "months": MONTHS, "days": DAYS, "minutes": HOURS,
    "people": PEOPLE,
}  # fmt: skip
_OTHER_WORDS = (
    "美元 欧元 日元 港元 港币 卢布 英镑 新币 倍 个 家 项 户 件 条 座 所 处 套 台 辆 "
    "艘 架 列 只 头 匹 口 羽 尾 人次 次 批 批次 场 场次 届 期 轮 种 类 级 层 栋 幢 "
    "间 张 床 株 棵 颗 根 块 片 支 股 本 册 部 篇 份 宗 起 例 笔 道 站 对 门 眼 "
    "副 把 枚 粒 ℃ 摄氏度 分贝 标箱 标准箱 吨标准煤 吨标煤 千伏安 车次 班次 航次 架次 "
    "台次 户次 家次 件次 吨公里 人公里 毫米汞柱 床位 学位 车位 泊位 亿次 卡 大卡 赫兹 兆赫 "
    "毫升 比特 字节 兆 马力 标准立方米 吨级 车道 线 环 桩 箱 瓶 袋 盏 面 团 队 支队伍 "
    "行 步 折 番 席 票 字 辆次 代 联 档 摞 盘 盆 顶 艘次 列次 双 组 趟 棚 "
    "栏 槽 户人家 人份 剂次 剂 员 :1 "
)
OTHER = tuple(_OTHER_WORDS.split())
COUNT_DIMENSIONS = frozenset(
    {"people", *OTHER} - {"美元", "欧元", "日元", "港元", "港币", "卢布", "英镑", "新币", "℃", "倍", ":1"}
)
WORD_FORMING = frozenset("方面团队行步线区环席字折番代联级里口度门对双道头角号期届版层股副笔起升")
VAGUE_BEFORE = frozenset("数几好上成双")
LATIN_UNITS = "km²|㎢|m²|㎡|m³|㎥|pflops|eflops|pf|ef|p|gwh|mwh|kwh|gw|mw|kw|km|kv|teu|tb|gb|kg"
NOT_BEFORE = {
    "台": "阶", "方": "案面向式法针", "个": "人体性别", "家": "庭长政电园居", "项": "目", "名": "单额牌录",
    "条": "例件",
    "部": "门分委队", "口": "岸径", "场": "所馆景", "处": "置理", "户": "籍外均", "人": "均才民力大社工", "亩": "均",
    "类": "别型", "元": "器素", "度": "假", "米": "粉", "次": "级生", "位": "于居", "点": "位", "面": "积", "层": "次",
    ":1": "0123456789.:", "对": "0123456789",
    "成": "不书交亲人体像分功化品员因型天婚完就年形总成排效文方本果熟立绩群色行虫败都长为",
}  # fmt: skip
DATE_UNITS = frozenset({"日", "月", "月份", "号", "时", "点钟", "年代", "世纪"})
ORDINAL_UNITS = frozenset({"届", "期", "号", "级", "代", "档", "线", "环", "版", "号线", "区"})
SCALES = {"十亿": 1e9, "百万": 1e6, "万亿": 1e12, "兆": 1e12, "亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2}
_ENGLISH = (
    "个百分点=percentage points|percentage point; %=percent|per cent; 成=tenths; 元=yuan|rmb; 美元=us dollars|dollars; "
    "公顷=hectares|ha; 平方公里=square kilometres|square kilometers|km²|km2|㎢; "
    "平方米=square metres|square meters|m²|m2|㎡; 立方米=cubic metres|cubic meters|m³|m3|㎥; 亩=mu; "
    "微克/立方米=micrograms per cubic metre|micrograms per cubic meter|μg/m³|μg/m3|µg/m³|µg/m3; "
    "公里=kilometres|kilometers|km; 米=metres|meters; 吨=tonnes|tons; 克=grams; 毫克=milligrams; "
    "公斤=kilograms|kg; 千瓦时=kilowatt-hours|kwh; 千瓦=kilowatts|kw; 兆瓦时=mwh; 千伏=kv; 标箱=teu; 兆瓦=mw; 吉瓦=gw; "
    "年=years|year; 个月=months; 天=days; 小时=hours; 分钟=minutes; 倍=times; "
    "人=people|persons|personas|habitantes|người; "
    "欧元=euros; 越南盾=đồng; 户=households; "
    "家=companies|enterprises|firms"
)
# How a sum is marked before its number, in folded text.
CURRENCIES = {
    "us$": "美元", "$": "美元", "rmb": "元", "cny": "元", "¥": "元", "nt$": "新台币", "€": "欧元", "£": "英镑",
    "₹": "卢比", "rs.": "卢比", "₩": "韩元",
}  # fmt: skip
# Units of other languages, after their number.
OTHER_UNITS = {
    "원": "韩元", "명": "人", "개": "个", "건": "件", "곳": "处", "가구": "户", "톤": "吨", "대": "台", "円": "日元",
    "圆": "日元",
    "世帯": "户", "か所": "处", "箇所": "处", "カ所": "处", "トン": "吨", "ポイント": "个百分点",
}  # fmt: skip
# Korean scales, as the Chinese ones they are.
KOREAN = str.maketrans("십백천만억조", "十百千万亿兆")
ENGLISH_UNITS = {
    written: unit for unit, names in (row.split("=") for row in _ENGLISH.split("; ")) for written in names.split("|")
}
ENGLISH_SCALES = {
    "trillion": ("万亿", 1.0), "billion": ("亿", 10.0), "million": ("万", 100.0), "thousand": ("千", 1.0),
    "lakh crore": ("万亿", 1.0), "crore": ("万", 1000.0), "lakh": ("万", 10.0), "millones": ("万", 100.0),
    "tỷ": ("亿", 10.0),
    "triệu": ("万", 100.0), "nghìn": ("千", 1.0), "مليار": ("亿", 10.0), "مليون": ("万", 100.0),
}  # fmt: skip


@cache
def known_units() -> dict[str, tuple[str, float]]:
    """Return each written unit with its dimension and its factor to that dimension's base unit."""
    known = {name: (name, 1.0) for name in OTHER}
    for dimension, members in DIMENSIONS.items():
        known |= {name: (dimension, factor) for name, factor in members.items()}
    return known


def unit_pattern() -> str:
    """Return a regular expression for a Chinese unit after its number, longest first."""
    names = sorted({*known_units(), *DATE_UNITS, *ORDINAL_UNITS} - {"分之"}, key=lambda name: (-len(name), name))
    alternatives = "|".join(
        re.escape(name) + (f"(?![{NOT_BEFORE[name]}])" if name in NOT_BEFORE else "") for name in names
    )
    rate = "|".join(
        re.escape(name) for name in ("立方米", "小时", "平方公里", "人", "亩", "吨", "月", "年", "天", "公里", "秒")
    )
    others = "|".join(sorted(OTHER_UNITS, key=len, reverse=True))
    return rf"(?:{alternatives}|(?:{LATIN_UNITS})(?![a-z])|(?:{others})(?![a-z]))(?:/(?:{rate}))?"


@cache
def measure(unit: str) -> tuple[str, float]:
    """Split a unit such as 亿元 into its dimension and the factor to the base unit: ``("money", 1e8)``.

    An unknown unit is its own dimension; the empty unit is the dimension "".
    """
    known = known_units()
    unit = OTHER_UNITS.get(unit := unit.translate(KOREAN), unit)
    if unit in known:
        return known[unit]
    for scale, factor in SCALES.items():
        if unit.startswith(scale):
            dimension, inner = measure(unit[len(scale) :])
            return dimension, inner * factor
    return unit, 1.0
