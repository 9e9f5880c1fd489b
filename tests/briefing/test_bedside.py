"""Oxygen, weight, intake and output, devices, code status and who the patient is."""

from __future__ import annotations

import pytest

from pipelines.briefing.brief import brief
from tests.briefing.conftest import (
    CODE_STATUS,
    DAY_BEFORE,
    DEVICES,
    FLUIDS,
    LAST_WEEK,
    MORNING,
    NIGHT,
    VITALS,
    MakeChart,
    Resource,
    encounter,
    lines,
    observation,
    section,
    texts,
)

EVENING = "2026-11-21T20:00:00+00:00"
SNOMED = "http://snomed.info/sct"


def vital(loinc: str, name: str, when: str, value: float, unit: str) -> Resource:
    return observation(loinc, name, when, value, unit, category="vital-signs")


def flow(when: str, value: float) -> Resource:
    return vital("3151-8", "Oxygen flow", when, value, "L/min")


def spo2(when: str, value: float) -> Resource:
    return vital("59408-5", "SpO2", when, value, "%")


def weight(when: str, value: float) -> Resource:
    return vital("29463-7", "Body weight", when, value, "kg")


def shift(name: str, start: str, end: str, value: float) -> Resource:
    """A line of an intake and output sheet, closed at the end of its shift."""
    found = observation("9187-6", name, start, value, "mL", category="exam", issued=end)
    found["effectivePeriod"] = {"start": found.pop("effectiveDateTime"), "end": end}
    return found


def use(name: str, start: str, end: str | None = None, **more: object) -> Resource:
    """A statement that a device is or was in use."""
    return {
        "resourceType": "DeviceUseStatement", "id": f"u-{name[:4].lower()}",
        "status": "completed" if end else "active", "subject": {"reference": "Patient/p1"},
        "timingPeriod": {"start": start} | ({"end": end} if end else {}),
        "device": {"display": name}, **more,
    }  # fmt: skip


def code_status(when: str, code: str, words: str, **more: object) -> Resource:
    return {
        "resourceType": "Observation", "id": f"cs{when[8:13]}", "status": "final",
        "code": {"text": "Code status", "coding": [{"system": SNOMED, "code": "304251008"}]},
        "subject": {"reference": "Patient/p1"}, "effectiveDateTime": when,
        "valueCodeableConcept": {"text": words, "coding": [{"system": SNOMED, "code": code}]},
        **more,
    }  # fmt: skip


def oxygen(found: list[str]) -> str:
    """The one line on oxygen, or nothing."""
    return next((line for line in found if "xygen" in line), "")


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        pytest.param(
            [flow(DAY_BEFORE, 2), flow(EVENING, 6), flow(MORNING, 4), spo2(MORNING, 95)],
            "Oxygen flow 4 L/min, 2026-11-22 05:30; SpO2 95 % at 2026-11-22 05:30; "
            "highest oxygen flow 6 (2026-11-21 20:00)", id="now, with saturation and highest",
        ),
        pytest.param(
            [flow(DAY_BEFORE, 2), flow(EVENING, 3), flow(MORNING, 4)],
            "Oxygen flow 2 → 3 → 4 L/min, 2026-11-21 05:00 → 2026-11-22 05:30", id="rising need",
        ),
        pytest.param(
            [flow(DAY_BEFORE, 2), flow(EVENING, 0), flow(MORNING, 0)],
            "Off oxygen since 2026-11-21 20:00, oxygen flow 0; "
            "before that oxygen flow 2 L/min (2026-11-21 05:00)",
            id="off since the first zero",
        ),
        pytest.param([flow(EVENING, 0), flow(MORNING, 0)], "", id="never on oxygen"),
        pytest.param([spo2(MORNING, 97)], "", id="no flow recorded is not room air"),
    ],
)  # fmt: skip
def test_oxygen_is_told_as_recorded(
    chart_of: MakeChart, readings: list[Resource], said: str
) -> None:
    assert oxygen(lines(chart_of(*readings), VITALS)) == said


def test_weight_goes_from_the_one_before_with_the_one_before_the_stay(chart_of: MakeChart) -> None:
    chart = chart_of(
        encounter("2026-11-20T08:00:00+00:00"), weight("2026-06-01T08:00:00+00:00", 73.4),
        weight("2026-11-20T09:00:00+00:00", 70.1), weight(DAY_BEFORE, 70.4), weight(MORNING, 71.2),
    )  # fmt: skip
    assert lines(chart, FLUIDS)[0] == (
        "Weight 70.4 → 71.2 kg, 2026-11-21 05:00 → 2026-11-22 05:30, change +0.8; "
        "first of this stay 70.1 (2026-11-20 09:00); before this stay 73.4 (2026-06-01 08:00)"
    )


def test_a_shift_stands_by_its_end_and_no_total_is_added_up(chart_of: MakeChart) -> None:
    day = shift("Urine output, shift", DAY_BEFORE, "2026-11-21T18:00:00+00:00", 290)
    night = shift("Urine output, shift", "2026-11-21T18:00:00+00:00", MORNING, 320)
    assert lines(chart_of(day, night, spo2(MORNING, 97)), FLUIDS) == [
        "Shift to 2026-11-22 05:30: Urine output 320 mL",
        "Shift to 2026-11-21 18:00: Urine output 290 mL",
    ]


def test_devices_out_in_and_still_in_stand_apart(chart_of: MakeChart) -> None:
    chart = chart_of(
        spo2(MORNING, 97),
        use("Foley catheter", LAST_WEEK, NIGHT),
        use("Arterial line", EVENING, bodySite={"text": "Left radial artery"}),
        use("Central venous catheter", "2026-11-19T10:00:00+00:00", "2026-11-29T10:00:00+00:00"),
    )
    assert lines(chart, DEVICES) == [
        "Out 2026-11-22 02:00: Foley catheter (was in since 2026-11-14 05:00)",
        "In: Arterial line, Left radial artery, since 2026-11-21 20:00, day 2",
        "Still in: Central venous catheter, since 2026-11-19 10:00, day 4",
    ]


FULL, DNR = "304252001", "304253006"


def test_a_changed_code_status_tells_what_was_before_and_the_records_note(
    chart_of: MakeChart,
) -> None:
    note = [{"text": "Intubation for a reversible cause is acceptable."}]
    chart = chart_of(
        code_status(LAST_WEEK, FULL, "Full code"),
        code_status(NIGHT, DNR, "Do not resuscitate", note=note),
        spo2(MORNING, 97),
    )
    (line,) = lines(chart, CODE_STATUS)
    assert line == (
        "Code status changed: DNR, Do not resuscitate (observation) since 2026-11-22 02:00; "
        "note on the code status: “Intubation for a reversible cause is acceptable.”; "
        "before: Full code (observation) since 2026-11-14 05:00"
    )


def test_no_code_status_is_not_full_code(chart_of: MakeChart) -> None:
    part = section(brief(chart_of(spo2(MORNING, 97)), 24), CODE_STATUS)
    assert (part.lines, part.empty) == ((), "not in this chart")


def test_statements_that_contradict_are_shown_as_such_and_first(chart_of: MakeChart) -> None:
    flag = {"resourceType": "Flag", "id": "f1", "status": "active",
            "subject": {"reference": "Patient/p1"}, "period": {"start": NIGHT},
            "code": {"text": "Do not resuscitate"}}  # fmt: skip
    chart = chart_of(code_status(LAST_WEEK, FULL, "Full code"), flag, spo2(MORNING, 97))
    briefing = brief(chart, 24)
    said = texts(section(briefing, CODE_STATUS).lines)[0]
    assert said.startswith("The statements of the code status differ, ask: ")
    assert "Do not resuscitate (flag)" in said
    assert "Full code (observation)" in said
    assert briefing.summary[1].text == said


def test_the_first_line_says_why_the_patient_is_here(chart_of: MakeChart) -> None:
    stay = {**encounter(DAY_BEFORE), "reasonCode": [{"text": "Sepsis due to pneumonia"}]}
    chart = chart_of(stay, spo2(MORNING, 97))
    assert brief(chart, 24).summary[0].text == (
        "76-year-old female, day 2 in hospital since 2026-11-21 05:00 (Sepsis due to pneumonia)"
    )


@pytest.mark.parametrize(
    ("value", "unit", "is_fever"),
    [(38.0, "Cel", False), (38.1, "Cel", True), (100.4, "[degF]", False), (101.0, "[degF]", True),
     (39.5, "K", False)],
)  # fmt: skip
def test_a_fever_is_called_one(
    chart_of: MakeChart, value: float, unit: str, is_fever: bool
) -> None:
    cool = 36.9 if unit == "Cel" else 98.4
    taken = [
        observation("8310-5", "Body temperature", when, degrees, unit, category="vital-signs")
        for when, degrees in ((NIGHT, value), (MORNING, cool))
    ]
    told = [line for line in lines(chart_of(*taken), VITALS) if "emperature" in line]
    assert told
    assert all(line.startswith("Fever: ") for line in told) == is_fever
