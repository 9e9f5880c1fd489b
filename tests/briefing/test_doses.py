"""Medications by their doses: changed, not given, as needed, infused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from pipelines.records.moments import Moment
from tests.briefing.conftest import (
    DAY_BEFORE,
    LAST_WEEK,
    MEDICATIONS,
    MORNING,
    NIGHT,
    MakeChart,
    Resource,
    encounter,
    given,
    heart_rate,
    lines,
    order,
)

EVENING = "2026-11-21T20:00:00+00:00"


def dose_of(order_id: str, name: str, when: str, dose: float, **more: object) -> Resource:
    """A dose given on an order."""
    return {**given(name, when, dose), "request": {"reference": f"MedicationRequest/{order_id}"},
            **more}  # fmt: skip


def rate(name: str, start: str, end: str | None, value: float) -> Resource:
    """A stretch of an infusion."""
    period = {"start": start} | ({"end": end} if end else {})
    found = given(name, start, value)
    del found["effectiveDateTime"]
    found["effectivePeriod"] = period
    found["dosage"] = {"text": f"{value} ug/kg/min",
                       "rateQuantity": {"value": value, "unit": "ug/kg/min"}}  # fmt: skip
    return found


def timed(name: str, start: str, end: str | None, text: str, **more: object) -> Resource:
    """An order that has its own beginning and end."""
    period = {"start": start} | ({"end": end} if end else {})
    dosage = {"text": text, "timing": {"repeat": {"boundsPeriod": period}}, **more}
    return order(name, start, status="completed" if end else "active", dosageInstruction=[dosage])


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("200 mg twice daily through 2026-11-26", "active", "; from 2026-11-22 02:00"),
        ("1 (unit not recorded) once every day", "active", "; from 2026-11-22 02:00"),
        ("correction scale before meals", "active", "; from 2026-11-22 02:00"),
        ("200 mg twice daily", "active", ", 2026-11-22 02:00"),
        ("200 mg twice daily", "stopped", ", 2026-11-22 02:00; status stopped, no end recorded"),
    ],
)
def test_a_drug_begun_is_told_whatever_its_dose_text_says(
    chart_of: MakeChart, text: str, status: str, said: str
) -> None:
    begun = order("Cefpodoxime", NIGHT, status=status, dosageInstruction=[{"text": text}])
    told = lines(chart_of(begun, heart_rate(MORNING, 80)), MEDICATIONS)
    assert told[0] == f"Started: Cefpodoxime, {text}{said}"


def test_another_dose_of_the_same_drug_is_a_change_not_a_start_and_a_stop(
    chart_of: MakeChart,
) -> None:
    chart = chart_of(
        timed("Losartan 50 mg tablet", LAST_WEEK, NIGHT, "50 mg by mouth daily"),
        timed("Losartan 100 mg tablet", NIGHT, None, "100 mg by mouth daily"),
        heart_rate(MORNING, 80),
    )
    found = lines(chart, MEDICATIONS)
    assert found[0] == (
        "Changed: Losartan 100 mg tablet, 100 mg by mouth daily, 2026-11-22 02:00; "
        "before Losartan 50 mg tablet, 50 mg by mouth daily, until 2026-11-22 02:00"
    )
    assert not any(line.startswith(("Started", "Ended", "Stopped")) for line in found)


def test_an_order_that_ended_hides_no_other_of_the_drug_that_goes_on(chart_of: MakeChart) -> None:
    chart = chart_of(
        timed("Insulin glargine", "2026-10-01T08:00:00+00:00", NIGHT, "28 units at bedtime"),
        timed("Insulin glargine", LAST_WEEK, None, "26 units at bedtime"),
        heart_rate(MORNING, 80),
    )
    found = lines(chart, MEDICATIONS)
    assert "Ended: Insulin glargine, 28 units at bedtime, 2026-11-22 02:00" in found
    assert "Active: Insulin glargine, 26 units at bedtime, since 2026-11-14 05:00" in found


def test_a_dose_that_the_record_calls_not_given_has_its_reason_and_comes_first(
    chart_of: MakeChart,
) -> None:
    missed = {**given("Metoprolol", NIGHT, 50), "status": "not-done",
              "statusReason": [{"text": "Held per MD"}]}  # fmt: skip
    del missed["dosage"]
    chart = chart_of(order("Metoprolol", LAST_WEEK), missed, order("Aspirin", NIGHT),
                     heart_rate(MORNING, 80))  # fmt: skip
    assert lines(chart, MEDICATIONS)[0] == "Not given: Metoprolol, 2026-11-22 02:00 (Held per MD)"


def test_a_dose_that_is_merely_not_there_is_not_called_missed(chart_of: MakeChart) -> None:
    chart = chart_of(order("Metoprolol", LAST_WEEK), heart_rate(MORNING, 80))
    assert not any("ot given" in line for line in lines(chart, MEDICATIONS))


def test_as_needed_doses_are_counted_with_the_last(chart_of: MakeChart) -> None:
    as_needed = timed("Oxycodone 5 mg", LAST_WEEK, None, "5 mg as needed", asNeededBoolean=True)
    doses = [dose_of(as_needed["id"], "Oxycodone 5 mg", when, 5) for when in (EVENING, NIGHT)]
    chart = chart_of(as_needed, *doses, heart_rate(MORNING, 80))
    said = "As needed: Oxycodone 5 mg, 5 mg as needed; used 2 times; last 5 mg, 2026-11-22 02:00"
    assert said in lines(chart, MEDICATIONS)


def test_an_infusion_tells_now_first_and_highest_and_its_pause(chart_of: MakeChart) -> None:
    name = "Norepinephrine"
    chart = chart_of(
        order(name, DAY_BEFORE), rate(name, DAY_BEFORE, EVENING, 0.05),
        rate(name, EVENING, "2026-11-22T00:00:00+00:00", 0.12),
        rate(name, NIGHT, "2026-11-29T02:00:00+00:00", 0.06), heart_rate(MORNING, 80),
    )  # fmt: skip
    chart = replace(chart, as_of=Moment(datetime(2026, 11, 22, 5, 30), MORNING))
    assert lines(chart, MEDICATIONS)[0] == (
        "Running: Norepinephrine 0.06 ug/kg/min, since 2026-11-22 02:00; "
        "begun 2026-11-21 05:00 at 0.05 ug/kg/min; highest 0.12 ug/kg/min (2026-11-21 20:00); "
        "ended 2026-11-22 00:00; resumed 2026-11-22 02:00 at 0.06 ug/kg/min"
    )


def test_blood_of_the_stay_is_counted_by_day(chart_of: MakeChart) -> None:
    name = "Red blood cells, leukoreduced"
    units = [given(name, when, 1, "unit") for when in (DAY_BEFORE, EVENING, NIGHT)]
    early = given(name, LAST_WEEK, 1, "unit")
    stay = encounter("2026-11-21T04:00:00+00:00")
    found = lines(chart_of(stay, early, *units, heart_rate(MORNING, 80)), MEDICATIONS)
    assert (
        "Transfused in this stay: Red blood cells, leukoreduced, 3 doses; "
        "2 on 2026-11-21; 1 on 2026-11-22; last 2026-11-22 02:00"
    ) in found


def test_an_infusion_that_ended_tells_when_and_its_last_rate(chart_of: MakeChart) -> None:
    name = "Norepinephrine"
    chart = chart_of(
        order(name, DAY_BEFORE), rate(name, DAY_BEFORE, EVENING, 0.05),
        rate(name, EVENING, NIGHT, 0.02), heart_rate(MORNING, 80),
    )  # fmt: skip
    assert lines(chart, MEDICATIONS)[0].startswith(
        "Infusion ended: Norepinephrine, last rate 0.02 ug/kg/min, 2026-11-22 02:00"
    )


def test_a_rate_without_an_end_is_not_called_running(chart_of: MakeChart) -> None:
    chart = chart_of(order("Propofol", DAY_BEFORE), rate("Propofol", NIGHT, None, 20),
                     heart_rate(MORNING, 80))  # fmt: skip
    assert lines(chart, MEDICATIONS)[0] == (
        "Infusion given: Propofol 20 ug/kg/min, last rate 2026-11-22 02:00"
    )
