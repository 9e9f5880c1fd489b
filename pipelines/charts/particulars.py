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
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact

MOST_READ = 400


@dataclass(frozen=True, slots=True)
class Particular:
    """Which element (`path`, `value`) of which records; `role` must stand beside an actor.

    `each`: every record is told, also where it says the same as another.
    """

    title: str
    record: str
    path: str
    value: str
    line: str
    role: str | None = None
    each: bool = False


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
    "care plan": lambda chart: (
        replace(one.fact, display=one.categories[-1] if one.categories else one.fact.display)
        for one in care_plans(chart)
    ),
}


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
    return held


def _has_role(leaves: tuple[tuple[str, str], ...], entry: Entry, role: str) -> bool:
    actor = entry.fact.path.partition(".reference")[0]
    own = [value for path, value in leaves if path.startswith(f"{actor}.role")]
    return any(re.search(role, value) for value in own)
