from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from rag.config import Settings
from tests.web.browsing import SAMPLES, browsing, find_chromium, serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the page is not tested (apt-get install chromium fonts-noto-cjk)")
    with browsing(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "石笼县2031.txt").write_text(HOSTILE, "utf-8")
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir)
    with serving(settings, SAMPLES, folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a desktop's size that fails its test on any error in its scripts and any request elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(address) else complaints.append(request.url))
    page.goto(address)
    yield page
    context.close()
    assert complaints == []


HOSTILE = """石笼县2031年<b>工作</b>报告

一、2030年工作回顾

2030年，石笼县粮食总产量 21.7 万吨<img src=x onerror="document.title='taken'"><script>alert(1)</script>，增长 2.5%。
[点此](javascript:document.title='taken') <a href="javascript:document.title='taken'">详情</a> ${question} {{7*7}}
"""
