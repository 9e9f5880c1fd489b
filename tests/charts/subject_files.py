"""One rich resource of each subject, as a hospital's export may write it, and how to load it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json, bundle, load, patient, write

PATIENT = {"reference": "Patient/p1"}
VISIT = {"reference": "Encounter/e1"}
DOCTOR = {"reference": "Practitioner/dr1"}
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"


def coded(code: str, display: str | None = None, system: str = SNOMED) -> Json:
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def two_codings() -> Json:
    return {"coding": [{"system": SNOMED, "code": "119297000", "display": "Blood specimen"},
                       {"system": "http://terminology.hl7.org/CodeSystem/v2-0487",
                        "code": "BLD"}]}  # fmt: skip


def made(kind: str, ident: str = "x", **more: object) -> Json:
    """A resource about the patient, without the elements that are None."""
    found = {"resourceType": kind, "id": ident, "subject": PATIENT, **more}
    return {name: value for name, value in found.items() if value is not None}


def of_patient(kind: str, **more: object) -> Json:
    """A resource whose type names its patient in `patient`."""
    return made(kind, subject=None, patient=PATIENT, **more)


PEOPLE: list[Json] = [
    {"resourceType": "Practitioner", "id": "dr1",
     "name": [{"use": "old", "family": "Alt"},
              {"use": "official", "family": "Roe", "given": ["Jane"], "prefix": ["Dr."]}]},
    {"resourceType": "PractitionerRole", "id": "role1", "practitioner": DOCTOR,
     "specialty": [{"text": "Cardiology"}], "organization": {"reference": "Organization/lab"}},
    {"resourceType": "Organization", "id": "lab", "name": "Main Laboratory",
     "partOf": {"display": "General Hospital"}},
    {"resourceType": "Location", "id": "ward", "name": "Ward 3", "status": "active",
     "physicalType": {"text": "Ward"}, "managingOrganization": {"reference": "Organization/lab"}},
    {"resourceType": "Encounter", "id": "e1", "status": "in-progress", "class": {"code": "IMP"},
     "subject": PATIENT, "period": {"start": "2024-03-01T08:00:00Z"}},
]  # fmt: skip


def loaded(store: ChartStore, folder: Path, *resources: Json) -> None:
    """Load resources with the patient and the people; nothing may be refused."""
    report = load(store, write(folder / "x.json", bundle(patient(), *PEOPLE, *resources)))
    assert report.refused == ()


def table_rows(store: ChartStore, table: str, resource: str) -> list[dict[str, Any]]:
    """The rows of one resource in a table, by column name, in their order."""
    names = store.rows(
        "select column_name from duckdb_columns() where table_name = $table order by column_index",
        {"table": table},
    )
    columns = [name for (name,) in names]
    ordering = [name for name in ("part", "number") if name in columns]
    order = f" order by {', '.join(ordering)}" if ordering else ""
    found = store.rows(
        f"select {', '.join(columns)} from {table} where resource = $resource{order}",  # noqa: S608
        {"resource": resource},
    )
    return [dict(zip(columns, row, strict=True)) for row in found]


def says(
    store: ChartStore, folder: Path, resources: list[Json], wanted: tuple[str, list[dict[str, Any]]]
) -> None:
    """Load resources; the first one's rows in a table must hold these values and be as many."""
    loaded(store, folder, *resources)
    table, rows = wanted
    found = table_rows(store, table, f"{resources[0]['resourceType']}/x")
    shown = [{name: row[name] for name in want} for row, want in zip(found, rows, strict=True)]
    assert shown == rows


def refusal(store: ChartStore, folder: Path, resource: Json) -> str | None:
    """Why a resource is refused, or None if it goes in."""
    report = load(store, write(folder / "r.json", bundle(patient(), resource)))
    return report.refused[0].reason if report.refused else None
