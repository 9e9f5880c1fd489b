"""Conditions, allergies, procedures, vaccinations and encounters with all that they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts import allergies, encounters, immunizations, problems, procedures
from pipelines.charts.patients import as_of
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json
from tests.charts.small_store import READER
from tests.charts.subject_files import (
    DOCTOR,
    SNOMED,
    VISIT,
    coded,
    loaded,
    made,
    of_patient,
    refusal,
    says,
    two_codings,
)

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def condition(**more: object) -> Json:
    return made("Condition", **({"code": coded("1", "Gout")} | more))


def allergy(**more: object) -> Json:
    return of_patient("AllergyIntolerance", **({"code": coded("1", "Penicillin")} | more))


def procedure(**more: object) -> Json:
    return made("Procedure", **({"status": "completed", "code": coded("1", "Biopsy")} | more))


def vaccine(**more: object) -> Json:
    return of_patient("Immunization", **({"status": "completed", "vaccineCode": coded("1", "Flu"),
                                          "occurrenceDateTime": "2024-03-01"} | more))  # fmt: skip


def visit(**more: object) -> Json:
    return made("Encounter", **({"status": "finished", "class": {"code": "IMP"},
                                 "period": {"start": "2024-03-01"}} | more))  # fmt: skip


REACTION = {"substance": coded("2", "Amoxicillin"), "manifestation": [two_codings(),
            {"text": "Wheeze"}], "severity": "severe", "onset": "2019", "exposureRoute":
            {"text": "oral"}, "description": "After the second tablet.",
            "note": [{"text": "ED visit."}]}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "table", "wanted"),
    [
        pytest.param(condition(category=[coded("encounter-diagnosis"), coded("problem-list-item")],
                               severity=coded("24484000", "Severe"), bodySite=[coded("1", "Toe")],
                               stage=[{"summary": {"text": "IIA"}, "type": {"text": "clinical"}}],
                               evidence=[{"code": [{"text": "pain"}],
                                          "detail": [{"reference": "Observation/1"}]}],
                               note=[{"text": "stable"}]),
                     "condition",
                     {"category": "encounter-diagnosis",
                      "categories": ["encounter-diagnosis", "problem-list-item"],
                      "severity": "Severe", "stages": ["IIA (clinical)"], "body_sites": ["Toe"],
                      "evidence": ["pain"], "evidence_references": ["Observation/1"],
                      "note": "stable"}, id="condition in full"),
        pytest.param(condition(onsetAge={"value": 36, "unit": "months", "code": "mo"},
                               abatementString="in spring"),
                     "condition",
                     {"onset": "36 months", "onset_age_years": 3.0, "onset_written": None,
                      "abatement": "in spring", "abatement_written": None},
                     id="an age makes no date"),
        pytest.param(condition(onsetPeriod={"start": "2019", "end": "2020"},
                               abatementPeriod={"start": "2021", "end": "2022"}),
                     "condition",
                     {"onset_written": "2019", "onset_end_written": "2020",
                      "abatement_written": "2022", "onset": None}, id="spans"),
        pytest.param(condition(onsetRange={"low": {"value": 5, "unit": "a"}, "high": {"value": 6}}),
                     "condition", {"onset": "5 to 6 a"}, id="between two ages"),
        pytest.param(condition(clinicalStatus={"coding": [
            {"system": "urn:site", "code": "ACT"}, {"system": CLINICAL, "code": "active"}]}),
                     "condition", {"clinical_status": "active"}, id="a site's own status first"),
        pytest.param(condition(_onsetDateTime={"extension": [{"url": "x"}]}), "condition",
                     {"onset_written": None}, id="an onset that is an extension alone"),
        pytest.param(allergy(type="allergy", category=["medication", "food"], criticality="high",
                             onsetAge={"value": 4, "unit": "a", "code": "a"},
                             lastOccurrence="2023-05", encounter=VISIT,
                             note=[{"text": "Avoid."}], reaction=[REACTION]),
                     "allergy",
                     {"type": "allergy", "categories": ["medication", "food"], "onset": "4 a",
                      "last_occurred_written": "2023-05", "encounter": "Encounter/e1",
                      "note": "Avoid.", "reactions": ["Blood specimen", "Wheeze"],
                      "severity": "severe"}, id="allergy in full"),
        pytest.param(allergy(reaction=[REACTION]), "allergy_reaction",
                     {"number": 1, "substance": "Amoxicillin", "severity": "severe",
                      "manifestations": ["Blood specimen", "Wheeze"],
                      "manifestation_keys": [f"{SNOMED}|119297000", "text|wheeze"],
                      "onset_written": "2019", "route": "oral", "note": "ED visit.",
                      "description": "After the second tablet.",
                      "path": "reaction[0].manifestation[0].coding[0].display"}, id="reaction"),
        pytest.param(procedure(category=coded("387713003", "Surgical"), outcome={"text": "good"},
                               bodySite=[coded("1", "Liver")], complication=[{"text": "bleeding"}],
                               followUp=[{"text": "in a week"}], report=[{"reference":
                               "DiagnosticReport/1"}], reasonCode=[{"text": "mass"}],
                               statusReason={"text": "x"}, location={"reference": "Location/ward"},
                               focalDevice=[{"action": {"text": "implanted"}, "manipulated":
                               {"display": "Stent"}}], usedCode=[{"text": "Needle"}],
                               note=[{"text": "No events."}]),
                     "procedure",
                     {"category": "Surgical", "outcome": "good", "body_sites": ["Liver"],
                      "complications": ["bleeding"], "follow_ups": ["in a week"],
                      "reports": ["DiagnosticReport/1"], "reason": "mass", "status_reason": "x",
                      "location": "Ward 3", "devices": ["Stent (implanted)", "Needle"],
                      "note": "No events."}, id="procedure in full"),
        pytest.param(procedure(performedAge={"value": 7, "unit": "a", "code": "a"}), "procedure",
                     {"performed": "7 a", "performed_written": None}, id="at an age"),
        pytest.param(vaccine(lotNumber="L1", expirationDate="2025-01-01", site=coded("1", "Arm"),
                             route=coded("2", "IM"), doseQuantity={"value": 0.5, "unit": "mL"},
                             primarySource=False, reportOrigin={"text": "card"}, encounter=VISIT,
                             manufacturer={"display": "Maker"}, recorded="2024-03-02",
                             protocolApplied=[{"series": "basic", "doseNumberPositiveInt": 2,
                                               "seriesDosesString": "three",
                                               "targetDisease": [{"text": "Influenza"}]}],
                             reaction=[{"date": "2024-03-03", "detail": {"display": "Fever"}}],
                             note=[{"text": "ok"}]),
                     "immunization",
                     {"lot_number": "L1", "expires_written": "2025-01-01", "site": "Arm",
                      "route": "IM", "dose_value": 0.5, "dose_unit": "mL", "dose_number": "2",
                      "series": "basic", "series_doses": "three",
                      "target_diseases": ["Influenza"], "is_primary_source": False,
                      "report_origin": "card", "manufacturer": "Maker",
                      "encounter": "Encounter/e1", "recorded_written": "2024-03-02",
                      "reactions": ["Fever 2024-03-03"], "note": "ok"}, id="vaccine in full"),
        pytest.param(vaccine(status="not-done", statusReason={"text": "refused"},
                             occurrenceDateTime=None, occurrenceString="last winter"),
                     "immunization",
                     {"status_reason": "refused", "occurred": "last winter",
                      "occurred_written": None}, id="not given, in words"),
        pytest.param(visit(type=[coded("1", "Admission"), coded("2", "Surgery")],
                           serviceType=coded("3", "Urology"), length={"value": 3, "unit": "d"},
                           reasonCode=[coded("4", "Stone")],
                           reasonReference=[{"reference": "Condition/c"}],
                           serviceProvider={"reference": "Organization/lab"},
                           episodeOfCare=[{"reference": "EpisodeOfCare/1"}],
                           hospitalization={"origin": {"reference": "Location/ward"},
                                            "destination": {"display": "Home"},
                                            "reAdmission": coded("R"),
                                            "dietPreference": [{"text": "vegan"}],
                                            "specialArrangement": [{"text": "wheelchair"}]}),
                     "encounter",
                     {"types": ["Admission", "Surgery"],
                      "type_keys": [f"{SNOMED}|1", f"{SNOMED}|2"], "service_type": "Urology",
                      "length_value": 3.0, "length_unit": "d", "reason_keys": [f"{SNOMED}|4"],
                      "reason_references": ["Condition/c"], "service_provider": "Main Laboratory",
                      "episodes": ["EpisodeOfCare/1"], "origin": "Ward 3", "destination": "Home",
                      "re_admission": "R", "diets": ["vegan"], "arrangements": ["wheelchair"]},
                     id="encounter in full"),
    ],
)  # fmt: skip
def test_a_row_says(
    store: ChartStore, tmp_path: Path, given: Json, table: str, wanted: dict[str, Any]
) -> None:
    says(store, tmp_path, [given], (table, [wanted]))


def test_an_encounter_keeps_the_statuses_and_classes_that_it_had(
    store: ChartStore, tmp_path: Path
) -> None:
    given = visit(
        statusHistory=[{"status": "arrived", "period": {"start": "2024-03-01T08:00:00Z"}}],
        classHistory=[{"class": {"code": "EMER", "display": "emergency"},
                       "period": {"start": "2024-03-01", "end": "2024-03-02"}}],
    )  # fmt: skip
    says(store, tmp_path, [given], ("encounter_history", [
        {"number": 1, "kind": "status", "code": "arrived",
         "start_written": "2024-03-01T08:00:00Z", "path": "statusHistory[0].status"},
        {"number": 2, "kind": "class", "code": "EMER", "display": "emergency",
         "end_written": "2024-03-02", "path": "classHistory[0].class.code"},
    ]))  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        pytest.param(condition(recorder=DOCTOR, asserter={"display": "Self"}),
                     {"recorder": "Dr. Jane Roe", "asserter": "Self"}, id="condition"),
        pytest.param(allergy(recorder=DOCTOR), {"recorder": "Dr. Jane Roe"}, id="allergy"),
        pytest.param(procedure(performer=[{"function": {"text": "Surgeon"}, "actor": DOCTOR,
                                           "onBehalfOf": {"reference": "Organization/lab"}}]),
                     {"performer": "Dr. Jane Roe"}, id="procedure"),
        pytest.param(vaccine(performer=[{"actor": {"reference": "PractitionerRole/role1"}}]),
                     {"performer": "Dr. Jane Roe"}, id="a role is named after its holder"),
    ],
)  # fmt: skip
def test_who_took_part_is_named(
    store: ChartStore, tmp_path: Path, given: Json, kinds: dict[str, str]
) -> None:
    loaded(store, tmp_path, given)
    key = f"{given['resourceType']}/x"
    found = dict(store.rows(
        "select kind, name from participation where resource = $key", {"key": key}
    ))  # fmt: skip
    assert found == kinds


def test_the_reads_tell_it_all(store: ChartStore, tmp_path: Path) -> None:
    loaded(
        store, tmp_path,
        condition(onsetAge={"value": 3, "unit": "a"}, recorder=DOCTOR, note=[{"text": "n"}],
                  recordedDate="2024-03-01"),
        allergy(reaction=[REACTION], asserter=DOCTOR, lastOccurrence="2023-05"),
        procedure(performer=[{"actor": DOCTOR}, {"actor": {"display": "Nurse"}}],
                  performedDateTime="2024-03-01", outcome={"text": "good"}),
        vaccine(lotNumber="L1", performer=[{"actor": DOCTOR}], encounter=VISIT),
        visit(type=[coded("1", "Admission")], hospitalization={"destination": {"display": "Home"}},
              statusHistory=[{"status": "planned", "period": {"start": "2024-02-01"}}]),
    )  # fmt: skip
    now = as_of(store, "p1")
    assert now is not None
    chart = Chart(READER, "p1", "test", now, store)
    (problem,) = problems.conditions(chart)
    assert (problem.onset_text, problem.recorder, problem.note) == ("3 a", "Dr. Jane Roe", "n")
    (listed,) = allergies.allergy_list(chart).allergies
    assert listed.last_occurred is not None
    assert (listed.asserter, listed.events[0].route) == ("Dr. Jane Roe", "oral")
    (done,) = procedures.procedures(chart)
    assert (done.performers, done.outcome) == (("Dr. Jane Roe", "Nurse"), "good")
    (given,) = immunizations.immunizations(chart)
    assert (given.lot_number, given.performers) == ("L1", ("Dr. Jane Roe",))
    assert given.fact.encounter == "Encounter/e1"
    stay = next(one for one in encounters.encounters(chart) if one.fact.resource == "Encounter/x")
    assert (stay.types, stay.destination) == (("Admission",), "Home")
    assert [(one.kind, one.code) for one in stay.history] == [("status", "planned")]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param(condition(clinicalStatus=coded("odd")), "clinicalStatus", id="clinical"),
        pytest.param(condition(verificationStatus=coded("odd")), "verificationStatus",
                     id="verification"),
        pytest.param(condition(onsetDateTime="2024-02-31"), "onsetDateTime", id="no such day"),
        pytest.param(condition(onsetPeriod={"start": "2021", "end": "2020"}), "onsetPeriod",
                     id="ends before it starts"),
        pytest.param(condition(onsetAge={"value": "3"}), "onsetAge", id="age as text"),
        pytest.param(allergy(criticality="severe"), "criticality", id="criticality"),
        pytest.param(allergy(type="hate"), "type", id="allergy type"),
        pytest.param(allergy(category=["drug"]), "category", id="allergy category"),
        pytest.param(allergy(reaction=[{"manifestation": [], "severity": "bad"}]),
                     "reaction.severity", id="severity"),
        pytest.param(allergy(reaction=[{"manifestation": [], "onset": "once"}]),
                     "reaction.onset", id="onset of a reaction"),
        pytest.param(allergy(lastOccurrence="once"), "lastOccurrence", id="last occurrence"),
        pytest.param(procedure(status="done"), "status", id="procedure status"),
        pytest.param(vaccine(status="given"), "status", id="vaccine status"),
        pytest.param(vaccine(expirationDate="soon"), "expirationDate", id="expiry"),
        pytest.param(vaccine(doseQuantity={"value": "0.5"}), "doseQuantity.value", id="dose"),
        pytest.param(vaccine(primarySource="no"), "primarySource", id="source"),
        pytest.param(visit(status="over"), "status", id="encounter status"),
        pytest.param(visit(statusHistory=[{"status": "here"}]), "statusHistory.status",
                     id="earlier status"),
        pytest.param(visit(statusHistory=[{"status": "arrived", "period": {
            "start": "2024-03-02", "end": "2024-03-01"}}]), "statusHistory.period",
                     id="earlier status that ends before it starts"),
        pytest.param(visit(length={"value": "3"}), "length.value", id="length"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_by_element(
    store: ChartStore, tmp_path: Path, given: Json, named: str
) -> None:
    reason = refusal(store, tmp_path, given)
    assert reason is not None
    assert named in reason
