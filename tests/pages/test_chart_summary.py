"""The chart summary on its page: made once, logged, nothing left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.answers.scripted_server import ScriptedServer
from pipelines.desk import this_process
from tests.pages.conftest import shown

KEPT = "of:summary_made"


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


@pytest.fixture
def model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A model server that the app finds."""
    with ScriptedServer() as server:
        monkeypatch.setenv("CHARTROOM_OLLAMA_URL", server.url)
        yield server


def test_a_model_that_stalls_holds_back_no_line_and_is_told_when_it_ends(
    model: ScriptedServer, open_page: Callable[..., AppTest]
) -> None:
    model.mode = "stall"
    page = open_page("rounds/summary.py", "quillfeather")
    assert "Allergies (" in shown(page)
    assert model.wait_for_chats()
    assert "writes a narrative of these lines" in shown(page.run())
    model.closing.set()
    assert page.session_state[KEPT][1].job.wait(20)
    page.run()
    assert "6 of 6 sentences found in the" in shown(page)
    assert not page.exception


def test_what_a_model_says_wrong_is_a_notice_over_the_summary(
    model: ScriptedServer, open_page: Callable[..., AppTest]
) -> None:
    model.mode = "wrong_json"
    page = open_page("rounds/summary.py", "larkspurton")
    assert page.session_state[KEPT][1].job.wait(20)
    assert "The lines stand without a narrative." in shown(page.run())


def test_the_summary_is_copied_as_text_and_logged(open_page: Callable[..., AppTest]) -> None:
    page = open_page("rounds/summary.py", "larkspurton")
    page.button(key="summary:copy").click().run()
    (code,) = page.code
    assert code.value.startswith("DRAFT, not signed\nChart summary: LARKSPURTON")
    newest = this_process.house().ledger.entries(action="copy", limit=1)
    assert [entry.payload["form"] for entry in newest] == ["summary"]
    page.button(key="summary:copied:close").click().run()
    assert not page.code


def test_a_second_run_shows_what_was_made_and_logs_nothing_new(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page("rounds/summary.py", "larkspurton")
    first = page.session_state[KEPT][1].briefing.log_id
    assert page.run().session_state[KEPT][1].briefing.log_id == first


def test_another_patient_ends_what_a_model_writes_for_the_last_one(
    model: ScriptedServer, open_page: Callable[..., AppTest]
) -> None:
    model.mode = "stall"
    page = open_page("rounds/summary.py", "quillfeather")
    job = page.session_state[KEPT][1].job
    assert model.wait_for_chats()
    page = open_page("rounds/worklist.py")
    open_page("rounds/summary.py", "larkspurton")
    assert job.wait(10), "the first narrative goes on for nobody"
    assert "stopped" in job.narrative.notice
    second = page.session_state[KEPT][1].job
    assert not second.done
    assert "Allergies" in shown(page)
