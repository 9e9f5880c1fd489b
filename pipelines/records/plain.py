"""A record of a chart as its words: what it is called, what stands beside it, when, where, why."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

# Statuses of a record that is in force; an arrived visit is under way.
ACTIVE = frozenset(("active", "in-progress", "recurrence", "relapse", "arrived"))


@dataclass(frozen=True, slots=True)
class PlainRecord:
    """One record that is neither a result nor a drug.

    `kind` is procedure, immunization, problem, allergy, device, plan, goal, team, coverage, visit,
    imaging, report, appointment, bill or decision. `names` are what it is called, `beside` the
    words of its other elements and of its visit. `begun` and `ended` are its own times (`begun`
    that of its visit where it has none), `visit` the encounter it names.
    """

    kind: str
    fact: Fact
    names: tuple[str, ...]
    beside: tuple[str, ...]
    begun: Moment | None
    ended: Moment | None = None
    status: str | None = None
    place: str | None = None
    reason: str | None = None
    visit: str | None = None
    amount: float | None = None
    currency: str | None = None
    parts: tuple[Fact, ...] = ()
