"""Around the care itself: who is on the team, what was asked for, what it aims at, where it was.

Care teams, orders that are no medicines (consults, tests, therapy, what is still pending), goals
and care plans, specimens, and the places that a stay went through.
"""

from __future__ import annotations

from maker.fhir import Json, concept, encounter, hl7, made_id, person, quantity, subject
from maker.fhir import without_none as full
from maker.story import Story
from maker.visits import period


def care(story: Story) -> list[Json]:
    """Everything of this kind, in a fixed order."""
    return [
        *(one_place(story, entry) for entry in story.all("place")),
        *(team(story, entry) for entry in story.all("care_team")),
        *(goal(story, entry) for entry in story.all("goal")),
        *(plan(story, entry) for entry in story.all("care_plan")),
        *(specimen(story, entry) for entry in story.all("specimen")),
        *(order(story, entry) for entry in story.all("order")),
    ]


def one_place(story: Story, entry: Json) -> Json:
    """A Location; stays name it in `moves`."""
    return {
        "resourceType": "Location",
        "id": made_id(story, "place", entry["key"]),
        "status": "active",
        "name": entry["text"],
        "mode": "instance",
        "managingOrganization": {"reference": f"Organization/{story.facts['hospital']['id']}"},
    }


def team(story: Story, entry: Json) -> Json:
    """A CareTeam: `members` are [person, role]; outsiders are [name, role] in `others`."""
    known = [(person(story, who), role) for who, role in entry["members"]]
    others = [({"display": who}, role) for who, role in entry.get("others", [])]
    return full(
        {
            "resourceType": "CareTeam",
            "id": made_id(story, "team", entry["key"]),
            "status": entry.get("status", "active"),
            "name": entry["text"],
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "period": period(story, entry),
            "participant": [
                {"role": [concept(role)], "member": member} for member, role in (*known, *others)
            ],
        }
    )


def goal(story: Story, entry: Json) -> Json:
    """A Goal in words, with a due date where there is one."""
    return full(
        {
            "resourceType": "Goal",
            "id": made_id(story, "goal", entry["key"]),
            "lifecycleStatus": entry.get("status", "active"),
            "achievementStatus": hl7("goal-achievement", entry["reached"])
            if "reached" in entry
            else None,
            "description": concept(entry["text"]),
            "subject": subject(story),
            "startDate": entry["start"],
            "target": [{"dueDate": entry["due"]}] if "due" in entry else [],
            "expressedBy": person(story, entry["by"]),
        }
    )


def plan(story: Story, entry: Json) -> Json:
    """A CarePlan: `steps` are [status, words]; `goals` name the story's goals."""
    return full(
        {
            "resourceType": "CarePlan",
            "id": made_id(story, "plan", entry["key"]),
            "status": entry.get("status", "active"),
            "intent": "plan",
            "category": [concept(entry.get("kind", "Assessment and plan of treatment"))],
            "title": entry["text"],
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "period": period(story, entry),
            "created": story.clock.written(entry["start"]),
            "author": person(story, entry["by"]),
            "goal": [
                {"reference": f"Goal/{made_id(story, 'goal', key)}"}
                for key in entry.get("goals", [])
            ],
            "activity": [
                {"detail": {"status": status, "description": words}}
                for status, words in entry["steps"]
            ],
        }
    )


def specimen(story: Story, entry: Json) -> Json:
    """A Specimen; a `[[result]]` refers to it by `specimen_key`."""
    return full(
        {
            "resourceType": "Specimen",
            "id": made_id(story, "specimen", entry["key"]),
            "status": entry.get("status", "available"),
            "type": concept(entry["text"]),
            "subject": subject(story),
            "receivedTime": story.clock.written(entry["received"]) if "received" in entry else None,
            "collection": full(
                {
                    "collectedDateTime": story.clock.written(entry["when"]),
                    "bodySite": concept(entry["site"]) if "site" in entry else None,
                    "quantity": quantity(*entry["amount"]) if "amount" in entry else None,
                }
            ),
            "note": [{"text": entry["note"]}] if "note" in entry else [],
        }
    )


def order(story: Story, entry: Json) -> Json:
    """A ServiceRequest: a consult, a test, therapy; `active` means that it is still to come."""
    keys = entry.get("specimens", [])
    return full(
        {
            "resourceType": "ServiceRequest",
            "id": made_id(story, "request", entry["key"]),
            "status": entry["status"],
            "intent": entry.get("intent", "order"),
            "category": [concept(entry["kind"])],
            "priority": entry.get("priority"),
            "code": concept(entry["text"]),
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "occurrenceDateTime": story.clock.written(entry["due"]) if "due" in entry else None,
            "authoredOn": story.clock.written(entry["when"]),
            "requester": person(story, entry["by"]),
            "performer": [person(story, entry["to"])] if "to" in entry else [],
            "reasonCode": [concept(entry["reason"])] if "reason" in entry else [],
            "specimen": [
                {"reference": f"Specimen/{made_id(story, 'specimen', key)}"} for key in keys
            ],
            "note": [{"text": entry["note"]}] if "note" in entry else [],
        }
    )
