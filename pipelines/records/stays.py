"""What happened within an encounter: moves, people, diagnoses; and episodes across encounters."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Move:
    """A place where the patient lay or was seen, within `fact.encounter`."""

    fact: Fact
    location: str | None
    location_reference: str | None
    physical_type: str | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who took part in an encounter, and as what."""

    fact: Fact
    role: str | None
    individual: str | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class StayDiagnosis:
    """A diagnosis of an encounter: `use` (admission, discharge …) and `rank` as recorded."""

    fact: Fact
    condition: str | None
    use_key: str | None
    use: str | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode of care that spans encounters."""

    fact: Fact
    start: Moment | None
    end: Moment | None
    care_manager: str | None
    organization: str | None
    diagnoses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """A communication, diet, adverse event or assessment (`form`)."""

    fact: Fact
    form: str
    occurred: Moment | None
    occurred_end: Moment | None
    severity: str | None
    detail: str | None
    people: tuple[str, ...]
