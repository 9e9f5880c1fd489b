"""Devices: what is in the patient (Device) and from when to when (DeviceUseStatement).

Implants carry a made-up UDI with serial and lot; lines, drains and catheters carry a period. That
a line came out stands only here: notes copy "Foley in place" forward, and the period is the proof.
"""

from __future__ import annotations

from maker.fhir import SNOMED, Json, concept, made_id, person, subject
from maker.fhir import without_none as full
from maker.story import Story
from maker.visits import period


def devices(story: Story) -> list[Json]:
    """Every device, followed by its use."""
    return [
        made
        for entry in story.all("device")
        for made in (device(story, entry), device_use(story, entry))
    ]


def device(story: Story, entry: Json) -> Json:
    """The Device; with `udi` it is an implant whose parts can be recalled."""
    carrier = (
        [{"deviceIdentifier": entry["udi"], "carrierHRF": human_readable(entry)}]
        if "udi" in entry
        else []
    )
    return full(
        {
            "resourceType": "Device",
            "id": made_id(story, "device", entry["key"]),
            "udiCarrier": carrier,
            "status": entry.get("device_status", "active"),
            "manufacturer": entry.get("maker"),
            "expirationDate": entry.get("expires"),
            "lotNumber": entry.get("lot"),
            "serialNumber": entry.get("serial"),
            "deviceName": [{"name": entry["text"], "type": "user-friendly-name"}],
            "modelNumber": entry.get("model"),
            "type": kind(entry),
            "patient": subject(story),
            "note": [{"text": entry["device_note"]}] if "device_note" in entry else [],
        }
    )


def kind(entry: Json) -> Json:
    """What it is, coded where the story has a code."""
    return concept(entry["text"], *((SNOMED, *entry["snomed"]) for _ in "1" if "snomed" in entry))


def human_readable(entry: Json) -> str:
    """The UDI as printed on the box: GTIN, expiry, lot, serial (GS1 application identifiers)."""
    expiry = entry.get("expires", "").replace("-", "")[2:]
    parts = (("01", entry["udi"]), ("17", expiry), ("10", entry.get("lot")))
    printed = "".join(f"({name}){value}" for name, value in parts if value)
    return printed + (f"(21){entry['serial']}" if "serial" in entry else "")


def recorded(entry: Json) -> str:
    """When it was written down; a line is charted as it goes in."""
    found: str = entry["recorded"] if "recorded" in entry else entry["start"]
    return found


def device_use(story: Story, entry: Json) -> Json:
    """The DeviceUseStatement; without an end the device is still in place."""
    return full(
        {
            "resourceType": "DeviceUseStatement",
            "id": made_id(story, "device-use", entry["key"]),
            "status": entry.get("status", "completed" if "end" in entry else "active"),
            "subject": subject(story),
            "timingPeriod": period(story, entry),
            "recordedOn": story.clock.written(recorded(entry)),
            "source": person(story, entry["by"]),
            "device": {
                "reference": f"Device/{made_id(story, 'device', entry['key'])}",
                "display": entry["text"],
            },
            "reasonCode": [concept(entry["reason"])] if "reason" in entry else [],
            "bodySite": concept(entry["site"]) if "site" in entry else None,
            "note": [{"text": entry["note"]}] if "note" in entry else [],
        }
    )
