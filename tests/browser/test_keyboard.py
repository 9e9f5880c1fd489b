"""From the worklist to a source on every page without a mouse, by Tab, arrows and Enter alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose, settled

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  const box = at.getBoundingClientRect();
  const top = document.querySelector('.st-key-cr-top');
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    said: at.getAttribute('aria-label') || at.getAttribute('placeholder') || at.textContent.trim(),
    kind: at.tagName, under: at !== document.body && !top.contains(at) && top.contains(seen),
  };
}"""
MOST_TABS = 160
MOST_MOVED_PX = 60  # a line or two may wrap anew where a ring is drawn
SETTLES_MS = 800


def tab_to(page: Page, said: str, kind: str | None = None) -> None:
    """Press Tab until what has the focus begins so; what it passes must lie under no banner."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        assert not at["under"], f"{at['said'][:60]} has the focus under the banner"
        if at["said"].startswith(said) and (kind is None or at["kind"] == kind):
            return
    pytest.fail(f"Tab never reaches {said}")


def link(page: Page, title: str) -> None:
    """Go to a page by its link, from the top of the page."""
    page.evaluate("document.activeElement.blur()")
    page.locator(".st-key-cr-links a").first.focus()
    if page.evaluate(FOCUSED)["said"] != title:
        tab_to(page, title, "A")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: title.lower() in url)
    settled(page)


def closed_again(page: Page, said: str) -> None:
    """The source is open, says this, and Tab reaches its Close, which Enter presses."""
    close = page.get_by_role("button", name="Close", exact=True)
    expect(close).to_be_in_viewport()
    expect(page.locator("[class*='st-key-source-']")).to_contain_text(said)
    page.get_by_role("button", name="Next", exact=False).first.focus()
    tab_to(page, "Close", "BUTTON")
    page.keyboard.press("Enter")
    expect(close).to_have_count(0)


def test_a_chart_is_read_from_the_worklist_to_its_sources_by_keyboard(
    page: Page, server: str
) -> None:
    page.goto(server)
    settled(page)
    expect(page.locator(".ward tbody tr")).to_have_count(7)
    tab_to(page, "", "TR")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".cr-banner")).to_be_visible()
    page.get_by_role("button", name="Open source: ").first.wait_for()
    settled(page)

    tab_to(page, "Open source: ")
    page.keyboard.press("Enter")
    closed_again(page, "Field")

    link(page, "Trends")
    tab_to(page, "Chart")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.locator("[aria-label='Cumulative results'] table").wait_for()
    settled(page)
    page.locator(".st-key-cr-links a").last.focus()
    cell = page.locator("[aria-label='Cumulative results'] button[tabindex='0']")
    tab_to(page, str(cell.get_attribute("aria-label")))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    closed_again(page, "Observation/")

    link(page, "Ask")
    tab_to(page, "Ask about this chart", "TEXTAREA")
    page.keyboard.type("What is the latest potassium?")
    page.keyboard.press("Enter")
    expect(page.locator(".cr-verdict")).to_have_count(1)
    settled(page)
    page.locator(".st-key-cr-links a").last.focus()
    tab_to(page, "Open source: ")
    page.keyboard.press("Enter")
    closed_again(page, "quote found word for word")


def test_a_row_of_the_timeline_and_a_hit_in_a_note_are_reached_by_keyboard(
    page: Page, server: str
) -> None:
    page.goto(server)
    settled(page)
    expect(page.locator(".ward tbody tr")).to_have_count(7)
    tab_to(page, "", "TR")
    page.keyboard.press("Enter")
    expect(page.locator(".cr-banner")).to_be_visible()
    settled(page)

    link(page, "Notes")
    tab_to(page, "Search all notes", "INPUT")
    page.keyboard.type("and")
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    tab_to(page, "Next hit")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_in_viewport()

    link(page, "Timeline")
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible()
    settled(page)
    tab_to(page, "", "CANVAS")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_visible()
    settled(page)
    tab_to(page, "Skip to main content")  # Tab leaves the grid: it is no trap


def test_a_source_opened_far_down_is_in_sight_and_moves_no_line(page: Page, server: str) -> None:
    page.goto(server)
    choose(page, "Quillfeather")
    settled(page)
    chips = page.get_by_role("button", name="Open source: ")
    chips.first.wait_for()
    for number in (chips.count() // 2, chips.count() - 3):  # of the left and of the right column
        chip = chips.nth(number)
        chip.scroll_into_view_if_needed()
        page.wait_for_timeout(SETTLES_MS)
        before = chip.bounding_box()
        chip.press("Enter")
        expect(chip).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(SETTLES_MS)
        after = chip.bounding_box()
        expect(page.get_by_role("button", name="Close", exact=True)).to_be_in_viewport()
        assert before is not None
        assert after is not None
        assert abs(before["y"] - after["y"]) < MOST_MOVED_PX
        expect(chip).to_be_focused()
