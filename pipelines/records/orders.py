"""What was ordered, and what was arranged to meet."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Order:
    """A service request; `intent` tells an order from a proposal or a plan.

    `is_do_not_perform` marks an order *not* to do something.
    """

    fact: Fact
    intent: str | None
    priority: str | None
    categories: tuple[str, ...]
    authored: Moment | None
    occurrence: Moment | None
    occurrence_end: Moment | None
    requester: str | None
    performers: tuple[str, ...]
    reason: str | None
    body_sites: tuple[str, ...]
    is_do_not_perform: bool
    specimens: tuple[str, ...]
    based_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment. Its status, in the fact, is the record's: `noshow` is not `cancelled`."""

    fact: Fact
    start: Moment | None
    end: Moment | None
    minutes: int | None
    created: Moment | None
    reason: str | None
    cancelation: str | None
    participants: tuple[str, ...]
    patient_response: str | None
