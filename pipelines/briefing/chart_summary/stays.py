"""Hospital stays with their days and reasons, then how many other visits there were.

An emergency visit is told as one. An intensive care stay is told in the line of its own record.
A stay without an end by the as-of is told as going on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.briefing import wording
from pipelines.briefing.chart_summary.more import bare, capped
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import encounters
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, Fact

NAME = "Hospital stays and visits"
LISTED, FEW = 8, 3
# HL7 v3 ActEncounterCode.
CLASSES = {"IMP": "inpatient", "ACUTE": "acute inpatient", "NONAC": "inpatient",
           "EMER": "emergency", "OBSENC": "observation", "SS": "short stay"}  # fmt: skip
PLANNED = frozenset({"planned", "cancelled", "entered-in-error"})


def stays(chart: Chart) -> Part:
    """The section, the newest stay first."""
    visits = [visit for visit in encounters.encounters(chart) if visit.status not in PLANNED]
    inside = [visit for visit in visits if visit.is_hospital or visit.is_icu]
    outside = [visit for visit in visits if visit not in inside]
    inside.sort(key=_newest_hospital_first)
    lines = _lines(chart, inside)
    listed = capped(lines, LISTED, "earlier stay", "earlier stays")
    return part(NAME, [*_count(inside[::-1]), *listed, *_visits(outside)], bool(visits))


def _newest_hospital_first(visit: Encounter) -> tuple[object, ...]:
    """The newest day first; of one day the hospital stay before the intensive care in it."""
    day = visit.start.instant.toordinal() if visit.start else 0
    return (-day, not visit.is_hospital, -(visit.start.instant.timestamp() if visit.start else 0))


def _count(inside: Sequence[Encounter]) -> list[Line]:
    """How many stays, where there are too many to see at a glance."""
    hospital = [visit for visit in inside if visit.is_hospital]
    if len(hospital) < LISTED:
        return []
    days = [visit.start.day for visit in hospital if visit.start]
    span = f", first {days[0]}, last {days[-1]}" if days else ""
    facts = tuple(_fact(visit) for visit in reversed(hospital))
    text = f"{len(hospital)} hospital stays and emergency visits{span}"
    return [Line(text, facts, Computation("count", len(facts)))]


def _lines(chart: Chart, inside: Sequence[Encounter]) -> list[Line]:
    """A line a stay; where there are too many, those of one kind and reason together."""
    kinds: dict[str, list[Encounter]] = {}
    for visit in inside:
        many = len(inside) > LISTED and visit.reason
        kinds.setdefault(_told(visit) if many else visit.fact.resource, []).append(visit)
    return [
        _stay(chart, group[0]) if len(group) < FEW else _together(group) for group in _split(kinds)
    ]


def _split(kinds: dict[str, list[Encounter]]) -> list[list[Encounter]]:
    """Groups of a few fall apart again; in the order of their newest."""
    found = []
    for group in kinds.values():
        found += [group] if len(group) >= FEW else [[visit] for visit in group]
    return sorted(found, key=lambda group: _newest_hospital_first(group[0]))


def _together(group: Sequence[Encounter]) -> Line:
    days = [visit.start.day for visit in group if visit.start]
    text = f"{len(group)} times: {_told(group[0])}; first {days[-1]}, last {days[0]}"
    facts = tuple(_fact(visit) for visit in group)
    return Line(text, facts, Computation("count", len(facts)))


def _stay(chart: Chart, visit: Encounter) -> Line:
    begun = visit.start.day if visit.start else "no date"
    over = visit.end is not None and visit.end.instant <= chart.as_of.instant
    span = f"{begun} to {visit.end.day}" if over and visit.end else f"since {begun}"
    told = _told(visit)
    if over and visit.is_hospital and visit.discharge_disposition:
        told += f"; to {wording.plain(visit.discharge_disposition)}"
    return Line(f"{span}: {told}", (_fact(visit),))


def _told(visit: Encounter) -> str:
    """What kind of stay it was, and why it began."""
    name = bare(visit.fact.display)
    kind = wording.plain(visit.class_display or CLASSES.get(visit.class_code or "", ""))
    place = "" if visit.is_hospital or "intensive" in name.lower() else ", intensive care"
    told = [f"{name}{place}"]
    told += [kind] if kind and kind.lower() not in name.lower() else []
    told += [f"reason: {bare(visit.reason)}"] if visit.reason else []
    return "; ".join(told)


def _visits(outside: Sequence[Encounter]) -> list[Line]:
    if not outside:
        return []
    last = outside[-1]
    when = f", last {last.start.day} ({bare(last.fact.display)})" if last.start else ""
    noun = "other visit" if len(outside) == 1 else "other visits"
    facts = tuple(visit.fact for visit in reversed(outside))
    return [Line(f"{len(facts)} {noun}{when}", facts, Computation("count", len(facts)))]


def _fact(visit: Encounter) -> Fact:
    """The stay with its reason as what it says, so that a count of stays may name the reason."""
    return replace(visit.fact, value_text=visit.reason)
