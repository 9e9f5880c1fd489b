"""Moves, participants and diagnoses of the encounters of one chart; episodes; other events.

They share the fate of their encounter: what belongs to one that was cancelled or entered in
error is left out. A move without a time of its own stands after the one before it in the record
and counts from its encounter's beginning.
"""

from __future__ import annotations

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.stays import Episode, Move, OtherEvent, Participant, StayDiagnosis

MOVES = """
select m.resource, m.number, null, m.location, m.status, m.start_utc, m.start_written, m.resource,
    m.path, m.quote, m.location, m.location_reference, m.physical_type, m.start_utc,
    m.start_written, m.end_utc, m.end_written
from encounter_location m
left join encounter e on e.resource = m.resource and e.patient = $patient
where m.patient = $patient
  and (e.status is null or e.status not in ('entered-in-error', 'cancelled'))
  and known_by(m.start_utc, m.resource, $patient, $as_of)
order by coalesce(
    last_value(m.start_utc ignore nulls) over (partition by m.resource order by m.number),
    e.start_utc) nulls first, m.resource, m.number
"""
PARTICIPANTS = """
select p.resource, p.number, null, p.name, e.status, p.start_utc, p.start_written, p.resource,
    p.path, p.quote, p.role, p.individual, p.start_utc, p.start_written, p.end_utc, p.end_written
from encounter_participant p
left join encounter e on e.resource = p.resource and e.patient = $patient
where p.patient = $patient
  and (e.status is null or e.status not in ('entered-in-error', 'cancelled'))
  and known_by(p.start_utc, p.resource, $patient, $as_of)
order by coalesce(p.start_utc, e.start_utc) nulls first, p.resource, p.number
"""
DIAGNOSES = """
select d.resource, d.number, c.code_key, coalesce(c.display, d.display), e.status, e.start_utc,
    e.start_written, d.resource, d.path, d.quote, d.condition, d.use_key, d.use, d.rank
from encounter_diagnosis d
left join encounter e on e.resource = d.resource and e.patient = $patient
left join condition c on c.resource = d.condition and c.patient = $patient
where d.patient = $patient
  and (e.status is null or e.status not in ('entered-in-error', 'cancelled'))
  and c.verification_status is distinct from 'entered-in-error'
  and known_by(null::timestamp, d.resource, $patient, $as_of)
order by e.start_utc nulls first, d.resource, d.rank nulls last, d.number
"""
EPISODES = """
select resource, 0, code_key, display, status, start_utc, start_written, null, path, quote,
    start_utc, start_written, end_utc, end_written, care_manager, organization, diagnoses
from episode_of_care
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(start_utc, $as_of) <= $as_of
order by start_utc nulls first, resource
"""
OTHER = """
select resource, 0, code_key, display, status, occurred_utc, occurred_written, encounter, path,
    quote, form, occurred_utc, occurred_written, occurred_end_utc, occurred_end_written, severity,
    detail, people
from other_event
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(occurred_utc, encounter, $patient, $as_of)
order by occurred_utc nulls first, resource
"""


def moves(chart: Chart) -> tuple[Move, ...]:
    """Where the patient was, move by move in time order."""
    return read(chart, MOVES, Move, "move")


def participants(chart: Chart) -> tuple[Participant, ...]:
    """Who took part in which encounter, and as what."""
    return read(chart, PARTICIPANTS, Participant, "participant")


def stay_diagnoses(chart: Chart) -> tuple[StayDiagnosis, ...]:
    """The diagnoses of each encounter in the order of their rank."""
    return read(chart, DIAGNOSES, StayDiagnosis, "stay diagnosis")


def episodes(chart: Chart) -> tuple[Episode, ...]:
    """Episodes of care that began by the as-of, undated ones first."""
    return read(chart, EPISODES, Episode, "episode of care")


def other_events(chart: Chart) -> tuple[OtherEvent, ...]:
    """Communications, diets, adverse events and assessments by the as-of."""
    return read(chart, OTHER, OtherEvent, "other event")
