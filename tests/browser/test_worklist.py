"""The worklist by keyboard and mouse: rows, Enter, the scores, and a small laptop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDE, go, settled

pytestmark = pytest.mark.browser

SMALL = {"width": 1024, "height": 768}
CELLS_CUT = """() => [...document.querySelectorAll('.ward td, .ward button')]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length"""


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["desktop", "small laptop"])
def test_arrows_move_s_explains_and_enter_opens(
    browser: Browser, server: str, size: dict[str, int]
) -> None:
    page: Page = browser.new_context(viewport=size).new_page()  # type: ignore[arg-type]
    page.goto(server)
    settled(page)
    lines = page.locator(".ward tbody tr")
    expect(lines).to_have_count(7)
    assert page.evaluate(CELLS_CUT) == 0
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("s")
    drawer = page.get_by_role("dialog")
    name = lines.nth(1).locator("td").first.locator("div").first.inner_text()
    expect(drawer).to_contain_text(name)
    expect(drawer).to_contain_text("Screening score, not a diagnosis")
    expect(drawer.locator("table")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    lines.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cr-banner")).to_contain_text(name)
    page.wait_for_url(lambda url: "briefing" in url)
    go(page, "Worklist")
    expect(lines.filter(has_text=name)).to_contain_text("nothing new")
    page.context.close()


def test_a_press_on_a_score_explains_it_and_opens_no_chart(page: Page, server: str) -> None:
    page.goto(server)
    settled(page)
    page.get_by_role("button", name="NEWS2: ", exact=False).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("What the scores rest on")
    expect(page.get_by_text("No patient chosen.")).to_be_visible()
