"""What a first look must find in the samples: every kind of stay, state, status and trap."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.sample_data.sample_bundles import (
    Json,
    by_reference,
    note_text,
    resources,
    stories,
    written_notes,
)


def all_of(*types: str) -> list[Json]:
    """The resources of these types in all stories."""
    return [entry for name in stories() for entry in resources(name, *types)]


def test_allergies_stand_in_three_states() -> None:
    states = set()
    for name in stories():
        codes = [entry["code"].get("coding", [{}])[0].get("code")
                 for entry in resources(name, "AllergyIntolerance")]  # fmt: skip
        none_known = "716186003" in codes
        states.add("none known" if none_known else "known" if codes else "not recorded")
    assert states == {"known", "none known", "not recorded"}


def test_results_come_in_every_status_and_shape() -> None:
    results = all_of("Observation")
    statuses = Counter(entry["status"] for entry in results)
    for status in ("preliminary", "final", "amended", "corrected", "entered-in-error", "cancelled"):
        assert statuses[status] >= 1, status
    comparators = {entry["valueQuantity"]["comparator"] for entry in results
                   if "comparator" in entry.get("valueQuantity", {})}  # fmt: skip
    assert comparators == {"<", ">"}
    for shape in ("valueString", "valueCodeableConcept", "dataAbsentReason", "component"):
        assert any(shape in entry for entry in results), shape


def test_four_hospital_stays_have_daily_laboratory_and_hourly_vitals() -> None:
    full = 0
    for name in stories():
        results = resources(name, "Observation")
        rates = [entry for entry in results if "-hr-" in entry["id"]]
        creatinine_days = {entry["effectiveDateTime"][:10] for entry in results
                           if "-creatinine-" in entry["id"]}  # fmt: skip
        full += len(rates) >= 48 and len(creatinine_days) >= 4
    assert full >= 4


def test_some_patients_are_still_in_the_hospital_and_some_have_gone_home() -> None:
    statuses = Counter(entry["status"] for entry in all_of("Encounter"))
    assert statuses["in-progress"] >= 3
    summaries = [note for note in all_of("DocumentReference")
                 if note["type"]["coding"][0]["code"] == "18842-5"]  # fmt: skip
    assert len(summaries) >= 3


def test_an_intensive_care_stay_is_part_of_a_hospital_stay() -> None:
    assert sum("partOf" in entry for entry in all_of("Encounter")) >= 2


def test_medicines_are_held_stopped_and_changed() -> None:
    requests = all_of("MedicationRequest")
    statuses = Counter(entry["status"] for entry in requests)
    for status in ("active", "completed", "stopped", "on-hold", "cancelled"):
        assert statuses[status] >= 1, status
    assert sum("priorPrescription" in entry for entry in requests) >= 8
    doses = Counter(entry["status"] for entry in all_of("MedicationAdministration"))
    assert doses["completed"] >= 150
    assert doses["not-done"] >= 8


def test_one_note_carries_an_instruction_to_an_ai() -> None:
    texts = [note_text(note) for name in stories() for note in written_notes(name)]
    assert sum("ignore all previous instructions" in text for text in texts) == 1


@pytest.mark.parametrize("name", stories())
def test_each_story_has_another_unit_another_range_and_a_value_beyond_the_scale(name: str) -> None:
    units, ranges = defaultdict(set), defaultdict(set)
    comparators = set()
    for entry in resources(name, "Observation"):
        quantity = entry.get("valueQuantity")
        if quantity is None:
            continue
        what = entry["code"]["text"]
        units[what].add(quantity.get("code") or quantity.get("unit"))
        comparators.add(quantity.get("comparator"))
        for limits in entry.get("referenceRange", ()):
            ends = [limits.get(end, {}).get("value") for end in ("low", "high")]
            ranges[what].add(tuple(ends))
    assert any(len(found) > 1 for found in units.values())
    assert any(len(found) > 1 for found in ranges.values())
    assert comparators & {"<", ">"}


@pytest.mark.parametrize("name", stories())
def test_each_story_has_an_erroneous_an_amended_and_an_unfinished_result(name: str) -> None:
    statuses = {entry["status"] for entry in resources(name, "Observation", "DiagnosticReport")}
    assert {"entered-in-error", "preliminary"} <= statuses
    assert statuses & {"amended", "corrected"}


def test_one_note_names_a_second_person() -> None:
    texts = [note_text(note) for name in stories() for note in written_notes(name)]
    assert sum("SYN-0019984" in text for text in texts) == 1
    assert all(entry["identifier"][0]["value"] != "SYN-0019984" for entry in all_of("Patient"))


def test_one_laboratory_sends_ranges_without_flags() -> None:
    laboratory = [entry for entry in resources("gi_bleed", "Observation")
                  if "-hemoglobin-" in entry["id"]]  # fmt: skip
    assert all("referenceRange" in entry for entry in laboratory)
    assert not any("interpretation" in entry for entry in laboratory)


def test_orders_name_who_wrote_them() -> None:
    for name in stories():
        known = by_reference(name)
        for request in resources(name, "MedicationRequest"):
            assert known[request["requester"]["reference"]]["resourceType"] == "Practitioner"
