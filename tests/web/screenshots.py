"""Take the pictures of the README: `python -m tests.web.screenshots [FOLDER]` (docs/ unless given)."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from rag.config import Settings
from tests.web.browsing import SAMPLES, browsing, find_chromium, serving

ROOT = Path(__file__).parents[2]
QUESTIONS = ("云汀县2023年地区生产总值的增长目标是多少？", "栖澜县2022年的旅游总收入是多少？")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    executable = find_chromium()
    if executable is None:
        sys.exit("no chromium on this machine")
    models_dir = Path(os.environ.get("REPORT_QA_MODELS_DIR", ROOT / "data" / "models")).absolute()
    with (
        tempfile.TemporaryDirectory() as data_dir,
        browsing(executable) as browser,
        serving(Settings(data_dir=Path(data_dir), models_dir=models_dir), SAMPLES) as address,
    ):
        _welcome(browser, address, folder)
        _desktop(browser, address, folder / "desktop.png", colours="light")
        _desktop(browser, address, folder / "desktop-dark.png", colours="dark")
        _phone(browser, address, folder / "phone.png")


def _welcome(browser: Browser, address: str, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page.goto(address)
    expect(page.locator(".example").first).to_be_visible()
    page.screenshot(path=folder / "welcome.png")
    page.close()


def _desktop(browser: Browser, address: str, picture: Path, *, colours: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN", color_scheme=colours)
    page.goto(address)
    for question in QUESTIONS:
        _ask(page, question)
    _open_first_citation(page)
    page.screenshot(path=picture)
    page.close()


def _phone(browser: Browser, address: str, picture: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 780}, locale="zh-CN", is_mobile=True, has_touch=True, device_scale_factor=1.5
    )
    page = context.new_page()
    page.goto(address)
    _ask(page, QUESTIONS[1])
    _open_first_citation(page)
    page.screenshot(path=picture)
    context.close()


def _ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    expect(page.locator(".turn").last.locator(".foot")).to_be_visible(timeout=15_000)


def _open_first_citation(page: Page) -> None:
    page.locator(".turn").last.locator(".citation").first.click()
    expect(page.locator("#paper mark").first).to_be_visible()
    page.wait_for_timeout(1_000)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
