"""Care plans, goals and care teams of one chart, in time order.

What is planned is not what was done: activities and goals keep their own status, and an
activity that was entered in error is left out of its plan. A plan is known from its creation,
else from its beginning.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from pipelines.charts.subject_reading import read
from pipelines.records.care import Activity, CarePlan, Goal, Target, TeamMember
from pipelines.records.chart import Chart

CARE_PLANS = """
select resource, 0, code_key, display, status, coalesce(start_utc, created_utc),
    coalesce(start_written, created_written), encounter, path, quote,
    intent, categories, description, start_utc, start_written, end_utc, end_written, created_utc,
    created_written, author, addresses, goals
from care_plan
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(coalesce(created_utc, start_utc), encounter, $patient, $as_of)
order by coalesce(start_utc, created_utc) nulls first, resource
"""
ACTIVITIES = """
select a.resource, a.number, a.code_key, a.display, a.status, a.scheduled_utc, a.scheduled_written,
    p.encounter, a.path, a.quote, a.kind, a.scheduled_utc, a.scheduled_written,
    a.scheduled_end_utc, a.scheduled_end_written, a.schedule, a.reference, a.reason, a.performers
from care_plan_activity a
join care_plan p on p.resource = a.resource and p.patient = $patient
where a.patient = $patient
  and a.status is distinct from 'entered-in-error'
  and p.status is distinct from 'entered-in-error'
  and known_by(coalesce(p.created_utc, p.start_utc), p.encounter, $patient, $as_of)
order by a.resource, a.number
"""
GOALS = """
select resource, 0, code_key, display, status, coalesce(start_utc, stated_utc),
    coalesce(start_written, stated_written), null, path, quote,
    achievement, priority, start_utc, start_written, stated_utc, stated_written, expressed_by,
    addresses
from goal
where patient = $patient
  and number <= 1
  and status is distinct from 'entered-in-error'
  and coalesce(start_utc, stated_utc, $as_of) <= $as_of
order by coalesce(start_utc, stated_utc) nulls first, resource
"""
TARGETS = """
select resource, number, measure_key, coalesce(measure, display), status, due_utc, due_written,
    null, path, quote, due_utc, due_written, due_within, measure_key, measure, target,
    target_value, target_unit
from goal
where patient = $patient
  and number >= 1
  and status is distinct from 'entered-in-error'
  and coalesce(start_utc, stated_utc, $as_of) <= $as_of
order by resource, number
"""
TEAMS = """
select resource, number, role_key, coalesce(member, team), status,
    coalesce(start_utc, team_start_utc), coalesce(start_written, team_start_written), encounter,
    path, quote, team, categories, team_start_utc, team_start_written, team_end_utc,
    team_end_written, member, member_reference, role, start_utc, start_written, end_utc,
    end_written, on_behalf_of
from care_team
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(coalesce(start_utc, team_start_utc), encounter, $patient, $as_of)
order by coalesce(team_start_utc, start_utc) nulls first, resource, number
"""


def care_plans(chart: Chart) -> tuple[CarePlan, ...]:
    """All care plans known by the as-of with their activities, undated ones first."""
    activities = defaultdict(list)
    for one in read(chart, ACTIVITIES, Activity, "activity"):
        activities[one.fact.resource].append(one)
    found = read(chart, CARE_PLANS, CarePlan, "care plan")
    return tuple(replace(one, activities=tuple(activities[one.fact.resource])) for one in found)


def goals(chart: Chart) -> tuple[Goal, ...]:
    """All goals set by the as-of with their targets, undated ones first."""
    targets = defaultdict(list)
    for one in read(chart, TARGETS, Target, "target"):
        targets[one.fact.resource].append(one)
    found = read(chart, GOALS, Goal, "goal")
    return tuple(replace(one, targets=tuple(targets[one.fact.resource])) for one in found)


def care_team(chart: Chart) -> tuple[TeamMember, ...]:
    """All members of all care teams known by the as-of, team by team."""
    return read(chart, TEAMS, TeamMember, "care team")
