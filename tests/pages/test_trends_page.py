"""The page of trends: its ranges, what is kept for a visit and for no other, units, its tables."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from components.trend_controls import windows
from pipelines.records.trends import TrendOffers
from tests.pages.conftest import ranges_of, shown

OpenPage = Callable[..., AppTest]
PAGE, PATIENT, OTHER = "rounds/trends.py", "marrowby", "saltmarsh"


def titles(app: AppTest) -> list[str]:
    """The headings and labels of the picture."""
    layout = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]
    return [note["text"] for note in layout["annotations"]]


def of(app: AppTest, kind: str, start: str) -> str:
    """The key of the widget of this kind whose label begins so."""
    return next(w.key for w in app.get(kind) if w.label.startswith(start))


def test_a_stay_is_offered_only_where_there_is_one(open_page: OpenPage) -> None:
    every = ["24 h", "48 h", "7 d", "stay", "1 y", "all"]
    drawn = ranges_of(open_page(PAGE, PATIENT)).options
    assert drawn == ["24 h", "48 h", "7 d", "Stay", "1 y", "All"]
    assert windows(TrendOffers((), (), None)) == [name for name in every if name != "stay"]


def test_the_choice_of_medications_is_kept_for_its_visit_and_for_no_other(
    open_page: OpenPage,
) -> None:
    app = open_page(PAGE, PATIENT)
    key = of(app, "multiselect", "Medications drawn")
    chosen = app.multiselect(key=key).value[:2]
    app.multiselect(key=key).set_value(chosen).run()
    ranges_of(app).set_value("24 h").run()
    ranges_of(app).set_value("all").run()
    open_page("rounds/briefing.py")
    app = open_page(PAGE)
    assert app.multiselect(key=key).value == chosen
    open_page("rounds/worklist.py")
    other = open_page(PAGE, OTHER)
    assert len(other.multiselect(key=of(other, "multiselect", "Medications drawn")).value) > 2


def test_a_unit_that_was_chosen_is_stated_above_the_picture_with_its_source(
    open_page: OpenPage,
) -> None:
    app = open_page(PAGE, PATIENT)
    unit = of(app, "selectbox", "Creatinine")
    assert app.selectbox(key=unit).options == ["as recorded", "mg/dL", "umol/L"]
    app.selectbox(key=unit).set_value("umol/L").run()
    assert "labs.csv, LOINC 2160-0" in shown(app)
    assert any("converted from mg/dL" in title for title in titles(app))


def test_a_drug_with_given_doses_gets_a_panel_and_lines_in_the_table(open_page: OpenPage) -> None:
    app = open_page(PAGE, PATIENT)
    key = of(app, "multiselect", "Given doses")
    assert any(name.startswith("Furosemide (mg)") for name in app.multiselect(key=key).options)
    app.multiselect(key=key).set_value(["dose|mg|Furosemide"]).run()
    assert any(title.startswith("<b>Furosemide</b>") for title in titles(app))
    assert "Furosemide (dose given)" in set(app.dataframe[0].value["Test"])


def test_each_table_holds_what_its_part_of_the_picture_shows(open_page: OpenPage) -> None:
    app = open_page(PAGE, PATIENT)
    key = of(app, "segmented_control", "The same data")
    results = app.dataframe[0].value
    assert "ENTERED IN ERROR, not a result" in set(results["Status"])
    assert results["Larger change"].str.contains("larger than expected variation").any()
    app.segmented_control(key=key).set_value("Stays and procedures").run()
    assert {"Stay or visit", "Procedure"} <= set(app.dataframe[0].value["What"])
    app.segmented_control(key=key).set_value("Medications").run()
    assert {"Medication", "Dose", "Dose changed"} <= set(app.dataframe[0].value.columns)
