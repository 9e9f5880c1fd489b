"""Hospital stays with their days and reasons, then how many other visits there were.

An emergency visit is told as one. An intensive care stay is told in the line of its own record.
A stay without an end by the as-of is told as going on.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.briefing import wording
from pipelines.briefing.chart_summary.more import capped
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import encounters
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter

NAME = "Hospital stays and visits"
LISTED = 8
PLANNED = frozenset({"planned", "cancelled", "entered-in-error"})


def stays(chart: Chart) -> Part:
    """The section, the newest stay first."""
    visits = [visit for visit in encounters.encounters(chart) if visit.status not in PLANNED]
    inside = [visit for visit in visits if visit.is_hospital or visit.is_icu]
    outside = [visit for visit in visits if visit not in inside]
    inside.sort(key=_newest_hospital_first)
    lines = [_stay(chart, visit) for visit in inside]
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
    facts = tuple(visit.fact for visit in reversed(hospital))
    text = f"{len(hospital)} hospital stays and emergency visits{span}"
    return [Line(text, facts, Computation("count", len(facts)))]


def _stay(chart: Chart, visit: Encounter) -> Line:
    begun = visit.start.day if visit.start else "no date"
    over = visit.end is not None and visit.end.instant <= chart.as_of.instant
    span = f"{begun} to {visit.end.day}" if over and visit.end else f"since {begun}"
    name = wording.plain(visit.fact.display)
    kind = wording.plain(visit.class_display or visit.class_code or "")
    told = [name if visit.is_hospital or "intensive" in name.lower() else f"{name}, intensive care"]
    told += [kind] if kind and kind.lower() not in name.lower() else []
    told += [f"reason: {wording.plain(visit.reason)}"] if visit.reason else []
    if over and visit.is_hospital and visit.discharge_disposition:
        told.append(f"to {wording.plain(visit.discharge_disposition)}")
    return Line(f"{span}: {'; '.join(told)}", (visit.fact,))


def _visits(outside: Sequence[Encounter]) -> list[Line]:
    if not outside:
        return []
    last = outside[-1]
    when = f", last {last.start.day} ({wording.plain(last.fact.display)})" if last.start else ""
    noun = "other visit" if len(outside) == 1 else "other visits"
    facts = tuple(visit.fact for visit in reversed(outside))
    return [Line(f"{len(facts)} {noun}{when}", facts, Computation("count", len(facts)))]
