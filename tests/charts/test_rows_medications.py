"""Medication resources in full: every instruction, supply, who, why not, what not to give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts import medications
from pipelines.charts.patients import as_of
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json
from tests.charts.small_store import READER
from tests.charts.subject_files import (
    DOCTOR,
    SNOMED,
    coded,
    loaded,
    made,
    refusal,
    says,
    table_rows,
    two_codings,
)

DRUG = {"medicationCodeableConcept": coded("1191", "Aspirin")}
TWICE = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d", "timeOfDay": ["08:00:00"],
                    "dayOfWeek": ["mon"], "when": ["PC"], "offset": 30,
                    "boundsPeriod": {"start": "2024-03-01", "end": "2024-03-10"}}}  # fmt: skip


def request(**more: object) -> Json:
    return made("MedicationRequest", **({"status": "active", "intent": "order"} | DRUG | more))


def instructed(*dosages: Json) -> Json:
    return request(dosageInstruction=list(dosages))


def dose(**more: object) -> Json:
    return {"doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg"}, **more}]}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(instructed({"timing": TWICE, **dose()}),
                     [{"number": 1, "text": "5 mg 2 times every day", "frequency": 2, "period": 1.0,
                       "period_unit": "d", "times_of_day": ["08:00:00"], "days_of_week": ["mon"],
                       "day_parts": ["PC"], "offset_minutes": 30, "start_written": "2024-03-01",
                       "end_written": "2024-03-10", "dose_value": 5.0, "dose_unit": "mg",
                       "path": "dosageInstruction[0].doseAndRate[0].doseQuantity.value",
                       "quote": "5"}], id="how often, when and until when"),
        pytest.param(instructed({"text": "2 at once", "sequence": 1},
                                {"text": "then 1 daily", "sequence": 2, "route": coded("po")}),
                     [{"number": 1, "sequence": 1, "text": "2 at once"},
                      {"number": 2, "sequence": 2, "text": "then 1 daily", "route": "po",
                       "path": "dosageInstruction[1].text"}], id="every instruction"),
        pytest.param(instructed({"asNeededCodeableConcept": {"text": "pain"}, **dose()}),
                     [{"is_as_needed": True, "as_needed_for": "pain"}], id="as needed for"),
        pytest.param(instructed({"asNeededBoolean": False, **dose()}), [{"is_as_needed": False}],
                     id="not as needed"),
        pytest.param(instructed(dose(doseQuantity=None, doseRange={
            "low": {"value": 1, "unit": "tab"}, "high": {"value": 2}})),
                     [{"text": "1 to 2 tab", "dose_low": 1.0, "dose_high": 2.0,
                       "dose_unit": "tab", "dose_value": None}], id="one to two tablets"),
        pytest.param(instructed(dose(rateQuantity={"value": 125, "unit": "mL/h"})),
                     [{"rate": "125 mL/h", "rate_value": 125.0, "rate_unit": "mL/h"}],
                     id="rate as a quantity"),
        pytest.param(instructed(dose(rateRatio={
            "numerator": {"value": 500, "unit": "mL"}, "denominator": {"value": 1, "unit": "h"}})),
                     [{"rate": "500 mL per 1 h", "rate_value": 500.0, "rate_unit": "mL/h"}],
                     id="rate per one hour"),
        pytest.param(instructed(dose(rateRatio={
            "numerator": {"value": 500, "unit": "mL"}, "denominator": {"value": 4, "unit": "h"}})),
                     [{"rate": "500 mL per 4 h", "rate_value": None}],
                     id="a rate per four hours is not divided"),
        pytest.param(instructed({**dose(), "site": coded("1", "Left thigh"),
                                 "method": coded("2", "Swallow"),
                                 "additionalInstruction": [{"text": "with food"}],
                                 "patientInstruction": "Take it.",
                                 "maxDosePerPeriod": {"numerator": {"value": 4, "unit": "g"},
                                                      "denominator": {"value": 1, "unit": "d"}}}),
                     [{"site": "Left thigh", "method": "Swallow", "additional": ["with food"],
                       "patient_instruction": "Take it.", "max_dose": "4 g per 1 d"}],
                     id="where, how and how much at most"),
        pytest.param(instructed({"text": "x", "timing": {"repeat": {
            "boundsDuration": {"value": 7, "unit": "days"}}}}), [{"bounds": "7 days"}],
                     id="for seven days"),
        pytest.param(instructed({"text": "x", "timing": {"event": ["2024-03-01"],
                                                         "code": {"text": "BID"}}}),
                     [{"timing": "BID", "events": ["2024-03-01"]}], id="on dates"),
        pytest.param(made("MedicationAdministration", status="completed", **DRUG,
                          effectiveDateTime="2024-03-01T08:00:00Z",
                          dosage={"dose": {"value": 5, "unit": "mg"}, "site": coded("1", "Arm"),
                                  "rateQuantity": {"value": 2, "unit": "mL/h"}}),
                     [{"site": "Arm", "dose_value": 5.0, "rate": "2 mL/h",
                       "path": "dosage.dose.value"}], id="as given"),
        pytest.param(instructed({"text": "1 daily", "route": coded("po"), **dose()}), [],
                     id="a dose that the medication's own row tells"),
    ],
)  # fmt: skip
def test_a_dosage_instruction_says(
    store: ChartStore, tmp_path: Path, given: Json, wanted: list[dict[str, Any]]
) -> None:
    says(store, tmp_path, [_without_none(given)], ("dosage", wanted))


def _without_none(value: Any) -> Any:  # noqa: ANN401  # JSON of any kind
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, list) else value


SUPPLY = {"dispenseRequest": {
    "quantity": {"value": 30, "unit": "tab"}, "numberOfRepeatsAllowed": 0,
    "expectedSupplyDuration": {"value": 30, "unit": "d"},
    "validityPeriod": {"start": "2024-03-01", "end": "2024-09-01"}}}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(request(**SUPPLY), {
            "quantity": 30.0, "quantity_unit": "tab", "refills": 0, "days_supply": 30.0,
            "valid_start_written": "2024-03-01", "valid_end_written": "2024-09-01"}, id="supply"),
        pytest.param(request(category=[coded("inpatient")], priority="stat",
                             courseOfTherapyType={"text": "continuous"}, doNotPerform=True,
                             reportedBoolean=True, statusReason={"text": "rash"}),
                     {"categories": ["inpatient"], "priority": "stat", "course": "continuous",
                      "is_do_not_perform": True, "is_reported": True, "status_reason": "rash"},
                     id="what kind of order"),
        pytest.param(request(reasonCode=[two_codings()],
                             reasonReference=[{"reference": "Condition/c"}],
                             priorPrescription={"reference": "MedicationRequest/old"},
                             groupIdentifier={"value": "g1"}),
                     {"reason_keys": [f"{SNOMED}|119297000"],
                      "reason_references": ["Condition/c"],
                      "prior_prescription": "MedicationRequest/old", "group_identifier": "g1"},
                     id="why, and after which"),
        pytest.param(request(substitution={"allowedBoolean": False,
                                           "reason": {"text": "allergy to filler"}}),
                     {"substitution": "not allowed; allergy to filler"}, id="no substitution"),
        pytest.param(request(note=[{"text": "Check INR."}]), {"note": "Check INR."}, id="note"),
        pytest.param(made("MedicationDispense", status="completed", **DRUG,
                          quantity={"value": 10, "unit": "tab"}, daysSupply={"value": 5},
                          whenPrepared="2024-03-01", whenHandedOver="2024-03-02",
                          substitution={"wasSubstituted": True}),
                     {"quantity": 10.0, "days_supply": 5.0, "prepared_written": "2024-03-01",
                      "handed_over_written": "2024-03-02", "substitution": "substituted"},
                     id="dispensed"),
        pytest.param(made("MedicationStatement", status="active", **DRUG,
                          effectiveDateTime="2024-01-01", dateAsserted="2024-03-01"),
                     {"asserted_written": "2024-03-01"}, id="asserted later than taken"),
        pytest.param(request(authoredOn="2024-03-05", dosageInstruction=[{"timing": {"repeat": {
            "boundsPeriod": {"start": "2024-01-01"}}}}]),
                     {"authored_written": "2024-03-05"}, id="written later than begun"),
        pytest.param(request(
            medicationCodeableConcept=None, medicationReference={"reference": "#m"},
            contained=[{"resourceType": "Medication", "id": "m", "code": coded("1", "Mix"),
                        "form": coded("2", "Solution"), "batch": {"lotNumber": "L7"},
                        "ingredient": [{"itemCodeableConcept": {"text": "Heparin"}, "strength": {
                            "numerator": {"value": 25000, "unit": "U"},
                            "denominator": {"value": 250, "unit": "mL"}}}]}]),
                     {"drug_form": "Solution", "batch": "L7",
                      "ingredients": ["Heparin 25000 U/250 mL"]}, id="contained drug"),
    ],
)  # fmt: skip
def test_what_few_medications_say_stands_beside_the_row(
    store: ChartStore, tmp_path: Path, given: Json, wanted: dict[str, Any]
) -> None:
    says(store, tmp_path, [given], ("medication_detail", [wanted]))


@pytest.mark.parametrize(
    ("drug", "wanted"),
    [
        pytest.param({"medicationCodeableConcept": two_codings()},
                     ("Blood specimen", "medicationCodeableConcept.coding[0].display"),
                     id="concept"),
        pytest.param({"medicationReference": {"reference": "#m"},
                      "contained": [{"resourceType": "Device", "id": "d"},
                                    {"resourceType": "Medication", "id": "m",
                                     "code": two_codings()}]},
                     ("Blood specimen", "contained[1].code.coding[0].display"), id="contained"),
        pytest.param({"medicationReference": {"reference": "Medication/m"}},
                     ("Blood specimen", "medicationReference"), id="by reference"),
    ],
)  # fmt: skip
def test_a_drug_is_found_by_any_of_its_codings_however_it_is_told(
    store: ChartStore, tmp_path: Path, drug: Json, wanted: tuple[str, str]
) -> None:
    given = request(**({"medicationCodeableConcept": None} | drug))
    medication = {"resourceType": "Medication", "id": "m", "code": two_codings()}
    loaded(store, tmp_path, given, medication)
    found = store.rows(
        "select m.display, m.path from medication m join code c on c.code_key = m.code_key "
        "where c.code = 'BLD'", {},
    )  # fmt: skip
    assert found == [wanted]


def test_everyone_who_took_part_is_named(store: ChartStore, tmp_path: Path) -> None:
    given = request(requester=DOCTOR, performer={"display": "Pharmacy"},
                    recorder={"display": "Nurse Ray"},
                    reportedReference={"reference": "Patient/p1"})  # fmt: skip
    says(store, tmp_path, [given], ("participation", [
        {"number": 1, "kind": "requester", "name": "Dr. Jane Roe"},
        {"number": 2, "kind": "performer", "name": "Pharmacy"},
        {"number": 3, "kind": "recorder", "name": "Nurse Ray"},
        {"number": 4, "kind": "informant", "name": "Erika Muster", "reference": "Patient/p1"},
    ]))  # fmt: skip
    assert table_rows(store, "medication", "MedicationRequest/x")[0]["prescriber"] == "Dr. Jane Roe"


def test_an_order_not_to_give_stands_apart_from_what_is_given(
    store: ChartStore, tmp_path: Path
) -> None:
    loaded(store, tmp_path, request(authoredOn="2024-03-01", doNotPerform=True),
           instructed(dose()) | {"id": "y", "authoredOn": "2024-03-01"})  # fmt: skip
    now = as_of(store, "p1")
    assert now is not None
    chart = Chart(READER, "p1", "test", now, store)
    for listed in (medications.active(chart), medications.medications(chart)):
        assert [one.fact.resource for one in listed] == ["MedicationRequest/y"]
    (apart,) = medications.not_to_be_given(chart)
    assert apart.is_do_not_perform
    assert apart.fact.resource == "MedicationRequest/x"


def test_an_order_that_is_to_begin_later_is_not_active_yet(
    store: ChartStore, tmp_path: Path
) -> None:
    later = {"timing": {"repeat": {"boundsPeriod": {"start": "2024-04-01"}}}}
    loaded(store, tmp_path, instructed(later) | {"authoredOn": "2024-03-05"})
    now = as_of(store, "p1")
    assert now is not None
    chart = Chart(READER, "p1", "test", now, store)
    (entry,) = medications.medications(chart)
    begins = medications.planned_start(entry)
    assert begins is not None
    assert begins.written == "2024-04-01"
    assert medications.active(chart) == ()


def test_a_medication_is_read_with_its_instructions_and_details(
    store: ChartStore, tmp_path: Path
) -> None:
    loaded(store, tmp_path, request(authoredOn="2024-03-01", **SUPPLY, dosageInstruction=[
        {"text": "2 at once"}, {"text": "then 1 daily", "timing": TWICE}]))  # fmt: skip
    now = as_of(store, "p1")
    assert now is not None
    (entry,) = medications.medications(Chart(READER, "p1", "test", now, store))
    assert [one.text for one in entry.dosages] == ["2 at once", "then 1 daily"]
    assert entry.dosages[1].end is not None
    assert entry.detail is not None
    assert (entry.intent, entry.detail.refills, entry.detail.quantity) == ("order", 0, 30.0)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param(request(status="done"), "status", id="status"),
        pytest.param(request(intent="wish"), "intent", id="intent"),
        pytest.param(request(priority="now"), "priority", id="priority"),
        pytest.param(instructed({"timing": {"repeat": {"periodUnit": "days"}}}), "periodUnit",
                     id="unit of a period"),
        pytest.param(instructed({"timing": {"repeat": {"dayOfWeek": ["monday"]}}}), "dayOfWeek",
                     id="day of the week"),
        pytest.param(instructed({"timing": {"repeat": {"when": ["noon"]}}}), "when", id="when"),
        pytest.param(instructed({"timing": {"repeat": {"timeOfDay": ["8am"]}}}), "timeOfDay",
                     id="time of day"),
        pytest.param(instructed({"timing": {"repeat": {"frequency": "2"}}}), "frequency",
                     id="frequency as text"),
        pytest.param(instructed({"text": "x", "timing": {"event": ["soon"]}}), "event",
                     id="event"),
        pytest.param(instructed(dose(doseQuantity={"value": "5"})), "dose.value", id="dose"),
        pytest.param(instructed(dose(doseQuantity={"value": 1e30})), "dose.value",
                     id="a dose beyond all measure"),
        pytest.param(instructed(dose(doseQuantity={"value": 1, "comparator": "~"})),
                     "dose.comparator", id="comparator"),
        pytest.param(instructed({"asNeededBoolean": "yes"}), "asNeededBoolean", id="as needed"),
        pytest.param(request(dispenseRequest={"numberOfRepeatsAllowed": 1.5}),
                     "numberOfRepeatsAllowed", id="half a refill"),
        pytest.param(request(dispenseRequest={"validityPeriod": {"start": "2024-02-01",
                                                                 "end": "2024-01-01"}}),
                     "validityPeriod", id="ends before it starts"),
        pytest.param(request(doNotPerform="no"), "doNotPerform", id="do not perform"),
        pytest.param(made("MedicationDispense", status="completed", **DRUG,
                          whenPrepared="2024-99"), "whenPrepared", id="prepared"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_by_element(
    store: ChartStore, tmp_path: Path, given: Json, named: str
) -> None:
    reason = refusal(store, tmp_path, given)
    assert reason is not None
    assert named in reason
    for table in ("medication", "dosage", "medication_detail"):
        assert store.rows(f"select count(*) from {table}", {}) == [(0,)]  # noqa: S608  # own names
