"""Devices and their use: what is in or on the patient, from when to when.

A Device says what it is, a DeviceUseStatement that this patient has it; both are rows of one
table. The UDI is an identifier of the patient's own device: it has a column of its own and is
never part of a display or a quote. Serial and lot numbers stay in the raw record.
"""

from __future__ import annotations

from pipelines.charts.instants import UNDATED, stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import Title, checked, listed, only, reasons, said, title
from pipelines.charts.row_parts import Place, choice, text

NAMES = {"user-friendly-name": 0, "model-name": 1, "manufacturer-name": 2}


def device(resource: Json, place: Place) -> None:
    """Append the row of one Device."""
    named = title(resource, place, "type", "definition")
    if named.display is None:
        named = _device_name(resource) or named
    carrier: Json = next(iter(listed(resource.get("udiCarrier"))), {})
    model = resource.get("modelNumber") or resource.get("model")
    place.rows["device"].append((
        place.key, place.patient, "device", *named[:2], checked(resource, "Device"), None,
        text(resource.get("manufacturer")), text(model), text(carrier.get("deviceIdentifier")),
        *UNDATED, *UNDATED, *UNDATED, *stamp(resource.get("expirationDate"), "expirationDate",
        is_end=True), None, None, *named[2:],
    ))  # fmt: skip


def _device_name(resource: Json) -> Title | None:
    """The name a person would use, of those that the device has."""
    found = []
    for element in ("deviceName", "name"):
        for index, one in enumerate(listed(resource.get(element))):
            leaf = "name" if element == "deviceName" else "value"
            shown = text(one.get(leaf))
            if shown:
                rank = NAMES.get(one.get("type"), 3)
                found.append((rank, index, Title(None, shown, f"{element}[{index}].{leaf}", shown)))
    return min(found)[2] if found else None


def device_use(resource: Json, place: Place) -> None:
    """Append the row of one DeviceUseStatement (DeviceUsage in R5)."""
    named = title(resource, place, "device")
    begun, ended = choice(resource, "timing")
    linked = resource.get("device") or {}
    inner = linked.get("reference")
    found = target(inner if type(inner) is dict else linked, place.known)
    recorded = resource.get("recordedOn") or resource.get("dateAsserted")
    contained = _contained(resource, found, place)
    if named.display is None and contained:
        named = contained
    place.rows["device"].append((
        place.key, place.patient, "use", *named[:2], checked(resource, "DeviceUseStatement"),
        found, None, None, None, *begun, *ended, *stamp(recorded, "recordedOn"), *UNDATED,
        only(said(resource.get("bodySite"))), reasons(resource), *named[2:],
    ))  # fmt: skip


def _contained(resource: Json, link: str | None, place: Place) -> Title | None:
    for index, one in enumerate(resource.get("contained") or ()):
        if link == f"#{one.get('id')}":
            return title(one, place, "type", prefix=f"contained[{index}].")
    return None
