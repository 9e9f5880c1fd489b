"""How much of a chart was refused: entries that name its patient, and whole files it came in.

A file that brought this chart and was refused when it came again counts: its newer state is not
in. A refused entry or file that names no patient we know of counts for nobody; `refused` lists
it all the same.
"""

from __future__ import annotations

from pipelines.records.chart import Chart, RowSource

# One row a patient; one entry counts once, for however many reasons it was refused. The join reads
# `resource` only where a whole file of a known name is refused.
COUNTS = """
with unsettled as (
    select patient, file, entry is null and file is not null as is_file,
        coalesce(entry_sha256, file || '#' || entry, rowid::varchar) as content
    from refused where not coalesce(resolved, false)
), entries as (
    select patient, count(distinct content) filter (where not is_file) as entries,
        count(distinct file) filter (where is_file) as files
    from unsettled where patient is not null group by patient
), refused_file as (
    select distinct f.file_id, u.file
    from unsettled u join file f on f.name = u.file
    where u.patient is null and u.is_file
), whole as (
    select r.patient, 0 as entries, count(distinct w.file) as files
    from refused_file w join resource r on r.file_id = w.file_id
    where r.patient is not null group by r.patient
)
select patient, sum(entries)::bigint, sum(files)::bigint
from (select * from entries union all select * from whole)
"""
OF_ONE = f"{COUNTS} where patient = $patient group by patient"  # two constants of this file
OF_ALL = f"{COUNTS} group by patient"


def refused_of(chart: Chart) -> tuple[int, int]:
    """Refused entries and refused files of this chart."""
    found = chart.rows(OF_ONE)
    return (found[0][1], found[0][2]) if found else (0, 0)


def refused_by_patient(source: RowSource) -> dict[str, tuple[int, int]]:
    """The same for every patient that has any."""
    return {patient: (entries, files) for patient, entries, files in source.rows(OF_ALL, {})}
