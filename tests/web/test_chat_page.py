"""The chat page in real headless Chromium, over the real service and the samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag.config import Settings
from tests.web.browsing import serving

pytestmark = pytest.mark.browser

QUESTION = "云汀县2023年地区生产总值的增长目标是多少？"


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the answer to be complete, and return it."""
    page.get_by_label("问题").fill(question)
    page.get_by_label("问题").press("Enter")
    turn = page.locator(".turn").last
    expect(turn.locator(".foot")).to_be_visible(timeout=15_000)
    return turn


def is_in_view(page: Page, selector: str) -> bool:
    """Tell whether an element lies inside the window and inside the pane that scrolls it."""
    script = """selector => {
        const box = document.querySelector(selector).getBoundingClientRect();
        const pane = document.querySelector('#paper').getBoundingClientRect();
        const top = Math.max(pane.top, 0), bottom = Math.min(pane.bottom, innerHeight);
        return box.height > 0 && box.top >= top - 1 && box.bottom <= bottom + 1;
    }"""
    return bool(page.evaluate(script, selector))


def test_a_click_on_a_citation_scrolls_the_quoted_words_into_view(page: Page):
    turn = ask(page, "云汀县2023年计划新增多少个公共停车位？")
    quote = turn.locator(".citation .quote").first.inner_text()
    turn.locator(".words .marker").first.click()
    expect(page.locator("#paper mark").first).to_be_visible()
    page.wait_for_timeout(900)
    assert "".join(page.locator("#paper mark").all_inner_texts()) == quote
    assert is_in_view(page, "#paper mark")
    assert page.locator("#paper").evaluate("paper => paper.scrollTop") > 0


def test_the_answer_states_the_figure_with_its_proof(page: Page):
    turn = ask(page, QUESTION)
    expect(turn.locator(".words").first).to_contain_text("6%")
    expect(turn.locator(".citation")).not_to_have_count(0)


def test_what_the_reports_do_not_tell_is_said_so(page: Page):
    turn = ask(page, "栖澜县2045年的旅游收入是多少？")
    expect(turn.locator(".label")).to_have_text("报告中没有")
    expect(turn.locator(".citation")).to_have_count(0)


def test_an_example_question_is_asked_by_a_click(page: Page):
    page.locator(".example").first.click()
    expect(page.locator(".turn .foot")).to_be_visible(timeout=15_000)
    expect(page.locator("#welcome")).to_be_hidden()


def test_a_follow_up_goes_with_what_was_said_before(page: Page):
    ask(page, "栖澜县2022年的地区生产总值是多少？")
    with page.expect_request("**/v1/ask/stream") as sent:
        ask(page, "一般公共预算收入呢？")
    history = sent.value.post_data_json["history"]
    assert [turn["question"] for turn in history] == ["栖澜县2022年的地区生产总值是多少？"]
    assert history[0]["answer"]


def test_the_language_is_switched_and_remembered(page: Page):
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator("#language").click()
    expect(page.get_by_role("heading", name="Ask the government reports")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Ask")).to_be_visible()


def test_a_report_is_added_asked_about_and_removed(page: Page):
    expect(page.locator("#num-reports")).not_to_be_empty()
    page.locator("#show-reports").click()
    before = page.locator("#reports > li").count()
    text = "墨泉县2031年工作报告\n\n一、2030年工作回顾\n\n2030年，墨泉县新建口袋公园 17 个，改造路灯 2,300 盏。\n"
    page.locator("#file").set_input_files({"name": "墨泉.txt", "mimeType": "text/plain", "buffer": text.encode()})
    expect(page.locator("#jobs li")).to_contain_text("已加入", timeout=20_000)
    expect(page.locator("#reports > li")).to_have_count(before + 1)
    page.locator("#close-reports").click()
    expect(ask(page, "墨泉县2030年新建了多少个口袋公园？").locator(".words").first).to_contain_text("17")
    page.locator("#show-reports").click()
    remove = page.locator("#reports > li", has_text="墨泉").get_by_role("button", name="删除")
    remove.click()
    page.get_by_role("button", name="再点一次删除").click()
    expect(page.locator("#reports > li")).to_have_count(before)


def test_a_file_that_cannot_be_read_says_why(page: Page):
    page.locator("#show-reports").click()
    page.locator("#file").set_input_files({"name": "空.txt", "mimeType": "text/plain", "buffer": b""})
    expect(page.locator("#jobs li")).to_contain_text("未收入", timeout=20_000)


def test_an_opinion_is_thanked_for(page: Page):
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="有用").click()
    expect(turn.locator(".votes")).to_have_text("已记录，谢谢")


def test_a_new_chat_forgets_what_was_said(page: Page):
    ask(page, QUESTION)
    page.locator("#new-talk").click()
    expect(page.locator(".turn")).to_have_count(0)
    with page.expect_request("**/v1/ask/stream") as sent:
        ask(page, "栖澜县2022年的地区生产总值是多少？")
    assert sent.value.post_data_json["history"] == []


def test_threat_markup_in_a_report_stays_text(page: Page):
    turn = ask(page, "石笼县2030年粮食总产量是多少？")
    expect(turn.locator(".words").first).to_contain_text("21.7")
    turn.locator(".citation").first.click()
    expect(page.locator("#paper")).to_contain_text("<script>")
    assert page.locator("#paper img, #paper script, #paper a, .turn img, .turn a").count() == 0
    assert page.title() != "taken"


def test_threat_markup_in_a_question_stays_text(page: Page):
    ask(page, "<img src=x onerror=\"document.title='taken'\"> 云汀")
    assert page.locator(".turn img").count() == 0
    assert page.title() != "taken"


def test_everything_is_reached_by_the_keyboard(page: Page):
    page.get_by_label("问题").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .foot")).to_be_visible(timeout=15_000)
    page.locator(".words .marker").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#paper mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader-open")).to_be_hidden()


def test_a_server_that_cannot_stream_is_asked_plainly(page: Page):
    page.route("**/v1/ask/stream", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=""))
    expect(ask(page, QUESTION).locator(".words").first).to_contain_text("6%")


def test_works_on_a_phone(browser: Browser, address: str):
    context = browser.new_context(
        viewport={"width": 380, "height": 760}, locale="zh-CN", is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.goto(address)
    turn = ask(page, QUESTION)
    turn.locator(".citation").first.tap()
    expect(page.locator("#paper mark").first).to_be_visible()
    page.wait_for_timeout(900)
    assert is_in_view(page, "#paper mark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert page.locator("#reader").bounding_box()["y"] > page.locator(".bar").bounding_box()["y"]
    context.close()


def test_a_server_with_a_key_asks_for_it(browser: Browser, tmp_path: Path, models_dir: Path):
    settings = Settings(data_dir=tmp_path / "data", models_dir=models_dir, api_key="s3cret")
    with serving(settings) as address:
        page = browser.new_page(locale="zh-CN")
        page.goto(address)
        page.locator("#key").fill("s3cret")
        page.locator("#key").press("Enter")
        expect(page.locator("#num-reports")).to_have_text("0")
        page.close()


def test_a_table_sorts_opens_its_words_and_is_drawn(page: Page):
    turn = ask(page, "2023年各县地区生产总值增长目标分别是多少？")
    rows = turn.locator(".grid tbody tr")
    count = rows.count()
    assert count > 1
    figures = [row.split("%")[0] for row in turn.locator(".grid tbody td:nth-child(3)").all_inner_texts() if "%" in row]
    turn.locator(".grid th .sort").nth(2).click()
    sorted_texts = turn.locator(".grid tbody td:nth-child(3)").all_inner_texts()
    assert [row.split("%")[0] for row in sorted_texts if "%" in row] == sorted(figures, key=float)
    turn.locator(".grid tbody tr", has_text="%").first.locator(".cell").first.click()
    expect(page.locator("#paper mark").first).to_be_visible()
    assert turn.locator(".words").count() == 1
    expect(turn.locator(".chart .bar")).to_have_count(len(figures))
    with page.expect_download() as saved:
        turn.get_by_role("button", name="下载 CSV").click()
    lines = saved.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == count + 1
