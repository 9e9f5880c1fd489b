"""Encounters, appointments, problems, allergies, procedures and immunizations of a story."""

from __future__ import annotations

from maker.fhir import (
    CVX,
    ICD10,
    SNOMED,
    TERMINOLOGY,
    Json,
    concept,
    encounter,
    hl7,
    made_id,
    person,
    subject,
    without_none,
)
from maker.story import Story

CLASSES = {
    "IMP": "inpatient encounter",
    "EMER": "emergency",
    "AMB": "ambulatory",
    "VR": "virtual",
    "OBSENC": "observation encounter",
}


def period(story: Story, entry: Json) -> Json:
    """Start and end as FHIR times; a stay that goes on has no end."""
    times = {name: entry.get(name) for name in ("start", "end")}
    return {name: story.clock.written(text) for name, text in times.items() if text}


def encounters(story: Story) -> list[Json]:
    """Visits and stays, the part after its whole."""
    return [one_encounter(story, entry) for entry in story.all("encounter")]


def one_encounter(story: Story, entry: Json) -> Json:
    """One Encounter."""
    hospitalization = without_none(
        {
            "admitSource": concept(entry["from"]) if "from" in entry else None,
            "dischargeDisposition": concept(entry["to"]) if "to" in entry else None,
        }
    )
    return without_none(
        {
            "resourceType": "Encounter",
            "id": made_id(story, entry["key"]),
            "identifier": [{"system": "http://example.org/visits", "value": entry["number"]}],
            "status": entry.get("status", "finished" if "end" in entry else "in-progress"),
            "class": {
                "system": TERMINOLOGY + "v3-ActCode",
                "code": entry["class"],
                "display": CLASSES[entry["class"]],
            },
            "type": [concept(entry["type"])],
            "priority": concept(entry["priority"]) if "priority" in entry else None,
            "subject": subject(story),
            "participant": [{"individual": person(story, entry["by"])}] if "by" in entry else [],
            "period": period(story, entry),
            "reasonCode": [concept(entry["reason"])] if "reason" in entry else [],
            "hospitalization": hospitalization,
            "location": locations(story, entry),
            "serviceProvider": {"reference": f"Organization/{story.facts['hospital']['id']}"},
            "partOf": encounter(story, entry.get("part_of")).get("encounter"),
        }
    )


def locations(story: Story, entry: Json) -> list[Json]:
    """Where the stay is known by, then each of its `moves`: [place, from, to]."""
    known = [{"location": {"display": entry["where"]}}] if "where" in entry else []
    places = {place["key"]: place["text"] for place in story.all("place")}
    moves = [
        {
            "location": {
                "reference": f"Location/{made_id(story, 'place', move[0])}",
                "display": places[move[0]],
            },
            "status": "completed" if len(move) > 2 else "active",
            "period": period(story, dict(zip(("start", "end"), move[1:], strict=False))),
        }
        for move in entry.get("moves", [])
    ]
    return known + moves


def appointments(story: Story) -> list[Json]:
    """Appointments kept, missed and to come."""
    return [
        without_none(
            {
                "resourceType": "Appointment",
                "id": made_id(story, "appointment", entry["start"][:10]),
                "status": entry["status"],
                "description": entry["text"],
                "cancelationReason": concept(entry["why"]) if "why" in entry else None,
                "start": story.clock.written(entry["start"]),
                "end": story.clock.written(entry["end"]),
                "participant": [
                    {"actor": subject(story), "status": entry.get("reply", "accepted")},
                    {"actor": person(story, entry["by"]), "status": "accepted"},
                ],
            }
        )
        for entry in story.all("appointment")
    ]


def problems(story: Story) -> list[Json]:
    """Conditions: the problem list, and the diagnoses of a stay."""
    return [one_problem(story, entry) for entry in story.all("problem")]


def one_problem(story: Story, entry: Json) -> Json:
    """One Condition; `icd10` and `snomed` are [code, display]."""
    codings = [
        (system, *entry[name])
        for name, system in (("icd10", ICD10), ("snomed", SNOMED))
        if name in entry
    ]
    category = entry.get("category", "problem-list-item")
    verified = entry.get("verification", "confirmed")
    wrong = verified == "entered-in-error"  # FHIR con-5: no clinical status then
    return without_none(
        {
            "resourceType": "Condition",
            "id": made_id(story, "problem", entry["key"]),
            "clinicalStatus": None if wrong else hl7("condition-clinical", entry["status"]),
            "verificationStatus": hl7("condition-ver-status", verified),
            "category": [hl7("condition-category", category)],
            "code": concept(entry["text"], *codings),
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "onsetDateTime": story.clock.written(entry["onset"]) if "onset" in entry else None,
            "abatementDateTime": story.clock.written(entry["abated"])
            if "abated" in entry
            else None,
            "recordedDate": story.clock.written(entry["recorded"]),
            "recorder": person(story, entry["by"]),
            "note": [{"text": entry["note"]}] if "note" in entry else [],
        }
    )


def allergies(story: Story) -> list[Json]:
    """AllergyIntolerance; `none_known` says so with SNOMED CT 716186003. Empty = not recorded."""
    return [one_allergy(story, entry) for entry in story.all("allergy")]


def one_allergy(story: Story, entry: Json) -> Json:
    """One allergy, or the statement that there is none."""
    none_known = entry.get("none_known", False)
    code = (
        concept("No known allergy", (SNOMED, "716186003", "No known allergy"))
        if none_known
        else concept(entry["text"], *(tuple(coding) for coding in entry.get("codes", [])))
    )
    reaction = (
        [
            without_none(
                {
                    "manifestation": [concept(text) for text in entry["reaction"]],
                    "severity": entry.get("severity"),
                }
            )
        ]
        if "reaction" in entry
        else []
    )
    return without_none(
        {
            "resourceType": "AllergyIntolerance",
            "id": made_id(story, "allergy", entry.get("key", "none-known")),
            "clinicalStatus": hl7("allergyintolerance-clinical", entry.get("status", "active")),
            "verificationStatus": hl7(
                "allergyintolerance-verification", entry.get("verification", "confirmed")
            ),
            "type": entry.get("type"),
            "category": [entry["category"]] if "category" in entry else [],
            "criticality": entry.get("criticality"),
            "code": code,
            "patient": subject(story),
            "recordedDate": story.clock.written(entry["recorded"]),
            "recorder": person(story, entry["by"]),
            "reaction": reaction,
            "note": [{"text": entry["note"]}] if "note" in entry else [],
        }
    )


def procedures(story: Story) -> list[Json]:
    """Procedures done."""
    return [
        without_none(
            {
                "resourceType": "Procedure",
                "id": made_id(story, "procedure", entry["key"]),
                "status": entry.get("status", "completed"),
                "code": concept(
                    entry["text"], *((SNOMED, *entry["snomed"]) for _ in "1" if "snomed" in entry)
                ),
                "subject": subject(story),
                **encounter(story, entry.get("encounter")),
                "performedPeriod": period(story, entry) if "end" in entry else None,
                "performedDateTime": None
                if "end" in entry
                else story.clock.written(entry["start"]),
                "performer": [{"actor": person(story, entry["by"])}] if "by" in entry else [],
                "reasonCode": [concept(entry["reason"])] if "reason" in entry else [],
                "note": [{"text": entry["note"]}] if "note" in entry else [],
            }
        )
        for entry in story.all("procedure")
    ]


def immunizations(story: Story) -> list[Json]:
    """Vaccines given, and one now and then that was refused (`not-done`)."""
    return [
        without_none(
            {
                "resourceType": "Immunization",
                "id": made_id(story, "vaccine", entry["cvx"][0], entry["on"].replace("-", "")),
                "status": entry.get("status", "completed"),
                "statusReason": concept(entry["why"]) if "why" in entry else None,
                "vaccineCode": concept(entry["text"], (CVX, *entry["cvx"])),
                "patient": subject(story),
                "occurrenceDateTime": entry["on"],
                "primarySource": entry.get("primary", True),
            }
        )
        for entry in story.all("vaccine")
    ]
