"""Each page as a reader meets it: the gate without a patient, the banner and content with one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.desk import ask, brief, this_process
from pipelines.errors import ChartroomError
from tests.pages.conftest import PAGES, SHELL, ranges_of, shown

PATIENT = "marrowby"
NAME = "MARROWBY, Odalys C."
OpenPage = Callable[..., AppTest]
ALL_PAGES = sorted(path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.py"))
PATIENT_PAGES = [
    "rounds/briefing.py", "rounds/trends.py", "rounds/timeline.py", "rounds/notes.py",
    "rounds/ask.py", "oversight/exports.py",
]  # fmt: skip


@pytest.mark.parametrize("page", ALL_PAGES)
def test_every_page_says_that_no_patient_is_chosen(open_page: OpenPage, page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert "No patient chosen." in shown(app)
    assert "cr-banner" not in shown(app)


@pytest.mark.parametrize("page", PATIENT_PAGES)
def test_a_page_of_a_chart_shows_the_chooser_and_nothing_else(
    open_page: OpenPage, page: str
) -> None:
    app = open_page(page)
    assert [box.label for box in app.selectbox] == ["Sort by", "Open chart"]
    assert not app.get("plotly_chart")
    assert not app.chat_input
    table = app.dataframe[0].value
    assert list(table.columns) == ["Patient", "Age / sex", "Born", "MRN"]


@pytest.mark.parametrize("page", ALL_PAGES)
def test_every_page_of_a_chosen_patient_has_the_banner(open_page: OpenPage, page: str) -> None:
    app = open_page(page, PATIENT)
    assert not app.exception
    assert not app.error
    assert NAME in shown(app)
    assert "ALLERGIES (2)" in shown(app)


@pytest.mark.parametrize("page", ALL_PAGES)
def test_a_page_without_the_shell_shows_nothing_of_anyone(home: Path, page: str) -> None:
    app = AppTest.from_file(str(PAGES / page), default_timeout=60).run()
    assert not app.exception
    assert shown(app) == "Open Chartroom at its first page."


def test_a_first_question_opens_its_chart_and_is_asked(app: AppTest) -> None:
    first = [button.label for button in app.button if str(button.key).startswith("first:")]
    assert first[0] == r"Quillfeather\: Why did the creatinine rise?", "no word of it is Markdown"
    app.button(key="first:quillfeather").click().run()
    while "Reading the chart" in shown(app):
        app.run()
    assert not app.exception
    assert "QUILLFEATHER, Ottoline M." in shown(app)
    assert "Why did the creatinine rise?" in shown(app)
    assert "Nephrology consultation" in shown(app), "the answer with its sources"


def test_a_list_without_sample_charts_has_no_first_questions(app: AppTest) -> None:
    from pipelines.desk import access, look

    house = this_process.house()
    rows = look.patients(house, access.system_reader())
    real = [replace(row, patient=replace(row.patient, patient_id="p1")) for row in rows]
    assert look.first_questions(rows)
    assert look.first_questions(real) == ()


def test_choosing_a_patient_opens_the_briefing_with_nothing_more_to_press(
    open_page: OpenPage, app: AppTest
) -> None:
    app.selectbox(key="pick:True").select(PATIENT).run()
    text = shown(app)
    assert "Pre-round briefing · last 24 h" in text
    for section in ("New and abnormal results", "Medications", "Active problems", "Allergies"):
        assert section in text


def test_a_briefing_is_made_once_for_a_window_and_again_for_another(open_page: OpenPage) -> None:
    app = open_page("rounds/briefing.py", PATIENT)
    ledger = this_process.house().ledger
    app.run()
    assert len(ledger.entries(action="briefing")) == 1
    app.segmented_control[0].set_value("72 h").run()
    assert "last 72 h" in shown(app)
    assert len(ledger.entries(action="briefing")) == 2


def test_every_line_of_the_briefing_opens_its_source(open_page: OpenPage) -> None:
    app = open_page("rounds/briefing.py", PATIENT)
    twin = next(button for button in app.button if (button.key or "").startswith("twin:"))
    twin.click().run()
    assert "quote found word for word" in shown(app)
    assert "source 1 of" in shown(app)


def test_trends_draw_a_panel_for_each_choice_and_the_same_data_below(open_page: OpenPage) -> None:
    app = open_page("rounds/trends.py", PATIENT)
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    titles = [item["text"] for item in spec["layout"]["annotations"]]
    for analyte in ("Creatinine", "Potassium", "Heart rate"):
        assert any(f"<b>{analyte}</b>" in title for title in titles)
    assert any("Medications" in title for title in titles)
    assert spec["layout"]["shapes"], "the reference band is missing"
    assert list(app.dataframe[0].value.columns)[:4] == ["When", "Age", "Test", "Value"]
    app.multiselect[0].set_value([]).run()
    assert "Choose a lab or a vital sign above." in shown(app)


def test_what_was_chosen_stays_chosen_while_other_pages_are_looked_at(open_page: OpenPage) -> None:
    app = open_page("rounds/trends.py", PATIENT)
    chosen = app.multiselect[0].value[:1]
    app.multiselect[0].set_value(chosen).run()
    ranges_of(app).set_value("48 h").run()
    open_page("rounds/briefing.py")
    open_page("rounds/trends.py")
    assert app.multiselect[0].value == chosen
    assert ranges_of(app).value == "48 h"


def test_a_question_is_answered_with_a_source_that_opens(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", PATIENT)
    app.chat_input[0].set_value("What is the latest potassium?").run()
    text = shown(app)
    assert " verified" in text
    assert "embedded engine" in text
    twin = next(button for button in app.button if (button.key or "").startswith("twin:ask"))
    twin.click().run()
    assert "quote found word for word" in shown(app)
    next(toggle for toggle in app.toggle if toggle.label == "Raw JSON").set_value(True).run()
    assert '"resourceType"' in app.code[0].value


def test_a_sample_question_is_offered_while_nothing_was_asked(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", PATIENT)
    sample = next(button for button in app.button if (button.key or "").startswith("sample:"))
    sample.click().run()
    assert not [button for button in app.button if (button.key or "").startswith("sample:")]
    assert "log " in shown(app)


def test_an_abstention_names_what_was_searched(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", PATIENT)
    app.chat_input[0].set_value("Should I give calcium gluconate?").run()
    assert "NOT ANSWERED from this chart" in shown(app)


def test_an_answer_finished_while_the_page_was_away_is_there_on_return(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page("rounds/ask.py", PATIENT)
    visit = app.session_state["visit"]
    place = app.session_state["place"]
    request = ask.AskRequest(PATIENT, "What is the latest sodium?", visit.thread)
    ask.start(place.house, place.reader, request).result(60)
    open_page("rounds/trends.py")
    open_page("rounds/ask.py")
    assert " verified" in shown(app)


def test_another_patient_starts_another_conversation_and_closes_the_sources(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page("rounds/ask.py", PATIENT)
    app.chat_input[0].set_value("What is the latest potassium?").run()
    next(b for b in app.button if (b.key or "").startswith("twin:ask")).click().run()
    open_page("rounds/worklist.py")
    open_page("rounds/ask.py", "larkspurton")
    text = shown(app)
    assert "LARKSPURTON" in text
    assert "MARROWBY" not in text
    assert " verified" not in text
    assert "quote found" not in text


def test_the_log_lists_shows_and_verifies(open_page: OpenPage) -> None:
    app = open_page("oversight/log.py", PATIENT)
    next(button for button in app.button if button.label == "Verify the chain").click().run()
    assert "WHOLE" in shown(app)
    entry = this_process.house().ledger.entries(action="open")[-1]
    app.text_input(key="log:id").input(entry.entry_id).run()
    assert f"Entry {entry.seq} · open" in shown(app)
    assert '"reason"' in app.code[0].value
    app.text_input(key="log:id").input(entry.entry_id[:8]).run()
    assert f"Entry {entry.seq} · open" in shown(app)


def test_the_words_of_an_entry_need_its_patient_chosen(open_page: OpenPage, app: AppTest) -> None:
    open_page("rounds/ask.py", PATIENT)
    app.chat_input[0].set_value("What is the latest potassium?").run()
    entry = this_process.house().ledger.entries(action="question")[-1]
    open_page("rounds/worklist.py")
    open_page("oversight/log.py", "larkspurton")
    app.text_input(key="log:id").input(entry.entry_id).run()
    assert "Choose this patient to read what the entry says." in shown(app)
    assert not app.code


def test_an_export_is_shown_then_logged_then_downloaded(open_page: OpenPage, app: AppTest) -> None:
    open_page("rounds/briefing.py", PATIENT)
    open_page("oversight/exports.py")
    app.segmented_control(key="export:kind").set_value("A briefing").run()
    next(button for button in app.button if button.label == "Preview").click().run()
    text = shown(app)
    assert "this chart&#x27;s identifiers" in text
    assert "names list: not running" in text
    assert "What leaves" in text
    assert not app.get("download_button")
    next(b for b in app.button if b.label.startswith("Log this export")).click().run()
    assert len(this_process.house().ledger.entries(action="export")) == 1
    assert app.get("download_button")


def load(app: AppTest) -> None:
    """Press Load and wait for the load's end."""
    next(button for button in app.button if button.label == "Load").click().run()
    this_process.load_jobs().wait(60)
    app.run()


def test_an_upload_reports_what_came_in(open_page: OpenPage, app: AppTest) -> None:
    open_page("oversight/imports.py")
    given = json.dumps({"resourceType": "Patient", "id": "new", "gender": "female"}).encode()
    app.file_uploader[0].upload("new.json", given, "application/json").run()
    load(app)
    assert "Loaded whole: nothing was refused." in shown(app)


def test_an_upload_that_is_no_fhir_ends_in_one_sentence(open_page: OpenPage, app: AppTest) -> None:
    open_page("oversight/imports.py")
    app.file_uploader[0].upload("bad.json", b'{"resourceType": "Pat', "application/json").run()
    load(app)
    assert not app.exception
    assert len(app.error) == 1


def test_a_store_that_another_process_owns_is_told_in_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use() -> None:
        raise ChartroomError("The chart store is in use by another process.")

    monkeypatch.setattr(this_process, "house", in_use)
    app = AppTest.from_file(str(SHELL), default_timeout=60).run()
    assert [error.value for error in app.error] == [
        "The chart store is in use by another process\\."
    ]
    assert not app.dataframe


def test_a_fault_of_a_page_shows_one_sentence_and_no_word_of_the_chart(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("Odalys has HIV")

    monkeypatch.setattr(brief, "open_briefing", broken)
    app = open_page("rounds/briefing.py", PATIENT)
    assert not app.exception
    assert "could not be shown" in shown(app)
    assert "HIV" not in shown(app)


def test_a_refused_allergy_makes_the_list_unavailable_and_the_chart_incomplete(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page("oversight/imports.py")
    patient = {"resourceType": "Patient", "id": "half", "name": [{"family": "Half"}]}
    allergy = {"resourceType": "AllergyIntolerance", "id": "bad", "code": "not a concept",
               "patient": {"reference": "Patient/half"}}  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "collection",
              "entry": [{"resource": patient}, {"resource": allergy}]}  # fmt: skip
    app.file_uploader[0].upload("half.json", json.dumps(bundle).encode(), "application/json").run()
    load(app)
    assert "LOADED IN PART: 1 refused" in shown(app).replace("\\", "")
    assert "AllergyIntolerance/bad" in list(app.dataframe[0].value["Resource"])
    open_page("rounds/worklist.py")
    open_page("rounds/briefing.py", "half")
    text = shown(app)
    assert "✕ ALLERGIES UNAVAILABLE" in text
    assert "1 entry was refused" in text
