"""Bills: what was claimed for a visit (Claim) and what the payer said (ExplanationOfBenefit).

A claim is written from the story's own table, not derived from the problems: bills and charts
disagree in life, and a diagnosis that no note supports can only be told by hand. Items are named
by revenue code, by HCPCS level II or in plain words; CPT is licensed and not used.
"""

from __future__ import annotations

from maker.fhir import ICD10, TERMINOLOGY, Json, concept, hl7, made_id, person, subject
from maker.fhir import without_none as full
from maker.story import Story

ICD10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
CODES = {
    "revenue": "https://www.nubc.org/CodeSystem/RevenueCodes",
    "hcpcs": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
}
ADMISSION = {"Y": "Yes", "N": "No", "U": "Unknown", "W": "Undetermined"}


def claims(story: Story) -> list[Json]:
    """All claims, each followed by the payer's answer where there is one."""
    return [made for entry in story.all("claim") for made in bill(story, entry)]


def bill(story: Story, entry: Json) -> list[Json]:
    """One Claim and, with a `benefit` table, its ExplanationOfBenefit."""
    made = claim(story, entry)
    return [made, benefit(story, entry, made)] if "benefit" in entry else [made]


def claim(story: Story, entry: Json) -> Json:
    """The Claim; its total is the sum of its items."""
    items = [item(story, entry, place) for place in range(len(entry["items"]))]
    return full(
        {
            "resourceType": "Claim",
            "id": made_id(story, "claim", entry["key"]),
            "status": entry.get("status", "active"),
            **shared(story, entry),
            "priority": hl7("processpriority", "normal"),
            "diagnosis": [diagnosis(*pair) for pair in enumerate(entry["diagnoses"], 1)],
            "procedure": [procedure(story, *pair) for pair in enumerate(coded(entry), 1)],
            "insurance": [insurance(story, entry) | {"sequence": 1}],
            "item": items,
            "total": money(sum(one["net"]["value"] for one in items)),
        }
    )


def shared(story: Story, entry: Json) -> Json:
    """What the bill and the answer to it have in common."""
    return {
        "type": hl7("claim-type", entry["form"], entry["form"].capitalize()),
        "use": "claim",
        "patient": subject(story),
        "billablePeriod": {
            name: story.clock.written(entry[name]) for name in ("start", "end") if name in entry
        },
        "created": story.clock.written(entry["created"]),
        "insurer": {"display": story.all("coverage")[entry.get("coverage", 1) - 1]["payor"]},
        "provider": provider(story, entry),
    }


def provider(story: Story, entry: Json) -> Json:
    """A hospital bills its stay, a clinician her visit."""
    if "by" in entry:
        return person(story, entry["by"])
    hospital = story.facts["hospital"]
    return {"reference": f"Organization/{hospital['id']}", "display": hospital["name"]}


def insurance(story: Story, entry: Json) -> Json:
    """The coverage that is billed, by its number in the story."""
    number = str(entry.get("coverage", 1))
    return {
        "focal": True,
        "coverage": {"reference": f"Coverage/{made_id(story, 'coverage', number)}"},
    }


def diagnosis(sequence: int, row: list[str]) -> Json:
    """`[code, words, role, present on admission]`; the last two may be empty."""
    code, words, role, admission = [*row, "", ""][:4]
    return full(
        {
            "sequence": sequence,
            "diagnosisCodeableConcept": concept(words, (ICD10, code, words)),
            "type": [hl7("ex-diagnosistype", role, f"{role.capitalize()} Diagnosis")]
            if role
            else [],
            "onAdmission": hl7("ex-diagnosis-on-admission", admission.lower(), ADMISSION[admission])
            if admission
            else None,
        }
    )


def coded(entry: Json) -> list[list[str]]:
    """The ICD-10-PCS procedures of an institutional claim."""
    found: list[list[str]] = entry.get("procedures", [])
    return found


def procedure(story: Story, sequence: int, row: list[str]) -> Json:
    """`[ICD-10-PCS code, words, when]`."""
    code, words, when = row
    return {
        "sequence": sequence,
        "date": story.clock.written(when),
        "procedureCodeableConcept": concept(words, (ICD10_PCS, code, words)),
    }


def item(story: Story, entry: Json, place: int) -> Json:
    """`[kind, code, words, units, price of all, [diagnoses]]`; kind `words` has no code."""
    kind, code, words, units, price, pointed = entry["items"][place]
    named = concept(words, (CODES[kind], code, words)) if kind in CODES else concept(words)
    visit = made_id(story, entry["encounter"]) if "encounter" in entry else None
    return full(
        {
            "sequence": place + 1,
            "diagnosisSequence": pointed,
            "revenue": named if kind == "revenue" else None,
            "productOrService": concept(words) if kind == "revenue" else named,
            "servicedDate": story.clock.written(entry["start"])[:10],
            "quantity": {"value": units},
            "net": money(price),
            "encounter": [{"reference": f"Encounter/{visit}"}] if visit else [],
        }
    )


def money(value: float) -> Json:
    """A sum in dollars."""
    return {"value": round(value, 2), "currency": "USD"}


def benefit(story: Story, entry: Json, made: Json) -> Json:
    """The payer's answer: the same items, what was paid, and why not more."""
    said = entry["benefit"]
    kept = ("type", "use", "patient", "billablePeriod", "insurer", "provider", "diagnosis", "item")
    totals = (("submitted", made["total"]["value"]), ("benefit", said["paid"]))
    return full(
        {
            "resourceType": "ExplanationOfBenefit",
            "id": made_id(story, "benefit", entry["key"]),
            "status": "active",
            **{name: made[name] for name in kept if name in made},
            "created": story.clock.written(said["created"]),
            "claim": {"reference": f"Claim/{made['id']}"},
            "outcome": said.get("outcome", "complete"),
            "disposition": said.get("says"),
            "insurance": [insurance(story, entry)],
            "total": [
                {"category": adjudication(name), "amount": money(value)} for name, value in totals
            ],
            "payment": {
                "date": story.clock.written(said["created"])[:10],
                "amount": money(said["paid"]),
            },
        }
    )


def adjudication(name: str) -> Json:
    """A kind of total."""
    return {"coding": [{"system": TERMINOLOGY + "adjudication", "code": name}]}
