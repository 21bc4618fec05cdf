"""Take the picture of the README: `python -m tests.web.screenshots [FILE]` (docs/page.jpg unless given)."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from rag.config import Settings
from tests.web.browsing import SAMPLES, browsing, find_chromium, serving

ROOT = Path(__file__).parents[2]
QUESTION = "2023年哪个县的经济增长目标最高？"


def main(picture: Path) -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("no chromium on this machine")
    models_dir = Path(os.environ.get("REPORT_QA_MODELS_DIR", ROOT / "data" / "models")).absolute()
    with (
        tempfile.TemporaryDirectory() as data_dir,
        browsing(executable) as browser,
        serving(Settings(data_dir=Path(data_dir), models_dir=models_dir), SAMPLES) as address,
    ):
        _take(browser, address, picture)


def _take(browser: Browser, address: str, picture: Path) -> None:
    """Ask the question and open the answer's first citation, so that the quoted words are marked."""
    page = browser.new_page(viewport={"width": 1160, "height": 760}, locale="en-GB")
    page.goto(address)
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    expect(page.locator(".turn .foot")).to_be_visible(timeout=15_000)
    page.locator(".turn .marker").first.click()
    expect(page.locator("#paper mark").first).to_be_visible()
    page.wait_for_timeout(1_000)
    page.screenshot(path=picture, type="jpeg", quality=85)
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "page.jpg")
