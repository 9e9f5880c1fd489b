"""Every mark of a trend says what it is, opens its source, and stands in the table as well."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import lab_chart, medication_bars, zoom
from components.chart_points import fact_key, thinned, unit_words
from components.trend_table import TABLES, lines, newest_first
from pipelines.records.facts import Encounter, Fact, Medication, Procedure, ReferenceRange
from pipelines.records.trends import Axis, LargerChange, ShownAs, UnitNote
from pipelines.records.views import Trend
from tests.conftest import ROOT
from tests.pages.made import moment, result

SIGNED = ["components/lab_chart.py", "components/lab_panels.py", "components/chart_axis.py",
          "components/chart_marks.py", "components/chart_points.py",
          "components/medication_bars.py", "components/trend_table.py",
          "components/trend_controls.py", "components/zoom.py"]  # fmt: skip
KEY = "http://loinc.org|2823-3"


def trend(*facts: Fact, **changes: object) -> Trend:
    given_: dict[str, Any] = {
        "facts": facts,
        "medications": (),
        "window_from": moment(0),
        "window_to": moment(72),
    }
    return Trend(**(given_ | changes))


def drawn(of: Trend) -> dict[str, Any]:
    return lab_chart.figure(of, (KEY,), medication_bars.rows(of), None, "visit:7 d")


def rows(of: Trend, table: int = 0) -> list[dict[str, str]]:
    listed = lines(TABLES[table], of, medication_bars.rows(of))
    return [line.write() for line in newest_first(listed)]


def traces(made: dict[str, Any], symbol: str) -> list[dict[str, Any]]:
    return [one for one in made["data"] if symbol in str(one.get("marker", {}).get("symbol"))]


WRONG = result(2, 60.0, resource="Observation/w", status="entered-in-error",
               status_word="entered in error")  # fmt: skip


def test_an_error_is_a_grey_cross_never_on_the_line_and_does_not_stretch_the_axis() -> None:
    made = drawn(trend(result(1, 4.0), result(3, 4.2), erroneous=(WRONG,)))
    line, (cross,) = made["data"][0], traces(made, "x-thin-open")
    assert line["y"] == [4.0, 4.2]
    assert "ENTERED IN ERROR" in cross["hovertext"][0]
    assert "outside this axis" in cross["hovertext"][0]
    assert cross["customdata"] == ["Observation/w#0"]
    assert cross["y"][0] < made["layout"]["yaxis"]["range"][1] < 10
    assert [row["Status"] for row in rows(trend(result(1, 4.0), erroneous=(WRONG,)))] == [
        "ENTERED IN ERROR, not a result", "final",
    ]  # fmt: skip


def test_an_analyte_with_nothing_but_an_error_has_a_panel_that_says_so() -> None:
    made = drawn(trend(erroneous=(WRONG,)))
    assert "no valid result" in made["layout"]["annotations"][0]["text"]


def test_an_amended_result_has_a_square_and_its_word() -> None:
    amended = result(1, 4.0, status="amended", status_word="amended", earlier_versions=1)
    made = drawn(trend(amended, result(2, 4.1)))
    assert [one["y"] for one in traces(made, "square-open")] == [[4.0]]
    assert "amended" in made["data"][0]["hovertext"][0]


def test_a_larger_step_has_an_arrow_its_numbers_and_no_word_of_abnormal() -> None:
    step = LargerChange("Observation/k2", 0, True, 25.0, 12.1, -12.1, "Observation/k1", "4.0",
                        moment(1))  # fmt: skip
    of = trend(result(1, 4.0), result(2, 5.0), changes=(step,))
    made = drawn(of)
    (arrows,) = [one for one in made["data"] if one["mode"] == "text"]
    assert (arrows["text"], arrows["y"]) == ([" ⇧"], [5.0])
    for said in (made["data"][0]["hovertext"][1], rows(of)[0]["Larger change"]):
        assert "+25 % from 4.0" in said
        assert "larger than expected variation (+12 %)" in said
        assert "abnormal" not in said
    assert rows(of)[1]["Larger change"] == ""


def test_a_converted_panel_says_from_what_and_keeps_the_recorded_value_in_hover_and_table() -> None:
    shown = ShownAs("Observation/k1", 0, 15.64, "mg/dL", ReferenceRange(13.7, 19.9))
    note = UnitNote(KEY, "mmol/L", "mg/dL", True, "converted: mmol/L \u00d7 3.91 = mg/dL (a table)")
    of = trend(result(1, 4.0), shown=(shown,), unit_notes=(note,))
    made = drawn(of)
    assert made["layout"]["yaxis"]["title"]["text"] == "mg/dL"
    assert "converted from mmol/L" in made["layout"]["annotations"][0]["text"]
    assert "13.7" in made["layout"]["annotations"][0]["text"]
    assert "recorded as 4.0 mmol/L" in made["data"][0]["hovertext"][0]
    assert unit_words(of) == (
        "Potassium in mmol/L: converted: mmol/L \u00d7 3.91 = mg/dL (a table)",
    )
    (row,) = rows(of)
    assert (row["Value"], row["Unit"]) == ("4.0", "mmol/L")
    assert row["Drawn as"].startswith("15.64 mg/dL, converted: mmol/L \u00d7 3.91")


def test_what_cannot_be_converted_has_its_own_panel_and_says_why() -> None:
    note = UnitNote(KEY, "furlong", "mg/dL", False, "not converted to mg/dL: no factor is known")
    of = trend(result(1, 4.0, unit="furlong"), result(2, 4.0, unit="mg/dL"), unit_notes=(note,))
    titles = [note["text"] for note in drawn(of)["layout"]["annotations"]]
    assert ["not converted" in title for title in titles[:2]] == [True, False]
    assert "no factor is known" in unit_words(of)[0]


def stay(ident: str, start: float, end: float | None, **changes: object) -> Encounter:
    fact = Fact(f"Encounter/{ident}", "encounter", "Medicine", "id", ident, when=moment(start))
    words = dict.fromkeys(
        ("class_code", "class_display", "type_display", "status", "part_of", "reason",
         "admission_type", "admit_source", "discharge_disposition", "location")
    )  # fmt: skip
    given_: dict[str, Any] = {"is_icu": False, "is_hospital": True, "start": moment(start),
                              "end": None if end is None else moment(end)}  # fmt: skip
    return Encounter(fact=fact, **(words | given_ | changes))


def procedure(ident: str, at: float, status: str) -> Procedure:
    fact = Fact(f"Procedure/{ident}", "procedure", "Biopsy", "id", ident, when=moment(at),
                status=status)  # fmt: skip
    return Procedure(fact, status, moment(at), None)


def test_stays_and_procedures_stand_above_the_panels_and_open_their_record() -> None:
    of = trend(
        result(1, 4.0),
        stays=(stay("s", -90, None), stay("i", 5, 9, is_icu=True),
               stay("v", 50, 51, is_hospital=False)),
        procedures=(procedure("a", 10, "completed"), procedure("b", 70, "not-done")),
    )  # fmt: skip
    made = drawn(of)
    marked = {key for one in made["data"] for key in one.get("customdata", ())}
    assert {"Encounter/s#0", "Encounter/i#0", "Encounter/v#0", "Procedure/a#0"} <= marked
    whole = next(one for one in made["data"] if "Encounter/s#0" in one.get("customdata", ()))
    assert whole["marker"]["symbol"][0] == "arrow-left", "it began before the window"
    assert whole["marker"]["symbol"][-1] == "arrow-right", "it has no end"
    (done,) = traces(made, "diamond")
    assert done["marker"]["symbol"] == ["diamond", "x-thin-open"]
    assert "NOT DONE" in done["hovertext"][1]
    said = [row["Words"] for row in rows(of, 1)]
    assert said[0] == "NOT DONE: Biopsy"
    assert any(words.startswith("ICU stay: Medicine") for words in said)
    assert len(said) == 5


def test_doses_stand_on_zero_and_a_rate_ends_where_it_was_stopped() -> None:
    doses = tuple(
        result(hour, 10.0, kind="dose", code_key="dose|mg/h|F", display="F", unit="mg/h",
               resource=f"MedicationAdministration/{hour}", reference_range=None)
        for hour in (1, 30)
    )  # fmt: skip
    entry = Medication(doses[0], "administration", "completed", None, None, None, None, moment(1),
                       moment(5), None, None, None)  # fmt: skip
    axis = Axis("dose|mg/h|F", low=0.0, form="steps")
    made = drawn(trend(doses=doses, axes=(axis,), medications=(entry,)))
    level = made["data"][0]
    assert level["x"][:3] == [moment(1).written[:19], moment(5).written[:19], None]
    assert made["data"][1]["mode"] == "markers"
    silent = drawn(trend(doses=doses, axes=(axis,)))["data"][0]
    assert silent["x"][1:3] == [moment(1).written[:19], None], "29 h without a word, no end"
    amounts = drawn(trend(doses=doses, axes=(replace(axis, form="points"),)))
    assert amounts["data"][0]["y"] == [0.0, 10.0, None, 0.0, 10.0, None]
    assert made["layout"]["yaxis"]["range"][0] <= 0


def order(ident: str, start: float, end: float, dose: str) -> Medication:
    fact = Fact(f"MedicationRequest/{ident}", "medication", "Furosemide", "id", ident)
    return Medication(fact, "request", "completed", dose, None, None, None, moment(start),
                      moment(end), None, None, None)  # fmt: skip


def test_another_dose_of_an_order_has_a_mark_and_its_words_and_the_same_dose_has_none() -> None:
    orders = (order("1", 1, 20, "40 mg"), order("2", 20, 50, "40  MG"), order("3", 50, 70, "80 mg"))
    of = trend(result(1, 4.0), medications=orders)
    made = drawn(of)
    (steps,) = traces(made, "diamond-tall")
    assert steps["customdata"] == ["MedicationRequest/3#0"]
    assert "80 mg" in steps["hovertext"][0]
    assert "the order before: 40  MG" in steps["hovertext"][0]
    assert [n["text"] for n in made["layout"]["annotations"] if "⇢" in n["text"]][1:] == ["⇢ 80 mg"]
    changed = [row["Dose changed"] for row in rows(of, 2)]
    assert changed == ["⇢ the order before: 40  MG", "", ""]


def test_a_score_is_drawn_on_its_whole_scale() -> None:
    made = drawn(trend(result(1, 14.0, reference_range=None), axes=(Axis(KEY, 3, 15),)))
    low, high = made["layout"]["yaxis"]["range"]
    assert low < 3
    assert high > 15
    assert "scale 3 to 15" in made["layout"]["annotations"][0]["text"]


def test_a_site_limit_has_a_dashed_band_and_is_named_and_the_records_range_is_plain() -> None:
    policy = result(1, 7.0, flag="HH", flag_source="site policy")
    made = drawn(trend(policy, result(2, 4.0, flag_source="range")))
    assert [shape["line"].get("dash") for shape in made["layout"]["shapes"]] == ["dash", None]
    assert "HH (site policy)" in made["data"][0]["hovertext"][0]
    table = rows(trend(policy))
    assert (table[0]["Flag"], table[0]["Range"]) == ("▲▲ HH (site policy)",
                                                     "site policy 3.5\u20135.1")  # fmt: skip


@given(
    st.lists(
        st.tuples(st.floats(1, 9), st.sampled_from([None, None, None, "H", "LL"]),
                  st.sampled_from([None, None, None, "amended", "preliminary"])),
        max_size=120,
    ),
    st.integers(4, 40),
)  # fmt: skip
def test_thinning_keeps_what_matters_the_extremes_and_no_more_than_the_limit(
    values: list[tuple[float, str | None, str | None]], limit: int
) -> None:
    facts = [
        result(hour, value, flag=flag, status_word=word, is_final=word != "preliminary")
        for hour, (value, flag, word) in enumerate(values)
    ]
    kept = thinned(facts, limit, {fact_key(fact) for fact in facts[::3]})
    must = {id(fact) for fact in facts if fact.flag or fact.status_word}
    assert must <= {id(fact) for fact in kept}
    assert len(kept) <= max(limit, len(must) + 2)
    if facts and len(must) + 4 <= limit:
        assert {min(f.value for f in facts), max(f.value for f in facts)} <= {f.value for f in kept}
    assert [id(fact) for fact in kept] == [id(f) for f in facts if id(f) in {id(k) for k in kept}]


@pytest.mark.parametrize("path", SIGNED)
def test_no_colour_is_written_outside_the_palette(path: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{6}\b|rgba?\(", written) == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param({"revision": "r", "range": ["2026-11-20 06:00:00.25", "2026-11-21 06:00"]},
                     ("2026-11-20T06:00:00", "2026-11-21T06:00:00"), id="two times"),
        pytest.param({"revision": "other", "range": ["2026-11-20", "2026-11-21"]}, None,
                     id="another patient or range"),
        pytest.param({"revision": "r", "range": None}, None, id="the whole range"),
        pytest.param({"revision": "r", "range": ["2026-11-21", "2026-11-20"]}, None,
                     id="the wrong way round"),
        pytest.param({"revision": "r", "range": ["<b>", "2026"]}, None, id="no times"),
        pytest.param(None, None, id="nothing"),
        pytest.param("range", None, id="something else"),
    ],
)  # fmt: skip
def test_only_two_times_of_this_revision_are_a_zoom(
    told: object, kept: tuple[str, str] | None
) -> None:
    assert zoom.range_of(told, "r") == kept
