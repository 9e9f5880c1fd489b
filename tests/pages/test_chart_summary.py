"""The chart summary on its page: made once, logged, nothing left out."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import shown

KEPT = "of:chart_summary_made"


def test_the_summary_shows_every_section(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page("rounds/summary.py", "quillfeather")
    assert not page.exception
    made = page.session_state[KEPT][1].briefing
    text = shown(page) + " ".join(one.label for one in page.expander)
    assert "Chart summary · 2005" in text
    missing = [part.name for part in made.sections if part.name not in text.replace("\\", "")]
    assert missing == []
    assert "draft, not signed" in text


def test_the_first_problems_stand_open_and_the_others_fold(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page("rounds/summary.py", "quillfeather")
    labels = [one.label.replace("\\", "") for one in page.expander]
    assert not any(label.startswith("Type 2 diabetes") for label in labels)
    assert any(label.startswith("Other problems") for label in labels)


def test_a_second_run_shows_what_was_made_and_logs_nothing_new(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page("rounds/summary.py", "larkspurton")
    first = page.session_state[KEPT][1].briefing.log_id
    assert page.run().session_state[KEPT][1].log_id == first
