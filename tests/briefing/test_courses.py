"""How a result went: what stands in its line, and what must never stand there."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given as each
from hypothesis import strategies as some

from pipelines.briefing.courses import Series, course
from pipelines.briefing.line import judge
from pipelines.briefing.problems import NAME as PROBLEM_SECTION
from pipelines.records.facts import Fact, ReferenceRange
from pipelines.records.moments import Moment
from tests.briefing.conftest import (
    DAY_BEFORE,
    LAST_WEEK,
    MORNING,
    NIGHT,
    RESULTS,
    MakeChart,
    condition,
    encounter,
    lines,
    observation,
    potassium,
)

EVENING = "2026-11-21T20:00:00+00:00"
YEARS_AGO = "2022-03-01T08:00:00+00:00"


def creatinine(when: str, value: object, **more: object) -> dict[str, object]:
    limits = [{"low": {"value": 0.5}, "high": {"value": 1.1}}]
    return observation("2160-0", "Creatinine", when, value, "mg/dL", referenceRange=limits, **more)


def test_several_values_of_a_window_stand_in_their_order(chart_of: MakeChart) -> None:
    values = {DAY_BEFORE: 1.6, EVENING: 1.9, MORNING: 2.4}
    chart = chart_of(*(creatinine(when, value) for when, value in values.items()))
    assert lines(chart, RESULTS) == [
        "Creatinine 1.6 → 1.9 → 2.4 mg/dL (high, range 0.5\u20131.1), "
        "2026-11-21 05:00 → 2026-11-22 05:30"
    ]


def test_a_stay_tells_its_first_value_and_the_one_before_it(chart_of: MakeChart) -> None:
    chart = chart_of(
        encounter("2026-11-19T18:00:00+00:00"),
        creatinine("2026-08-11T09:00:00+00:00", 0.9), creatinine("2026-11-19T19:00:00+00:00", 1.3),
        creatinine(DAY_BEFORE, 2.8), creatinine(MORNING, 2.4),
    )  # fmt: skip
    (line,) = lines(chart, RESULTS)
    assert line.endswith(
        "; first of this stay 1.3 (2026-11-19 19:00); before this stay 0.9 (2026-08-11 09:00)"
    )


def test_a_value_past_its_peak_tells_the_peak_of_the_stay(chart_of: MakeChart) -> None:
    chart = chart_of(
        encounter("2026-11-18T18:00:00+00:00"),
        creatinine("2026-11-18T19:00:00+00:00", 1.3), creatinine("2026-11-19T19:00:00+00:00", 3.1),
        creatinine(DAY_BEFORE, 2.6), creatinine(MORNING, 2.4),
    )  # fmt: skip
    assert "; highest of this stay 3.1 (2026-11-19 19:00)" in lines(chart, RESULTS)[0]


def test_outside_of_a_stay_nothing_is_called_its_first(chart_of: MakeChart) -> None:
    values = {LAST_WEEK: 0.9, DAY_BEFORE: 2.8, MORNING: 3.1}
    chart = chart_of(*(creatinine(when, value) for when, value in values.items()))
    assert "stay" not in lines(chart, RESULTS)[0]


def test_a_value_of_years_ago_is_no_beginning_of_a_course(chart_of: MakeChart) -> None:
    chart = chart_of(encounter(NIGHT), creatinine(YEARS_AGO, 0.9), creatinine(MORNING, 2.4))
    assert lines(chart, RESULTS)[0].startswith("Creatinine 2.4 mg/dL (high")


def test_a_result_that_came_back_in_the_window_is_new_though_taken_before(
    chart_of: MakeChart,
) -> None:
    late = potassium("2026-11-20T05:00:00+00:00", 6.9, issued=NIGHT)
    (line,) = lines(chart_of(late, creatinine(MORNING, 1.0)), RESULTS)[:1]
    assert line.startswith("Potassium 6.9 mmol/L (critical high")


def test_a_value_that_was_out_on_both_sides_tells_both(chart_of: MakeChart) -> None:
    later = "2026-11-22T0{}:00:00+00:00"
    values = {EVENING: 5.9, NIGHT: 3.1, later.format(3): 3.3, later.format(4): 3.6, MORNING: 3.4}
    (line,) = lines(chart_of(*(potassium(when, value) for when, value in values.items())), RESULTS)
    assert "lowest 3.1" in line
    assert "highest 5.9 (high, range 3.5\u20135.1, 2026-11-21 20:00)" in line


def test_a_censored_latest_value_is_not_told_as_the_worst_of_before(chart_of: MakeChart) -> None:
    low = {"value": 0.1, "comparator": "<", "unit": "mmol/L"}
    latest = potassium(MORNING, 1.0)
    latest["valueQuantity"] = low
    (line,) = lines(chart_of(potassium(NIGHT, 5.9), latest), RESULTS)
    assert line.startswith("Potassium <0.1 mmol/L")
    assert "highest 5.9 (high" in line


def test_another_unit_is_said_and_never_joined_by_an_arrow(chart_of: MakeChart) -> None:
    abroad = observation("2160-0", "Creatinine", LAST_WEEK, 152, "umol/L")
    (line,) = lines(chart_of(abroad, creatinine(MORNING, 1.75)), RESULTS)
    assert "→" not in line
    assert line.endswith("before that 152 umol/L (2026-11-14 05:00): the unit differs")


@pytest.mark.parametrize("status", ["final", "corrected"])
def test_what_the_laboratory_wrote_stands_beside_the_number(
    chart_of: MakeChart, status: str
) -> None:
    note = [{"text": "Hemolyzed, please repeat."}]
    chart = chart_of(potassium(NIGHT, 7.1, note=note, status=status), potassium(MORNING, 4.9))
    assert "“Hemolyzed, please repeat.”" in lines(chart, RESULTS)[0]


def test_the_condition_of_a_specimen_stands_beside_its_result(chart_of: MakeChart) -> None:
    specimen = {"resourceType": "Specimen", "id": "s1", "subject": {"reference": "Patient/p1"},
                "type": {"text": "Blood"}, "condition": [{"text": "Hemolyzed"}],
                "collection": {"collectedDateTime": MORNING}}  # fmt: skip
    chart = chart_of(potassium(MORNING, 7.1, specimen={"reference": "Specimen/s1"}), specimen)
    assert "specimen of 2026-11-22 05:30: Hemolyzed" in lines(chart, RESULTS)[0]


def test_abnormal_results_that_nobody_repeated_stand_on_one_line(chart_of: MakeChart) -> None:
    chart = chart_of(creatinine(MORNING, 1.0), potassium(LAST_WEEK, 6.4))
    assert lines(chart, RESULTS)[-1] == (
        "Abnormal before this window, not repeated: "
        "Potassium 6.4 mmol/L (critical high, 2026-11-14 05:00)"
    )


def test_on_the_first_day_key_results_of_before_the_stay_are_told(chart_of: MakeChart) -> None:
    chart = chart_of(encounter(NIGHT), potassium(LAST_WEEK, 4.0), creatinine(MORNING, 1.0))
    assert lines(chart, RESULTS)[-1] == (
        "No result in this stay yet; the last before: Potassium 4 mmol/L (2026-11-14 05:00)"
    )


@pytest.mark.parametrize(
    ("stage", "egfr", "differs"),
    [("2", 44, True), ("2", 75, False), ("3b", 44, False), ("5", 20, True), ("1", 60, True)],
)
def test_a_listed_kidney_stage_that_the_latest_egfr_contradicts_says_so(
    chart_of: MakeChart, stage: str, egfr: float, *, differs: bool
) -> None:
    chart = chart_of(
        condition(f"Chronic kidney disease, stage {stage}", "2020"),
        observation("98979-8", "eGFR", LAST_WEEK, egfr, "mL/min/1.73m2"), creatinine(MORNING, 1.6),
    )  # fmt: skip
    (line,) = lines(chart, PROBLEM_SECTION)
    assert ("differs from that stage" in line) == differs


def fact(number: int, value: float) -> Fact:
    """A potassium of hour `number` with its flag by a range of 3.5 to 5.1."""
    flag = "H" if value > 5.1 else "L" if value < 3.5 else None
    when = Moment(datetime(2026, 11, 1, number), f"2026-11-01T{number:02}:00:00+00:00")
    return Fact(
        resource=f"Observation/{number}", kind="lab", display="Potassium", path="valueQuantity",
        quote=f"{value}", concept="potassium", code_key="k", value=value, value_text=f"{value}",
        unit="mmol/L", flag=flag, flag_source="range", reference_range=ReferenceRange(3.5, 5.1),
        when=when,
    )  # fmt: skip


@each(
    some.lists(some.decimals(1, 9, places=1).map(float), min_size=1, max_size=20),
    some.integers(0, 19),
)
def test_the_judge_bears_out_every_course(values: list[float], before: int) -> None:
    facts = [fact(number, value) for number, value in enumerate(values)]
    cut = min(before, len(facts) - 1)
    start = facts[0].when.instant if facts[0].when else None
    line = course(Series(tuple(facts[cut:]), tuple(facts[:cut]), start))
    said = judge([line])[line]
    cited = {citation.resource for citation in said.citations}
    assert facts[-1].resource in cited
