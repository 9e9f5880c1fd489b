"""The kinds around the care hold together: bills, screening, devices, directives, shifts, places.

Each test takes every story that has the kind, and a story without it passes; the last two say what
a story must have.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from tests.sample_data.sample_bundles import (
    SAMPLES,
    Json,
    by_reference,
    moment,
    resources,
    stories,
    written_notes,
)

each_story = pytest.mark.parametrize("name", stories())
SCREENING = tomllib.loads((SAMPLES / "catalogue" / "screening.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def facts(name: str) -> dict[str, list[Any]]:
    """The list tables of a story, all its TOML files together."""
    found: dict[str, list[Any]] = defaultdict(list)
    for path in sorted((SAMPLES / name).glob("*.toml")):
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(value, list):
                found[key] += value
    return found


def code(concept: Json) -> str:
    """The first code of a concept."""
    found: str = concept["coding"][0]["code"]
    return found


@each_story
def test_a_claim_points_at_its_own_diagnoses_and_adds_up(name: str) -> None:
    for bill in resources(name, "Claim"):
        sequences = [one["sequence"] for one in bill["diagnosis"]]
        assert sequences == list(range(1, len(sequences) + 1))
        roles = [code(kind) for one in bill["diagnosis"] for kind in one.get("type", [])]
        assert roles.count("principal") == 1, bill["id"]
        pointed = {number for one in bill["item"] for number in one["diagnosisSequence"]}
        assert pointed <= set(sequences), bill["id"]
        total = round(sum(one["net"]["value"] for one in bill["item"]), 2)
        assert total == bill["total"]["value"], bill["id"]


@each_story
def test_only_a_hospital_says_what_was_present_on_admission(name: str) -> None:
    for bill in resources(name, "Claim"):
        stated = [one for one in bill["diagnosis"] if "onAdmission" in one]
        assert bool(stated) == (code(bill["type"]) == "institutional"), bill["id"]


@each_story
def test_bills_use_icd_revenue_and_hcpcs_codes_that_look_right(name: str) -> None:
    for bill in resources(name, "Claim"):
        for one in bill["diagnosis"]:
            assert re.fullmatch(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
                                code(one["diagnosisCodeableConcept"]))  # fmt: skip
        for one in bill["item"]:
            if "revenue" in one:
                assert re.fullmatch(r"0\d{3}", code(one["revenue"]))
            if "coding" in one["productOrService"]:  # CPT (five digits) is licensed
                assert re.fullmatch(r"[A-V]\d{4}", code(one["productOrService"]))


@each_story
def test_codes_that_the_notes_do_not_support_are_named_where_the_bill_is_written(name: str) -> None:
    if not facts(name)["claim"]:
        return
    path = SAMPLES / name / "claims.toml"
    remarks = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines()
                        if line.startswith("#"))  # fmt: skip
    billed = {row[0] for bill in facts(name)["claim"] for row in bill["diagnoses"]}
    named = {found for found in billed if found in remarks}
    assert 2 <= len(named) < len(billed)


@each_story
def test_an_explanation_of_benefit_answers_a_claim_and_pays_no_more(name: str) -> None:
    known = by_reference(name)
    for answer in resources(name, "ExplanationOfBenefit"):
        claim = known[answer["claim"]["reference"]]
        assert answer["payment"]["amount"]["value"] <= claim["total"]["value"]
        assert moment(answer["created"]) > moment(claim["created"])


@each_story
def test_bills_are_written_before_the_chart_ends(name: str) -> None:
    last = max(moment(entry["effectiveDateTime"]) for entry in resources(name, "Observation")
               if "T" in entry.get("effectiveDateTime", ""))  # fmt: skip
    ends = [moment(visit["period"]["end"]) for visit in resources(name, "Encounter")
            if "end" in visit["period"]]  # fmt: skip
    notes = [moment(note.get("date") or note["issued"]) for note in written_notes(name)]
    for bill in resources(name, "Claim", "ExplanationOfBenefit"):
        assert moment(bill["created"]) <= max(last, *ends, *notes), bill["id"]


@each_story
def test_screening_answers_are_of_their_questions(name: str) -> None:
    lists = {
        question["loinc"]: {answer[0] for answer in question["answers"].values()}
        for kind in SCREENING.values()
        for question in kind["questions"].values()
    }
    for result in resources(name, "Observation"):
        categories = [code(one) for one in result["category"]]
        if "survey" in categories and "hasMember" not in result:
            assert code(result["valueCodeableConcept"]) in lists[code(result["code"])], result["id"]


@each_story
def test_hunger_risk_follows_from_its_two_questions(name: str) -> None:
    known = by_reference(name)
    for panel in resources(name, "Observation"):
        if code(panel["code"]) != "88121-9":
            continue
        said = {
            code(one["code"]): code(one["valueCodeableConcept"])
            for one in (known[member["reference"]] for member in panel["hasMember"])
        }
        risk = {"LA28397-0", "LA6729-3"} & {said["88122-7"], said["88123-5"]}
        assert said["88124-3"] == ("LA19952-3" if risk else "LA19983-8"), panel["id"]


@each_story
def test_a_form_and_its_observations_say_the_same(name: str) -> None:
    for form in resources(name, "QuestionnaireResponse"):
        written = {(item["linkId"].lstrip("/"), one["valueCoding"]["code"])
                   for item in form["item"] for one in item["answer"]}  # fmt: skip
        told = {
            (code(one["code"]), code(one["valueCodeableConcept"]))
            for one in resources(name, "Observation")
            if one.get("effectiveDateTime") == form["authored"]
            and "survey" in [code(kind) for kind in one["category"]]
            and "hasMember" not in one
        }
        assert not told or written <= told


@each_story
def test_devices_are_used_after_they_are_put_in_and_implants_have_a_udi(name: str) -> None:
    known = by_reference(name)
    for use in resources(name, "DeviceUseStatement"):
        start, end = use["timingPeriod"]["start"], use["timingPeriod"].get("end")
        assert (end is None) == (use["status"] == "active"), use["id"]
        assert end is None or moment(end) > moment(start), use["id"]
        assert known[use["device"]["reference"]]["resourceType"] == "Device"
    for device in resources(name, "Device"):
        for carrier in device.get("udiCarrier", []):
            # Nobody has GS1 company prefix 0000000: no real product can be meant.
            assert re.fullmatch(r"0000000\d{7}", carrier["deviceIdentifier"])


def sums(name: str, *rows: str) -> dict[str, float]:
    """What the shifts add up to, by the 24 hours (to 06:00) in which they end."""
    found: dict[str, float] = defaultdict(float)
    for result in resources(name, "Observation"):
        row = re.match(r"[a-z]+-shift-([a-z-]+)-\d{8}-\d{4}$", result["id"])
        if row and row[1] in rows:
            day = moment(result["effectivePeriod"]["end"]) + timedelta(hours=17, minutes=59)
            found[day.date().isoformat()] += result["valueQuantity"]["value"]
    return found


@each_story
@pytest.mark.parametrize(
    ("total", "rows"),
    [("urine-output", ("output-urine",)),
     ("fluid-intake", ("intake-iv", "intake-oral", "intake-blood", "intake-tube"))],
)  # fmt: skip
def test_shifts_add_up_to_the_totals_of_24_hours(
    name: str, total: str, rows: tuple[str, ...]
) -> None:
    added = sums(name, *rows)
    for result in resources(name, "Observation"):
        if f"-{total}-" in result["id"] and "-shift-" not in result["id"]:
            when = moment(result["effectiveDateTime"])
            if when.hour == 6 and when.date().isoformat() in added:
                value = result["valueQuantity"]["value"]
                assert added[when.date().isoformat()] == value, result["id"]


@each_story
def test_moves_follow_each_other_within_the_stay(name: str) -> None:
    for stay in resources(name, "Encounter"):
        moves = [one["period"] for one in stay.get("location", []) if "period" in one]
        for before, after in pairwise(moves):
            assert before["end"] == after["start"], stay["id"]
        if moves:
            assert moves[0]["start"] == stay["period"]["start"], stay["id"]
            assert moves[-1].get("end") == stay["period"].get("end"), stay["id"]


@each_story
def test_an_order_that_is_done_has_not_its_day_to_come(name: str) -> None:
    for order in resources(name, "ServiceRequest"):
        if "occurrenceDateTime" in order:
            assert order["status"] == "active", order["id"]


@each_story
def test_a_whole_story_has_every_kind(name: str) -> None:
    stay = any(visit["class"]["code"] == "IMP" for visit in resources(name, "Encounter"))
    at_least = {
        "Claim": 2, "ExplanationOfBenefit": 1, "Coverage": 1, "CareTeam": 1, "Goal": 1,
        "ServiceRequest": 3, "Appointment": 1, "Device": 2 if stay else 1, "DeviceUseStatement": 1,
        "Specimen": 1, "Location": 2 if stay else 0,
    }  # fmt: skip
    found = Counter(entry["resourceType"] for entry in resources(name))
    assert {kind: found[kind] for kind in at_least if found[kind] < at_least[kind]} == {}
    assert facts(name)["code_status"]
    assert {entry["instrument"] for entry in facts(name)["screening"]} == {"prapare", "hunger"}
    assert bool(facts(name)["intake_output"]) or not stay
    forms = {entry["form"] for entry in facts(name)["claim"]}
    assert "professional" in forms
    assert ("institutional" in forms) == stay


@each_story
def test_a_whole_story_has_notes_of_many_hands_and_kinds(name: str) -> None:
    notes = written_notes(name)
    authors = {(note.get("author") or note["performer"])[0]["display"] for note in notes}
    titles = {(note.get("type") or note["code"])["text"] for note in notes}
    assert len(notes) >= 14
    assert len(authors) >= 5
    assert len(titles) >= 9
