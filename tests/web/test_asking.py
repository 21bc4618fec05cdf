"""Asking in real headless Chromium, over the real service and the samples."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from rag.config import Settings
from tests.web.browsing import ask, marked, serving
from tests.web.conftest import Opens

pytestmark = pytest.mark.browser

QUESTION = "云汀县2023年地区生产总值的增长目标是多少？"
TABLE = "2023年各县地区生产总值增长目标分别是多少？"


def test_the_answer_states_the_figure_with_its_proof(page: Page):
    turn = ask(page, QUESTION)
    expect(turn.locator(".words").first).to_contain_text("6%")
    expect(turn.locator(".citation")).not_to_have_count(0)


def test_an_example_question_is_asked_by_a_click(page: Page):
    page.locator(".example").first.click()
    expect(page.locator(".turn .foot")).to_be_visible(timeout=15_000)
    expect(page.locator("#welcome")).to_be_hidden()


def test_a_follow_up_goes_with_what_was_said_before_and_a_new_chat_without(page: Page):
    ask(page, "栖澜县2022年的地区生产总值是多少？")
    with page.expect_request("**/v1/ask/stream") as sent:
        turn = ask(page, "一般公共预算收入呢？")
    history = sent.value.post_data_json["history"]
    assert [turn["question"] for turn in history] == ["栖澜县2022年的地区生产总值是多少？"]
    assert "92.6" in history[0]["answer"]
    expect(turn.locator(".words").first).to_contain_text("5.37亿元")
    page.locator("#new-talk").click()
    expect(page.locator(".turn")).to_have_count(0)
    with page.expect_request("**/v1/ask/stream") as sent:
        ask(page, QUESTION)
    assert sent.value.post_data_json["history"] == []


def test_what_the_reports_do_not_tell_is_said_with_what_there_is_instead(page: Page):
    turn = ask(page, "栖澜县2045年的旅游总收入是多少？")
    expect(turn.locator(".label")).to_have_text("报告中没有")
    expect(turn.locator(".instead .offer")).to_have_text(["2023", "2022"])
    nearest = turn.locator(".instead .citation").first
    words = nearest.locator(".quote").inner_text()
    nearest.click()
    assert marked(page)[:10] == words[:10]
    turn.locator(".instead .offer", has_text="2022").click()
    second = page.locator(".turn").nth(1)
    expect(second.locator(".asked")).to_have_text("栖澜县2022年的旅游总收入是多少？")
    expect(second.locator(".words").first).to_contain_text("27.9亿元", timeout=15_000)


def test_a_question_that_an_earlier_one_narrowed_is_asked_alone(page: Page):
    ask(page, "栖澜县2045年的旅游总收入是多少？")
    turn = ask(page, "云汀讲的“三链协同”是哪三条链？")
    expect(turn.locator(".label")).to_have_text("报告中没有")
    with page.expect_request("**/v1/ask/stream") as sent:
        turn.get_by_role("button", name="只按这一句问").click()
    assert sent.value.post_data_json["history"] == []
    expect(turn.locator(".words").first).to_contain_text("产业链、创新链、人才链", timeout=15_000)


def test_a_place_without_a_report_leads_to_those_that_have_one(page: Page):
    turn = ask(page, "灌云县2023年的地区生产总值是多少？")
    offers = turn.locator(".instead .offer")
    expect(offers.filter(has_text="云汀县")).to_be_visible()
    expect(turn.locator(".instead")).to_contain_text("没有灌云县的报告")


def test_what_a_question_was_understood_to_mean_is_changed_and_asked_again(page: Page):
    turn = ask(page, QUESTION)
    chips = turn.get_by_role("group", name="问题的范围")
    expect(chips.get_by_label("地区", exact=True)).to_have_value("云汀县")
    chips.get_by_label("地区", exact=True).select_option("栖澜县")
    with page.expect_request("**/v1/ask/stream") as sent:
        chips.get_by_role("button", name="按此范围再问").click()
    assert sent.value.post_data_json["scope"] == {"places": ["栖澜县"]}
    expect(turn.locator(".asked")).to_have_text("栖澜县2023年地区生产总值的增长目标是多少？")
    expect(turn.locator(".words").first).to_contain_text("6.5%", timeout=15_000)
    expect(page.locator(".turn")).to_have_count(1)


def test_a_year_that_is_added_limits_and_is_taken_away_again(page: Page):
    turn = ask(page, "云汀县的地区生产总值增长目标是多少？")
    chips = turn.get_by_role("group", name="问题的范围")
    chips.get_by_label("添加年份").select_option("2024")
    with page.expect_request("**/v1/ask/stream") as sent:
        chips.get_by_role("button", name="按此范围再问").click()
    assert sent.value.post_data_json["scope"] == {"years": [2024]}
    expect(turn.locator(".chip.limit")).to_have_count(1, timeout=15_000)
    chips.get_by_role("button", name="去掉 2024").click()
    with page.expect_request("**/v1/ask/stream") as sent:
        chips.get_by_role("button", name="按此范围再问").click()
    assert "scope" not in sent.value.post_data_json


def test_what_came_from_an_earlier_question_goes_with_it(page: Page):
    ask(page, "栖澜县2022年的地区生产总值是多少？")
    turn = ask(page, "云汀的一般公共预算收入是多少？")
    chips = turn.get_by_role("group", name="问题的范围")
    expect(chips.get_by_role("button", name="去掉 云汀县")).to_have_count(0)
    chips.get_by_role("button", name="去掉 2022").click()
    with page.expect_request("**/v1/ask/stream") as sent:
        chips.get_by_role("button", name="按此范围再问").click()
    assert sent.value.post_data_json["history"] == []
    expect(turn.locator(".foot")).to_be_visible(timeout=15_000)
    expect(chips.get_by_label("年份", exact=True)).to_have_count(0)


def test_a_table_sorts_opens_its_words_is_drawn_and_saved(page: Page):
    turn = ask(page, TABLE)
    rows = turn.locator(".grid tbody tr")
    count = rows.count()
    figures = [row.split("%")[0] for row in turn.locator(".grid tbody td:nth-child(3)").all_inner_texts() if "%" in row]
    assert len(figures) > 1
    for direction, ordered in (("ascending", False), ("descending", True)):
        turn.locator(".grid th .sort").nth(2).click()
        expect(turn.locator(".grid th").nth(2)).to_have_attribute("aria-sort", direction)
        texts = turn.locator(".grid tbody td:nth-child(3)").all_inner_texts()
        told = [row.split("%")[0] for row in texts if "%" in row]
        assert told == sorted(figures, key=float, reverse=ordered)
        assert "%" not in texts[-1]
    turn.locator(".grid tbody tr", has_text="%").first.locator(".cell").first.click()
    assert "%" in marked(page)
    assert turn.locator(".words").count() == 1
    expect(turn.locator(".chart .bar")).to_have_count(len(figures))
    with page.expect_download() as saved:
        turn.get_by_role("button", name="下载 CSV").click()
    assert len(saved.value.path().read_text("utf-8-sig").splitlines()) == count + 1


def test_a_line_joins_the_years_of_one_place_alone_and_figures_without_a_unit_are_not_drawn(page: Page):
    script = """async ([columns, rows]) => {
        const { makeChart } = await import('/static/table/chart.js');
        const chart = makeChart(columns, rows.map((cells) => ({ cells, markers: [] })));
        const words = [...(chart?.querySelectorAll('text') ?? [])].map((each) => each.textContent);
        return chart && [chart.querySelectorAll('.trend').length, words];
    }"""
    columns = ["地区", "年份", "增长目标"]
    trend = [["云汀", "2024", "5.8%左右"], ["云汀", "2023", "6%"], ["云汀", "2025", "5%—5.5%"]]
    assert page.evaluate(script, [columns, trend]) == [1, ["6%", "2023", "5.8%", "2024", "5—5.5%", "2025"]]
    places = [["云汀", "2023", "6%"], ["澄岚", "2022", "7%左右"], ["云汀", "2024", "未找到"]]
    assert page.evaluate(script, [columns, places]) == [0, ["云汀 2023", "6%", "澄岚 2022", "7%"]]
    assert page.evaluate(script, [columns, [["云汀", "2023", "6%"], ["澄岚", "2023", "300亿元"]]]) is None
    assert page.evaluate(script, [columns, [["云汀", "2023", "第6"], ["澄岚", "2023", "第7"]]]) is None


def test_a_link_asks_its_question_within_its_limits(open_page: Opens, address: str):
    page = open_page(f"{address}#q={quote('地区生产总值增长目标是多少？')}&place={quote('澄岚市')}&year=2022")
    expect(page.locator(".turn .words").first).to_contain_text("7%左右", timeout=15_000)
    expect(page.get_by_label("地区", exact=True)).to_have_value("澄岚市")
    assert "#q=" not in page.url


def test_a_server_that_cannot_stream_is_asked_plainly(page: Page):
    page.route("**/v1/ask/stream", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=""))
    expect(ask(page, QUESTION).locator(".words").first).to_contain_text("6%")


def test_a_question_that_failed_says_why_and_is_asked_again(page: Page):
    failure = 'event: error\ndata: {"detail": "the disk is full"}\n\n'
    page.route("**/v1/ask/stream", lambda route: route.fulfill(content_type="text/event-stream", body=failure))
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    turn = page.locator(".turn")
    expect(turn.locator(".failure")).to_have_text("the disk is full")
    page.unroute("**/v1/ask/stream")
    turn.get_by_role("button", name="重问").click()
    expect(turn.locator(".words").first).to_contain_text("6%", timeout=15_000)
    expect(page.locator(".turn")).to_have_count(1)


def test_a_report_is_added_asked_about_and_removed(page: Page):
    page.locator("#show-reports").click()
    before = page.locator("#reports > li").count()
    text = "墨泉县2031年工作报告\n\n一、2030年工作回顾\n\n2030年，墨泉县新建口袋公园 17 个，改造路灯 2,300 盏。\n"
    page.locator("#file").set_input_files({"name": "墨泉.txt", "mimeType": "text/plain", "buffer": text.encode()})
    expect(page.locator("#jobs li")).to_contain_text("已加入", timeout=20_000)
    expect(page.locator("#reports > li")).to_have_count(before + 1)
    page.locator("#close-reports").click()
    expect(ask(page, "墨泉县2030年新建了多少个口袋公园？").locator(".words").first).to_contain_text("17")
    page.locator("#show-reports").click()
    page.locator("#reports > li", has_text="墨泉").get_by_role("button", name="删除").click()
    page.get_by_role("button", name="再点一次删除").click()
    expect(page.locator("#reports > li")).to_have_count(before)


def test_a_file_that_cannot_be_read_says_why(page: Page):
    page.locator("#show-reports").click()
    page.locator("#file").set_input_files({"name": "空.txt", "mimeType": "text/plain", "buffer": b""})
    expect(page.locator("#jobs li")).to_contain_text("未收入", timeout=20_000)


def test_threat_markup_in_a_question_stays_text(page: Page):
    ask(page, "<img src=x onerror=\"document.title='taken'\"> 云汀")
    assert page.locator(".turn img").count() == 0
    assert page.title() != "taken"


def test_a_server_with_a_key_asks_for_it(browser: Browser, tmp_path: Path, models_dir: Path):
    settings = Settings(data_dir=tmp_path / "data", models_dir=models_dir, api_key="s3cret")
    with serving(settings) as address:
        page = browser.new_page(locale="zh-CN")
        page.goto(address)
        page.locator("#key").fill("s3cret")
        page.locator("#key").press("Enter")
        expect(page.locator("#num-reports")).to_have_text("0")
        page.close()
