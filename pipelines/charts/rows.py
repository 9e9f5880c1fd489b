"""One resource into the rows of its clinical subject.

Types that have no table of their own make no row here; they are kept raw like all others and
can be cited from there. Every builder checks what it reads and refuses by element name.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.charts import (
    rows_clinical,
    rows_document,
    rows_medication,
    rows_observation,
    rows_visit,
)
from pipelines.charts.references import Json
from pipelines.charts.row_parts import Place

Builder = Callable[[Json, Place], None]
BUILDERS: dict[str, Builder] = {
    "Observation": rows_observation.build,
    "MedicationRequest": rows_medication.build,
    "MedicationAdministration": rows_medication.build,
    "MedicationStatement": rows_medication.build,
    "MedicationDispense": rows_medication.build,
    "Condition": rows_clinical.condition,
    "AllergyIntolerance": rows_clinical.allergy,
    "Procedure": rows_clinical.procedure,
    "Immunization": rows_clinical.immunization,
    "Patient": rows_visit.patient,
    "Encounter": rows_visit.encounter,
    "DocumentReference": rows_document.reference,
    "DiagnosticReport": rows_document.report,
    "Composition": rows_document.composition,
}

# Which column of a table's rows names the resource they came from.
KEY_COLUMN = {"patient": 1, "passage": 1}
ROWS_OF_PATIENT = frozenset({"patient_identifier"})
ROWS_OF_PASSAGE = frozenset({"token"})


def key_of(table: str, row: tuple[object, ...]) -> str:
    """The `Type/id` that a row came from."""
    if table in ROWS_OF_PATIENT:
        return f"Patient/{row[0]}"
    if table in ROWS_OF_PASSAGE:
        return str(row[0]).rpartition("#")[0]
    return str(row[KEY_COLUMN.get(table, 0)])
