"""What is planned with the patient, what it is to reach, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of a care plan; `reference` where it stands in a resource of its own."""

    fact: Fact
    kind: str | None
    scheduled: Moment | None
    scheduled_end: Moment | None
    schedule: str | None
    reference: str | None
    reason: str | None
    performers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarePlan:
    """A plan with its activities; `addresses` are the conditions it is for."""

    fact: Fact
    intent: str | None
    categories: tuple[str, ...]
    description: str | None
    start: Moment | None
    end: Moment | None
    created: Moment | None
    author: str | None
    addresses: tuple[str, ...]
    goals: tuple[str, ...]
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a goal measures and aims at, and by when (`due_within` where it is a duration)."""

    fact: Fact
    due: Moment | None
    due_within: str | None
    measure_key: str | None
    measure: str | None
    target: str | None
    value: float | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: its lifecycle status stands in the fact, what was achieved in `achievement`."""

    fact: Fact
    achievement: str | None
    priority: str | None
    start: Moment | None
    stated: Moment | None
    expressed_by: str | None
    addresses: tuple[str, ...]
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One member of a care team (`member` None: a team without members on record)."""

    fact: Fact
    team: str | None
    categories: tuple[str, ...]
    team_start: Moment | None
    team_end: Moment | None
    member: str | None
    member_reference: str | None
    role: str | None
    start: Moment | None
    end: Moment | None
    on_behalf_of: str | None
