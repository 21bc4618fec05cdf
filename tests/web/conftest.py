from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from rag.config import Settings
from rag.indexing.embedding import Embedder
from tests.web.browsing import browsing, find_chromium, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: while it is open, no other test of this process can run an event loop."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the page is not tested (apt-get install chromium fonts-noto-cjk)")
    with browsing(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def address(
    samples_dir: Path, tmp_path_factory: pytest.TempPathFactory, models_dir: Path, embedder: Embedder
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "石笼县2031.txt").write_text(HOSTILE, "utf-8")
    data_dir = shutil.copytree(samples_dir, tmp_path_factory.mktemp("page") / "data")
    with serving(Settings(data_dir=data_dir, models_dir=models_dir), folder, embedder=embedder) as address:
        yield address


def is_ours(message: ConsoleMessage) -> bool:
    """Tell errors of the page from Chromium's own lines about answers like 404, which the page says itself."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


Opens = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Opens]:
    """Opens pages, of a desktop's size unless told; an error in their scripts or a request elsewhere fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(at: str = address, **options: Any) -> Page:
        given = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", "reduced_motion": "reduce"}
        context = browser.new_context(**(given | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if is_ours(message) else None)
        own = (at.split("#")[0], "blob:")
        page.on("request", lambda sent: None if sent.url.startswith(own) else complaints.append(sent.url))
        page.goto(at)
        expect(page.locator("#num-reports")).not_to_be_empty()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Opens) -> Page:
    """A Chinese page of a desktop's size."""
    return open_page()


HOSTILE = """石笼县2031年<b>工作</b>报告

一、2030年工作回顾

2030年，石笼县粮食总产量 21.7 万吨<img src=x onerror="document.title='taken'"><script>alert(1)</script>，增长 2.5%。
[点此](javascript:document.title='taken') <a href="javascript:document.title='taken'">详情</a> ${question} {{7*7}}
"""
