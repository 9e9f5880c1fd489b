"""One element of the records of one kind, entry by entry, the latest first.

A `Particular` says which records and which element; what stands there is told word for word with
its path, so that it can be cited. Records come from the reads of their subjects, which leave out
what was entered in error or is later than the chart's as-of. An element that is not there makes
no entry: nothing is guessed from another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pipelines.charts import sources
from pipelines.charts.allergies import allergy_list
from pipelines.charts.care import care_plans
from pipelines.charts.consents import consents
from pipelines.charts.devices import devices
from pipelines.charts.encounters import encounters
from pipelines.charts.immunizations import immunizations
from pipelines.charts.medications import medications
from pipelines.charts.notes import notes
from pipelines.charts.orders import orders
from pipelines.charts.patients import patient
from pipelines.charts.problems import conditions
from pipelines.charts.procedures import procedures
from pipelines.charts.reports import imaging_studies, reports
from pipelines.records.care import CarePlan
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, Fact

MOST_READ = 400
_PLAN_ALONE = re.compile(r"assessment and plan")


@dataclass(frozen=True, slots=True)
class Particular:
    """Which element (`path`, `value`) of which records; `role` must stand beside an actor.

    `each`: every record is told, also where it says the same as another. `beside` is an element
    of the same part of the record and what it must say (`use=maiden`).
    """

    title: str
    record: str
    path: str
    value: str
    line: str
    role: str | None = None
    each: bool = False
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one record says there: the fact cited at the element, and the value."""

    fact: Fact
    value: str


RECORDS: dict[str, Callable[[Chart], Iterable[Fact]]] = {
    "consent": lambda chart: (one.fact for one in consents(chart)),
    "immunization": lambda chart: (one.fact for one in immunizations(chart)),
    "device": lambda chart: (one.fact for one in devices(chart)),
    "request": lambda chart: (m.fact for m in medications(chart) if m.form == "request"),
    "administration": lambda chart: (
        m.fact for m in medications(chart) if m.form == "administration"
    ),
    "order": lambda chart: (one.fact for one in orders(chart)),
    "procedure": lambda chart: (one.fact for one in procedures(chart)),
    "report": lambda chart: (one.fact for one in reports(chart)),
    "condition": lambda chart: (one.fact for one in conditions(chart)),
    "document": lambda chart: (
        replace(one.fact, display=one.title, when=one.when) for one in notes(chart)
    ),
    "patient": lambda chart: (patient(chart).fact,),
    "visit": lambda chart: (one.fact for one in encounters(chart)),
    "imaging": lambda chart: (one.fact for one in imaging_studies(chart)),
    "care plan": lambda chart: (_care_plan(chart, one) for one in care_plans(chart)),
    "allergy": lambda chart: (one.fact for one in allergy_list(chart).allergies),
    "emergency visit": lambda chart: (e.fact for e in encounters(chart) if _is_emergency(e)),
}


def _care_plan(chart: Chart, plan: CarePlan) -> Fact:
    """A plan by its category, unless that says only that it is a plan, and by what it is for."""
    own = [c for c in plan.categories if not _PLAN_ALONE.search(c.lower())]
    title = own[-1] if own else plan.fact.display
    known = {c.fact.resource: c.fact.display for c in conditions(chart)}
    aims = dict.fromkeys(known[a] for a in plan.addresses if a in known)
    named = f"{title} (for {', '.join(aims)})" if aims else title
    return replace(plan.fact, display=named)


def _is_emergency(visit: Encounter) -> bool:
    return "EMER" in (visit.class_code or "")


def entries(chart: Chart, wanted: Particular, names: tuple[str, ...]) -> tuple[Entry, ...]:
    """What the records of these names (all, where none are given) say, the latest first."""
    facts = [f for f in RECORDS[wanted.record](chart) if not names or f.display in names]
    facts.sort(key=lambda f: f.when.instant.timestamp() if f.when is not None else 0.0)
    found: dict[tuple[str, str], Entry] = {}
    for fact in reversed(facts[-MOST_READ:]):
        for entry in _of(chart, wanted, fact):
            found.setdefault((entry.fact.resource, entry.value), entry)
    return tuple(found.values())


def _of(chart: Chart, wanted: Particular, fact: Fact) -> Iterable[Entry]:
    """The elements of one record; the words of a record and of its code are told once."""
    if wanted.path == ".*":
        return (Entry(fact, fact.quote),)
    leaves = sources.all_leaves(sources.raw(chart, fact.resource))
    held = [
        Entry(replace(fact, path=path, quote=value), value)
        for path, value in leaves
        if re.fullmatch(wanted.path, path) and re.search(wanted.value, value)
    ]
    if wanted.role is not None:
        held = [entry for entry in held if _has_role(leaves, entry, wanted.role)]
    if wanted.beside is not None:
        held = [entry for entry in held if _stands_beside(leaves, entry, wanted.beside)]
    return held


def _stands_beside(leaves: tuple[tuple[str, str], ...], entry: Entry, wanted: str) -> bool:
    element, _, said = wanted.partition("=")
    return (f"{entry.fact.path.rpartition('.')[0]}.{element}", said) in leaves


def _has_role(leaves: tuple[tuple[str, str], ...], entry: Entry, role: str) -> bool:
    actor = re.split(r"\.(?:reference|name|telecom)\b", entry.fact.path, maxsplit=1)[0]
    told = (f"{actor}.role", f"{actor}.relationship")
    own = [value for path, value in leaves if path.startswith(told)]
    return any(re.search(role, value) for value in own)
