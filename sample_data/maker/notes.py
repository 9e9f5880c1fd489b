"""Notes and reports as their authors wrote them: DocumentReference, or DiagnosticReport.

The text goes in as base64 `text/plain`, character for character as the note file has it. A note
with `report: yes` becomes a DiagnosticReport with the text as presentedForm and its conclusion.
"""

from __future__ import annotations

import base64

from maker.catalogue import note_kinds
from maker.clock import label
from maker.fhir import LOINC, Json, concept, encounter, made_id, person, subject, without_none
from maker.story import Note, Story

US_CORE_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"


def notes(story: Story) -> list[Json]:
    """All notes in the order of their files."""
    return [
        report(story, note) if note.head.get("report") else document(story, note)
        for note in story.notes
    ]


def note_id(story: Story, note: Note) -> str:
    """Named by kind and time."""
    return made_id(story, "note", note.head["kind"], label(story.clock.moment(note.head["when"])))


def attachment(story: Story, note: Note) -> Json:
    """The text itself."""
    data = base64.b64encode(note.text.encode("utf-8")).decode("ascii")
    return {
        "contentType": "text/plain; charset=utf-8",
        "data": data,
        "title": note.head["title"],
        "creation": story.clock.written(note.head["when"]),
    }


def document(story: Story, note: Note) -> Json:
    """The DocumentReference."""
    head = note.head
    code, display = note_kinds()[head["kind"]]
    stay = encounter(story, head.get("encounter")).get("encounter")
    return without_none(
        {
            "resourceType": "DocumentReference",
            "id": note_id(story, note),
            "status": "current",
            "docStatus": head.get("status", "final"),
            "type": concept(head["title"], (LOINC, code, display)),
            "category": [
                {
                    "coding": [
                        {
                            "system": US_CORE_CATEGORY,
                            "code": "clinical-note",
                            "display": "Clinical Note",
                        }
                    ]
                }
            ],
            "subject": subject(story),
            "date": story.clock.written(head["when"]),
            "author": [author(story, head)],
            "description": head["title"],
            "content": [{"attachment": attachment(story, note)}],
            "context": {"encounter": [stay]} if stay else None,
        }
    )


def author(story: Story, head: dict[str, str]) -> Json:
    """One of the story's people, or a name from outside."""
    return {"display": head["outside"]} if "outside" in head else person(story, head["by"])


def report(story: Story, note: Note) -> Json:
    """The DiagnosticReport."""
    head = note.head
    code, display = note_kinds()[head["kind"]]
    return without_none(
        {
            "resourceType": "DiagnosticReport",
            "id": note_id(story, note),
            "status": head.get("status", "final"),
            "category": [concept(head.get("service", "Radiology"))],
            "code": concept(head["title"], (LOINC, code, display)),
            "subject": subject(story),
            **encounter(story, head.get("encounter")),
            "effectiveDateTime": story.clock.written(head.get("done", head["when"])),
            "issued": story.clock.written(head["when"]),
            "performer": [author(story, head)],
            "conclusion": head.get("conclusion"),
            "presentedForm": [attachment(story, note)],
        }
    )
