"""Everything of one chart that has a place in time, as events in seven lanes.

A problem goes from its onset to its abatement, an order from start to stop, a stay from admission
to discharge; a dose, a result, a note and a vaccine are points. An end that the record does not
state is not invented: the event goes on only where its status says so. What was refuted, entered
in error or cancelled is marked `is_never_a_fact` and named with that word; whoever shows it must
have been asked to. What the record does not date comes without a clock time, and is never placed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from pipelines.charts import encounters, events_never, immunizations, labs, problems, procedures
from pipelines.charts.events_drugs import drugs
from pipelines.charts.kept import kept_series
from pipelines.charts.note_list import note_heads
from pipelines.records.chart import Chart
from pipelines.records.facts import Condition, Encounter, Fact
from pipelines.records.moments import Moment
from pipelines.records.plain import ACTIVE
from pipelines.records.timeline import Event
from pipelines.terms import dates

RESULT_GROUPS = {"lab": "Labs", "vital": "Vital signs"}
OTHER_RESULTS = "Other observations"
SOCIAL = "Social findings"  # conditions, but no problems: see `problems.toml`
NOT_DONE = "not-done"
CERTAIN = "confirmed"
SECONDS_WRITTEN = len("2026-11-22T05:30:00")
FIRST_WORDS = re.compile(r"\S.*")


@kept_series
def events(chart: Chart) -> tuple[Event, ...]:
    """All events by the as-of, in time order, undated ones first; those of no fact included."""
    found = (
        *_encounters(chart), *_problems(chart), *_procedures(chart), *_notes(chart),
        *_results(chart), *drugs(chart), *_immunizations(chart), *events_never.never_facts(chart),
    )  # fmt: skip
    placed = [_placed(event) for event in found]
    return tuple(sorted(placed, key=lambda event: event.clock or datetime.min))


def clock(at: Moment | None) -> datetime | None:
    """The clock time of a moment as written; None for none."""
    if at is None:
        return None
    if len(at.written) >= SECONDS_WRITTEN:
        return datetime.fromisoformat(at.written[:SECONDS_WRITTEN])
    return dates.local_clock(at)


def _placed(event: Event) -> Event:
    if event.clock is not None or event.start is None:
        return event
    return replace(event, clock=clock(event.start), clock_end=clock(event.end))


def _encounters(chart: Chart) -> Iterator[Event]:
    found = encounters.encounters(chart)
    names = {item.fact.resource: item.fact.display for item in found}
    for item in found:
        inside = item.is_icu or item.part_of is not None
        ended = item.end if item.end and item.end.instant <= chart.as_of.instant else None
        yield Event(
            lane="encounter",
            group=_visit_group(item),
            title=item.fact.display,
            detail="; ".join(p for p in (item.class_display, item.location, item.reason) if p),
            fact=item.fact,
            start=item.start,
            end=ended,
            shape="span",
            goes_on=ended is None and (item.end is not None or item.status in ACTIVE),
            status=item.status,
            word="planned" if item.status == "planned" else None,
            is_part=inside,
            visit=names.get(item.part_of or ""),
        )


def _visit_group(item: Encounter) -> str:
    if item.is_icu:
        return "ICU, part of a stay"
    return "Part of a stay" if item.part_of is not None else "Stays and visits"


def _problems(chart: Chart) -> Iterator[Event]:
    visits = {item.fact.resource: item for item in encounters.encounters(chart)}
    refuted = problems.rules()["verification_status"]["not_a_problem"]
    for item in problems.conditions(chart):
        active = problems.is_active(item, chart)
        visit = visits.get(item.fact.encounter or "")
        ended = item.abatement
        if ended is not None and ended.instant > chart.as_of.instant:
            ended = None
        yield Event(
            lane="problem",
            group=SOCIAL if problems.is_social(item) else item.fact.display,
            title=item.fact.display,
            detail=_problem_detail(item),
            fact=item.fact,
            start=item.onset or item.recorded,
            end=ended,
            shape="span",
            goes_on=active and ended is None,
            status=item.clinical_status,
            word=_certainty(item),
            is_never_a_fact=item.verification_status in refuted,
            visit=_visit_name(visit),
        )


def _certainty(item: Condition) -> str | None:
    said = item.verification_status
    if said is None or said == CERTAIN:
        return None
    return said.upper() if said == "refuted" else said


def _problem_detail(item: Condition) -> str:
    onset = "" if item.onset or not item.recorded else "when recorded; its onset is not stated"
    said = (item.severity, onset, item.onset_text if not item.onset else None)
    return "; ".join(part for part in said if part)


def _visit_name(visit: Encounter | None) -> str | None:
    if visit is None:
        return None
    return f"{visit.fact.display}, {visit.start.day}" if visit.start else visit.fact.display


def _procedures(chart: Chart) -> Iterator[Event]:
    for item in procedures.procedures(chart):
        not_done = item.status == NOT_DONE
        yield Event(
            lane="procedure",
            group=item.fact.display,
            title=item.fact.display,
            detail="; ".join(p for p in (item.reason, item.outcome, item.status_reason) if p),
            fact=item.fact,
            start=item.performed,
            end=item.performed_end,
            shape="span" if item.performed_end else "point",
            goes_on=item.status in ACTIVE and item.performed_end is None,
            status=item.status,
            word="NOT DONE" if not_done else None if item.status == "completed" else item.status,
        )


def _immunizations(chart: Chart) -> Iterator[Event]:
    for item in immunizations.immunizations(chart):
        yield Event(
            lane="immunization",
            group=item.fact.display,
            title=item.fact.display,
            detail="; ".join(p for p in (item.dose_number, item.series, item.status_reason) if p),
            fact=item.fact,
            start=item.occurred,
            status=item.status,
            word="NOT GIVEN" if item.status == NOT_DONE else None,
        )


def _notes(chart: Chart) -> Iterator[Event]:
    for head in note_heads(chart):
        first = FIRST_WORDS.search(head.beginning)
        cited = head.fact if first is None else replace(head.fact, quote=first[0].rstrip())
        span = None if first is None else (first.start(), first.start() + len(cited.quote))
        yield Event(
            lane="note",
            group=head.kind,
            title=head.title,
            detail=head.author or "",
            fact=cited,
            start=head.when,
            status=head.status,
            word="superseded" if head.status == "superseded" else None,
            passage=span,
        )


def _results(chart: Chart) -> Iterator[Event]:
    return _result_events(labs.results(chart))


def _result_events(facts: Iterable[Fact]) -> Iterator[Event]:
    for fact in facts:
        value = fact.value_text or ""
        sign = fact.comparator or ""
        written = value if value.startswith(sign) else f"{sign}{value}"
        yield Event(
            lane="result",
            group=RESULT_GROUPS.get(fact.kind, OTHER_RESULTS),
            title=fact.display,
            detail=f"{written} {fact.unit or ''}".strip(),
            fact=fact,
            start=fact.when,
            status=fact.status,
            word=fact.status_word,
            flag=fact.flag,
            clock=clock(fact.when),
        )
