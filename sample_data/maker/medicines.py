"""Medicines: what was ordered (MedicationRequest), given or held (MedicationAdministration).

An order with `every_h` is given at its due times, a few seeded minutes early or late; doses named
in `held` are charted as not done, with the nurse's reason. A change of dose is a new order that
names the one before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from maker import SEED
from maker.catalogue import medicines
from maker.clock import label, stamp
from maker.fhir import (
    RXNORM,
    SNOMED,
    Json,
    concept,
    encounter,
    made_id,
    person,
    quantity,
    subject,
    without_none,
)
from maker.story import Story

HL7_CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"


def orders(story: Story) -> list[Json]:
    """All orders, each followed by its doses."""
    return [
        made
        for entry in story.all("medicine")
        for made in (order(story, entry), *doses(story, entry))
    ]


def drug(entry: Json) -> Json:
    """The medicine as a concept; `as` is the name on the order."""
    code, name = medicines()["drugs"][entry["drug"]]
    return concept(entry.get("as", name), (RXNORM, code, name))


def name_of(entry: Json) -> str:
    """The order's own name, else its drug."""
    name: str = entry["id"] if "id" in entry else entry["drug"]
    return name


def order_id(story: Story, entry: Json) -> str:
    """Named by drug and the day it was ordered."""
    return made_id(story, "order", name_of(entry))


def route(entry: Json) -> Json | None:
    """The route as a concept."""
    if "route" not in entry:
        return None
    code, name = medicines()["routes"][entry["route"]]
    return concept(entry["route"], (SNOMED, code, name))


def order(story: Story, entry: Json) -> Json:
    """The MedicationRequest."""
    home = entry.get("home", False)
    ordered: str = entry["ordered"] if "ordered" in entry else entry["start"]
    category = "community" if home else "inpatient"
    bounds = {
        name: story.clock.written(entry[key])
        for name, key in (("start", "start"), ("end", "stop"))
        if key in entry
    }
    return without_none(
        {
            "resourceType": "MedicationRequest",
            "id": order_id(story, entry),
            "status": entry["status"],
            "statusReason": concept(entry["why_stopped"]) if "why_stopped" in entry else None,
            "intent": "order",
            "category": [{"coding": [{"system": HL7_CATEGORY, "code": category}]}],
            "medicationCodeableConcept": drug(entry),
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "authoredOn": story.clock.written(ordered),
            "requester": person(story, entry["by"]),
            "reasonCode": [concept(entry["reason"])] if "reason" in entry else [],
            "note": [{"text": entry["note"]}] if "note" in entry else [],
            "dosageInstruction": [dosage(entry, bounds)],
            "dispenseRequest": {"validityPeriod": bounds},
            "priorPrescription": {
                "reference": f"MedicationRequest/{made_id(story, 'order', entry['after'])}"
            }
            if "after" in entry
            else None,
        }
    )


def dosage(entry: Json, bounds: Json) -> Json:
    """The instruction in words, with dose, route and bounds where they are plain numbers."""
    repeat: Json = {"boundsPeriod": bounds}
    if "every_h" in entry:
        repeat |= {"frequency": 1, "period": entry["every_h"], "periodUnit": "h"}
    return without_none(
        {
            "text": entry["text"],
            "timing": {"repeat": repeat},
            "asNeededBoolean": True if entry.get("prn") else None,
            "route": route(entry),
            "doseAndRate": [{"doseQuantity": quantity(*entry["dose"])}] if "dose" in entry else [],
        }
    )


def doses(story: Story, entry: Json) -> Iterator[Json]:
    """Every dose given, held or infused."""
    held = {story.clock.moment(when): why for when, why in entry.get("held", [])}
    for due in due_times(story, entry):
        if due not in held:
            yield administration(story, entry, due)
    for due, why in held.items():
        yield not_given(story, entry, due, why)
    for start, end, rate in entry.get("infused", []):
        yield infusion(story, entry, (start, end), rate)


def due_times(story: Story, entry: Json) -> Iterator[datetime]:
    """The due times of a scheduled order, then the times given one by one."""
    if "every_h" in entry and "first" in entry:
        moment = story.clock.moment(entry["first"])
        last = story.clock.moment(entry["last"])
        while moment <= last:
            yield moment
            moment += timedelta(hours=entry["every_h"])
    for when in entry.get("given", []):
        yield story.clock.moment(when)


def given_at(story: Story, entry: Json, due: datetime) -> datetime:
    """When a scheduled dose was really given: some minutes late, all on one round."""
    if "every_h" not in entry:
        return due
    round_of = random.Random(f"{SEED} {story.slug} {due}")  # noqa: S311 - no secret
    scan = random.Random(f"{SEED} {order_id(story, entry)} {due}")  # noqa: S311 - no secret
    return due + timedelta(minutes=round_of.choice((0, 2, 5, 8, 12, 17)) + scan.choice((0, 1, 2)))


def frame(story: Story, entry: Json, moment: datetime, status: str) -> Json:
    """What every administration has."""
    return {
        "resourceType": "MedicationAdministration",
        "id": made_id(
            story,
            "given" if status == "completed" else "held",
            name_of(entry),
            label(moment),
        ),
        "status": status,
        "medicationCodeableConcept": drug(entry),
        "subject": subject(story),
        **(
            {"context": encounter(story, entry["encounter"])["encounter"]}
            if "encounter" in entry
            else {}
        ),
        "request": {"reference": f"MedicationRequest/{order_id(story, entry)}"},
    }


def administration(story: Story, entry: Json, due: datetime) -> Json:
    """A dose given."""
    moment = given_at(story, entry, due)
    made = frame(story, entry, due, "completed") | {"effectiveDateTime": stamp(moment)}
    return made | {
        "dosage": without_none(
            {
                "text": entry["text"],
                "route": route(entry),
                "dose": quantity(*entry["dose"]) if "dose" in entry else None,
            }
        )
    }


def not_given(story: Story, entry: Json, due: datetime, why: str) -> Json:
    """A dose held, with the reason."""
    made = frame(story, entry, due, "not-done")
    return made | {"statusReason": [concept(why)], "effectiveDateTime": stamp(due)}


def infusion(story: Story, entry: Json, span: tuple[str, str], rate: list[str | float]) -> Json:
    """A running infusion at one rate; each titration is an entry of its own."""
    start, end = (story.clock.moment(when) for when in span)
    made = frame(story, entry, start, "completed")
    value, unit = rate
    return made | {
        "effectivePeriod": {"start": stamp(start), "end": stamp(end)},
        "dosage": without_none(
            {
                "text": f"{value} {unit}",
                "route": route(entry),
                "rateQuantity": quantity(float(value), str(unit)),
            }
        ),
    }
