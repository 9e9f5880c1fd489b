"""One resource into the rows of its clinical subject.

Types that have no table of their own make no row here; they are kept raw like all others and
can be cited from there. Every builder checks what it reads and refuses by element name.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.charts import (
    rows_allergy,
    rows_care,
    rows_claim,
    rows_clinical,
    rows_device,
    rows_document,
    rows_medication,
    rows_observation,
    rows_order,
    rows_other,
    rows_patient,
    rows_people,
    rows_report,
    rows_stay,
    rows_survey,
    rows_visit,
)
from pipelines.charts.references import Json
from pipelines.charts.row_parts import Place

Builder = Callable[[Json, Place], None]


def together(*builders: Builder) -> Builder:
    """One builder of several, whose rows go in together or, where one refuses, not at all."""

    def build(resource: Json, place: Place) -> None:
        own = Place(place.key, place.patient, place.known, place.codes)
        for builder in builders:
            builder(resource, own)
        for table, rows in own.rows.items():
            place.rows[table] += rows

    return build


BUILDERS: dict[str, Builder] = {
    "Observation": rows_observation.build,
    "MedicationRequest": rows_medication.build,
    "MedicationAdministration": rows_medication.build,
    "MedicationStatement": rows_medication.build,
    "MedicationDispense": rows_medication.build,
    "Condition": rows_clinical.condition,
    "AllergyIntolerance": rows_allergy.allergy,
    "Procedure": rows_clinical.procedure,
    "Immunization": rows_clinical.immunization,
    "Patient": together(rows_patient.patient, rows_people.contacts),
    "Encounter": together(rows_visit.encounter, rows_stay.parts),
    "DocumentReference": rows_document.reference,
    "DiagnosticReport": together(rows_document.report, rows_report.report),
    "Composition": rows_document.composition,
    "Specimen": rows_report.specimen,
    "ImagingStudy": rows_report.imaging_study,
    "Claim": rows_claim.claim,
    "ExplanationOfBenefit": rows_claim.claim,
    "Coverage": rows_claim.coverage,
    "CarePlan": rows_care.care_plan,
    "Goal": rows_care.goal,
    "CareTeam": rows_care.care_team,
    "ServiceRequest": rows_order.service_request,
    "Appointment": rows_order.appointment,
    "Device": rows_device.device,
    "DeviceUseStatement": rows_device.device_use,
    "DeviceUsage": rows_device.device_use,
    "QuestionnaireResponse": rows_survey.questionnaire_response,
    "FamilyMemberHistory": rows_survey.family_history,
    "Flag": rows_survey.flag,
    "Consent": rows_survey.consent,
    "Practitioner": rows_people.practitioner,
    "PractitionerRole": rows_people.practitioner_role,
    "Organization": rows_people.organization,
    "Location": rows_people.location,
    "RelatedPerson": rows_people.related_person,
    "EpisodeOfCare": rows_stay.episode_of_care,
    **dict.fromkeys(rows_other.SHAPES, rows_other.build),
}

# Types whose builder reads a part of the resource only: the dates of the rest want a check too.
READ_IN_PART = frozenset({
    "Specimen", "ImagingStudy", "Claim", "ExplanationOfBenefit", "Coverage", "CarePlan", "Goal",
    "CareTeam", "ServiceRequest", "Appointment", "Device", "DeviceUseStatement", "DeviceUsage",
    "QuestionnaireResponse", "FamilyMemberHistory", "Flag", "Consent", "Practitioner",
    "PractitionerRole", "Organization", "Location", "RelatedPerson", "EpisodeOfCare",
    *rows_other.SHAPES,
})  # fmt: skip

# Which column of a table's rows names the resource they came from.
KEY_COLUMN = {"patient": 1}
ROWS_OF_PATIENT = frozenset({"patient_identifier"})


def key_of(table: str, row: tuple[object, ...]) -> str:
    """The `Type/id` that a row came from."""
    if table in ROWS_OF_PATIENT:
        return f"Patient/{row[0]}"
    return str(row[KEY_COLUMN.get(table, 0)])
