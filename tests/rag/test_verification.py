"""Verification: true answers pass; an answer altered in one thing is caught."""

import pytest

from rag.old.answering.verification import verify
from rag.language.places import load_gazetteer
from rag.types import Citation, Reading

QUOTE = "一般公共预算收入完成38.3亿元，比上年增长6.5%，新建农村公路120公里，没有发生重大事故。"


@pytest.fixture(scope="module")
def gazetteer():
    return load_gazetteer()


def citation(quote=QUOTE, *, marker=1, place="扬中市", years=(2021,), reading=Reading.RESULT, section=()):
    return Citation(marker, "r", "工作报告", "a.txt", place, years, section, quote, 0, len(quote), reading=reading)


@pytest.fixture
def kinds(gazetteer):
    def find(answer, *citations, language="zh", computed=(), question=""):
        verdict = verify(
            answer,
            citations or (citation(),),
            question=question,
            language=language,
            gazetteer=gazetteer,
            computed=computed,
        )
        assert verdict.ok == (not verdict.problems)
        return {problem.kind for problem in verdict.problems}

    return find


@pytest.mark.parametrize(
    "answer",
    [
        "扬中市2021年：一般公共预算收入完成38.3亿元，比上年增长6.5%[1]。",
        "2021年扬中市一般公共预算收入为383000万元[1]。",
        "扬中市一般公共预算收入增长百分之六点五[1]。",
        "江苏省扬中市2021年没有发生重大事故[1]。",
    ],
)
def test_true_answers_pass(kinds, answer):
    assert kinds(answer) == set()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("扬中市2021年：一般公共预算收入完成38.5亿元[1]。", "figure"),
        ("扬中市2021年：一般公共预算收入完成38.3万元[1]。", "figure"),
        ("扬中市2022年：一般公共预算收入完成38.3亿元[1]。", "year"),
        ("如皋市2021年：一般公共预算收入完成38.3亿元[1]。", "place"),
        ("扬中市2021年：一般公共预算收入比上年下降6.5%[1]。", "direction"),
        ("扬中市2021年：一般公共预算收入力争完成38.3亿元[1]。", "reading"),
        ("扬中市2021年：一般公共预算收入未完成38.3亿元[1]。", "negation"),
        ("扬中市2021年：发生重大事故[1]。", "negation"),
        ("扬中市2021年：新建农村公路120公里以上[1]。", "bound"),
    ],
)
def test_one_change_of_sense_is_caught(kinds, answer, kind):
    assert kind in kinds(answer)


def test_a_target_told_as_reached_is_caught(kinds):
    target = citation("力争进出口总额达到50亿元。", years=(2022,), reading=Reading.TARGET)
    assert kinds("扬中市2022年：力争进出口总额达到50亿元[1]。", target) == set()
    assert kinds("扬中市2022年：进出口总额已达到50亿元[1]。", target) == {"reading"}


def test_an_estimate_told_as_certain_is_caught(kinds):
    estimate = citation("预计地区生产总值增长7%。")
    assert kinds("扬中市2021年地区生产总值增长7%[1]。", estimate) == {"reading"}


def test_a_denied_bound_is_not_dropped(kinds):
    bounded = citation("全年新开工项目不少于18个。", reading=Reading.TARGET)
    assert kinds("扬中市2021年目标：新开工项目少于18个[1]。", bounded) == {"bound"}


def test_every_sentence_needs_a_citation(kinds):
    assert kinds("扬中市2021年：一般公共预算收入完成38.3亿元[1]。税收增长很快。") == {"uncited"}


def test_a_marker_without_its_citation_is_a_problem(kinds):
    assert kinds("扬中市2021年：一般公共预算收入完成38.3亿元[2]。") == {"citation"}


def test_a_sentence_that_names_a_gap_needs_no_citation(kinds):
    text = "扬中市2021年：一般公共预算收入完成38.3亿元[1]。报告没有给出2020年的数据。"
    assert kinds(text) == set()


def test_figures_of_two_places_are_not_exchanged(kinds):
    one = citation("进出口总额38亿元。")
    other = citation("进出口总额50亿元。", marker=2, place="如皋市")
    assert kinds("扬中市进出口总额38亿元[1]，如皋市进出口总额50亿元[2]。", one, other) == set()
    assert kinds("扬中市进出口总额50亿元[1]，如皋市进出口总额38亿元[2]。", one, other) == {"figure"}


def test_the_year_named_in_the_quote_must_be_the_figures_own(kinds):
    quoted = citation("2020年接待游客30万人次，2021年接待游客12万人次。", years=(2020, 2021))
    assert kinds("扬中市2021年接待游客12万人次[1]。", quoted) == set()
    assert kinds("扬中市2020年接待游客12万人次[1]。", quoted) == {"year"}


def test_a_computed_figure_passes_only_when_declared_with_its_operands(kinds):
    one = citation("进出口总额38亿元。")
    other = citation("进出口总额50亿元。", marker=2, place="如皋市")
    text = "扬中市进出口总额38亿元[1]，如皋市进出口总额50亿元[2]。两者相差12亿元[1][2]。"
    assert kinds(text, one, other, computed=(12.0,)) == set()
    assert kinds(text, one, other) == {"figure"}
    assert kinds(text.replace("12", "13"), one, other, computed=(13.0,)) == {"figure"}
    assert "figure" in kinds("两者相差12亿元[1][2]。", one, other, computed=(12.0,))


def test_a_word_that_weighs_figures_must_fit_them(kinds):
    quotes = citation("进出口总额38亿元。"), citation("进出口总额50亿元。", marker=2, place="如皋市")
    said = "如皋市（50亿元）比扬中市（38亿元）多12亿元[1][2]。"
    assert kinds(said, *quotes, computed=(12.0,)) == set()
    assert kinds(said.replace("多", "少"), *quotes, computed=(12.0,)) == {"comparison"}
    ranked = "如皋市（50亿元）最多，其后是扬中市（38亿元）[1][2]。"
    assert kinds(ranked, *quotes) == set()
    assert kinds(ranked.replace("最多", "最少"), *quotes) == {"comparison"}


def test_a_verdict_must_fit_target_and_result(kinds):
    aim = citation("主要预期目标是：一般公共预算收入增长5%。", reading=Reading.TARGET)
    result = citation("一般公共预算收入增长6.5%。", marker=2)
    stated = "扬中市2021年目标：一般公共预算收入增长5%[1]；扬中市2021年：一般公共预算收入增长6.5%[2]。"
    said = f"扬中市2021年：达到了目标[1][2]；{stated}"
    assert kinds(said, aim, result) == set()
    assert "comparison" in kinds(said.replace("达到了目标", "没有达到目标"), aim, result)


def test_a_yes_or_no_must_fit_the_figure(kinds):
    question = "扬中市2021年一般公共预算收入有没有超过40亿元？"
    said = "否，扬中市2021年：一般公共预算收入完成38.3亿元[1]。"
    assert kinds(said, question=question) == set()
    assert kinds(said.replace("否", "是"), question=question) == {"comparison"}


def test_english_answers_are_held_to_the_chinese_quote(kinds):
    true = "Yangzhong's general public budget revenue rose 6.5% in 2021[1]."
    assert kinds(true, language="en") == set()
    assert kinds("Yangzhong collected 3.83 billion yuan in 2021[1].", language="en") == set()
    assert "direction" in kinds(true.replace("rose", "fell"), language="en")
    assert "figure" in kinds("Yangzhong collected 38.3 billion yuan in 2021[1].", language="en")
    assert "place" in kinds(true.replace("Yangzhong", "Rugao"), language="en")


def test_words_that_stand_in_no_quote_are_caught(kinds):
    assert kinds("扬中市大力发展海洋旅游产业并举办国际帆船比赛吸引大量游客[1]。") == {"wording"}


def test_a_report_may_be_named_with_its_own_year(kinds):
    text = "《扬中市2022年政府工作报告》：一般公共预算收入完成38.3亿元[1]。"
    assert kinds(text) == set()


def test_an_empty_answer_has_no_problems(kinds):
    assert kinds("") == set()


@pytest.mark.parametrize("markup", ["[详见](https://evil.example)", "<script>x</script>", "![](//evil.example/p.png)"])
def test_links_and_markup_are_caught_even_when_the_quote_holds_them(kinds, markup):
    assert "markup" in kinds(f"扬中市2021年新建公路3公里{markup}[1]。", citation(f"新建公路3公里{markup}。"))


EXCEEDS = "农村居民人均可支配收入29800元，增幅比城镇居民高1.9个百分点。"
LEADS = "全年工业投资增速高于固定资产投资增速3个百分点。"


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        (EXCEEDS, "扬中市2021年：城镇居民收入增幅比农村居民高1.9个百分点[1]。"),
        (EXCEEDS, "扬中市2021年：农村居民收入增幅比城镇居民低1.9个百分点[1]。"),
        (LEADS, "扬中市2021年：固定资产投资增速高于工业投资增速3个百分点[1]。"),
        (LEADS, "扬中市2021年：固定资产投资增速比工业投资快3个百分点[1]。"),
        (LEADS, "扬中市2021年：工业投资增速低于固定资产投资增速3个百分点[1]。"),
    ],
)
def test_a_comparison_with_its_sides_exchanged_is_caught(kinds, quote, answer):
    assert kinds(answer, citation(quote)) & {"relation", "direction"}


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        (EXCEEDS, "扬中市2021年：农村居民收入增幅比城镇居民高1.9个百分点[1]。"),
        (LEADS, "扬中市2021年：工业投资增速高于固定资产投资增速3个百分点[1]。"),
        (LEADS, "扬中市2021年：工业投资增速比固定资产投资高3个百分点[1]。"),
        (LEADS, "扬中市2021年：固定资产投资增速慢于工业投资增速3个百分点[1]。"),
        ("城镇化率81.3%，占比提高0.6个百分点。", "扬中市2021年：城镇化率81.3%，占比提高0.6个百分点[1]。"),
    ],
)
def test_a_comparison_with_its_sides_in_place_passes(kinds, quote, answer):
    assert "relation" not in kinds(answer, citation(quote))
