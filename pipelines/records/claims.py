"""What was billed, to whom, for which diagnosis; and what the patient is covered by."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A diagnosis, procedure or item of a bill (`part`), numbered as there.

    `role` is the type of a diagnosis (principal, admitting) or the category of an item;
    `reference` the Condition or Procedure it points to, whose words are then `fact.display`;
    `diagnoses` the numbers of the bill's diagnoses that an item was done for.
    """

    fact: Fact
    part: str
    number: int | None
    role: str | None
    on_admission: str | None
    reference: str | None
    amount: float | None
    currency: str | None
    served: Moment | None
    served_end: Moment | None
    diagnoses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim or an explanation of benefit (`form`); `purpose` says claim or preauthorization.

    `total` is the sum claimed, `paid` what a benefit says was paid, both as the record has them.
    """

    fact: Fact
    form: str
    purpose: str | None
    created: Moment | None
    billed: Moment | None
    billed_end: Moment | None
    provider: str | None
    insurer: str | None
    facility: str | None
    total: float | None
    currency: str | None
    paid: float | None
    outcome: str | None
    disposition: str | None
    claim: str | None
    coverages: tuple[str, ...]
    items: tuple[ClaimItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """An insurance or other payor. `status` in the fact: whether it is in force, as recorded."""

    fact: Fact
    start: Moment | None
    end: Moment | None
    payors: tuple[str, ...]
    subscriber_id: str | None
    subscriber: str | None
    relationship: str | None
    classes: tuple[str, ...]
    place_in_order: int | None
