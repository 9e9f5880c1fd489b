"""The stories hold together: flags, doses, stays, notes agree, but where one is meant to lie."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.sample_data.sample_bundles import (
    Json,
    by_reference,
    happened,
    leaves,
    moment,
    note_text,
    resources,
    stories,
    written_notes,
)

each_story = pytest.mark.parametrize("name", stories())

# How notes write an analyte, and the word by which its results are known in ids.
WRITTEN = {
    "potassium": r"\bK", "creatinine": r"\bCr", "hemoglobin": r"\bHgb", "sodium": r"\bNa",
    "inr": r"\bINR", "lactate": r"\b[Ll]actate", "wbc": r"\bWBC", "platelets": r"\b[Pp]lt",
    "bun": r"\bBUN", "co2": r"\bCO2", "procalcitonin": r"\bPCT", "hba1c": r"\bA1c",
    "magnesium": r"\bMg", "anc": r"\bANC", "bhb": r"\bBHB", "anion-gap": r"\bAG",
    "uacr": r"\bUACR", "crp": r"\bCRP", "weight": r"\b(?:[Ww]t|[Ww]eight)",
}  # fmt: skip
# What notes say that the record does not: planted, or a number that is no result.
MEANT = {
    ("dka", "wbc", "21"): "rounded in the plan",
    ("dka", "hba1c", "6.8"): "the mother's",
    ("dka", "magnesium", "0.8"): "the first report, corrected to 1.8",
    ("gi_bleed", "inr", "4.7"): "the dictation error; the result is 7.8",
    ("gi_bleed", "inr", "5"): "next INR in 5 weeks",
    ("gi_bleed", "inr", "10"): "the INR due at 10:30",
    ("gi_bleed", "potassium", "10"): "vitamin K 10 mg",
    ("heart_failure", "magnesium", "4"): "magnesium 4 g, a dose",
    ("heart_failure", "sodium", "1.5"): "2 g Na diet, 1.5 L fluid",
}


def quantities(resource: Json) -> list[Json]:
    """The element itself and its components."""
    return [part for part in (resource, *resource.get("component", [])) if "valueQuantity" in part]


def expected_flags(part: Json) -> set[str]:
    """The flags that the reference range allows for this value."""
    limits = part["referenceRange"][0]
    value, comparator = part["valueQuantity"]["value"], part["valueQuantity"].get("comparator")
    low, high = (limits.get(name, {}).get("value") for name in ("low", "high"))
    if low is not None and (value < low or (value == low and comparator == "<")):
        return {"L", "LL"}
    if high is not None and (value > high or (value == high and comparator == ">")):
        return {"H", "HH"}
    return {"N"}


@each_story
def test_interpretation_agrees_with_the_reference_range(name: str) -> None:
    for result in resources(name, "Observation"):
        if "interpretation" in result and "valueQuantity" in result:
            flag = result["interpretation"][0]["coding"][0]["code"]
            assert flag in expected_flags(result), result["id"]


@each_story
def test_quantities_carry_ucum(name: str) -> None:
    for result in resources(name, "Observation"):
        for part in quantities(result):
            assert part["valueQuantity"]["system"] == "http://unitsofmeasure.org", result["id"]
            assert part["valueQuantity"]["code"], result["id"]


@each_story
def test_blood_pressure_has_two_parts_in_order(name: str) -> None:
    for result in resources(name, "Observation"):
        if result["code"]["coding"][0]["code"] == "85354-9":
            high, low = (part["valueQuantity"]["value"] for part in result["component"])
            assert high > low, result["id"]


def bounds(request: Json) -> tuple[datetime | None, datetime | None]:
    """Start and end of an order, where they are clock times."""
    period = request["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"]
    times = (period.get("start", ""), period.get("end", ""))
    start, end = (moment(text) if "T" in text else None for text in times)
    return start, end


@each_story
def test_doses_given_lie_within_their_order(name: str) -> None:
    known = by_reference(name)
    for dose in resources(name, "MedicationAdministration"):
        if dose["status"] != "completed":
            continue
        start, end = bounds(known[dose["request"]["reference"]])
        for when in happened(dose):
            assert start is None or when >= start, dose["id"]
            assert end is None or when <= end, dose["id"]


@each_story
def test_no_dose_is_both_given_and_held(name: str) -> None:
    doses = resources(name, "MedicationAdministration")
    given = {dose["id"].replace("-given-", "-") for dose in doses if dose["status"] == "completed"}
    held = {dose["id"].replace("-held-", "-") for dose in doses if dose["status"] == "not-done"}
    assert not given & held
    assert all("statusReason" in dose for dose in doses if dose["status"] == "not-done")


@each_story
def test_a_stopped_order_says_when_and_why(name: str) -> None:
    for request in resources(name, "MedicationRequest"):
        if request["status"] in ("stopped", "on-hold", "cancelled"):
            assert "statusReason" in request, request["id"]
        if request["status"] in ("stopped", "completed"):
            assert bounds(request)[1] or "end" in str(request["dispenseRequest"]), request["id"]


@each_story
def test_stays_end_after_they_begin_and_hold_their_parts(name: str) -> None:
    known = by_reference(name)
    for visit in resources(name, "Encounter"):
        start, end = visit["period"]["start"], visit["period"].get("end")
        assert end is None or moment(end) > moment(start)
        assert (end is None) == (visit["status"] == "in-progress")
        if "partOf" in visit:
            whole = known[visit["partOf"]["reference"]]["period"]
            assert moment(whole["start"]) <= moment(start)
            assert moment(end) <= moment(whole["end"])


@each_story
def test_nothing_happens_outside_its_encounter(name: str) -> None:
    known = by_reference(name)
    for resource in resources(name, "Observation", "MedicationAdministration", "Procedure"):
        reference = resource.get("encounter") or resource.get("context")
        if reference is None:
            continue
        period = known[reference["reference"]]["period"]
        for name_of_time in ("effectiveDateTime", "performedDateTime"):
            text = resource.get(name_of_time, "")
            if "T" in text:
                assert moment(text) >= moment(period["start"]), resource["id"]
                assert "end" not in period or moment(text) <= moment(period["end"]), resource["id"]


@each_story
def test_nothing_happens_after_the_last_note_or_discharge(name: str) -> None:
    ends = [moment(note.get("date") or note["issued"]) for note in written_notes(name)]
    visits = resources(name, "Encounter")
    ends += [moment(visit["period"]["end"]) for visit in visits if "end" in visit["period"]]
    as_of = max(ends)
    types = ("Observation", "MedicationAdministration", "Procedure", "Condition",
             "AllergyIntolerance", "MedicationRequest")  # fmt: skip
    late = [entry["id"] for entry in resources(name, *types) for when in happened(entry)
            if when > as_of]  # fmt: skip
    assert late == []


@each_story
def test_clock_times_carry_the_zone_of_the_story(name: str) -> None:
    times = [value for entry in resources(name) for _, value in leaves(entry)
             if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)]  # fmt: skip
    assert len({time[-6:] for time in times}) == 1


@each_story
def test_each_story_has_notes_by_several_authors_and_of_several_kinds(name: str) -> None:
    notes = written_notes(name)
    authors = {(note.get("author") or note.get("performer"))[0]["display"] for note in notes}
    kinds = {(note.get("type") or note["code"])["coding"][0]["code"] for note in notes}
    assert len(notes) >= 8
    assert len(authors) >= 3
    assert len(kinds) >= 3


@each_story
def test_numbers_in_notes_are_numbers_of_the_record(name: str) -> None:
    values: dict[str, set[float]] = {}
    for result in resources(name, "Observation"):
        found = re.match(r"[a-z]+-(.+?)-\d{8}", result["id"])
        if found and "valueQuantity" in result:
            values.setdefault(found[1], set()).add(float(result["valueQuantity"]["value"]))
    wrong = [
        (note["id"], analyte, written)
        for note in written_notes(name)
        for analyte, pattern in WRITTEN.items()
        for written in quoted(pattern, note_text(note))
        if float(written) not in values.get(analyte, set())
        and (name, analyte, written) not in MEANT
    ]
    assert wrong == []


def quoted(pattern: str, text: str) -> list[str]:
    """The numbers that follow an analyte's name: `K 5.2`, `Cr 1.3 -> 1.6`."""
    series = rf"{pattern}(?: of| at| peak)? ?(\d+(?:\.\d+)?)((?: ?-> ?\d+(?:\.\d+)?)*)"
    found = re.findall(series, text.replace(",", ""))
    return [number for first, rest in found for number in (first, *re.findall(r"[\d.]+", rest))]
