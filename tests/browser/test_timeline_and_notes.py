"""What only a browser shows: a pressed sign, a drawn stretch, marked hits, dimmed sentences."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose, settled

pytestmark = pytest.mark.browser

BOXES = """() => [...document.querySelectorAll('.scatterlayer .points path.point')].map((e) => {
  const box = e.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})"""


def test_a_pressed_sign_opens_its_source_and_a_drawn_stretch_zooms(page: Page, server: str) -> None:
    page.goto(f"{server}/timeline")
    choose(page, "Quillfeather")
    page.wait_for_selector(".scatterlayer .points path.point")
    settled(page)
    expect(page.get_by_text("Shown: 2026-11-16 18:52 to 2026-11-21 14:10.")).to_be_visible()
    x, y = page.evaluate(BOXES)[0]
    page.mouse.click(x, y)
    expect(page.get_by_text("quote found word for word")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("quote found word for word")).to_have_count(0)
    page.evaluate("document.querySelector('.nsewdrag').dataset.old = '1'")
    page.get_by_text("Draw to zoom").click()
    page.wait_for_selector(".nsewdrag:not([data-old])")  # the picture that may be drawn in
    settled(page)
    plot = page.locator(".nsewdrag").bounding_box()
    assert plot is not None
    middle, left = plot["y"] + 60, plot["x"]
    page.mouse.move(left + plot["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(left + plot["width"] * 0.5, middle + 5, steps=6)
    page.mouse.move(left + plot["width"] * 0.7, middle + 5, steps=6)
    page.mouse.up()
    expect(page.get_by_text("(zoomed)")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Back to the range").click()
    expect(page.get_by_text("(zoomed)")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_hits_are_marked_and_walked_through_by_the_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/notes")
    choose(page, "Quillfeather")
    page.get_by_label("Search all notes").fill("creatinine")
    page.get_by_label("Search all notes").press("Enter")
    expect(page.get_by_text("5 hits in 4 of 21 notes")).to_be_visible()
    expect(page.locator(".note mark")).to_have_count(2)
    expect(page.get_by_text("hit 1 of 2 in this note")).to_be_visible()
    page.get_by_role("button", name="Next hit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("hit 2 of 2 in this note")).to_be_visible()
    assert page.locator(".note mark.now").inner_text().lower() == "creatinine"
    page.get_by_role("button", name="Hospital course").press("Enter")
    expect(page.locator(".note")).to_be_focused()


def test_what_is_copied_is_dimmed_and_says_from_which_day(page: Page, server: str) -> None:
    page.goto(f"{server}/notes")
    choose(page, "Marrowby")
    page.get_by_label("Search all notes").fill("mucho mejor")
    page.get_by_label("Search all notes").press("Enter")
    expect(page.locator(".note .copied").first).to_be_visible()
    expect(page.get_by_text("↺ copied from").first).to_be_visible()
    dimmed, plain = (
        page.locator(f".note span{state}").first.evaluate("e => getComputedStyle(e).color")
        for state in (".copied", ".new")
    )
    assert dimmed != plain
