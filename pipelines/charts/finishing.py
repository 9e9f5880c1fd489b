"""What can only be done when all files of a load are in: links, names, counts.

That this is still to be done is written down with the first file, so that a load that was killed
is finished by the next one, even where that finds every file in place already.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.charts import extent, linking
from pipelines.charts.batches import write_codes
from pipelines.charts.codebook import CodeBook
from pipelines.charts.store import ChartStore

PENDING = """
select exists (from pending)
"""
DONE = """
delete from pending
"""
NOTE_LOAD = """
update load set files = $files, resources = $resources, seconds = $seconds
where load_id = (select max(load_id) from load)
"""
# A file's resources: those whose row came with it, and those that were there before it.
COUNTS = """
with held as (
    select resource from resource where file_id in (select unnest($file_ids))
    union select resource from file_member where file_id in (select unnest($file_ids))
)
select split_part(h.resource, '/', 1) as type, count(*) as number,
    count(*) filter (where f.resource is null) as unchanged
from held h
left join (select distinct resource from resource where file_id >= $first_new) f
    on f.resource = h.resource
group by type order by type
"""
ORPHANS = """
with held as (
    select resource from resource where file_id in (select unnest($file_ids))
    union select resource from file_member where file_id in (select unnest($file_ids))
)
select count(*) from resource r semi join held h on h.resource = r.resource
where r.current and r.patient is not null
  and not exists (from patient p where p.patient = r.patient)
"""
NEVER = 2**31 - 1


def finish(store: ChartStore, codes: CodeBook) -> None:
    """Make the links that needed all files, and fold the log into the file; once a load."""
    if not store.rows(PENDING, {})[0][0]:
        return
    with store.writer() as cursor:
        groups = linking.patients_to_link(cursor)
    for group in groups:  # each chart in whole, so that no reader sees a part of one
        with store.writer() as cursor:
            linking.link_patients(cursor, group)
            extent.renew(cursor, set(group.values()))
    with store.writer() as cursor:
        extent.renew(cursor, linking.link(cursor, codes))
        write_codes(cursor, codes.fresh)
        cursor.execute(DONE)
    store.checkpoint()


def note_load(store: ChartStore, files: int, resources: int, seconds: float) -> None:
    """Write down what the last load did."""
    with store.writer() as cursor:
        cursor.execute(NOTE_LOAD, {"files": files, "resources": resources, "seconds": seconds})


def counts(
    store: ChartStore, file_ids: Collection[int], first_new: int | None
) -> dict[str, tuple[int, int]]:
    """By type: resources of these files, each once, and how many were there before this load."""
    new = NEVER if first_new is None else first_new
    rows = store.rows(COUNTS, {"file_ids": list(file_ids), "first_new": new})
    return {kind: (number, unchanged) for kind, number, unchanged in rows}


def orphans(store: ChartStore, file_ids: Collection[int]) -> int:
    """How many resources of these files belong to a patient who is not there."""
    return int(store.rows(ORPHANS, {"file_ids": list(file_ids)})[0][0])
