"""Who is in a story: the patient, the practitioners, the hospital, the insurance.

Every patient carries HL7's security label HTEST (test health data), an `example` address and a
555-01xx number. Nobody here exists.
"""

from __future__ import annotations

from maker.fhir import TERMINOLOGY, Json, concept, hl7, made_id, subject, without_none
from maker.story import Story

TEST_DATA = {
    "security": [
        {"system": TERMINOLOGY + "v3-ActReason", "code": "HTEST", "display": "test health data"}
    ]
}
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
OMB = "urn:oid:2.16.840.1.113883.6.238"


def patient(story: Story) -> Json:
    """The Patient."""
    facts = story.facts["patient"]
    mrn = {
        "use": "usual",
        "type": hl7("v2-0203", "MR", "Medical record number"),
        "system": f"urn:oid:2.16.840.1.113883.19.5.{story.facts['hospital']['number']}",
        "value": facts["mrn"],
    }
    return without_none(
        {
            "resourceType": "Patient",
            "id": story.slug,
            "meta": TEST_DATA,
            "extension": [omb("race", *facts["race"]), omb("ethnicity", *facts["ethnicity"])],
            "identifier": [mrn, *facts.get("identifier", [])],
            "active": True,
            "name": [
                {"use": "official", "family": facts["family"], "given": facts["given"]},
                *({"use": "nickname", "given": [nick]} for nick in facts.get("nickname", [])),
            ],
            "telecom": [
                {"system": "phone", "value": facts["phone"], "use": "home"},
                {"system": "email", "value": facts["email"]},
            ],
            "gender": facts["sex"],
            "birthDate": facts["born"],
            "address": [facts["address"] | {"use": "home", "country": "US"}],
            "maritalStatus": hl7("v3-MaritalStatus", *facts["marital"]),
            "contact": [contact(entry) for entry in facts.get("contact", [])],
            "communication": [
                {
                    "language": concept(None, ("urn:ietf:bcp:47", *facts["language"])),
                    "preferred": True,
                }
            ],
            "managingOrganization": {"reference": f"Organization/{story.facts['hospital']['id']}"},
        }
    )


def omb(name: str, code: str, display: str) -> Json:
    """US Core race or ethnicity."""
    coding = {"system": OMB, "code": code, "display": display}
    return {
        "url": US_CORE + name,
        "extension": [
            {"url": "ombCategory", "valueCoding": coding},
            {"url": "text", "valueString": display},
        ],
    }


def contact(entry: Json) -> Json:
    """Next of kin."""
    return {
        "relationship": [concept(entry["relation"])],
        "name": {"family": entry["family"], "given": [entry["given"]]},
        "telecom": [{"system": "phone", "value": entry["phone"]}],
    }


def hospital(story: Story) -> Json:
    """The Organization."""
    facts = story.facts["hospital"]
    return {
        "resourceType": "Organization",
        "id": facts["id"],
        "active": True,
        "type": [hl7("organization-type", "prov", "Healthcare Provider")],
        "name": facts["name"],
        "telecom": [{"system": "phone", "value": facts["phone"]}],
        "address": [facts["address"] | {"country": "US"}],
    }


def practitioners(story: Story) -> list[Json]:
    """The Practitioners who order, write and sign."""
    return [practitioner(story, key, facts) for key, facts in story.facts["people"].items()]


def practitioner(story: Story, key: str, facts: Json) -> Json:
    """One of them; `work` is the specialty in words."""
    return without_none(
        {
            "resourceType": "Practitioner",
            "id": made_id(story, key),
            "identifier": [{"system": "http://example.org/staff", "value": facts["staff"]}],
            "name": [
                without_none(
                    {
                        "family": facts["family"],
                        "given": facts["given"],
                        "prefix": facts.get("prefix"),
                        "suffix": facts.get("suffix"),
                    }
                )
            ],
            "qualification": [{"code": concept(facts["work"])}],
        }
    )


def coverage(story: Story) -> list[Json]:
    """Insurance, current and past."""
    return [
        without_none(
            {
                "resourceType": "Coverage",
                "id": made_id(story, "coverage", str(number)),
                "status": entry["status"],
                "type": concept(entry["type"]),
                "subscriberId": entry["member"],
                "beneficiary": subject(story),
                "period": without_none({"start": entry["start"], "end": entry.get("end")}),
                "payor": [{"display": entry["payor"]}],
            }
        )
        for number, entry in enumerate(story.all("coverage"), 1)
    ]
