"""Code status: an answer (Observation), a Flag, a Consent or an order, as hospitals send it.

A change is a new entry, and the old one stays: who was full code on Monday and DNR on Wednesday
must be read with both. `full` is a word without a code, because no code of SNOMED CT says it.
"""

from __future__ import annotations

from maker.clock import label
from maker.fhir import SNOMED, Json, concept, encounter, hl7, made_id, person, subject
from maker.fhir import without_none as full
from maker.story import Story
from maker.visits import period

WORDS = {
    "full": "Full code",
    "attempt_cpr": "For resuscitation",
    "dnr": "Do not resuscitate",
    "dnr_dni": "DNR/DNI",
    "dni": "Do not intubate",
    "comfort": "Comfort measures only",
}
CODED = {
    "attempt_cpr": ("304252001", "For resuscitation"),
    "dnr": ("304253006", "Not for resuscitation"),
}
CPR = ("89666000", "Cardiopulmonary resuscitation")
INTUBATION = ("112798008", "Insertion of endotracheal tube")
# What a consent can say in codes: whether procedures are permitted, and which (SNOMED CT).
PROVISIONS = {
    "full": ("permit", [CPR]),
    "attempt_cpr": ("permit", [CPR]),
    "dnr": ("deny", [CPR]),
    "dni": ("deny", [INTUBATION]),
    "dnr_dni": ("deny", [CPR, INTUBATION]),
}


def directives(story: Story) -> list[Json]:
    """Every statement of the code status, each in its form."""
    makers = {"observation": answer, "flag": flag, "consent": consent, "order": order}
    return [
        makers[entry.get("form", "observation")](story, entry) for entry in story.all("code_status")
    ]


def said(entry: Json) -> Json:
    """The state in words, coded where a code says the same."""
    coded = [(SNOMED, *CODED[entry["says"]])] if entry["says"] in CODED else []
    return concept(entry.get("text", WORDS[entry["says"]]), *coded)


def name(story: Story, entry: Json) -> str:
    """Named by form and time."""
    form = entry.get("form", "observation")
    kind = "code-status" if form == "observation" else f"code-status-{form}"
    return made_id(story, kind, label(story.clock.moment(entry["when"])))


def note(entry: Json) -> list[Json]:
    """Who was there and what was said."""
    return [{"text": entry["note"]}] if "note" in entry else []


def answer(story: Story, entry: Json) -> Json:
    """An Observation that asks for the code status."""
    when = story.clock.written(entry["when"])
    return full(
        {
            "resourceType": "Observation",
            "id": name(story, entry),
            "status": entry.get("status", "final"),
            "category": [hl7("observation-category", "social-history", "Social History")],
            "code": concept("Code status", (SNOMED, "304251008", "Resuscitation status")),
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "effectiveDateTime": when,
            "issued": when,
            "performer": [person(story, entry["by"])],
            "valueCodeableConcept": said(entry),
            "note": note(entry),
        }
    )


def flag(story: Story, entry: Json) -> Json:
    """A Flag; `end` closes it."""
    return full(
        {
            "resourceType": "Flag",
            "id": name(story, entry),
            "status": "inactive" if "end" in entry else "active",
            "category": [hl7("flag-category", "advance-directive", "Advance Directive")],
            "code": said(entry),
            "subject": subject(story),
            "period": period(story, {"start": entry["when"], "end": entry.get("end")}),
            **encounter(story, entry.get("encounter")),
            "author": person(story, entry["by"]),
        }
    )


def consent(story: Story, entry: Json) -> Json:
    """A Consent that is an advance directive: it permits or denies procedures, no more."""
    if entry["says"] not in PROVISIONS:
        raise ValueError(f"a consent cannot say {entry['says']!r} in codes: use another form")
    kind, procedures = PROVISIONS[entry["says"]]
    is_dnr = kind == "deny" and CPR in procedures
    category = ("dnr", "Do Not Resuscitate") if is_dnr else ("acd", "Advance Directive")
    return full(
        {
            "resourceType": "Consent",
            "id": name(story, entry),
            "status": entry.get("status", "active"),
            "scope": hl7("consentscope", "adr", "Advanced Care Directive"),
            "category": [hl7("consentcategorycodes", *category)],
            "patient": subject(story),
            "dateTime": story.clock.written(entry["when"]),
            "performer": [{"display": entry["signed"]}] if "signed" in entry else [],
            "policyRule": concept(entry.get("text", WORDS[entry["says"]])),
            "sourceAttachment": {"title": entry["document"]} if "document" in entry else None,
            "provision": {
                "type": kind,
                "code": [concept(display, (SNOMED, code, display)) for code, display in procedures],
            },
        }
    )


def order(story: Story, entry: Json) -> Json:
    """A ServiceRequest, as code status orders are written; `end` revokes it."""
    return full(
        {
            "resourceType": "ServiceRequest",
            "id": name(story, entry),
            "status": "revoked" if "end" in entry else "active",
            "intent": "order",
            "category": [concept("Code status")],
            "code": said(entry),
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "occurrencePeriod": period(story, {"start": entry["when"], "end": entry.get("end")}),
            "authoredOn": story.clock.written(entry["when"]),
            "requester": person(story, entry["by"]),
            "note": note(entry),
        }
    )
