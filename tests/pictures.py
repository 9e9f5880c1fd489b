"""Pictures of every page for every story, to be looked at; asserts nothing.

Run: python -m tests.pictures FOLDER [STORY…] [--dark] [--width 1024]   (Chromium must be there)
Each page and each of its views (tests/browser/views.py) is taken in its full length as
`<story>-<view>-<theme>-<width>.png`; on Ask the story's first question is asked.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, choose, serving, settled
from tests.browser.views import every_view
from tests.conftest import SAMPLES, run_chartroom
from tests.sample_data.sample_bundles import resources, stories
from tests.sample_data.test_truth import questions

LENGTH = (
    "Math.max(...[...document.querySelectorAll('[data-testid=stMain]')].map(e => e.scrollHeight))"
)
HEIGHT, MOST_HEIGHT = 900, 6000


def main() -> None:
    """Load the sample patients into a home of its own, serve it, and walk over its pages."""
    read = argparse.ArgumentParser()
    read.add_argument("folder", type=Path)
    read.add_argument("stories", nargs="*", default=list(stories()))
    read.add_argument("--dark", action="store_true")
    read.add_argument("--width", type=int, default=1440)
    asked = read.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        home = Path(kept) / "home"
        run_chartroom(home, "load", str(SAMPLES))
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        with serving(home) as url:
            for story in asked.stories:
                walk(browser, url, story, asked)
        browser.close()


def walk(browser: Browser, url: str, story: str, asked: argparse.Namespace) -> None:
    """Every page of one story, with its patient chosen."""
    theme = "dark" if asked.dark else "light"
    context = browser.new_context(
        viewport={"width": asked.width, "height": HEIGHT}, color_scheme=theme
    )
    page = context.new_page()
    page.goto(url)
    settled(page)
    choose(page, next(iter(resources(story, "Patient")))["name"][0]["family"])
    settled(page)
    for name in every_view(page, questions(story)[0]["question"]):
        told = name.lower().replace(" ", "_")
        path = asked.folder / f"{story}-{told}-{theme}-{asked.width}.png"
        take(page, path, asked.width)
        print(path)
    context.close()


def take(page: Page, path: Path, width: int) -> None:
    """The page as long as it is: Streamlit scrolls a part of it, so the window is made to fit."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.wait_for_timeout(300)
    length = min(max(page.evaluate(LENGTH), HEIGHT), MOST_HEIGHT)
    page.set_viewport_size({"width": width, "height": length})
    page.wait_for_timeout(300)
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": HEIGHT})


if __name__ == "__main__":
    main()
