"""Pictures of the page: `python -m tests.web.screenshots` takes the README's, with FOLDER every size and colour."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from rag.config import Settings
from tests.web.browsing import SAMPLES, ask, browsing, find_chromium, marked, serving

ROOT = Path(__file__).parents[2]
TABLE = "2023年各县地区生产总值增长目标分别是多少？"
MISSING = "栖澜县2045年的旅游总收入是多少？"
SIZES = {390: 844, 768: 1024, 1440: 900}
SETTLED_MILLISECONDS = 600


def main(folder: Path | None) -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("no chromium on this machine")
    models_dir = Path(os.environ.get("REPORT_QA_MODELS_DIR", ROOT / "data" / "models")).absolute()
    with (
        tempfile.TemporaryDirectory() as data_dir,
        browsing(executable) as browser,
        serving(Settings(data_dir=Path(data_dir), models_dir=models_dir), SAMPLES) as address,
    ):
        if folder is None:
            _take_readme(browser, address, ROOT / "docs" / "page.jpg")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for width, height in SIZES.items():
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
                )
                page.goto(address)
                _take_all(page, folder / f"{width}-{scheme}")
                page.close()


def _take_readme(browser: Browser, address: str, picture: Path) -> None:
    """Ask for a table and open its second citation, so that the quoted words are marked."""
    page = browser.new_page(viewport={"width": 1280, "height": 780}, locale="en-GB")
    page.goto(address)
    ask(page, MISSING)  # the first question of a process takes longer than others
    page.locator("#new-talk").click()
    ask(page, TABLE).locator(".words .marker").nth(1).click()
    marked(page)
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    page.screenshot(path=picture, type="jpeg", quality=85)
    page.close()


def _take_all(page: Page, stem: Path) -> None:
    """Take every view: welcome, table, citation, outline, figures, nothing found, conversations, reports."""

    def take(name: str) -> None:
        page.wait_for_timeout(SETTLED_MILLISECONDS)
        page.screenshot(path=f"{stem}-{name}.png")

    take("1-welcome")
    turn = ask(page, TABLE)
    take("2-table")
    turn.locator(".words .marker").nth(1).click()
    marked(page)
    take("3-citation")
    for number, view in ((4, "outline"), (5, "figures")):
        page.locator(f"#view-{view}").click()
        take(f"{number}-{view}")
    page.locator("#close-reader").click()
    ask(page, MISSING).locator(".thumb").last.click()
    take("6-not-found")
    for number, sheet in ((7, "talks"), (8, "reports")):
        page.locator(f"#show-{sheet}").click()
        take(f"{number}-{sheet}")
        page.locator(f"#close-{sheet}").click()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
