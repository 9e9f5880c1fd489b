"""The clinicians and places that one chart names, and the patient's relatives and contacts.

A practitioner or place belongs to no patient: only those that an encounter or a care team of
this chart refers to are told, so that one chart never shows whom another one names. Related
persons and contacts are the patient's own.
"""

from __future__ import annotations

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.people import Place, Practitioner, RelatedPerson

PRACTITIONERS = """
with named as (
    select p.individual as person
    from encounter_participant p
    left join encounter e on e.resource = p.resource and e.patient = $patient
    where p.patient = $patient
      and e.status is distinct from 'entered-in-error'
      and known_by(p.start_utc, p.resource, $patient, $as_of)
    union
    select member_reference
    from care_team
    where patient = $patient
      and status is distinct from 'entered-in-error'
      and known_by(coalesce(start_utc, team_start_utc), encounter, $patient, $as_of)
)
select resource, 0, null, name, null, null, null, null, path, quote,
    form, practitioner, roles, specialties, organization, locations, start_utc, start_written,
    end_utc, end_written
from practitioner
where resource in (select person from named) or practitioner in (select person from named)
order by practitioner, form, resource
"""
RELATED = """
select resource, number, null, name, null, start_utc, start_written, null, path, quote,
    relationships, contacts, is_emergency_contact, organization, start_utc, start_written,
    end_utc, end_written
from related_person
where patient = $patient
  and is_active is distinct from false
  and coalesce(start_utc, $as_of) <= $as_of
order by is_emergency_contact desc nulls last, resource, number
"""
PLACES = """
select l.resource, 0, null, l.name, l.status, null, null, null, l.path, l.quote,
    l.types, l.physical_type, l.part_of, l.organization
from location l
where l.resource in (
    select m.location_reference
    from encounter_location m
    left join encounter e on e.resource = m.resource and e.patient = $patient
    where m.patient = $patient
      and e.status is distinct from 'entered-in-error'
      and known_by(m.start_utc, m.resource, $patient, $as_of)
)
order by l.name, l.resource
"""


def practitioners(chart: Chart) -> tuple[Practitioner, ...]:
    """Clinicians who took part in an encounter or care team of this chart, with their roles."""
    return read(chart, PRACTITIONERS, Practitioner, "practitioner")


def related_persons(chart: Chart) -> tuple[RelatedPerson, ...]:
    """The patient's relatives and contacts, emergency contacts first."""
    return read(chart, RELATED, RelatedPerson, "related person")


def places(chart: Chart) -> tuple[Place, ...]:
    """The places where this patient was, as far as they have a record of their own."""
    return read(chart, PLACES, Place, "place")
