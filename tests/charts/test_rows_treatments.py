"""Odd forms of treatments and allergies: named by what there is, told as it was by the as-of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts import allergies, immunizations, medications
from pipelines.charts.sources import leaves
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json, bundle, lines, load, patient, write
from tests.charts.small_store import READER, at
from tests.charts.subject_files import DOCTOR, VISIT, loaded, made, of_patient, refusal, table_rows

ABSENT = {"extension": [{
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "valueCode": "unknown"}]}  # fmt: skip
RASH = {"manifestation": [{"text": "Rash"}], "severity": "mild", "onset": "2019"}
SHOCK = {"manifestation": [{"text": "Shock"}], "severity": "severe", "onset": "2024-06-01"}


def request(**more: object) -> Json:
    return made("MedicationRequest", status="active", intent="order",
                **({"medicationCodeableConcept": {"text": "Aspirin"}} | more))  # fmt: skip


def contained(drug: Json, **reference: str) -> Json:
    return request(
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m", **reference},
        contained=[{"resourceType": "Medication", "id": "m", **drug}],
    )


def ingredient(name: str) -> Json:
    return {"itemCodeableConcept": {"coding": [{"code": name[:3], "display": name}]}}


def allergy(**more: object) -> Json:
    return of_patient("AllergyIntolerance", **({"code": {"text": "Nuts"}} | more))


def vaccine(**more: object) -> Json:
    return of_patient("Immunization", status="completed", vaccineCode={"text": "Flu"}, **more)


def chart(store: ChartStore, as_of: str) -> Chart:
    return Chart(READER, "p1", "test", at(as_of), store)


MIXTURE = {"ingredient": [ingredient("Heparin"), ingredient("Saline")]}


@pytest.mark.parametrize(
    ("given", "name", "path"),
    [
        pytest.param(contained({"code": {"text": "Mix"}}), "Mix", "contained[0].code.text",
                     id="contained, with a code"),
        pytest.param(contained(MIXTURE), "Heparin + Saline",
                     "contained[0].ingredient[0].itemCodeableConcept.coding[0].display",
                     id="contained, known by what it is made of"),
        pytest.param(contained({"code": ABSENT}, display="Mix 7"), "Mix 7",
                     "medicationReference.display", id="contained without a name"),
        pytest.param(contained({}), None, "medicationReference", id="nothing names it"),
        pytest.param(request(medicationCodeableConcept=ABSENT), None,
                     "medicationCodeableConcept.text", id="not known to the record either"),
        pytest.param(allergy(), "Nuts", "code.text", id="an allergy's code"),
        pytest.param(allergy(code=None, reaction=[{**RASH, "substance": {"text": "Latex"}}]),
                     "Latex", "reaction[0].substance.text", id="an allergy named in its reaction"),
        pytest.param(allergy(code=ABSENT, reaction=[RASH]), None, "code", id="an unknown allergen"),
    ],
)  # fmt: skip
def test_a_thing_is_called_by_the_element_that_names_it(
    store: ChartStore, tmp_path: Path, given: Json, name: str | None, path: str
) -> None:
    loaded(store, tmp_path, given)
    table = "allergy" if given["resourceType"] == "AllergyIntolerance" else "medication"
    key = f"{given['resourceType']}/x"
    (row,) = table_rows(store, table, key)
    assert (row["display"], row["path"]) == (name, path)
    ((raw,),) = store.rows("select raw from resource where resource = $key", {"key": key})
    assert row["quote"] is None or row["quote"] in leaves(raw, path)


ALONE = {"resourceType": "Medication", "id": "m"}


@pytest.mark.parametrize(
    ("drugs", "name"),
    [
        pytest.param([{**ALONE, "code": {"text": "Mix"}}], "Mix", id="its code"),
        pytest.param([{**ALONE, **MIXTURE}], "Heparin + Saline", id="its ingredients"),
        pytest.param([{**ALONE, "ingredient": [{"itemReference": {"reference": "Medication/s"}},
                                               ingredient("Heparin")]},
                      {**ALONE, "id": "s", "code": {"text": "Dextrose 5%"}}],
                     "Dextrose 5% + Heparin", id="an ingredient that is a Medication"),
        pytest.param([{**ALONE, "ingredient": [{"itemReference": {"reference": "Medication/s"}}]}],
                     None, id="an ingredient that is not there"),
        pytest.param([{**ALONE, "code": "Aspirin"}], None, id="a code in words"),
        pytest.param([{**ALONE, "code": {"text": 5}}], None, id="a number for words"),
        pytest.param([{**ALONE, "ingredient": ["Aspirin"]}], None, id="an ingredient in words"),
    ],
)  # fmt: skip
def test_a_drug_of_its_own_is_named_when_all_is_in_whatever_its_form(
    store: ChartStore, tmp_path: Path, drugs: list[Json], name: str | None
) -> None:
    given = request(medicationCodeableConcept=None,
                    medicationReference={"reference": "Medication/m"})  # fmt: skip
    report = load(store, lines(tmp_path / "x.ndjson", [patient(), given, *drugs]))
    assert report.refused == ()
    (row,) = table_rows(store, "medication", "MedicationRequest/x")
    assert row["display"] == name


@pytest.mark.parametrize(
    ("given", "prescriber"),
    [
        pytest.param(request(requester=DOCTOR), "Dr. Jane Roe", id="who ordered"),
        pytest.param(request(performer={"display": "Pharmacy"}), None, id="who is to give it"),
        pytest.param(made("MedicationStatement", status="active", medicationCodeableConcept={
            "text": "Aspirin"}, informationSource={"reference": "Patient/p1"}), None,
                     id="who told of it"),
        pytest.param(made("MedicationAdministration", status="completed",
                          medicationCodeableConcept={"text": "Aspirin"},
                          performer=[{"actor": {"display": "Nurse Ray"}}]), None,
                     id="who gave it"),
    ],
)  # fmt: skip
def test_only_who_ordered_a_drug_is_its_prescriber(
    store: ChartStore, tmp_path: Path, given: Json, prescriber: str | None
) -> None:
    loaded(store, tmp_path, given)
    (row,) = table_rows(store, "medication", f"{given['resourceType']}/x")
    assert row["prescriber"] == prescriber


def test_of_several_doses_the_ordered_one_is_told(store: ChartStore, tmp_path: Path) -> None:
    def rate(kind: str, value: int) -> Json:
        quantity = {"value": value, "unit": "mg"}
        return {"type": {"coding": [{"code": kind}]}, "doseQuantity": quantity}

    loaded(store, tmp_path, request(dosageInstruction=[{
        "doseAndRate": [rate("calculated", 70), rate("ordered", 1)]}]))  # fmt: skip
    (row,) = table_rows(store, "dosage", "MedicationRequest/x")
    assert (row["dose_value"], row["quote"]) == (1.0, "1")
    assert row["path"] == "dosageInstruction[0].doseAndRate[1].doseQuantity.value"
    (short,) = table_rows(store, "medication", "MedicationRequest/x")
    assert (short["dose_text"], short["dose_value"]) == ("1 mg", 1.0)


@pytest.mark.parametrize(
    ("reactions", "severity"),
    [
        pytest.param([RASH, SHOCK], "severe", id="the last is the worst"),
        pytest.param([SHOCK, RASH], "severe", id="the first is the worst"),
        pytest.param([{**RASH, "severity": None}, RASH], "mild", id="one is told"),
        pytest.param([{"manifestation": [{"text": "Rash"}]}], None, id="none is told"),
    ],
)
def test_an_allergy_is_as_severe_as_its_worst_reaction(
    store: ChartStore, tmp_path: Path, reactions: list[Json], severity: str | None
) -> None:
    loaded(store, tmp_path, allergy(reaction=reactions))
    (row,) = table_rows(store, "allergy", "AllergyIntolerance/x")
    assert row["severity"] == severity


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        pytest.param("2024-05-31", (("Rash",), "mild", False), id="before it got worse"),
        pytest.param("2024-06-01", (("Rash", "Shock"), "severe", True), id="that very day"),
    ],
)
def test_a_later_reaction_is_not_told(
    store: ChartStore, tmp_path: Path, as_of: str, told: tuple[Any, ...]
) -> None:
    loaded(store, tmp_path, allergy(reaction=[RASH, SHOCK], lastOccurrence="2024-06-01",
                                    recordedDate="2019"))  # fmt: skip
    (entry,) = allergies.allergy_list(chart(store, as_of)).allergies
    assert (entry.reactions, entry.severity, entry.last_occurred is not None) == told
    assert len(entry.events) == len(told[0])


@pytest.mark.parametrize(
    ("given", "as_of", "count"),
    [
        pytest.param(allergy(encounter=VISIT), "2024-02-29", 0, id="allergy, before the visit"),
        pytest.param(allergy(encounter=VISIT), "2024-03-02", 1, id="allergy, after it began"),
        pytest.param(allergy(onsetDateTime="2024-03-05"), "2024-03-02", 0, id="before its onset"),
        pytest.param(
            allergy(onsetDateTime="2024-03-05", recordedDate="2024-03-01"),
            "2024-03-02",
            1,
            id="what was recorded is known",
        ),
        pytest.param(
            vaccine(occurrenceString="then", encounter=VISIT),
            "2024-02-29",
            0,
            id="vaccine, before the visit",
        ),
        pytest.param(vaccine(occurrenceString="once"), "2024-02-29", 1, id="vaccine, no visit"),
    ],
)
def test_an_undated_entry_is_as_old_as_its_visit(
    store: ChartStore, tmp_path: Path, given: Json, as_of: str, count: int
) -> None:
    loaded(store, tmp_path, given)
    seen = chart(store, as_of)
    found = [*allergies.allergy_list(seen).allergies, *immunizations.immunizations(seen)]
    assert len(found) == count


def test_what_came_after_the_as_of_is_not_told_of_an_earlier_entry(
    store: ChartStore, tmp_path: Path
) -> None:
    fever = {"date": "2024-03-03", "detail": {"display": "Fever"}}
    loaded(
        store, tmp_path,
        vaccine(occurrenceDateTime="2024-03-01",
                reaction=[fever, {"detail": {"display": "Sore arm"}}]),
        made("MedicationStatement", status="active", medicationCodeableConcept={"text": "A"},
             effectiveDateTime="2024-03-01", dateAsserted="2024-03-09", note=[{"text": "n"}]),
    )  # fmt: skip
    early, late = chart(store, "2024-03-02"), chart(store, "2024-03-10")
    assert [one.reactions for one in immunizations.immunizations(early)] == [("Sore arm",)]
    assert [len(one.reactions) for one in immunizations.immunizations(late)] == [2]
    for seen, is_told in ((early, False), (late, True)):
        (entry,) = medications.medications(seen)
        assert entry.detail is not None
        assert (entry.detail.asserted is not None) is is_told


SIBLINGS = [
    pytest.param(request(_authoredOn=ABSENT, _priority=ABSENT, dosageInstruction=[{
        "_text": ABSENT, "timing": {"event": [None, "2024-03-01"], "_event": [ABSENT, None],
                                    "repeat": {"timeOfDay": [None], "_timeOfDay": [ABSENT]}}}]),
                 id="request"),
    pytest.param(made("MedicationAdministration", _status=ABSENT, _effectiveDateTime=ABSENT,
                      medicationCodeableConcept={"text": "A"}), id="administration"),
    pytest.param(made("Condition", code={"text": "Gout"}, _onsetDateTime=ABSENT,
                      onsetString=None, _recordedDate=ABSENT), id="condition"),
    pytest.param(allergy(category=[None], _category=[ABSENT], _criticality=ABSENT,
                         reaction=[{"manifestation": [ABSENT], "_onset": ABSENT}]), id="allergy"),
    pytest.param(made("Procedure", status="completed", code=ABSENT, _performedDateTime=ABSENT),
                 id="procedure"),
    pytest.param(vaccine(_occurrenceDateTime=ABSENT, _lotNumber=ABSENT), id="vaccine"),
]  # fmt: skip


@pytest.mark.parametrize("given", SIBLINGS)
def test_a_value_that_only_has_extensions_is_no_value(
    store: ChartStore, tmp_path: Path, given: Json
) -> None:
    report = load(store, write(tmp_path / "x.json", bundle(patient(), given)))
    assert report.refused == ()
    kept = "select type from resource where split_part(resource, '/', 2) = 'x'"
    assert store.rows(kept, {}) == [(given["resourceType"],)]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param(request(dosageInstruction="twice"), "dosageInstruction", id="a dose in words"),
        pytest.param(request(dosageInstruction=[{"text": 2}]), "dosageInstruction[0].text",
                     id="a number for a dose"),
        pytest.param(request(note="n"), "note", id="a note in words"),
        pytest.param(request(requester="Dr. Roe"), "requester", id="a person in words"),
        pytest.param(vaccine(occurrenceString="x", lotNumber=5), "lotNumber", id="lot number"),
        pytest.param(allergy(reaction=[{"manifestation": ["Rash"]}]),
                     "reaction[0].manifestation[0]", id="a reaction in words"),
        pytest.param(made("DiagnosticReport", conclusion=7), "conclusion",
                     id="a number for words, where something else is missing"),
        pytest.param(made("Condition", code={"text": "x"}, severity="bad"), "severity",
                     id="a severity in words"),
        pytest.param(made("Condition", code={"text": "x"}, note=[{"text": 5}]), "note[0].text",
                     id="a number for a note"),
        pytest.param(made("Procedure", status="completed", code={"text": "x"}, outcome="good"),
                     "outcome", id="an outcome in words"),
    ],
)  # fmt: skip
def test_an_element_of_another_json_type_is_named(
    store: ChartStore, tmp_path: Path, given: Json, named: str
) -> None:
    assert refusal(store, tmp_path, given) == f"{named} has another form than FHIR gives it."
