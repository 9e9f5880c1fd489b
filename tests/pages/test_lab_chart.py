"""The picture of a trend: what is drawn, what is never lost, and what every mark says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import chart_axis, lab_chart, lab_panels, medication_bars
from components.chart_points import bands, lettered, panels, thinned
from pipelines.records.facts import Fact, Medication, ReferenceRange
from pipelines.records.views import Trend
from tests.pages.made import NORMAL, moment, result


def drawn(
    *facts: Fact, chosen: str | None = None, medications: tuple[Medication, ...] = ()
) -> dict:
    trend = Trend(facts, medications, moment(0), moment(72))
    return lab_chart.figure(trend, (), medication_bars.rows(trend), chosen)


@given(st.lists(st.tuples(st.floats(1, 9), st.sampled_from([None, "H", "LL"])), max_size=300))
def test_thinning_keeps_every_abnormal_point_and_both_ends(
    values: list[tuple[float, str | None]],
) -> None:
    facts = [result(hour, value, flag=flag) for hour, (value, flag) in enumerate(values)]
    kept = thinned(facts, 50)
    assert {id(fact) for fact in facts if fact.flag} <= {id(fact) for fact in kept}
    assert len([fact for fact in kept if not fact.flag]) <= 50
    assert not facts or (kept[0] is facts[0] and kept[-1] is facts[-1])
    assert list(kept) == sorted(kept, key=lambda fact: fact.when or moment())


def test_two_units_never_share_a_panel() -> None:
    made = panels([result(1, 4.0), result(2, 156.0, unit="mg/dL"), result(3, 4.2)])
    assert [(panel.unit, len(panel.facts)) for panel in made] == [("mmol/L", 2), ("mg/dL", 1)]


def test_text_results_have_no_place_on_an_axis() -> None:
    assert panels([result(1, None, value_text="hemolysed")]) == ()


def test_the_band_steps_where_the_range_of_the_results_changes() -> None:
    other = ReferenceRange(3.0, 5.5)
    facts = [result(1, 4.0), result(2, 4.1), result(3, 4.2, reference_range=other)]
    first, second = bands(facts)
    assert (first.start, first.range) == (None, NORMAL)
    assert first.end == second.start
    assert (second.end, second.range) == (None, other)


def test_no_band_stands_where_results_carry_no_range() -> None:
    facts = [result(1, 4.0), result(2, 4.1, reference_range=None), result(3, 4.2)]
    assert [band.end for band in bands(facts)] == [facts[1].when.written[:19], None]


def test_the_whole_band_and_every_point_lie_inside_the_y_range() -> None:
    low, high = chart_axis.value_span([result(1, 8.0), result(2, 2.0)])
    assert low < 2.0 - 1
    assert high > 8.0 + 1


@pytest.mark.parametrize(
    ("flag", "comparator", "mark"),
    [
        pytest.param(None, None, "circle", id="in range"),
        pytest.param("H", None, "triangle-up", id="high"),
        pytest.param("LL", None, "triangle-down", id="critically low"),
        pytest.param("A", None, "diamond", id="abnormal"),
        pytest.param(None, "<", "circle-open", id="only a bound"),
        pytest.param("H", ">", "triangle-up-open", id="high, only a bound"),
    ],
)
def test_every_kind_of_result_has_its_own_mark(
    flag: str | None, comparator: str | None, mark: str
) -> None:
    assert lab_panels.symbol(result(1, 4.0, flag=flag, comparator=comparator)) == mark


def test_letters_stand_at_critical_worst_and_last_points_only() -> None:
    facts = [
        result(1, 5.3, flag="H"), result(2, 6.0, flag="H"), result(3, 5.4, flag="H"),
        result(4, 2.4, flag="LL"), result(5, 5.2, flag="H"),
    ]  # fmt: skip
    assert {fact.value for fact in lettered(facts)} == {6.0, 2.4, 5.2}


def test_a_press_fades_no_other_point_and_rings_the_chosen_one() -> None:
    made = drawn(result(1, 4.0), result(2, 5.9, flag="H"), chosen="Observation/k2#0")
    for trace in made["data"]:
        assert trace["unselected"]["marker"]["opacity"] == 1
        assert trace["selected"]["marker"]["opacity"] == 1
    assert made["data"][-1]["y"] == [5.9]


def test_every_point_brings_back_its_record() -> None:
    made = drawn(result(1, 4.0), result(2, 5.9, part=1))
    assert made["data"][0]["customdata"] == ["Observation/k1#0", "Observation/k2#1"]


def test_the_unit_stands_on_the_axis_and_the_range_in_the_title() -> None:
    layout = drawn(result(1, 4.0))["layout"]
    assert layout["yaxis"]["title"]["text"] == "mmol/L"
    assert "3.5\u20135.1" in layout["annotations"][0]["text"]


def test_markup_in_a_name_is_shown_as_letters() -> None:
    made = drawn(result(1, 4.0, display="<a href='http://x'>K</a>"))
    assert "<a" not in str(made)


def test_a_medication_that_goes_on_reaches_the_as_of_and_one_on_hold_says_so() -> None:
    fact = Fact("MedicationRequest/1", "medication", "Digoxin", "medication", "Digoxin")
    held = Medication(fact, "request", "on-hold", "0.125 mg", None, None, None, moment(2), None,
                      None, None, None)  # fmt: skip
    made = drawn(result(1, 4.0), medications=(held,))
    ends = made["data"][1]["x"][:: len(made["data"][1]["x"]) - 1]
    assert ends == [moment(2).written[:19], moment(72).written[:19]]
    assert made["data"][1]["line"]["dash"] == "dot"
    assert any("on hold" in item["text"] for item in made["layout"]["annotations"])


def dose(number: int, status: str) -> Medication:
    fact = Fact(f"MedicationAdministration/{number}", "medication", "Vanc", "medication", "Vanc")
    return Medication(fact, "administration", status, "1 g", None, None, None, moment(number / 10),
                      None, None, None, None)  # fmt: skip


def test_a_dose_that_was_not_given_is_a_cross_that_says_so_and_never_a_tick() -> None:
    given, missed = dose(1, "completed"), dose(2, "not-done")
    made = drawn(result(1, 4.0), medications=(given, missed))
    ticks, crosses = made["data"][1:]
    assert (ticks["marker"]["symbol"], ticks["x"]) == ("line-ns-open", [moment(0.1).written[:19]])
    assert (crosses["marker"]["symbol"], crosses["x"]) == (
        "x-thin-open",
        [moment(0.2).written[:19]],
    )
    assert "NOT GIVEN" in crosses["hovertext"][0]
    assert "NOT GIVEN" not in ticks["hovertext"][0]


def test_a_name_says_when_not_all_its_doses_are_drawn() -> None:
    doses = tuple(dose(number, "completed") for number in range(401))
    made = drawn(result(1, 4.0), medications=doses)
    assert len(made["data"][1]["x"]) == 400
    assert any("last 400 of 401 doses" in item["text"] for item in made["layout"]["annotations"])


@pytest.mark.parametrize(
    ("flag", "comparator", "is_final", "symbol"),
    [
        ("H", None, True, "triangle-up"),
        (None, "<", True, "circle-open"),
        (None, None, False, "circle-open-dot"),
        ("LL", "<", False, "triangle-down-open-dot"),
    ],
)
def test_a_result_that_is_not_final_has_a_mark_of_its_own(
    flag: str | None, comparator: str | None, is_final: bool, symbol: str
) -> None:
    word = None if is_final else "preliminary"
    fact = result(1, 4.0, flag=flag, comparator=comparator, is_final=is_final, status_word=word)
    points = drawn(fact)["data"][0]
    assert points["marker"]["symbol"] == [symbol]
    assert ("preliminary" in points["hovertext"][0]) is not is_final
