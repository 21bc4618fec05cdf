"""A real server over the samples, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from tests.api.serving import served

SAMPLES = Path(__file__).parents[2] / "samples"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def serving(settings: Settings, *folders: Path, embedder: Embedder | None = None) -> Iterator[str]:
    """Serve what the data directory holds, and the reports in ``folders``; gives the page's address."""
    service = open_service(settings, embedder=embedder)
    if folders:
        service.ingest(list(folders))
    with served(create_app(service, settings), lifespan="on") as address:
        yield address


@contextmanager
def browsing(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the answer to be complete, and return it."""
    box = page.locator("#question")
    box.fill(question)
    box.press("Enter")
    turn = page.locator(".turn").last
    expect(turn.locator(".foot")).to_be_visible(timeout=15_000)
    return turn


def marked(page: Page) -> str:
    """Wait for words that are marked in the reader and return them."""
    expect(page.locator("#paper mark").first).to_be_visible()
    return "".join(page.locator("#paper mark").all_text_contents())


def is_in_view(page: Page, selector: str) -> bool:
    """Tell whether an element comes to lie inside the window and inside the pane that scrolls it."""
    script = """selector => {
        const box = document.querySelector(selector).getBoundingClientRect();
        const pane = document.querySelector('#paper').getBoundingClientRect();
        const top = Math.max(pane.top, 0), bottom = Math.min(pane.bottom, innerHeight);
        return box.height > 0 && box.top >= top - 1 && box.bottom <= bottom + 1;
    }"""
    page.wait_for_function(script, arg=selector, timeout=4_000)
    return True
