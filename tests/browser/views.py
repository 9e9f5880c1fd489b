"""The views of the pages that a press opens: what a walk over the links alone would not see.

Each is a page, a name, and the presses that lead from the page as it is first drawn to the view.
The walks that look for findings and those that take pictures go through the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.conftest import go, put_question, settled

POTASSIUM = "What is the latest potassium?"


@dataclass(frozen=True, slots=True)
class View:
    """A state of a page; `open` begins where the page's link has led."""

    page: str
    name: str
    open: Callable[[Page], None]


def every_view(page: Page, question: str = POTASSIUM) -> Iterator[str]:
    """Go to each page in turn and through its views; the name of what stands on the screen."""
    for title in page.locator(".st-key-cr-links a").all_inner_texts():
        go(page, title)
        yield title
        for view in VIEWS:
            if view.page == title:
                view.open(page)
                settled(page)
                yield f"{title} {view.name}"
        if title == "Ask":
            put_question(page, question)
            first_source(page)
            settled(page)
            yield "Ask answered"


def press(page: Page, name: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()
    settled(page)


def scores(page: Page) -> None:
    """The inputs of the first patient's scores."""
    page.locator(".ward tbody button").first.click()
    page.get_by_role("dialog").locator("table").first.wait_for()


def lists(page: Page) -> None:
    """The form of saved lists, with the drawer closed first."""
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    press(page, "Lists …")
    page.locator(".st-key-lists-form").wait_for()


def first_source(page: Page) -> None:
    """The first citation of the page, opened."""
    page.get_by_role("button", name="Open source: ").first.click()
    page.get_by_role("button", name="Close", exact=True).wait_for()
    expect(page.locator("[data-stale='true']")).to_have_count(0)


def table(page: Page) -> None:
    """Results as the cumulative table."""
    page.get_by_role("radio", name="Table", exact=True).click()
    page.locator("[aria-label='Cumulative results'] table").wait_for()


def table_source(page: Page) -> None:
    """A result of the table, opened by keyboard."""
    page.locator("[aria-label='Cumulative results'] button[tabindex='0']").press("Enter")
    page.get_by_role("button", name="Close", exact=True).wait_for()


def pairs(page: Page) -> None:
    """Two results against each other."""
    page.get_by_role("radio", name="Two against each other").click()
    page.get_by_role("combobox", name="Across").wait_for()


def cohort(page: Page) -> None:
    """One question over every patient, answered."""
    page.get_by_role("textbox", name="One question over many patients").fill(
        "Which of these have potassium > 5 now?"
    )
    press(page, "Ask all")
    page.locator(".cr-counts").wait_for()


def found(page: Page) -> None:
    """Notes that hold a word, which every chart with notes has."""
    page.get_by_role("textbox", name="Search all notes").fill("and")
    page.get_by_role("textbox", name="Search all notes").press("Enter")
    page.locator("mark").first.wait_for()


VIEWS = (
    View("Worklist", "scores", scores),
    View("Worklist", "lists", lists),
    View("Briefing", "source", first_source),
    View("Summary", "source", first_source),
    View("Trends", "table", table),
    View("Trends", "table source", table_source),
    View("Trends", "pairs", pairs),
    View("Notes", "search", found),
    View("Cohort", "answered", cohort),
)
