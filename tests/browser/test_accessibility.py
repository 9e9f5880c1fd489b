"""axe-core finds nothing serious on any page, in both themes, and no page jumps as it is drawn.

WCAG 2.2 A and AA as far as a program can tell. What lies in Streamlit's own widgets and cannot be
reached from here stands in `FOREIGN`, each with its reason.
"""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import WIDE, choose, go, settled
from tests.browser.views import every_view

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]
SERIOUS = ("serious", "critical")
FOREIGN: dict[str, str] = {}
STANDARDS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""
# Cumulative Layout Shift, web.dev: "poor" begins at the first, "good" ends at the second. The first
# briefing has the start of the app in it, with scripts that the browser has yet to fetch.
MOST_SHIFTED, GOOD = 0.25, 0.1
SHIFTED = "window.shifted"
SETTLES_MS = 500


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, a line each, with the first element that has it."""
    found: list[dict[str, Any]] = Axe().run(page, options=STANDARDS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {(node['any'] or [{}])[0].get('message', '')}"
        for rule in found
        if rule["impact"] in SERIOUS and rule["id"] not in FOREIGN
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_and_no_view_of_it_has_a_serious_finding_of_axe(
    browser: Browser, server: str, theme: Theme
) -> None:
    context = browser.new_context(viewport=WIDE, color_scheme=theme)
    page = context.new_page()
    page.goto(server)
    settled(page)
    found = {"gate": serious(page)}
    choose(page, "Quillfeather")
    settled(page)
    for name in every_view(page):
        found[name] = serious(page)
    context.close()
    assert {title: lines for title, lines in found.items() if lines} == {}


def test_no_page_jumps_while_it_is_drawn_for_the_first_time(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.goto(server)
    settled(page)
    choose(page, "Quillfeather")
    settled(page)
    page.get_by_role("button", name="Open source: ").first.wait_for()
    shifted = {"Briefing": page.evaluate(SHIFTED)}
    for title in ("Summary", "Trends", "Timeline", "Notes", "Cohort", "Worklist"):
        page.evaluate("window.shifted = 0")
        go(page, title)
        page.wait_for_timeout(SETTLES_MS)
        shifted[title] = page.evaluate(SHIFTED)
    context.close()
    assert shifted.pop("Briefing") <= MOST_SHIFTED
    assert {title: by for title, by in shifted.items() if by > GOOD} == {}
