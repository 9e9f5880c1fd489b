"""Devices in or on the patient."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Device:
    """A device or the statement that it is in use (`form`: `device` or `use`).

    `udi` identifies this very device and so the patient: it is never part of the fact's words.
    """

    fact: Fact
    form: str
    device: str | None
    manufacturer: str | None
    model: str | None
    udi: str | None = field(repr=False)
    used: Moment | None
    used_end: Moment | None
    recorded: Moment | None
    expires: Moment | None
    body_site: str | None
    reason: str | None
