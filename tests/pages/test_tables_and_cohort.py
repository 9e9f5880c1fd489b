"""Trends as a table and as pairs, panels in one press, and the Cohort page."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from components.cohort_view import EXAMPLES
from tests.pages.conftest import shown

Open = Callable[..., AppTest]
TABLE, PAIRS = "Table", "Two against each other"


def view(app: AppTest, name: str) -> AppTest:
    key = next(w.key for w in app.segmented_control if str(w.key).startswith("trend:view"))
    return app.segmented_control(key=key).set_value(name).run()


def test_one_press_draws_a_panel_and_names_what_the_chart_has_not(open_page: Open) -> None:
    app = open_page("rounds/trends.py", "marrowby")
    app.button(key="panel:cbc").click().run()
    assert not app.exception
    chosen = app.multiselect[0].value
    assert len(chosen) == 4
    assert "CBC: 4 drawn" in shown(app)
    assert "no MCV" in shown(app)


def test_the_table_opens_the_source_of_a_result_by_plain_choices(open_page: Open) -> None:
    app = view(open_page("rounds/trends.py", "marrowby"), TABLE)
    assert not app.exception
    assert "Times 1 to 12 of 16, newest first" in shown(app)
    twin = next(box for box in app.selectbox if str(box.key).startswith("twin:"))
    potassium = next(n for n, words in enumerate(twin.options) if "Potassium 5.8" in words)
    twin.select_index(potassium).run()
    next(b for b in app.button if str(b.key).startswith("twin-open")).click().run()
    assert "Observation/marrowby-potassium-20261122-0510" in shown(app)
    assert "found word for word" in shown(app)


def test_earlier_times_are_a_press_away_and_a_search_begins_anew(open_page: Open) -> None:
    app = view(open_page("rounds/trends.py", "marrowby"), TABLE)
    app.button(key="table:earlier").click().run()
    assert "Times 13 to 16 of 16" in shown(app)
    search = next(box for box in app.text_input if str(box.key).startswith("table:words"))
    search.set_value("potassium").run()
    assert "Times 1 to 12 of" in shown(app)
    search.set_value("unobtainium").run()
    assert "No result fits" in shown(app)


def test_the_view_stays_when_another_page_was_looked_at(open_page: Open) -> None:
    app = view(open_page("rounds/trends.py", "marrowby"), TABLE)
    app.switch_page("../pages/rounds/briefing.py").run()
    app.switch_page("../pages/rounds/trends.py").run()
    assert "newest first" in shown(app)


def test_two_results_are_paired_and_the_picture_draws_no_line_through_them(open_page: Open) -> None:
    app = view(open_page("rounds/trends.py", "marrowby"), PAIRS)
    assert not app.exception
    assert "14 pairs (same specimen, else within 30 min)" in shown(app)
    [chart] = app.get("plotly_chart")
    drawn = json.loads(chart.proto.spec)
    assert [trace["mode"] for trace in drawn["data"]] == ["markers", "markers+text"]
    assert len(drawn["data"][0]["x"]) == 14
    assert len(app.dataframe[0].value) == 14


def test_the_same_result_twice_is_no_pair(open_page: Open) -> None:
    app = view(open_page("rounds/trends.py", "fennimoor"), PAIRS)
    across, up = (next(b for b in app.selectbox if str(b.key).startswith(f"pairs:{side}"))
                  for side in ("Across", "Up"))  # fmt: skip
    up.set_value(across.value).run()
    assert not app.exception
    assert "Choose two different results." in shown(app)


def test_the_cohort_page_says_the_counts_first_and_opens_a_source_under_its_name(
    open_page: Open,
) -> None:
    app = open_page("rounds/cohort.py", "quillfeather")
    next(b for b in app.button if b.label == EXAMPLES[0]).click().run()
    assert not app.exception
    text = shown(app)
    assert "✓ 2" in text
    assert "of 7 patients" in text
    assert text.index("of 7 patients") < text.index("MARROWBY")
    assert "NOSUCH" not in text
    next(b for b in app.button if str(b.key).endswith(":marrowby") and b.label == "Source").click()
    app.run()
    assert "Record of MARROWBY" in shown(app)
    assert "not the patient in the banner" in shown(app)
    assert "found word for word" in shown(app)


def test_a_declined_question_is_declined_once(open_page: Open) -> None:
    app = open_page("rounds/cohort.py")
    app.text_input(key="cohort:question").set_value("which of these should get insulin")
    next(b for b in app.button if b.label == "Ask all").click().run()
    assert not app.exception
    assert "Advice and treatment decisions are not answered here" in shown(app)


def test_a_row_opens_its_chart(open_page: Open) -> None:
    app = open_page("rounds/cohort.py")
    next(b for b in app.button if b.label == EXAMPLES[0]).click().run()
    next(b for b in app.button if str(b.key).startswith("cohort:open") and
         str(b.key).endswith("marrowby")).click().run()  # fmt: skip
    assert "MARROWBY" in shown(app)
    assert not app.exception
