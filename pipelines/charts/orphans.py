"""What belongs to nobody: resources whose patient is named but is not in the store.

They are kept, because the file with their patient may come later, and listed, so that somebody
notices. They are in no chart: no read of a chart, no search and no worklist shows them. What
names no patient at all (a Practitioner, a Device) is not an orphan.
"""

from __future__ import annotations

from pipelines.records.chart import RowSource
from pipelines.records.loads import Orphan, OrphanGroup

PATIENT = "Patient/"
# How a link reads that is not the id of a Patient; `references.patient_of` leaves them so.
WRITTEN_OTHERWISE = ("urn:", "identifier:", "Patient?")

ORPHANS = """
select r.resource, r.type, r.patient, f.name, l.started_at
from resource r
left join file f on f.file_id = r.file_id
left join load l on l.load_id = f.load_id
where r.current and r.patient is not null
  and not exists (from patient p where p.patient = r.patient)
order by r.patient, r.resource
"""
GROUPS = """
with orphan as (
    select r.patient, r.type, r.file_id from resource r
    where r.current and r.patient is not null
      and not exists (from patient p where p.patient = r.patient)
), counted as (
    select patient, type, count(*) as n, max(file_id) as file_id from orphan group by all
), grouped as (
    select patient, sum(n)::bigint as n, list(type order by type) as types,
        list(n order by type) as counts, max(file_id) as file_id
    from counted group by patient
)
select g.patient, g.n, g.types, g.counts, f.name, l.started_at
from grouped g
left join file f on f.file_id = g.file_id
left join load l on l.load_id = f.load_id
order by g.n desc, g.patient
"""


def orphans(source: RowSource) -> tuple[Orphan, ...]:
    """Every orphan, those of one link together."""
    return tuple(
        Orphan(resource, kind, link(patient), file, loaded_at)
        for resource, kind, patient, file, loaded_at in source.rows(ORPHANS, {})
    )


def orphan_groups(source: RowSource) -> tuple[OrphanGroup, ...]:
    """The orphans counted by what they name instead of a patient, the largest group first."""
    return tuple(
        OrphanGroup(link(patient), n, dict(zip(types, counts, strict=True)), file, loaded_at)
        for patient, n, types, counts, file, loaded_at in source.rows(GROUPS, {})
    )


def link(patient: str) -> str:
    """The reference as it is written in a resource: `Patient/9`, or what cannot be resolved."""
    return patient if patient.startswith(WRITTEN_OTHERWISE) else PATIENT + patient


def of_link(written: str) -> str:
    """What the store keeps in the column `patient` for a reference as written."""
    return written.removeprefix(PATIENT)
