"""How much of a chart was refused: entries that name its patient, and whole files it came in.

A file that brought this chart and was refused when it came again counts: its newer state is not
in. One entry counts once, for however many reasons it was refused. A refused entry or file that
names no patient we know of counts for nobody; `refused` lists it all the same.
"""

from __future__ import annotations

from collections import defaultdict

from pipelines.charts.kept import kept
from pipelines.records.chart import Chart, RowSource

ENTRIES_OF_ONE = """
with unsettled as (
    select file, entry is null and file is not null as is_file, patient,
        coalesce(hex(entry_sha256), file || '#' || entry, rowid::varchar) as content
    from refused where not coalesce(resolved, false)
)
select count(distinct content) filter (where patient = $patient and not is_file),
    count(distinct file) filter (where patient = $patient and is_file),
    count(*) filter (where patient is null and is_file)
from unsettled
"""
ENTRIES_OF_ALL = """
with unsettled as (
    select file, entry is null and file is not null as is_file, patient,
        coalesce(hex(entry_sha256), file || '#' || entry, rowid::varchar) as content
    from refused where not coalesce(resolved, false)
)
select patient, count(distinct content) filter (where not is_file),
    count(distinct file) filter (where is_file)
from unsettled where patient is not null group by patient
"""
# The join reads all of `resource`, so it is asked only where a whole file is refused.
FILES_OF_ONE = """
select count(distinct u.file)
from refused u
join file f on f.name = u.file
join resource r on r.file_id = f.file_id
where not coalesce(u.resolved, false) and u.patient is null and u.entry is null
  and r.patient = $patient
"""
FILES_OF_ALL = """
select r.patient, count(distinct u.file)
from refused u
join file f on f.name = u.file
join resource r on r.file_id = f.file_id
where not coalesce(u.resolved, false) and u.patient is null and u.entry is null
  and r.patient is not null
group by r.patient
"""


@kept
def refused_of(chart: Chart) -> tuple[int, int]:
    """Refused entries and refused files of this chart."""
    ((entries, files, of_nobody),) = chart.rows(ENTRIES_OF_ONE)
    if of_nobody:
        files += chart.rows(FILES_OF_ONE)[0][0]
    return entries, files


def refused_by_patient(source: RowSource) -> dict[str, tuple[int, int]]:
    """The same for every patient that has any."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for patient, entries, files in source.rows(ENTRIES_OF_ALL, {}):
        found[patient] = (entries, files)
    for patient, more in source.rows(FILES_OF_ALL, {}):
        entries, files = found[patient]
        found[patient] = (entries, files + more)
    return dict(found)
