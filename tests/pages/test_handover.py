"""The briefing page as it is handed over: since the last look, a narrative, forms, copy, print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import prose
from pipelines.answers.scripted_server import ScriptedServer
from pipelines.desk import this_process
from tests.pages.conftest import shown

PATIENT, OTHER = "marrowby", "saltmarsh"
OpenPage = Callable[..., AppTest]
PAGE = "rounds/briefing.py"


@pytest.fixture
def model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A model server that the app finds."""
    with ScriptedServer() as server:
        monkeypatch.setenv("CHARTROOM_OLLAMA_URL", server.url)
        yield server


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every sentence that is drawn with its chips, in order."""
    drawn: list[str] = []
    real = prose.lines

    def noted(statements: object, is_open: int | None) -> object:
        made = real(statements, is_open)  # type: ignore[arg-type]
        drawn.extend(line["text"] for line in made)
        return made

    monkeypatch.setattr(prose, "lines", noted)
    return drawn


def actions(*wanted: str) -> list[str]:
    entries = this_process.house().ledger.entries()
    return [entry.action for entry in entries if entry.action in wanted]


def settled(app: AppTest) -> AppTest:
    """The page once the narrative that it began is there."""
    assert app.session_state["of:briefing_made"][1].job.wait(20)
    return app.run()


def test_since_i_last_looked_says_when_and_stays_while_pages_change(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page(PAGE, PATIENT)
    app.segmented_control(key="briefing:window").set_value("Since I last looked").run()
    assert "You have not opened a briefing of this chart before" in shown(app)
    open_page("rounds/worklist.py")
    open_page(PAGE, OTHER)
    open_page("rounds/worklist.py")
    open_page(PAGE, PATIENT)
    first = heading(app)
    assert "since I last looked, 20" in first
    open_page("rounds/trends.py")
    assert heading(open_page(PAGE)) == first
    app.segmented_control(key="briefing:window").set_value("24 h").run()
    app.segmented_control(key="briefing:window").set_value("Since I last looked").run()
    assert heading(app) == first, "looking again within a visit is no new look"
    put = next(button for button in open_page("rounds/ask.py").button if "sample:" in button.key)
    put.click().run()
    next(one for one in app.button if one.label == "New conversation").click().run()
    assert heading(open_page(PAGE)) == first, "nor is a new conversation"
    assert not app.exception


def heading(app: AppTest) -> str:
    return next(line for line in shown(app).splitlines() if "Pre-round briefing" in line)


def test_lines_are_there_without_the_narrative_which_comes_when_it_is_done(
    model: ScriptedServer, open_page: OpenPage, told: list[str]
) -> None:
    model.mode = "stall"
    app = open_page(PAGE, PATIENT)
    assert "New and abnormal results (" in shown(app)
    assert told
    assert model.wait_for_chats()
    assert "writes a narrative of these lines" in shown(app.run())
    model.closing.set()
    app = settled(app)
    assert "6 of 6 sentences found in the" in shown(app)
    assert actions("briefing", "narrative") == ["briefing", "narrative"]


def test_a_narrative_names_its_model_and_what_was_withheld_is_folded_apart(
    model: ScriptedServer, open_page: OpenPage, told: list[str]
) -> None:
    model.mode = "paraphrase"
    app = settled(open_page(PAGE, PATIENT))
    assert "could be checked against the chart" in shown(app)
    assert any("not part of the narrative" in item.label for item in app.expander)
    assert not any("worrying" in text for text in told)
    model.mode = "ok"
    app.segmented_control(key="briefing:window").set_value("72 h").run()
    app = settled(app)
    assert "6 of 6 sentences found in the" in shown(app)
    assert "narrative.v1" in shown(app)


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("I-PASS", ("I: Illness severity", "S: Synthesis by receiver", "not documented")),
        ("SBAR", ("Situation", "Background", "Assessment", "Recommendation")),
    ],
)
def test_a_form_shows_its_parts_and_every_line(
    open_page: OpenPage, told: list[str], form: str, parts: tuple[str, ...]
) -> None:
    app = open_page(PAGE, PATIENT)
    before = set(told)
    told.clear()
    app.segmented_control(key="briefing:form").set_value(form).run()
    for part in parts:
        assert part in shown(app)
    assert set(told) == before
    assert actions("briefing") == ["briefing"], "another form is no other briefing"


def test_copied_text_is_logged_and_stands_beside_a_way_to_close_it(open_page: OpenPage) -> None:
    app = open_page(PAGE, PATIENT)
    app.segmented_control(key="briefing:form").set_value("SBAR").run()
    assert actions("copy", "print") == []
    app.button(key="briefing:copy").click().run()
    (code,) = app.code
    assert code.value.startswith("DRAFT, not signed\nSBAR hand-over: MARROWBY")
    assert actions("copy", "print") == ["copy"]
    app.button(key="briefing:copied:close").click().run()
    assert not app.code
    assert not app.exception
