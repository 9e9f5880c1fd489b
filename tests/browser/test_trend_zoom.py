"""What only a browser shows of a trend: the zoom, and the sources that its marks open."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import choose, settled

RANGE = (
    "() => document.querySelector('.st-key-trend-chart .js-plotly-plot')._fullLayout.xaxis.range"
)
PLOT = ".st-key-trend-chart .js-plotly-plot"


def looked_at(page: Page) -> list[str]:
    """Both ends of the time axis, to the minute."""
    return [str(end).replace(" ", "T")[:16] for end in page.evaluate(RANGE)]


def drag(page: Page) -> None:
    """Drag sideways over the first panel of results."""
    box = page.locator(f"{PLOT} .nsewdrag").nth(1).bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, y, steps=6)
    page.mouse.up()


def test_a_zoom_stays_over_another_lab_and_ends_with_a_double_click_or_another_range(
    server: str, page: Page
) -> None:
    page.goto(f"{server}/trends")
    settled(page)
    choose(page, "Quillfeather")
    settled(page)
    page.wait_for_selector(f"{PLOT} .nsewdrag")
    whole = looked_at(page)
    drag(page)
    page.wait_for_function(f"before => ({RANGE})()[0].slice(0, 13) !== before", arg=whole[0][:13])
    zoomed = looked_at(page)
    page.wait_for_timeout(800)  # the app is told
    labs = page.get_by_test_id("stMultiSelect").first.locator("input").first
    titles = page.locator(f"{PLOT} .annotation")
    expect(titles.filter(has_text="Potassium")).to_have_count(1)
    labs.click()
    labs.press("Backspace")
    labs.press("Backspace")
    expect(titles.filter(has_text="Potassium")).to_have_count(0)
    settled(page)
    assert looked_at(page) == zoomed
    page.locator(f"{PLOT} .nsewdrag").nth(1).dblclick()
    page.wait_for_function(f"before => ({RANGE})()[0].slice(0, 13) === before", arg=whole[0][:13])
    assert looked_at(page) == whole
