"""Every page fits a desktop and a small laptop; the pictures are kept beside the test's files."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import choose, go, put_question, settled

pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
SCROLL_DOWN = """() => {
  for (let e = document.querySelector('.cr-banner'); e; e = e.parentElement) e.scrollTop = 99999;
}"""
BANNER_TOP = "document.querySelector('.cr-banner').getBoundingClientRect().top"


@pytest.mark.parametrize(
    ("width", "height"),
    [
        pytest.param(1440, 900, id="desktop"),
        pytest.param(1024, 768, id="small laptop"),
        pytest.param(390, 844, id="phone"),
    ],
)
def test_every_page_fits_and_the_banner_stays_in_sight(
    browser: Browser, server: str, tmp_path: Path, width: int, height: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(server)
    choose(page, "Marrowby")
    settled(page)
    for title in ("Briefing", "Trends", "Timeline", "Notes", "Ask", "Log", "Exports", "Quality",
                  "Models", "Imports", "Worklist", "Cohort"):  # fmt: skip
        go(page, title)
        if title == "Ask":
            put_question(page, "What is the latest potassium?")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.screenshot(path=tmp_path / f"{title.lower()}-{width}.png")
        assert page.evaluate(OVERFLOW) <= 0, title
        page.evaluate(SCROLL_DOWN)
        assert -5 < page.evaluate(BANNER_TOP) < height / 4, title
    page.context.close()
