"""Who took part, where, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A clinician named in the chart, or a role they hold (`form`)."""

    fact: Fact
    form: str
    practitioner: str | None
    roles: tuple[str, ...]
    specialties: tuple[str, ...]
    organization: str | None
    locations: tuple[str, ...]
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class RelatedPerson:
    """A relative, carer or contact of the patient; `contacts` are numbers as recorded."""

    fact: Fact
    relationships: tuple[str, ...]
    contacts: tuple[str, ...]
    is_emergency_contact: bool
    organization: str | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place where the patient was, with what the record says of it."""

    fact: Fact
    types: tuple[str, ...]
    physical_type: str | None
    part_of: str | None
    organization: str | None
