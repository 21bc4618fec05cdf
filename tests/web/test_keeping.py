"""Conversations kept in the browser, what is copied and exported, opinions, and the note on a first run."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import ask
from tests.web.conftest import Opens

pytestmark = pytest.mark.browser

QUESTION = "云汀县2023年地区生产总值的增长目标是多少？"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def test_a_conversation_is_kept_named_opened_again_and_deleted(page: Page):
    ask(page, QUESTION)
    ask(page, "一般公共预算收入呢？")
    page.reload()
    expect(page.locator(".turn .foot")).to_have_count(2)
    page.locator("#new-talk").click()
    ask(page, "栖澜县2022年的地区生产总值是多少？")
    page.locator("#show-talks").click()
    expect(page.locator("#talks > li")).to_have_count(2)
    item = page.locator("#talks > li", has_text=QUESTION)
    expect(item).to_contain_text("2 问")
    item.get_by_role("button", name="改名").click()
    page.locator("#talks input").fill("云汀的目标")
    page.locator("#talks input").press("Enter")
    page.locator("#talks .report", has_text="云汀的目标").click()
    expect(page.locator(".turn .asked")).to_have_text([QUESTION, "一般公共预算收入呢？"])
    with page.expect_request("**/v1/ask/stream") as sent:
        ask(page, "固定资产投资呢？")
    assert len(sent.value.post_data_json["history"]) == 2
    page.locator("#show-talks").click()
    item = page.locator("#talks > li", has_text="云汀的目标")
    expect(item).to_contain_text("3 问")
    item.get_by_role("button", name="删除").click()
    item.get_by_role("button", name="再点一次删除").click()
    expect(page.locator("#talks > li")).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(0)


def test_a_full_browser_drops_the_oldest_conversation_first(page: Page):
    page.evaluate("""() => {
        const turns = [{ question: 'old', scope: null, said: 'x'.repeat(2_400_000) }];
        for (const time of [1, 2]) {
            localStorage.setItem(`report-qa.talk.${time}`, JSON.stringify({ id: `${time}`, name: '', turns, time }));
        }
        const room = 5_242_880 - Object.entries(localStorage).flat().join('').length;
        localStorage.setItem('filler', 'x'.repeat(room - 500));
    }""")
    ask(page, QUESTION)
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('report-qa.talk.'))")
    assert "report-qa.talk.1" not in kept
    assert "report-qa.talk.2" in kept
    assert len(kept) == 2


def test_a_conversation_is_exported_as_markdown_with_its_sources(page: Page, address: str):
    ask(page, "2023年各县地区生产总值增长目标分别是多少？")
    ask(page, "石笼县2030年粮食总产量是多少？")
    page.locator("#show-talks").click()
    with page.expect_download() as saved:
        page.locator("#talks").get_by_role("button", name="导出").click()
    assert saved.value.suggested_filename.endswith(".md")
    text = saved.value.path().read_text("utf-8")
    assert "## 石笼县2030年粮食总产量是多少？" in text
    links = re.findall(rf"\]\(({re.escape(address)}/#report=\w+&start=\d+&end=\d+)\)", text)
    assert len(set(links)) > 3
    assert re.search(r"^\| 地区 \|.*\|\n\|( --- \|)+\n(\| .* \|\n)+", text, re.MULTILINE)
    assert "![" not in text
    assert not re.search(r"(?<!\\)<", text), "markup of a report came through unescaped"


def test_threat_a_cell_that_looks_like_a_formula_stays_text(page: Page):
    with page.expect_download() as saved:
        page.evaluate("""async () => (await import('/static/page/leaving.js')).saveCsv('a/../b: c', ['甲', '乙'],
            [['=HYPERLINK("x")', '-3.5%'], ['@SUM(1)', '甲,"乙"'], ['-cmd', '+1']])""")
    assert saved.value.path().read_text("utf-8-sig").splitlines() == [
        "甲,乙",
        '"\'=HYPERLINK(""x"")",-3.5%',
        '\'@SUM(1),"甲,""乙"""',
        "'-cmd,'+1",
    ]
    assert "/" not in saved.value.suggested_filename


def test_an_answer_is_copied_with_its_sources_and_the_link_to_its_question(open_page: Opens):
    page = open_page(permissions=CLIPBOARD)
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="复制", exact=True).click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(QUESTION)
    assert re.search(r"\n\n\[1\] 2023年云汀县政府工作报告 › .*“.*6%.*”\n    http://\S+#report=", text)
    turn.get_by_role("button", name="复制链接").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('#q='))")
    link = page.evaluate("navigator.clipboard.readText()")
    expect(open_page(link).locator(".turn .asked")).to_have_text(QUESTION)


def test_words_are_copied_where_the_page_may_not_use_the_clipboard(open_page: Opens):
    page = open_page(permissions=CLIPBOARD)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="复制", exact=True).click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    page.locator("#question").press("Control+V")
    expect(page.locator("#question")).to_have_value(re.compile(re.escape(QUESTION)))


def test_an_opinion_is_kept_at_once_and_a_comment_after_it(page: Page):
    ask(page, QUESTION)
    turn = ask(page, "固定资产投资呢？")
    with page.expect_request("**/v1/feedback") as given:
        turn.get_by_role("button", name="有误").click()
    expect(turn.locator(".opinion")).to_contain_text("已记录，谢谢")
    first = given.value.post_data_json
    assert (first["rating"], first["comment"], first["status"]) == ("down", "", "answered")
    assert [each["question"] for each in first["history"]] == [QUESTION]
    assert first["citations"][0]["source"] == "yunting-2023-work-report.html"
    with page.expect_response("**/v1/feedback") as answered:
        turn.get_by_label("想补充什么？").fill("是8%吗")
        turn.get_by_label("想补充什么？").press("Enter")
    assert answered.value.status == 201
    second = json.loads(answered.value.request.post_data or "")
    assert (second["id"], second["comment"]) == (first["id"], "是8%吗")


def test_a_first_run_says_what_a_model_would_do_and_how_to_set_one(open_page: Opens):
    page = open_page(permissions=CLIPBOARD)
    note = page.get_by_role("region", name="还没有语言模型")
    expect(note).to_contain_text("只摘录最贴近的原句")
    expect(note.locator("pre").first).to_have_text("report-qa model get qwen3-4b\nreport-qa serve")
    note.get_by_role("button", name="复制").first.click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('report-qa model get'))")
    note.get_by_role("button", name="关闭").click()
    page.reload()
    expect(page.locator("#num-reports")).not_to_be_empty()
    expect(note).to_be_hidden()


def test_the_note_offers_the_ollama_of_this_machine(page: Page):
    def with_ollama(route):
        status = route.fetch().json()
        status["model"]["ollama"] = ["qwen3:8b", "gemma3"]
        route.fulfill(json=status)

    page.route("**/v1/status", with_ollama)
    page.reload()
    expect(page.locator("#setup pre").first).to_have_text("export REPORT_QA_LLM=ollama:qwen3:8b\nreport-qa serve")
