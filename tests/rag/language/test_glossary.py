"""The glossary: synonyms, everyday wording, English, and its own soundness."""

from __future__ import annotations

import pytest

from rag.language.glossary import Glossary, load_glossary, read_glossary

ENGLISH_CORE = [
    ("gross domestic product", "地区生产总值"),
    ("fiscal revenue", "一般公共预算收入"),
    ("per-capita disposable income", "居民人均可支配收入"),
    ("retail sales", "社会消费品零售总额"),
    ("fixed-asset investment", "固定资产投资"),
    ("industrial output of enterprises above designated size", "规模以上工业企业"),
    ("imports and exports", "进出口总额"),
    ("foreign capital actually used", "实际使用外资"),
    ("research and development", "全社会研发投入"),
    ("registered urban unemployment rate", "城镇登记失业率"),
    ("forest coverage", "森林覆盖率"),
    ("sewage treatment", "污水处理"),
    ("high-standard farmland", "高标准农田"),
    ("grain output", "粮食产量"),
    ("kindergartens", "幼儿园"),
    ("elderly care", "养老服务"),
    ("pensions", "基础养老金"),
    ("low-income households", "低收入农户"),
    ("old residential areas", "老旧小区改造"),
    ("business licence", "企业开办"),
    ("startup loan guarantees", "创业担保贷款"),
    ("photovoltaics", "光伏"),
    ("expressways", "高速公路"),
    ("embankment", "堤防"),
    ("tax revenue per mu", "亩均税收"),
    ("rural cooperative medical scheme", "新型农村合作医疗"),
    ("city- and county-level", "市县"),
    ("public hospitals", "公立医院"),
    ("logistics costs", "社会物流总费用"),
    ("overseas warehouses", "海外仓"),
    ("affordable nursery places", "普惠托育"),
    ("laid-off workers", "再就业"),
    ("transfer payments", "转移支付"),
    ("crude oil", "原油"),
    ("idle land", "低效用地再开发"),
    ("fire stations", "消防站"),
]

EVERYDAY = [
    ("坐班车方便吗", "通勤公交"),
    ("到哪里看病", "医疗卫生"),
    ("卖不出去的旧房子", "商品房去化周期"),
    ("在楼顶放板子", "屋顶分布式光伏"),
    ("想注册一家公司", "企业开办"),
    ("被人告黑状", "诬告陷害"),
    ("乡下的日子", "农村"),
    ("没工作的人", "就业"),
    ("老百姓到手的钱", "居民人均可支配收入"),
    ("村里修路", "农村公路"),
    ("救火的站在哪", "消防站"),
    ("买菜的地方翻修", "农贸市场改造"),
    ("觉得安全的人", "群众安全感"),
    ("派人拉项目的队伍", "招商队伍"),
]


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary()


@pytest.mark.parametrize(("english", "chinese"), ENGLISH_CORE)
def test_english_terms_lead_to_official_chinese(glossary: Glossary, english: str, chinese: str) -> None:
    weights = glossary.expand(f"What about {english} there?", "en")
    assert weights[chinese] == max(weights.values())


@pytest.mark.parametrize(("everyday", "official"), EVERYDAY)
def test_everyday_words_lead_to_official_wording(glossary: Glossary, everyday: str, official: str) -> None:
    assert official in glossary.expand(everyday, "zh")


def test_synonyms_weigh_less_than_translations(glossary: Glossary) -> None:
    assert glossary.expand("GDP目标", "zh")["地区生产总值"] == 0.5
    assert glossary.expand("the GDP target", "en")["地区生产总值"] == 1.0


def test_an_unknown_text_expands_to_nothing(glossary: Glossary) -> None:
    assert glossary.expand("喵喵喵", "zh") == {}
    assert glossary.expand("", "en") == {}


def test_plural_and_hyphen_make_no_difference(glossary: Glossary) -> None:
    first, second = (glossary.expand(text, "en") for text in ("new energy vehicle", "New-energy vehicles"))
    assert first == second != {}


def test_the_longest_wording_counts_at_its_place() -> None:
    rows = "indicator\t甲乙增长\t\t\teconomic growth rate\ncommon\t增长\t\t\tgrowth rate\nterm\t甲乙\t\t\teconomic"
    text = "the economic growth rate"
    (named,) = Glossary(read_glossary(rows)).find(text, "en")
    assert (text[named[0] : named[1]], named[2].term) == ("economic growth rate", "甲乙增长")


def test_holds_at_least_a_thousand_sound_entries(glossary: Glossary) -> None:
    assert len(glossary.entries) >= 1_000
    assert len({entry.term for entry in glossary.entries}) == len(glossary.entries)
    for entry in glossary.entries:
        assert entry.kind in {"indicator", "term", "action", "common"}, entry
        assert entry.term not in entry.synonyms, entry
        assert all(len(word) > 1 for word in (entry.term, *entry.synonyms, *entry.everyday) if word != "岛"), entry


def test_reads_lists_comments_and_short_lines() -> None:
    entries = read_glossary(
        "# comment\n\nterm\t甲乙\t丙丁|戊己\nindicator\t庚辛\t\t说…话\tspeech rate|rate of speech\n"
    )
    assert [entry.term for entry in entries] == ["甲乙", "庚辛"]
    assert entries[0].synonyms == ("丙丁", "戊己")
    assert entries[1].english == ("speech rate", "rate of speech")
    assert [(start, end) for start, end, _ in Glossary(entries).find("他说了些话", "zh")] == [(1, 5)]
