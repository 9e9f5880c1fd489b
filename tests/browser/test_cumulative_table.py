"""What only a browser shows: the cumulative table walked by keyboard, a source opened from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import choose, go, settled

pytestmark = pytest.mark.browser


def test_arrow_keys_walk_the_table_and_enter_opens_the_record_beside_it(
    browser: Browser, server: str
) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(server)
    choose(page, "Marrowby")
    settled(page)
    go(page, "Trends")
    page.get_by_text("Table", exact=True).first.click()
    settled(page)
    grid = page.get_by_role("table", name="Cumulative results")
    expect(grid.get_by_role("columnheader").nth(4)).to_contain_text("2026-11-22")
    expect(grid.get_by_role("rowheader", name="Potassium", exact=True)).to_be_visible()
    first = grid.get_by_role("button", name="Sodium 135")
    assert first.get_attribute("tabindex") == "0"
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_text("Potassium · 2026-11-21 05:00")).to_be_visible()
    expect(page.get_by_text("quote found word for word")).to_be_visible()
    assert "open" in (
        grid.get_by_role("button", name="Potassium 4.3").first.get_attribute("class") or ""
    )
    page.context.close()
