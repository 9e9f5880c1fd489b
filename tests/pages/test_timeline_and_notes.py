"""The Timeline and the Notes page as a reader meets them, without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from pipelines.desk import access, load, this_process
from tests.contract.charts import bundle, patient, write
from tests.pages.conftest import shown

OpenPage = Callable[..., AppTest]
TIMELINE, NOTES = "rounds/timeline.py", "rounds/notes.py"


def spec(app: AppTest) -> dict[str, list[dict[str, object]]]:
    found = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert isinstance(found, dict)
    return found


def test_the_timeline_begins_with_the_stay_and_has_its_data_below(open_page: OpenPage) -> None:
    app = open_page(TIMELINE, "quillfeather")
    assert not app.exception
    assert app.segmented_control[0].value == "Stay"
    assert spec(app)["data"]
    table = app.dataframe[0].value
    assert list(table.columns) == [
        "When", "Until", "Age", "Kind", "What", "Detail", "Flag", "Status", "Record",
    ], "a column that says nothing in any row is left out"  # fmt: skip
    assert list(table["When"]) == sorted(table["When"], reverse=True)


def test_lanes_words_and_ranges_filter_picture_and_table(open_page: OpenPage) -> None:
    app = open_page(TIMELINE, "quillfeather")
    app.text_input[0].input("potassium").run()
    assert "“potassium”: Results 9 (" in shown(app)
    assert set(app.dataframe[0].value["What"]) == {"Potassium"}
    app.segmented_control[0].set_value("24 h").run()
    assert len(app.dataframe[0].value) == 1
    app.text_input[0].input("").run()
    app.segmented_control[0].set_value("All").run()
    app.button_group[0].set_value(["problem"]).run()
    assert set(app.dataframe[0].value["Kind"]) == {"◆ Problems"}


def test_the_refuted_is_shown_only_when_asked_for_and_with_the_word(open_page: OpenPage) -> None:
    app = open_page(TIMELINE, "quillfeather")
    assert "refuted, erroneous or cancelled: left out" in shown(app)
    app.button_group[0].set_value(["problem"]).run()
    assert "REFUTED" not in list(app.dataframe[0].value["Status"])
    next(one for one in app.toggle if one.label == "Also refuted or erroneous").set_value(
        True
    ).run()
    assert "REFUTED" in list(app.dataframe[0].value["Status"])


def test_buttons_zoom_and_the_choice_is_kept_while_another_page_is_looked_at(
    open_page: OpenPage,
) -> None:
    app = open_page(TIMELINE, "quillfeather")
    app.button(key="timeline:in").click().run()
    assert "(zoomed)" in shown(app)
    zoomed = spec(app)["layout"]
    open_page("rounds/trends.py")
    open_page(TIMELINE)
    assert spec(app)["layout"] == zoomed
    app.segmented_control[0].set_value("48 h").run()
    assert "(zoomed)" not in shown(app)


def test_the_newest_note_is_read_and_buttons_go_on_to_the_next(open_page: OpenPage) -> None:
    app = open_page(NOTES, "quillfeather")
    assert not app.exception
    assert "Discharge summary · 2026-11-21 13:45" in shown(app)
    app.button(key="notes:next").click().run()
    assert "Discharge teaching and instructions" in shown(app)
    reasons = [entry.payload["reason"] for entry in this_process.house().ledger.entries()
               if entry.action == "open"]  # fmt: skip
    assert "source" in reasons


def test_a_search_lists_the_notes_that_have_the_words_with_their_hits(open_page: OpenPage) -> None:
    app = open_page(NOTES, "quillfeather")
    app.text_input[0].input("creatinine").run()
    assert "5 hits in 4 of 21 notes" in shown(app)
    assert list(app.dataframe[0].value["Hits"]) == [2, 1, 1, 1]
    app.text_input[0].input("zzz").run()
    assert "No note that fits has these words in this order." in shown(app)
    assert "No note fits" in shown(app)


def test_types_filter_the_list_and_what_changed_is_counted(open_page: OpenPage) -> None:
    app = open_page(NOTES, "marrowby")
    app.multiselect[0].set_value(["Progress note"]).run()
    assert set(app.dataframe[0].value["Type"]) == {"Progress note"}
    text = shown(app)
    assert "sentences copied (dimmed, ↺)" in text
    assert [one.label for one in app.selectbox] == ["Compared with"]


def test_a_note_or_zoom_of_one_patient_is_forgotten_with_the_next(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page(NOTES, "quillfeather")
    app.button(key="notes:next").click().run()
    open_page("rounds/worklist.py")
    open_page(NOTES, "marrowby")
    assert not app.exception
    assert "Ottoline" not in shown(app)
    assert "quillfeather" not in shown(app)


def test_a_chart_with_nothing_in_it_says_so_on_both_pages(
    open_page: OpenPage, app: AppTest, tmp_path: Path
) -> None:
    empty = write(tmp_path / "empty.json", bundle(patient("bare")))
    load.load(this_process.house(), access.system_reader(), [empty])
    app.run()
    for page, said in (
        (TIMELINE, "Not in this chart: it holds no encounter"),
        (NOTES, "Not in this chart: it holds no note"),
    ):
        open_page("rounds/worklist.py")
        open_page(page, "bare")
        assert not app.exception
        assert said in shown(app)
        assert not app.get("plotly_chart")
