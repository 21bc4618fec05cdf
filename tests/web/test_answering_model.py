"""Answers of a language model that writes slowly: claims as they are verified, stop, and its own quotes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from rag.config import Settings
from rag.indexing.embedding import Embedder
from tests.rag.provider_server import Provider
from tests.rag.provider_server import serving as serving_provider
from tests.web.browsing import marked, serving
from tests.web.conftest import Opens

pytestmark = pytest.mark.browser

QUESTION = "云汀县2023年有哪些主要目标？"
CLAIMS = (
    ("云汀县2023年地区生产总值增长目标是6%。", "地区生产总值增长6%"),
    ("云汀县2023年固定资产投资增长目标是8%。", "固定资产投资增长8%"),
)
LINES = [
    json.dumps({"claim": claim, "quotes": [{"n": 1, "quote": quote}]}, ensure_ascii=False) for claim, quote in CLAIMS
]
# What comes between two claims gives a reader time to act in; it ends when somebody stops, or when the model hurries.
PAUSE = ("\n",) * 400
PAUSE_SECONDS = 0.1


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[Provider]:
    with serving_provider(Provider()) as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: Provider) -> Provider:
    shared_provider.pause_seconds = PAUSE_SECONDS
    return shared_provider


@pytest.fixture(scope="module")
def model_address(shared_provider: Provider, data_dir: Path, models_dir: Path, embedder: Embedder) -> Iterator[str]:
    settings = Settings(
        data_dir=data_dir,
        models_dir=models_dir,
        llm="openai:m",
        llm_base_url=f"{shared_provider.url}/v1",
        llm_api_key="sk-none",
    )
    with serving(settings, embedder=embedder) as address:
        yield address


@pytest.fixture
def page(open_page: Opens, model_address: str) -> Page:
    return open_page(model_address)


def begin(page: Page) -> Locator:
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    return page.locator(".turn")


def test_each_claim_appears_once_it_is_verified(page: Page, provider: Provider):
    provider.pieces = (f"{LINES[0]}\n", *PAUSE, f"{LINES[1]}\n")
    turn = begin(page)
    expect(turn.locator(".claim")).to_have_text([f"{CLAIMS[0][0][:-1]}1。"])
    expect(turn).to_have_attribute("aria-busy", "true")
    expect(turn.locator(".chip").first).to_have_text("云汀县")
    provider.pause_seconds = 0
    expect(turn.locator(".foot")).to_be_visible(timeout=15_000)
    expect(turn.locator(".words")).to_contain_text("8%")
    expect(turn.locator(".foot")).to_contain_text("语言模型 openai:m")


def test_a_marker_is_a_click_from_its_words_while_the_model_still_writes_and_after_a_stop(
    page: Page, provider: Provider
):
    provider.pieces = (f"{LINES[0]}\n", *PAUSE)
    turn = begin(page)
    turn.locator("button.marker").click()
    assert marked(page) == CLAIMS[0][1]
    expect(turn).to_have_attribute("aria-busy", "true")
    expect(turn.locator("button.marker")).to_have_class("marker chosen")
    page.get_by_role("button", name="停止").click()
    expect(turn).to_contain_text("已停止")
    page.get_by_role("button", name="关闭").click()
    turn.locator("button.marker").click()
    assert marked(page) == CLAIMS[0][1]


def test_the_quoted_clause_is_marked_and_not_its_sentence(page: Page, provider: Provider):
    provider.pieces = (f"{LINES[0]}\n{LINES[1]}\n",)
    turn = begin(page)
    turn.locator("button.marker").first.click()
    assert marked(page) == CLAIMS[0][1]
    page.get_by_role("button", name="下一处依据").click()
    expect(page.locator("#paper mark")).to_have_text(CLAIMS[1][1])
    paragraph = page.locator("#paper p", has=page.locator("mark")).inner_text()
    assert all(quote in paragraph for _, quote in CLAIMS)


def test_stop_ends_the_model_keeps_what_was_verified_and_offers_it_again(page: Page, provider: Provider):
    provider.pieces = (f"{LINES[0]}\n", *PAUSE)
    provider.went_away.clear()
    turn = begin(page)
    expect(turn.locator(".claim")).to_have_count(1)
    expect(page.locator("#send")).to_be_hidden()
    page.get_by_role("button", name="停止").click()
    expect(turn).to_contain_text("已停止")
    expect(turn.locator(".words")).to_contain_text("6%")
    assert provider.went_away.wait(timeout=5)
    page.reload()
    expect(turn).to_contain_text("已停止")
    provider.pieces = (f"{LINES[0]}\n{LINES[1]}\n",)
    turn.get_by_role("button", name="重问").click()
    expect(turn.locator(".foot")).to_be_visible(timeout=15_000)
    expect(turn.locator(".marker").nth(1)).to_be_visible()


def test_what_is_asked_while_the_page_still_loads_is_answered_after_the_turns_before(page: Page, provider: Provider):
    provider.pieces = (f"{LINES[0]}\n",)
    begin(page)
    expect(page.locator(".foot")).to_be_visible(timeout=15_000)
    held: list[Route] = []
    page.route("**/v1/status", lambda route: held.append(route))
    page.reload()
    expect(page.locator("#num-reports")).not_to_be_empty()
    provider.pieces = (f"{LINES[0]}\n", *PAUSE, f"{LINES[1]}\n")
    begin(page)
    expect(page.locator("#question")).to_be_empty()
    held[0].continue_()
    expect(page.locator(".turn")).to_have_count(2)
    provider.pause_seconds = 0
    expect(page.locator(".turn").last.locator(".foot")).to_be_visible(timeout=15_000)
    expect(page.locator("#turns")).not_to_contain_text("已停止")


def test_a_link_followed_while_an_answer_comes_asks_its_question_at_once(page: Page, provider: Provider):
    provider.pieces = (f"{LINES[0]}\n", *PAUSE)
    turn = begin(page)
    expect(turn.locator(".claim")).to_have_count(1)
    provider.pieces = (f"{LINES[0]}\n{LINES[1]}\n",)
    page.evaluate("location.hash = 'q=云汀县2023年的目标有哪些？'")
    expect(turn.locator(".asked")).to_have_text("云汀县2023年的目标有哪些？")
    expect(turn.locator(".foot")).to_be_visible(timeout=15_000)
    expect(page.locator("#send")).to_be_visible()


def test_no_note_asks_for_a_model_where_one_is_set(page: Page):
    expect(page.locator("#answerer")).to_have_text("语言模型 openai:m · 逐句核对")
    expect(page.locator("#setup")).to_be_hidden()
