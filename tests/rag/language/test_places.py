import time

import pytest

from rag.language.places import Gazetteer, Level, load_gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def names(gazetteer: Gazetteer, text: str) -> list[str]:
    return [mention.name for mention in gazetteer.find_places(text)]


def test_a_chain_of_divisions_gives_each_with_its_full_path(gazetteer):
    mentions = gazetteer.find_places("江苏省苏州市昆山市")
    assert [mention.name for mention in mentions] == ["江苏省", "苏州市", "昆山市"]
    assert mentions[-1].path == ("江苏省", "苏州市", "昆山市")


def test_a_short_name_is_found_and_its_span_is_exact(gazetteer):
    text = "请问昆山2031年的目标"
    (mention,) = gazetteer.find_places(text)
    assert (mention.name, text[mention.start : mention.end]) == ("昆山市", "昆山")


@pytest.mark.parametrize(
    "text",
    [
        "提高要求",
        "重大安全隐患",
        "创新和发展",
        "全县上下我市本县",
        "城市开发区",
        "各市",
        "示范县和百强县",
        "农贸市场",
        "市级和县级项目",
        "沿江三市和环湖四县",
    ],
)
def test_words_that_only_look_like_places_are_none(gazetteer, text):
    assert names(gazetteer, text) == []


def test_an_ordinary_word_is_a_place_only_after_its_parent_or_with_its_suffix(gazetteer):
    assert names(gazetteer, "坚持和平发展、富裕安定") == []
    assert names(gazetteer, "富裕县的目标") == ["富裕县"]
    assert gazetteer.find_places("天津和平的目标")[-1].path == ("天津市", "和平区")


def test_a_place_that_is_in_no_list_is_recognised_by_its_form(gazetteer):
    (mention,) = gazetteer.find_places("青禾县2031年签约多少项目？")
    assert (mention.name, mention.place.listed, mention.place.short) == ("青禾县", False, "青禾")
    assert names(gazetteer, "建设青禾县和云岭市") == ["青禾县", "云岭市"]


def test_a_town_has_the_level_of_a_township(gazetteer):
    assert gazetteer.find_places("望河镇消防站")[0].place.level == Level.TOWNSHIP


def test_an_ambiguous_name_gives_all_candidates_and_context_decides_the_first(gazetteer):
    (alone,) = gazetteer.find_places("鼓楼区的目标")
    assert len(alone.candidates) == 4
    assert gazetteer.find_places("福州市鼓楼区的目标")[-1].path == ("福建省", "福州市", "鼓楼区")


def test_a_university_or_a_road_is_not_the_place_in_its_name(gazetteer):
    assert names(gazetteer, "与浙江大学合作，改造南京路") == []


def test_the_nation_is_a_place_but_not_in_a_title_of_honour(gazetteer):
    assert names(gazetteer, "2031年全国GDP增长目标") == ["全国"]
    assert names(gazetteer, "国务院政府工作报告") == ["全国"]
    assert names(gazetteer, "创成全国文明城市，位列全国第24位") == []


def test_traditional_script_names_the_same_place(gazetteer):
    assert names(gazetteer, "貴州省與廣東") == ["贵州省", "广东省"]


def test_english_questions_name_places_in_latin_letters(gazetteer):
    assert names(gazetteer, "Is Kunshan's target above that of Qidong County or Inner Mongolia?")[0] == "昆山市"
    assert names(gazetteer, "Inner Mongolia and Xi'an") == ["内蒙古自治区", "西安市"]
    assert names(gazetteer, "How many miles did the boxing guide say?") == []


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Shaanxi", "陕西省"),
        ("Shanxi", "山西省"),
        ("China", "全国"),
        ("national", "全国"),
        ("State Council", "全国"),
        ("昆山", "昆山市"),
    ],
)
def test_resolves_a_name_in_either_script(gazetteer, name, full):
    assert gazetteer.resolve(name)[0].name == full


def test_an_unknown_name_resolves_to_nothing(gazetteer):
    assert gazetteer.resolve("nowhere at all") == ()


def test_a_county_lies_in_its_province_and_the_nation_holds_only_itself(gazetteer):
    assert gazetteer.is_within("昆山", "江苏")
    assert not gazetteer.is_within("江苏", "昆山")
    assert not gazetteer.is_within("昆山市", "全国")


def test_short_and_romanised_names_are_the_everyday_ones(gazetteer):
    assert gazetteer.short_name("内蒙古自治区") == "内蒙古"
    assert gazetteer.romanise("陕西省") == "Shaanxi"
    assert gazetteer.romanise("青禾县") == "青禾县"


def test_words_of_an_english_sentence_are_no_place(gazetteer):
    assert not gazetteer.find_places("And a year later? How big was the drop?")
    assert [each.name for each in gazetteer.find_places("And in Anda or An Da?")] == ["安达市", "安达市"]


def test_finding_places_in_a_question_takes_under_a_millisecond(gazetteer):
    question = "昆山市和青禾县2031年的地区生产总值增长目标哪个更高？" * 2
    started = time.perf_counter()
    for _ in range(20):
        gazetteer.find_places(question)
    assert (time.perf_counter() - started) / 20 < 0.005
