"""Questions over many reports: every report has its row, and nothing is said of all that was not looked at in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.errors import BadInputError
from rag.finding.indicators import core, find_indicators, wordings
from rag.indexing.embedding import Embedder
from rag.service import Service
from rag.types import Answer, Reading
from tests.rag.pile_reports import FILES
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
            report = f"{year}年云汀县政府工作报告\n\n一、{year - 1}年工作回顾\n{year - 1}年全县地区生产总值{told}。\n"
            (tmp_path / f"{year}.txt").write_text(report, "utf-8")
        service.ingest([tmp_path / "2031.txt", tmp_path / "2032.txt"])
        answer = service.ask("云汀县2031年的地区生产总值比2030年多了多少亿元？")
        assert "286.4亿元" in answer.text
        assert "突破300亿元" in answer.text
        assert "13.6" not in answer.text
    finally:
        service.close()
