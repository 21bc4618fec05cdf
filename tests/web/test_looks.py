"""How the page stands up: languages, phone and dark, the keyboard alone, axe-core, and its weight."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import api
from tests.web.browsing import ask, is_in_view, marked
from tests.web.conftest import Opens

pytestmark = pytest.mark.browser

STATIC = Path(api.__file__).parent / "static"
AXE = Path(__file__).parents[2] / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
MAX_BYTES = 120_000
QUESTION = "云汀县2023年地区生产总值的增长目标是多少？"
TABLE = "2023年各县地区生产总值增长目标分别是多少？"
VIOLATIONS = """async () => (await axe.run()).violations.map(({ id, nodes }) =>
    [id, ...nodes.map((node) => `${node.html.slice(0, 120)}: ${node.failureSummary}`)].join("\\n"))"""
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK = {"color_scheme": "dark"}


def test_the_whole_page_weighs_little():
    assert sum(path.stat().st_size for path in STATIC.rglob("*.*")) <= MAX_BYTES


def test_the_language_is_the_browsers_and_a_switch_is_remembered(open_page: Opens):
    page = open_page(locale="en-GB")
    expect(page.get_by_role("heading", name="Ask the government reports")).to_be_visible()
    ask(page, "What is Yunting's GDP growth target for 2023?")
    page.locator(".marker").first.click()
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator(".turn .foot")).to_contain_text("逐句摘证")
    expect(page.locator("#view-outline")).to_have_text("目录")
    page.reload()
    expect(page.get_by_role("button", name="提问")).to_be_visible()


@pytest.mark.parametrize("options", [{}, DARK, PHONE, {**PHONE, **DARK}, {"locale": "en-GB"}], ids=str)
def test_axe_finds_nothing(open_page: Opens, options: dict[str, object]):
    if not AXE.exists():
        pytest.skip("AXE-CORE IS NOT HERE: accessibility is not tested (make browser fetches it; it needs npm)")
    page = open_page(**options)
    page.evaluate(AXE.read_text("utf-8"))

    def check() -> None:
        page.wait_for_timeout(250)  # colours that fade in
        assert page.evaluate(VIOLATIONS) == []

    check()
    turn = ask(page, TABLE)
    turn.locator(".marker").nth(1).click()
    marked(page)
    check()
    for view in ("outline", "figures"):
        page.locator(f"#view-{view}").click()
        expect(page.locator(f"#paper .{view}")).to_be_visible()
        check()
    page.locator("#close-reader").click()
    turn = ask(page, "栖澜县2045年的旅游总收入是多少？")
    turn.locator(".thumb").last.click()
    expect(turn.locator(".comment")).to_be_visible()
    check()
    for sheet in ("talks", "reports"):
        page.locator(f"#show-{sheet}").click()
        check()
        page.locator(f"#close-{sheet}").click()


def test_dark_is_dark_and_a_figure_is_readable_in_it(open_page: Opens):
    page = open_page(**DARK)
    ask(page, TABLE)
    colours = """() => [getComputedStyle(document.documentElement).backgroundColor,
        getComputedStyle(document.querySelector('.chart text')).fill]
        .map((colour) => colour.match(/\\d+/g).map(Number))"""
    ground, ink = page.evaluate(colours)
    assert max(ground) < 60
    assert min(ink) > 180


def test_works_on_a_phone(open_page: Opens):
    page = open_page(**PHONE)
    turn = ask(page, TABLE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    turn.locator(".marker").first.tap()
    marked(page)
    assert is_in_view(page, "#paper mark")
    assert page.locator("#reader").bounding_box()["y"] > page.locator("header.bar").bounding_box()["y"]
    for view in ("outline", "figures"):
        page.locator(f"#view-{view}").tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    too_small = """[...document.querySelectorAll('.tools button, .views button, .send')]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 28).map((each) => each.id)"""
    assert page.evaluate(too_small) == []


def press_until(page: Page, key: str, target: str, at_most: int = 60) -> None:
    """Press a key until the element in focus fits a selector."""
    for _ in range(at_most):
        if page.evaluate("selector => document.activeElement.matches(selector)", target):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{target} is not reached by {key}")


def test_everything_is_reached_by_the_keyboard_alone(page: Page):
    page.keyboard.type(TABLE)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .foot")).to_be_visible(timeout=15_000)
    press_until(page, "Shift+Tab", ".words .marker")
    page.keyboard.press("Enter")
    first = marked(page)
    press_until(page, "Tab", "#view-figures")
    page.keyboard.press("Enter")
    expect(page.locator("#paper .figures")).to_be_visible()
    press_until(page, "Tab", "#previous")
    page.keyboard.press("Enter")
    assert marked(page) != first
    press_until(page, "Shift+Tab", ".chip.add select[aria-label=添加地区]")
    for _ in range(3):  # the first that is added, then the next ones in its place
        page.keyboard.press("ArrowDown")
    place = page.locator(".chip select").first
    expect(place).to_be_focused()
    expect(place).to_have_value("栖澜县")
    press_until(page, "Tab", ".meant .again")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .words").first).to_contain_text("6.5%", timeout=15_000)
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reader-open")).to_be_hidden()
    press_until(page, "Shift+Tab", "#show-talks")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "#talks .report")
    page.keyboard.press("Escape")
    expect(page.locator("#talks-sheet")).to_be_hidden()
    press_until(page, "Shift+Tab", ".skip")
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
