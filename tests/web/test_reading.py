"""The report beside the answer: the quoted words, steps between them, outline, key figures, links."""

from __future__ import annotations

import csv

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import ask, is_in_view, marked
from tests.web.conftest import Opens

pytestmark = pytest.mark.browser

CHAINS = "云汀讲的“三链协同”是哪三条链？ 澄岚呢？"


def open_report(page: Page, title: str) -> None:
    page.locator("#show-reports").click()
    page.locator("#reports .report", has_text=title).first.click()


def test_a_click_on_a_citation_scrolls_the_quoted_words_into_view(page: Page):
    turn = ask(page, "云汀县2023年计划新增多少个公共停车位？")
    quote = turn.locator(".citation .quote").first.inner_text()
    turn.locator(".words .marker").first.click()
    assert marked(page) == quote
    assert is_in_view(page, "#paper mark")
    assert page.locator("#paper").evaluate("paper => paper.scrollTop") > 0


def test_the_reader_steps_to_the_next_citation_and_back_across_reports(page: Page):
    turn = ask(page, CHAINS)
    quotes = turn.locator(".citation .quote").all_inner_texts()
    turn.locator(".citation").first.click()
    expect(page.locator("#trail-place")).to_have_text(f"依据 1 / {len(quotes)}")
    expect(page.get_by_role("button", name="上一处依据")).to_be_disabled()
    title = page.locator("#reader-title").inner_text()
    page.get_by_role("button", name="下一处依据").click()
    expect(page.locator("#reader-title")).not_to_have_text(title)
    assert marked(page) == quotes[1]
    expect(turn.locator(".citation.chosen .number")).to_have_text("2")
    page.get_by_role("button", name="上一处依据").click()
    expect(page.locator("#reader-title")).to_have_text(title)
    assert marked(page) == quotes[0]


def test_the_outline_leads_to_each_heading(page: Page):
    open_report(page, "2023年云汀县政府工作报告")
    page.get_by_role("button", name="目录").click()
    heading = page.locator(".outline .heading", has_text="二、2023年主要目标和重点任务")
    expect(heading).to_contain_text("2023 · 目标")
    heading.click()
    assert marked(page) == "二、2023年主要目标和重点任务"
    assert is_in_view(page, "#paper h3 mark")


def test_key_figures_show_result_beside_target_each_a_click_from_its_words(page: Page):
    open_report(page, "2023年云汀县政府工作报告")
    page.get_by_role("button", name="数字", exact=True).click()
    expect(page.locator(".figures thead th")).to_have_text(["指标", "结果", "目标", "规划"])
    page.get_by_label("筛选指标").fill("城镇新增就业")
    row = page.locator(".figures tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("td").nth(0)).to_have_text("6,150人2022")
    expect(row.locator("td").nth(1)).to_have_text("6,000人以上2023")
    with page.expect_download() as saved:
        page.locator(".figures").get_by_role("button", name="下载 CSV").click()
    rows = list(csv.DictReader(saved.value.path().read_text("utf-8-sig").splitlines()))
    assert {(each["类别"], each["数字"]) for each in rows if each["指标"] == "城镇新增就业"} == {
        ("结果", "6,150人"),
        ("目标", "6,000人"),
    }
    row.locator("td").nth(1).get_by_role("button").click()
    assert "6,000人" in marked(page)
    assert is_in_view(page, "#paper mark")


def test_a_link_opens_its_citation(page: Page, open_page: Opens):
    turn = ask(page, CHAINS)
    turn.locator(".citation").nth(1).click()
    quote = marked(page)
    assert "#report=" in page.url
    other = open_page(page.url)
    assert marked(other) == quote
    other.locator("#close-reader").click()
    assert "#report=" not in other.url


def test_a_link_to_a_report_that_is_gone_says_so(open_page: Opens, address: str):
    page = open_page(f"{address}#report=0123456789abcdef&start=3&end=9")
    expect(page.locator("#reader-title")).to_contain_text("0123456789abcdef")
    page.locator("#close-reader").click()
    expect(page.locator("#welcome")).to_be_visible()


def test_threat_markup_in_a_report_stays_text(page: Page):
    turn = ask(page, "石笼县2030年粮食总产量是多少？")
    expect(turn.locator(".words").first).to_contain_text("21.7")
    turn.locator(".citation").first.click()
    for view in ("目录", "数字", "原文"):
        page.get_by_role("button", name=view, exact=True).click()
        assert page.locator("#paper img, #paper script, #paper a, .turn img, .turn a").count() == 0
    expect(page.locator("#paper")).to_contain_text("<script>")
    assert page.title() != "taken"
