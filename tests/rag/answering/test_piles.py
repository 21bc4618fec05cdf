"""Questions over many reports: every report has its row, and nothing is said of all that was not looked at in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.errors import BadInputError
from rag.finding.indicators import core, find_indicators, wordings
from rag.indexing.embedding import Embedder
from rag.service import Service
from rag.types import Answer, Reading
from tests.rag.pile_reports import FILES, report
from tests.rag.scripted import chat, replies

EMPLOYED = "2031年各县城镇新增就业目标最高的是哪个县？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pile")


@pytest.fixture(scope="module")
def pile(folder: Path, embedder: Embedder) -> Iterator[Service]:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    service = open_service(Settings(data_dir=folder / "data"), embedder=embedder)
    assert len(service.ingest([folder / name for name in FILES]).new) == len(FILES)
    yield service
    service.close()


def said(answer: Answer) -> str:
    return answer.text.split("[")[0]


def test_the_highest_is_found_where_one_report_words_it_differently(pile: Service):
    answer = pile.ask(EMPLOYED)
    assert "砚浦县9000个" in said(answer)
    assert "云汀" not in said(answer).split("；")[0]


def test_who_gives_no_figure_is_named_beside_a_superlative(pile: Service):
    answer = pile.ask(EMPLOYED)
    assert "霁泽县没有给出数字" in said(answer)
    assert said(answer).startswith("在给出数字的报告中")


@pytest.mark.parametrize(
    ("question", "expected", "absent"),
    [
        ("2031年哪些县的经济增长目标高于5%？", ["云汀县6%左右", "砚浦县5.5%左右"], ["栖川", "鹭溪"]),
        ("2031年哪些县的经济增长目标是5%（不算区间）？", ["栖川县5%"], ["鹭溪", "云汀", "砚浦"]),
        ("2031年哪些县把经济增长目标写成区间？", ["鹭溪县5%—5.5%"], ["栖川县5%", "云汀县6%"]),
        ("2031年经济增长目标最低的是哪个县？", ["栖川县5%"], ["云汀"]),
        ("2031年经济增长目标最高的两个县是哪两个？", ["云汀县6%左右", "砚浦县5.5%左右"], ["鹭溪县5%"]),
        ("云汀2031年和鹭溪2031年的城镇新增就业目标加起来是多少人？", ["11200人"], []),
        ("2031年云汀县和栖川县的经济增长目标相差多少个百分点？", ["1个百分点"], []),
        ("2029年以来云汀县的经济增长目标怎么变化？", ["2029年7%", "2030年6.5%左右", "2031年6%左右"], []),
        ("云汀县的政府工作报告中，哪一年没有提出城镇新增就业的具体目标？", ["2030年"], ["2029年", "2031年"]),
        ("2031年有几个县的经济增长目标不低于5.5%？", ["2个", "云汀", "砚浦"], ["栖川"]),
        ("Which counties aim for growth above 5% in 2031?", ["around 6%", "around 5.5%"], ["5%—5.5%"]),
    ],
)
def test_rows_are_filtered_ranked_and_counted_by_code(
    pile: Service, question: str, expected: list[str], absent: list[str]
):
    answer = pile.ask(question)
    assert answer.status == "answered", answer
    assert [each for each in expected if each not in said(answer)] == []
    named = said(answer).split("（")[0].split("(")[0].split("；")[0]
    assert [each for each in absent if each in named] == []


def test_terms_are_looked_for_in_every_report(pile: Service):
    held = pile.ask("2031年哪些县的报告提到“低空经济”？")
    assert "霁泽" in said(held)
    assert "云汀" not in said(held)
    absent = pile.ask("2031年哪些县的报告没有提到低空经济？")
    assert all(place in said(absent) for place in ("云汀", "鹭溪", "砚浦", "栖川"))
    assert "霁泽" not in said(absent)
    first = pile.ask("“低空经济”最早出现在哪一年的云汀县政府工作报告里？")
    assert "2030年" in said(first)


def test_a_term_no_report_holds_is_said_to_be_in_none(pile: Service):
    answer = pile.ask("2031年哪些县的报告提到“深海采矿”？")
    assert answer.status == "not_found"
    assert "都没有提到" in answer.text


def test_every_marker_of_the_table_stands_in_the_answer_and_tokens_join_to_it(pile: Service):
    events = list(pile.stream(EMPLOYED))
    answer = events[-1].value
    assert isinstance(answer, Answer)
    assert answer.table is not None
    assert {row.cells[0] for row in answer.table.rows} == {"云汀县", "鹭溪县", "砚浦县", "栖川县", "霁泽县"}
    assert all(f"[{each.marker}]" in answer.text for each in answer.citations)
    assert "".join(str(event.value) for event in events if event.name == "token") == answer.text


def test_a_question_that_one_report_answers_gets_no_table(pile: Service):
    assert pile.ask("栖川县2031年的经济增长目标是多少？").table is None


def test_programs_get_a_row_for_every_report(pile: Service):
    table = pile.table(indicator="地区生产总值增长", years=[2031], reading=Reading.TARGET)
    assert [(row.place, row.low, row.high) for row in table.found][:2] == [("云汀县", 6, 6), ("砚浦县", 5.5, 5.5)]
    assert [row.place for row in table.missing] == ["霁泽县"]
    for row in table.found:
        assert pile.text(row.report_id)[row.start : row.end].startswith(row.words[:1])
    with pytest.raises(BadInputError):
        pile.table()


def reply(text: str, folder: Path, embedder: Embedder, question: str = EMPLOYED) -> tuple[Answer, list[str]]:
    model, scripted = chat(replies(*text.split("|||")))
    service = open_service(Settings(data_dir=folder / "data"), embedder=embedder, chat_model=model)
    try:
        answer = service.ask(question)
    finally:
        service.close()
    return answer, [str(messages[-1].content) for messages in scripted.asked]


def line(claim: str, *quotes: str) -> str:
    return json.dumps({"claim": claim, "quotes": [{"n": 1, "quote": quote} for quote in quotes]}, ensure_ascii=False)


def test_a_model_is_shown_a_row_of_every_report_and_who_has_none(pile: Service, folder: Path, embedder: Embedder):
    claim = line("2031年砚浦县的城镇新增就业目标最高，为9000个。", "新增城镇就业岗位9000个")
    answer, prompts = reply(claim, folder, embedder)
    assert "砚浦县的城镇新增就业目标最高" in answer.text
    assert answer.answered_by != "evidence"
    assert "霁泽县" in prompts[0].split("<table>")[1].split("</table>")[0]
    assert all(place in prompts[0] for place in ("云汀县", "鹭溪县", "砚浦县", "栖川县"))


def test_a_highest_that_the_table_contradicts_is_not_said(pile: Service, folder: Path, embedder: Embedder):
    answer, _ = reply(
        line("2031年云汀县的城镇新增就业目标最高，为6000人以上。", "城镇新增就业6000人以上"), folder, embedder
    )
    assert answer.answered_by == "evidence"
    assert "云汀县的城镇新增就业目标最高" not in answer.text


def test_a_denial_that_names_a_place_with_the_term_is_not_said(pile: Service, folder: Path, embedder: Embedder):
    question = "2031年哪些县的报告没有提到低空经济？"
    true = "云汀县、鹭溪县、砚浦县、栖川县没有提到低空经济。"
    assert reply(line(true, "低空经济起步"), folder, embedder, question)[0].answered_by != "evidence"
    lie = "云汀县、霁泽县没有提到低空经济。"
    assert lie[:-1] not in reply(line(lie, "低空经济起步"), folder, embedder, question)[0].text


def test_a_place_without_a_figure_may_not_be_given_one(pile: Service, folder: Path, embedder: Embedder):
    answer, _ = reply(line("霁泽县2031年城镇新增就业目标是6000人以上。", "城镇新增就业6000人以上"), folder, embedder)
    assert "霁泽县2031年城镇新增就业目标是6000人" not in answer.text


def test_a_model_may_ask_for_a_table_and_give_rows(pile: Service, folder: Path, embedder: Embedder):
    rows = [
        {"columns": ["地区", "目标"]},
        {"row": ["云汀县", "6%左右"], "quotes": [{"n": 1, "quote": "地区生产总值增长6%左右"}]},
        {"row": ["栖川县", "8%"], "quotes": [{"n": 1, "quote": "GDP增长5%"}]},
    ]
    wish = json.dumps({"look_for": {"figures": "经济增长"}}, ensure_ascii=False)
    script = wish + "|||" + "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    answer, prompts = reply(script, folder, embedder, "云汀县和栖川县对来年怎么看？")
    assert "GDP增长5%" in prompts[1]
    assert answer.table is not None
    assert [row.cells for row in answer.table.rows] == [("云汀县", "6%左右")]


def test_wordings_of_an_indicator_count_as_one():
    assert core("全省生产总值") in wordings("经济增长目标")
    assert core("新增城镇就业岗位") in wordings("城镇新增就业")
    assert core("人均地区生产总值") not in wordings("地区生产总值")
    named = find_indicators("Which sets the highest growth target for fixed-asset investment?", "en")
    assert [row.name for row in named] == ["固定资产投资"]


def test_nothing_is_reckoned_from_a_result_that_is_only_told_to_be_above_a_bound(tmp_path: Path, embedder: Embedder):
    service = open_service(Settings(data_dir=tmp_path / "data"), embedder=embedder)
    try:
        for year, told in ((2031, "286.4亿元"), (2032, "突破300亿元")):
            text = f"{year}年云汀县政府工作报告\n\n一、{year - 1}年工作回顾\n{year - 1}年全县地区生产总值{told}。\n"
            (tmp_path / f"{year}.txt").write_text(text, "utf-8")
        service.ingest([tmp_path / "2031.txt", tmp_path / "2032.txt"])
        answer = service.ask("云汀县2031年的地区生产总值比2030年多了多少亿元？")
        assert "286.4亿元" in answer.text
        assert "突破300亿元" in answer.text
        assert "13.6" not in answer.text
    finally:
        service.close()


REVIEWED = {
    "云汀县": ("城镇新增就业6400人", "城镇新增就业6000人以上"),
    "鹭溪县": ("五年城镇新增就业2.9万人。民生持续改善。城镇新增就业5600人", "城镇新增就业5200人"),
    "栖川县": ("城镇新增就业5100人", "正常年景下城镇新增就业规模4800人"),
}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """Results beside targets; one county gives two results, one words its target at greater length."""
    folder = tmp_path_factory.mktemp("reviewed")
    files = {place: report(place, 2031, target, more=f"{result}。") for place, (result, target) in REVIEWED.items()}
    files["云汀县旧"] = report("云汀县", 2030, "城镇新增就业5900人", more="城镇新增就业5800人。")
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    with closing(open_service(Settings(data_dir=folder / "data"), embedder=embedder)) as service:
        service.ingest(sorted(folder.glob("*.md")))
    return folder


def shown(folder: Path, embedder: Embedder, question: str, script: str = '{"not_found": ""}') -> list[str]:
    """Return the prompts a question leads to."""
    return reply(script, folder, embedder, question)[1]


def test_results_and_targets_asked_for_at_once_are_a_table_of_each(reviewed: Path, embedder: Embedder):
    (prompt, *_) = shown(reviewed, embedder, "各县2031年的城镇新增就业目标和2030年实际完成数各是多少？")
    rows = prompt.split("<question>")[0]
    assert all(each in rows for each in ("6400人", "6000人以上", "5600人", "5200人", "5100人"))


def test_side_by_side_results_and_targets_are_named(reviewed: Path, embedder: Embedder):
    with closing(open_service(Settings(data_dir=reviewed / "data"), embedder=embedder)) as service:
        answer = service.ask("云汀县2030年和2031年的城镇新增就业目标和实际完成数各是多少？")
    assert "2030年实际6400人、目标5900人" in answer.text
    assert answer.table is not None
    assert answer.table.columns == ("地区", "年份", "城镇新增就业实际", "城镇新增就业目标")
    assert {len(row.cells) for row in answer.table.rows} == {4}


def test_last_year_and_this_year_are_those_of_the_newest_report(reviewed: Path, embedder: Embedder):
    (prompt, *_) = shown(reviewed, embedder, "去年城镇新增就业的实际完成数，比今年的目标高出最多的是哪个县？")
    results, targets = prompt.split("<table>")[1].split("</table>")[0].strip().splitlines()
    assert results.startswith("城镇新增就业实际：看过3份，3份有")
    assert targets.startswith("城镇新增就业目标：看过3份，2份有")


def test_a_year_may_name_the_reports_and_not_the_year_they_tell_of(reviewed: Path, embedder: Embedder):
    (prompt, *_) = shown(reviewed, embedder, "2031年各县政府工作报告写明的城镇新增就业实际完成数，哪个县最高？")
    assert "看过3份，3份有" in prompt
    assert "云汀县 · 2030 · 结果" in prompt.split("\n城镇新增就业6400人\n")[0].splitlines()[-1]


def test_of_two_figures_of_a_place_and_year_both_are_shown(reviewed: Path, embedder: Embedder):
    (prompt, *_) = shown(reviewed, embedder, "2030年哪个县的城镇新增就业完成数最高？")
    assert "\n五年城镇新增就业2.9万人\n" in prompt
    assert "\n城镇新增就业5600人\n" in prompt


def test_words_like_the_indicator_stand_in_for_a_missing_figure(reviewed: Path, embedder: Embedder):
    (prompt, *_) = shown(reviewed, embedder, "2031年哪个县的城镇新增就业目标最低？")
    table, rows = prompt.split("<table>")[1].split("</table>")
    assert "其中栖川县有相近的说法" in table
    assert "正常年景下城镇新增就业规模4800人" in rows.split("<question>")[0]


def test_a_wish_names_its_own_year_and_whether_results_are_meant(reviewed: Path, embedder: Embedder):
    wishes = [{"figures": "2029年城镇新增就业完成数"}, {"mentions": "老旧小区"}, {"mentions": "满意度"}]
    script = "\n".join(json.dumps({"look_for": each}, ensure_ascii=False) for each in wishes)
    prompts = shown(reviewed, embedder, "各县2031年的城镇新增就业目标是多少？", script + '|||{"not_found": ""}')
    head, rows = prompts[1].split("<table>")[1].split("</table>")
    assert "老旧小区" in head
    assert "满意度" in head
    assert "\n城镇新增就业5800人\n" in rows
    assert "\n城镇新增就业5800人\n" not in prompts[0]


TOLD = {
    "sum": (
        "三个县加起来17100人，即6400＋5600＋5100＝17100。",
        ["城镇新增就业6400人", "城镇新增就业5600人", "城镇新增就业5100人"],
    ),
    "count": ("2031年有4份报告提到“老旧小区”。", ["改造老旧小区21个"]),
    "each": ("云汀县、鹭溪县、栖川县2031年都提到改造老旧小区21个。", ["改造老旧小区21个"]),
}  # fmt: skip
ASKED = {
    "sum": "2030年三个县城镇新增就业实际完成数加起来是多少？",
    "count": "几份报告提到“老旧小区”？",
    "each": "哪些县提到“老旧小区”？",
}


@pytest.mark.parametrize("kind", TOLD)
def test_what_is_reckoned_counted_or_said_of_each_row_comes_through(kind: str, reviewed: Path, embedder: Embedder):
    text, quotes = TOLD[kind]
    answer, prompts = reply(line(text, *quotes), reviewed, embedder, ASKED[kind])
    assert answer.answered_by != "evidence", (answer.text, prompts[-1][-300:])
    assert answer.text.startswith(text[:-1])


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("三个县加起来17200人，即6400＋5600＋5100＝17200。", TOLD["sum"][1]),
        ("2031年有6份报告提到“老旧小区”。", ["改造老旧小区21个"]),
        ("砚浦县、鹭溪县2031年都提到改造老旧小区21个。", ["改造老旧小区21个"]),
    ],
)
def test_what_is_reckoned_counted_or_said_wrongly_does_not(
    text: str, quotes: list[str], reviewed: Path, embedder: Embedder
):
    question = ASKED["sum"] if "加" in text else ASKED["count"]
    assert text[:-1] not in reply(line(text, *quotes), reviewed, embedder, question)[0].text


def test_that_a_report_has_nothing_may_be_said_without_a_quote(pile: Service, folder: Path, embedder: Embedder):
    question = "2031年各县的城镇新增就业目标是多少？"
    answer, _ = reply(line("霁泽县2031年的报告没有给出城镇新增就业目标。"), folder, embedder, question)
    assert answer.answered_by != "evidence"
    assert answer.citations
    untrue = "云汀县2031年的报告没有给出城镇新增就业目标。"
    assert untrue[:-1] not in reply(line(untrue), folder, embedder, question)[0].text
